"""Numbers of a treatment that explain sizes."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glassllava.synthetic.kinetics import LEAST_RATIO, PRINTED, apart, numbers_of_sizes, widths_of_fields

POWERS = st.sampled_from([-3, -2, 1, 2, 3])


@pytest.mark.parametrize("number", PRINTED)
def test_no_step_of_print_is_as_wide_as_what_must_be_told_apart(number: str) -> None:
    assert all(1 < later / one < LEAST_RATIO for one, later in pairwise(PRINTED[number]))


@given(st.lists(st.floats(1, 12), min_size=2, max_size=6), POWERS, st.sampled_from(sorted(PRINTED)), st.integers(0, 99))
def test_numbers_of_sizes_that_lie_apart_are_distinct_and_go_with_the_power(
    factors: list[float], power: int, number: str, seed: int
) -> None:
    sizes = [1e-6 * factor ** (1 / abs(power)) for factor in factors]
    if not all(apart(one, other, power) for i, one in enumerate(sizes) for other in sizes[:i]):
        return
    numbers = [float(text) for text in numbers_of_sizes(sizes, power, number, np.random.default_rng(seed))]
    assert len(set(numbers)) == len(sizes) and set(numbers) <= set(PRINTED[number])
    constants = [value / size**power for value, size in zip(numbers, sizes, strict=True)]
    assert max(constants) / min(constants) < LEAST_RATIO


def test_sizes_that_no_series_could_have_are_an_error() -> None:
    with pytest.raises(ValueError, match="too far apart for one series of hours"):
        numbers_of_sizes([1e-9, 1e-3], 3, "hours", np.random.default_rng(0))


@given(POWERS | st.none(), st.integers(1, 6), st.integers(0, 99))
def test_fields_lie_within_what_is_allowed(power: int | None, number: int, seed: int) -> None:
    widths = widths_of_fields((1e-6, 8e-6), number, power, np.random.default_rng(seed))
    assert len(widths) == number and all(1e-6 * (1 - 1e-9) <= width <= 8e-6 * (1 + 1e-9) for width in widths)
    assert power is not None or len(set(widths)) == 1
