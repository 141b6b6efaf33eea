"""What papers are about: themes, a glass that can show both, samples that differ in one number."""

from __future__ import annotations

import re

import pytest

from glassllava.papers.captions import split_caption
from glassllava.synthetic.catalogue import FAMILIES
from glassllava.synthetic.citing import MANNERS
from glassllava.synthetic.kinetics import LEAST_RATIO
from glassllava.synthetic.manuscript import write
from glassllava.synthetic.materials import MATERIALS
from glassllava.synthetic.statements import wording
from glassllava.synthetic.story import LAYOUTS, THEMES, FigurePlan, Story, journal, matter, tell

ROUND = len(THEMES) * (len(THEMES) - 1)


@pytest.fixture(scope="module")
def stories() -> list[Story]:
    return [tell(number) for number in range(3)]


def electron(story: Story) -> list[FigurePlan]:
    return [figure for figure in story.figures if figure.family is not None]


def test_every_pair_of_themes_has_a_glass_that_can_show_both() -> None:
    for number in range(3 * ROUND):
        themes, families, material = matter(number)
        assert len(set(themes)) == 2 and len(set(families)) == 2
        assert all(family in dict(THEMES)[theme] for theme, family in zip(themes, families, strict=True))
        assert all(material.shows(family) for family in families)


def test_no_two_papers_of_a_round_have_the_same_themes_and_a_later_round_has_another_glass_where_there_is_one() -> None:
    assert len({matter(number)[0] for number in range(ROUND)}) == ROUND
    for number in range(ROUND):
        (_, families, material), (_, later, other) = matter(number), matter(number + ROUND)
        several = sum(all(glass.shows(family) for family in families) for glass in MATERIALS) > 1
        assert families != later or (material != other) == several


def test_every_manner_of_citing_comes_up_early_and_in_every_layout() -> None:
    assert {journal(number)[1] for number in range(len(MANNERS))} == set(MANNERS)
    assert len({journal(number) for number in range(72)}) == len(MANNERS) * len(LAYOUTS)


def test_every_family_comes_up() -> None:
    assert {family for number in range(ROUND) for family in matter(number)[1]} == set(FAMILIES)


def test_every_panel_of_a_figure_has_a_condition_of_its_own_worded_alike_and_told_by_the_body(
    stories: list[Story],
) -> None:
    for figure in (figure for story in stories for figure in electron(story)):
        varies = wording()["families"][figure.family]["varies"]
        said = [part.said for part in figure.parts if part.said is not None]
        assert len({one.condition for one in said}) == len(said)
        assert len({re.sub(r"\d+(?:\.\d+)?", "…", one.condition) for one in said}) == 1
        if varies["number"] in ("hours", "minutes", "days"):
            unit = {"hours": "h", "minutes": "min", "days": "days"}[varies["number"]]
            told = [number_of(one.condition, unit) for one in said]
            assert told == sorted(told)
            assert [number_of(one.made, unit) for one in said] == told


def test_a_caption_tells_of_each_panel_what_the_truth_says_it_tells() -> None:
    """Of a journal too that letters a caption's parts by ranges in one pair of brackets."""
    for story in (tell(number) for number in (0, 7)):
        arts = [block for section in write(story)[0].sections for block in section.blocks if not isinstance(block, str)]
        for figure, art in zip(story.figures, arts, strict=True):
            parts = split_caption(f"Fig. {art.number}. {art.caption}")
            for part in figure.parts:
                assert part.words in (parts[part.label] if part.label is not None else art.caption)
    assert "(a~c: SEM images of" in arts[-1].caption


def number_of(text: str, unit: str) -> float:
    found = re.findall(rf"(\d+(?:\.\d+)?) {unit}\b", text)
    assert len(found) == 1, text
    return float(found[0])


def test_sizes_follow_their_law_from_panel_to_panel_within_what_print_can_tell(stories: list[Story]) -> None:
    seen = set()
    for figure in (figure for story in stories for figure in electron(story)):
        varies = wording()["families"][figure.family]["varies"]
        if "power" not in varies:
            continue
        seen.add(figure.family)
        (form,) = {
            re.sub(r"\d+(?:\.\d+)?", "…", text)
            for text in (part.said.condition for part in figure.parts if part.said is not None)
        }
        places = {
            form_of.index(f"{{{varies['number']}}}")
            for form_of in (
                re.findall(r"\{\w+\}", condition)
                for condition in wording()["families"][figure.family]["condition"]
                if re.sub(r"\{\w+\}", "…", condition) == form
            )
        }
        assert len(places) == 1
        (place,) = places
        panels = [part for part in figure.parts if part.said is not None and part.micrograph is not None]
        numbers = [float(re.findall(r"\d+(?:\.\d+)?", part.said.condition)[place]) for part in panels if part.said]
        sizes = [part.micrograph.truth.size_m or 0 for part in panels if part.micrograph]
        constants = [number / size ** varies["power"] for number, size in zip(numbers, sizes, strict=True)]
        assert numbers == sorted(set(numbers))
        assert max(constants) / min(constants) < LEAST_RATIO
    assert len(seen) >= 3


def test_samples_that_no_law_relates_are_recorded_at_one_magnification(stories: list[Story]) -> None:
    for figure in (figure for story in stories for figure in electron(story)):
        widths = {part.micrograph.truth.field_width_m for part in figure.parts if part.micrograph is not None}
        if "power" not in wording()["families"][figure.family]["varies"]:
            assert len(widths) == 1


def test_a_paper_tells_the_law_of_each_series_and_gives_shares_by_moles(stories: list[Story]) -> None:
    for story in stories:
        manuscript, citing = write(story)
        text = " ".join(b for s in manuscript.sections for b in s.blocks if isinstance(b, str))
        assert "mol % " in text and not re.search(r"\d % [A-Z][a-z]?[₂O]", text)
        for figure in electron(story):
            laws = wording()["families"][figure.family].get("law", ())
            told = [one for one in citing if any(law[1:-1] in one.text for law in laws)]
            assert len(told) == (1 if laws else 0)
            assert all(one.figure == figure.number for one in told)


def test_what_a_paper_says_of_its_treatments_is_that_of_its_families(stories: list[Story]) -> None:
    for story in stories:
        manuscript, _ = write(story)
        text = " ".join(
            [manuscript.abstract, *(b for s in manuscript.sections for b in s.blocks if isinstance(b, str))]
        )
        for family in story.families:
            varies = wording()["families"][family]["varies"]
            assert varies["compared"] in text
        assert "treated for different times" not in text
        assert f"{story.material.melt_c} °C for 3 h" in text
