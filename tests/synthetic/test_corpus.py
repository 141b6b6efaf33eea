"""Synthetic papers: written alike each time, true to their scenes, and read back by the reading of papers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.synthetic_papers import measure
from glassllava.domains import load_domain
from glassllava.papers import read_paper
from glassllava.synthetic.corpus import paper, write_micrographs, write_papers
from glassllava.synthetic.manuscript import Citing, write
from glassllava.synthetic.micrograph import draw
from glassllava.synthetic.story import LAYOUTS, Story, tell
from glassllava.synthetic.typesetting import Manuscript
from glassllava.text.polarity import polarity

PAPERS = 3
"""One in each layout."""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_papers(tmp_path_factory.mktemp("papers"), PAPERS)


def truth_of(file: Path) -> dict:
    return json.loads(file.with_name(f"{file.stem}.truth.json").read_text(encoding="utf-8"))


def test_the_same_number_gives_the_same_paper_to_the_byte(written: list[Path]) -> None:
    pdf, truth = paper(1)
    assert written[1].read_bytes() == pdf
    assert truth_of(written[1]) == truth


def test_what_is_there_and_whole_is_not_written_again_and_what_is_not_is(written: list[Path]) -> None:
    before = [file.stat().st_mtime_ns for file in written]
    truth_file = written[2].with_name(f"{written[2].stem}.truth.json")
    truth_file.unlink()  # as a kill between the two files leaves it
    write_papers(written[0].parent, PAPERS)
    (last,) = write_papers(written[0].parent, 1, first=PAPERS - 1)
    assert last == written[-1]
    after = [file.stat().st_mtime_ns for file in written]
    assert before[:2] == after[:2]
    assert truth_file.is_file()


@pytest.fixture(scope="module")
def told() -> list[tuple[Story, Manuscript, list[Citing]]]:
    """Stories with their words; drawing their images takes most of the time."""
    stories = [tell(number) for number in range(5)]
    return [(story, *write(story)) for story in stories]


def test_no_two_papers_are_alike(told: list[tuple[Story, Manuscript, list[Citing]]]) -> None:
    assert len({manuscript.title for _, manuscript, _ in told}) == len(told)
    assert {story.layout for story, _, _ in told} == set(LAYOUTS)
    parts = [part for story, _, _ in told for figure in story.figures for part in figure.parts]
    seeds = [part.micrograph.truth.seed for part in parts if part.micrograph is not None]
    assert len(set(seeds)) == len(seeds)


def test_every_sentence_about_panels_is_true_of_them(told: list[tuple[Story, Manuscript, list[Citing]]]) -> None:
    words = load_domain("glass-sem").defects
    checked = 0
    for story, _, sentences in told:
        broken = {
            (figure.number, part.label): part.micrograph.truth.defect is not None
            for figure in story.figures
            for part in figure.parts
            if part.micrograph is not None
        }
        for citing in sentences:
            says = polarity(citing.text, words)
            scenes = {
                broken[citing.figure, label]
                for label in citing.panels
                if (citing.figure, label) in broken and not citing.supplementary
            }
            if says != "undecided" and scenes:
                assert scenes == {says == "present"}, citing
                checked += 1
    assert checked > 30


def test_captions_do_not_tell_whether_there_is_a_defect(told: list[tuple[Story, Manuscript, list[Citing]]]) -> None:
    words = load_domain("glass-sem").defects
    captions = [
        block.caption
        for _, manuscript, _ in told
        for section in manuscript.sections
        for block in section.blocks
        if not isinstance(block, str)
    ]
    assert len(captions) == 3 * len(told)
    assert {polarity(caption, words) for caption in captions} == {"undecided"}


def test_the_truth_holds_every_panel_with_its_scene(written: list[Path]) -> None:
    for file in written:
        truth = truth_of(file)
        assert truth["synthetic"] is True and truth["doi"].startswith("10.5555/")
        for panel in truth["panels"]:
            assert (panel["scene"] is not None) == (panel["kind"] == "sem")
            if panel["scene"] is not None:
                scene = panel["scene"]
                again = draw(scene["seed"], families=[scene["family"]]).truth
                assert (again.defect, again.artefact) == (scene["defect"], scene["artefact"])
        own = [mention for mention in truth["mentions"] if not mention["supplementary"]]
        assert {mention["figure"] for mention in own} == {panel["figure"] for panel in truth["panels"]}


@pytest.mark.parametrize("number", range(PAPERS))
def test_each_layout_is_read_back_with_its_panels_pixel_sizes_and_mentions(written: list[Path], number: int) -> None:
    truth = truth_of(written[number])
    reading = read_paper(written[number].read_bytes(), ocr=False)
    assert (reading.doi, reading.title) == (truth["doi"], truth["title"])
    _, found, notes = measure(written[number])
    for what in ("panels", "mentions"):
        f1 = 2 * found[f"{what} right"] / (found[f"{what} wanted"] + found[f"{what} given"])
        assert f1 >= 0.97, notes
    assert found["pixel right"] >= 0.97 * found["SEM right"] > 0, notes


def test_sentences_that_cite_the_supplement_speak_of_no_panel_of_the_paper(written: list[Path]) -> None:
    for file in written:
        reading = read_paper(file.read_bytes(), ocr=False)
        wanted = [mention for mention in truth_of(file)["mentions"] if mention["supplementary"]]
        read = [mention for mention in reading.mentions if mention.supplementary]
        assert [m.figure for m in read] == [m["figure"] for m in wanted] and wanted
        alone = {m["text"] for m in wanted} - {m["text"] for m in truth_of(file)["mentions"] if not m["supplementary"]}
        assert alone and not alone & {mention.text for mention in reading.mentions if not mention.supplementary}
        assert not any(figure.supplementary for figure in reading.figures)


def test_a_sentence_that_cites_two_figures_is_noted_for_both(
    told: list[tuple[Story, Manuscript, list[Citing]]],
) -> None:
    for story, manuscript, sentences in told:
        text = next(s.text for s in sentences if "both series" in s.text)
        assert [s.figure for s in sentences if s.text == text and not s.supplementary] == ["2", "3"]
        body = " ".join(b for section in manuscript.sections for b in section.blocks if isinstance(b, str))
        assert all(sentence.text in body for sentence in sentences), story.number


def test_micrographs_come_with_their_truth(tmp_path: Path) -> None:
    files = write_micrographs(tmp_path, 3, columns=256, seed=40)
    for number, file in enumerate(files):
        truth = json.loads(file.with_suffix(".truth.json").read_text(encoding="utf-8"))
        assert truth["synthetic"] is True
        assert truth["seed"] == 40 + number
        assert truth["pixel_size_m"] * 256 == pytest.approx(truth["field_width_m"])
