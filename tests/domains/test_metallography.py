"""A second field goes through the stages by its pack alone: a steel's optical and electron micrographs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from glassllava import questions
from glassllava.domains import load_domain, load_prompts
from glassllava.records import Context
from glassllava.workspace import QuestionView, Workspace
from tests.domains.steel import planted

METALS = load_domain("metallography")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    here = planted(tmp_path_factory.mktemp("metals") / "w", "metallography")
    questions.generate(here)
    questions.contexts(here)
    yield here
    here.close()


@pytest.fixture(scope="module")
def accepted(workspace: Workspace) -> list[QuestionView]:
    return [view for view in workspace.questions() if view.accepted]


def test_both_kinds_of_panel_get_accepted_pairs_in_the_packs_categories(accepted: list[QuestionView]) -> None:
    assert {name for view in accepted for name in view.panels} == {"Figure 3a", "Figure 3b"}
    categories = {view.category for view in accepted}
    assert categories <= {category.name for category in METALS.categories}
    assert len(categories) >= 4
    assert {"Phases and Constituents", "Defects and Fracture"} <= categories


def test_an_image_is_called_what_it_is(accepted: list[QuestionView]) -> None:
    for view in accepted:
        said = f"{view.question} {view.answer}".lower()
        other = "scanning electron" if view.panels == ("Figure 3a",) else "optical"
        assert other not in said
    assert any("optical micrograph" in f"{view.question} {view.answer}" for view in accepted)
    assert any("scanning electron micrograph" in f"{view.question} {view.answer}" for view in accepted)


def test_answers_speak_of_metals_and_rest_on_the_paper(accepted: list[QuestionView]) -> None:
    told = " ".join(view.answer for view in accepted)
    for word in ("pearlite", "martensite", "prior austenite grain", "nital"):
        assert word in told
    assert "glass" not in " ".join(f"{view.question} {view.answer}" for view in accepted).lower()
    assert all(item["quote"] for view in accepted for item in view.evidence)


def test_contexts_are_told_in_the_packs_words(workspace: Workspace) -> None:
    with workspace.reading() as session:
        rungs = session.query(Context).all()
    assert {attribute["type"] for rung in rungs for attribute in rung.attributes} >= {
        "material type",
        "processing conditions",
    }
    told = " ".join(rung.text for rung in rungs)
    assert "The metal is low-alloy steel." in told
    assert "The metal was " in told


def test_the_glass_pack_makes_other_pairs_of_the_same_paper(accepted: list[QuestionView], tmp_path: Path) -> None:
    here = planted(tmp_path / "w", "glass-sem")
    questions.generate(here)
    of_glass = [view for view in here.questions() if view.accepted]
    here.close()
    assert not {(view.category, view.question) for view in of_glass} & {
        (view.category, view.question) for view in accepted
    }
    # Its images are scanning electron micrographs alone.
    assert {name for view in of_glass for name in view.panels} == {"Figure 3b"}


def test_the_packs_share_no_category_name_and_no_example() -> None:
    glass = load_domain("glass-sem")
    assert not {c.name for c in glass.categories} & {c.name for c in METALS.categories}
    metals, of_glass = load_prompts("metallography"), load_prompts("glass-sem")
    for name in ("S1", "S2", "S3", "S4", "S5", "S6"):
        assert metals[name].source == of_glass[name].source  # type: ignore[index]
        assert metals.versions()[name] != of_glass.versions()[name]
        assert "glass" not in metals[name].system  # type: ignore[index]
    assert sum(METALS.shares.training.values()) == pytest.approx(100, abs=0.5)
