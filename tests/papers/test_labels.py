"""Panel letters: the caption's order, letters that were seen, one letter for two pictures."""

import numpy as np
import pytest

from glassllava.papers.blocks import Block
from glassllava.papers.labels import SeenLetter, assign_letters, single_letter


def blocks(rows: int, columns: int) -> list[Block]:
    return [Block((100 * c, 100 * r, 100 * c + 90, 100 * r + 90), True) for r in range(rows) for c in range(columns)]


def test_letters_follow_reading_order() -> None:
    assert assign_letters(blocks(2, 2), "abcd", []) == ["a", "b", "c", "d"]


def test_letters_seen_turn_the_order_to_columns() -> None:
    seen = [SeenLetter("b", 5, 105, 1.0), SeenLetter("c", 105, 5, 1.0)]
    assert assign_letters(blocks(2, 2), "abcd", seen) == ["a", "c", "b", "d"]


def test_a_letter_names_a_whole_row_where_rows_and_letters_agree_in_number() -> None:
    assert assign_letters(blocks(3, 2), "abc", []) == ["a", "a", "b", "b", "c", "c"]


def test_letters_of_insets_are_left_over_at_the_end() -> None:
    assert assign_letters(blocks(1, 2), "abc", []) == ["a", "b"]


def test_a_caption_part_that_contradicts_the_picture_moves_the_letter() -> None:
    fits = np.array([[0.4, -0.8], [-0.8, 0.4], [-0.8, 0.4]])
    assert assign_letters(blocks(1, 2), "abc", [SeenLetter("c", 105, 5, 0.9)], fits) == ["a", "c"]


def test_no_letters_in_the_caption_give_none() -> None:
    assert assign_letters(blocks(1, 2), "", []) == [None, None]


@pytest.mark.parametrize(("text", "letter"), [("(a)", "a"), ("B.", "b"), ("c)", "c"), ("ab", None), ("3", None)])
def test_a_single_letter_is_read_with_its_brackets(text: str, letter: str | None) -> None:
    assert single_letter(text) == letter
