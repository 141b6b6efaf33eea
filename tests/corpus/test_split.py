"""The split by paper: near the share asked for, seeded, for ever."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from glassllava import corpus
from glassllava.corpus.split import choose_evaluation
from glassllava.records import Paper
from glassllava.workspace import Workspace
from tests.workspace.rows import plant_paper

panels_of_papers = st.dictionaries(
    st.text("abcdef0123456789", min_size=8, max_size=8), st.integers(1, 20).map(lambda n: [n]), min_size=2, max_size=40
)


@given(panels_of_papers, st.floats(0.05, 0.6), st.integers(0, 3))
def test_both_sides_get_papers_and_the_share_of_papers_is_met(
    panels: dict[str, list[int]], share: float, seed: int
) -> None:
    chosen = choose_evaluation(panels, {}, set(), share, seed)
    assert 1 <= len(chosen) < len(panels)
    assert chosen <= set(panels)
    assert len(chosen) == min(max(1, round(share * len(panels))), len(panels) - 1)


@given(panels_of_papers, st.integers(0, 5))
def test_the_same_seed_divides_alike(panels: dict[str, list[int]], seed: int) -> None:
    first = choose_evaluation(panels, {}, set(), 0.15, seed)
    again = choose_evaluation(dict(reversed(panels.items())), {}, set(), 0.15, seed)
    assert first == again


def test_the_share_of_panels_is_met_where_it_can_be() -> None:
    panels = {
        f"{n:02}": [size]
        for n, size in enumerate([1, 1, 2, 3, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 15, 20, 20, 20, 20, 20])
    }
    chosen = choose_evaluation(panels, {}, set(), 0.15, 0)
    assert len(chosen) == 3
    assert sum(panels[paper][0] for paper in chosen) == round(0.15 * sum(map(sum, panels.values())))


def test_a_paper_keeps_its_side_when_others_come(workspace: Workspace) -> None:
    for name in "abcdefgh":
        plant_paper(workspace, name)
    first = corpus.split(workspace)
    sides = {paper.file: paper.split for paper in workspace.papers()}
    assert (first.evaluation_papers, first.assigned) == (1, 8)
    for name in "ijklmnopqrst":
        plant_paper(workspace, name)
    second = corpus.split(workspace)
    assert (second.evaluation_papers, second.training_papers, second.assigned) == (3, 17, 12)
    assert {p.file: p.split for p in workspace.papers() if p.file in sides} == sides
    assert corpus.split(workspace).assigned == 0


def test_a_paper_and_a_set_of_its_images_are_on_one_side(workspace: Workspace) -> None:
    for name in "abcdefgh":
        plant_paper(workspace, name)
    corpus.split(workspace)
    (kept,) = [paper for paper in workspace.papers() if paper.split == "evaluation"]
    with workspace.writing() as session:
        session.add(Paper(id="9" * 64, file="set.jsonl", origin="import", state="ok", doi=(kept.doi or "").upper()))
    corpus.split(workspace)
    assert {paper.split for paper in workspace.papers() if (paper.doi or "").lower() == kept.doi} == {"evaluation"}


def test_a_single_paper_goes_to_training(workspace: Workspace) -> None:
    plant_paper(workspace, "only")
    assert corpus.split(workspace).training_papers == 1


def test_papers_without_panels_count_for_nothing(workspace: Workspace) -> None:
    for name in "abcd":
        plant_paper(workspace, name, labels="a")
    for panel in workspace.panels()[:2]:
        workspace.review("panel", panel.id, "ada", "reject")
    divided = corpus.split(workspace)
    assert (divided.training_panels, divided.evaluation_panels) == (1, 1)
