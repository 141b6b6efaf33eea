"""A broken pack is refused in one sentence, with file, field and reason, whatever is broken in it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from glassllava.domains import BrokenDomainPack, load_pack, load_prompts
from glassllava.domains.examples import load_examples
from glassllava.domains.pack import pack_folder

METALS = pack_folder("metallography")
EXAMPLES = "prompts/examples.yaml"
FILES = ("domain.yaml", "phrases.yaml", EXAMPLES)

Change = Callable[[dict[str, Any]], object]


@cache
def content(file: str) -> dict[str, Any]:
    return yaml.safe_load((METALS / file).read_text(encoding="utf-8"))  # type: ignore[no-any-return]


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    folder = tmp_path / "pack"
    shutil.copytree(METALS, folder)
    return folder


def refused(folder: Path) -> str:
    """Return the sentence with which the pack in a folder is refused."""
    with pytest.raises(BrokenDomainPack) as fault:
        load_examples(folder / EXAMPLES, load_pack(folder))
    said = str(fault.value)
    assert "\n" not in said
    return said


def written(folder: Path, file: str, change: Change) -> Path:
    fields = deepcopy(content(file))
    change(fields)
    (folder / file).write_text(yaml.safe_dump(fields, allow_unicode=True), encoding="utf-8")
    return folder / file


DOMAIN: list[tuple[Change, str, str]] = [
    (lambda d: d.pop("image"), "image", "is missing"),
    (lambda d: d.update(colour="blue"), "colour", "is no field of a pack"),
    (lambda d: d.update(name="My Pack"), "name", "pattern"),
    (lambda d: d.update(defects=[]), "defects", "must not be empty"),
    (lambda d: d.update(defects="cracks"), "defects", "tuple"),
    (lambda d: d.update(defects=["crack*", 7]), "defects.1", "string"),
    (lambda d: d["image"].update(kinds=["x-ray"]), "image.kinds.0", "'sem'"),
    (lambda d: d["image"]["nouns"].update(tem="image"), "image", "tem is none of the kinds"),
    (lambda d: d["categories"][2].update(role="pretty"), "categories.2.role", "'defects'"),
    (lambda d: d["categories"][2].update(role="overview"), "categories", "the first, and no other"),
    (lambda d: d["categories"][2].update(terms=["gra*in"]), "categories.2.terms.0", "is no term"),
    (lambda d: d["categories"][1].update(name="Overview"), "categories", "a name occurs twice"),
    (lambda d: d["categories"][1]["samples"].pop("complex"), "categories.1", "samples"),
    (
        lambda d: d["categories"][1].update(told_by=["mood"]),
        "categories.Grain Structure.told_by",
        "unknown context type",
    ),
    (lambda d: d["shares"]["training"].update(Overview=50.0), "shares.training", "not to 100 %"),
    (lambda d: d["shares"]["evaluation"].pop("Overview"), "shares.evaluation", "Overview"),
    (lambda d: d["shares"]["training"].update(Overview=-1.0), "shares.training.Overview", "greater than or equal"),
    (lambda d: d["context_types"].pop(), "context_types", "each of"),
    (lambda d: d["context_types"].reverse(), "context_types", "must stand last"),
    (lambda d: d.update(exclusions=[{"said": ["x"]}]), "exclusions.0.not_made_of", "is missing"),
    (lambda d: d.update(phrases={}), "phrases", "stands in phrases.yaml"),
]

PHRASES: list[tuple[Change, str, str]] = [
    (lambda p: p["questions"].pop("Grain Structure"), "phrases.questions.Grain Structure", "word exactly"),
    (lambda p: p["questions"]["Grain Structure"].pop("complex"), "phrases.questions.Grain Structure", "word exactly"),
    (lambda p: p["questions"]["Overview"].update(simple=[]), "questions.Overview.simple", "must not be empty"),
    (
        lambda p: p["questions"]["Overview"].update(simple=["What is {thing}?"]),
        "phrases.questions.Overview.simple",
        "{thing} is no placeholder (object, feature, image)",
    ),
    (
        lambda p: p["questions"]["Overview"].update(simple=["What is {image?"]),
        "phrases.questions.Overview.simple",
        "brace",
    ),
    (
        lambda p: p["questions"]["Overview"].update(simple=["What of the {feature}?"]),
        "phrases.questions.Overview.simple",
        "without {feature}",
    ),
    (lambda p: p["questions"].update(Weather={"simple": ["?"]}), "phrases.questions.Weather", "no such category"),
    (lambda p: p["contexts"].pop("other"), "phrases.contexts", "every context type once"),
    (lambda p: p["contexts"].update(other=["Recorded."]), "phrases.contexts.other", "must hold {value}"),
    (lambda p: p["contexts"].update(other=["{value}"] * 3), "contexts.other", "at most 2"),
]

SHOWN: list[tuple[Change, str, str]] = [
    (lambda e: e.pop("S4"), "S4", "is missing"),
    (lambda e: e["S2"].update(question=""), "S2.question", "must not be empty"),
    (lambda e: e["S2"]["responses"][0].update(quality=101), "S2.responses.0.quality", "less than or equal to 100"),
    (lambda e: e["S1"]["good"]["evidence"].append("Never said."), "S1", "'Never said.' does not stand"),
    (lambda e: e["S1"]["good"].update(category="Weather"), "S1.good.category", "there is no 'Weather'"),
    (lambda e: e["S3"]["told"].update(basic=e["S3"]["told"]["high"]), "S3", "belongs to a higher level"),
    (lambda e: e["S3"]["attributes"][0].update(type="mood"), "S3.attributes", "no context type 'mood'"),
    (lambda e: e["S4"]["attributes"][0].update(quote="tin"), "S4", "'tin' does not stand"),
    (lambda e: e["S5"].update(score=5), "S5.score", "less than or equal to 4"),
    (lambda e: e["S5"]["features"][0].update(identified="perhaps"), "S5.features.0.identified", "'similar'"),
    (lambda e: e["S6"].update(sentences=[e["S6"]["sentences"][0]] * 3), "S6", "none is absent, none is undecided"),
]


@pytest.mark.parametrize(
    ("file", "change", "field", "reason"),
    [
        (file, *case)
        for file, cases in (("domain.yaml", DOMAIN), ("phrases.yaml", PHRASES), (EXAMPLES, SHOWN))
        for case in cases
    ],
)
def test_what_is_wrong_is_named(pack: Path, file: str, change: Change, field: str, reason: str) -> None:
    path = written(pack, file, change)
    said = refused(pack)
    assert said.startswith(f"{path}: ")
    assert field in said
    assert reason in said.removeprefix(str(path))


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("name: [", ", line 1: is no valid YAML"),
        ("a: 1\n\tb: 2", ", line 2: is no valid YAML"),
        ("a: 1\nb: 2\na: 3", ", line 3: is no valid YAML (the field 'a' stands here twice)"),
        ("a: !!python/object/apply:os.getcwd []", ", line 1: is no valid YAML"),
        ("a: 2026-99-99", "is no valid YAML"),
        ("- a list", "must hold fields"),
        ("", "must hold fields"),
        ("7: seven", "7 is no name of a field"),
        ("a: \x00", "is no valid YAML"),
    ],
)
def test_what_is_no_yaml_is_named_with_its_line(pack: Path, file: str, text: str, reason: str) -> None:
    (pack / file).write_text(text, encoding="utf-8")
    said = refused(pack)
    assert said.startswith(str(pack / file))
    assert reason in said


@pytest.mark.parametrize("file", FILES)
def test_a_file_that_lacks_or_is_no_text_is_named(pack: Path, file: str) -> None:
    (pack / file).write_bytes(b"\xff\xfe\xfa")
    assert refused(pack) == f"{pack / file}: is no text in UTF-8."
    (pack / file).unlink()
    assert f"{pack / file}: cannot be read" in refused(pack)


def places(fields: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the place of every field of a tree."""
    if isinstance(fields, dict):
        for key, value in fields.items():
            yield (*at, key)
            yield from places(value, (*at, key))
    elif isinstance(fields, list):
        for number, value in enumerate(fields[:3]):
            yield from places(value, (*at, number))


@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_change_of_type_gets_past_or_ends_otherwise_than_in_a_refusal(pack: Path, data: st.DataObject) -> None:
    file = data.draw(st.sampled_from(FILES))
    place = data.draw(st.sampled_from(list(places(content(file)))))
    wrong = data.draw(st.sampled_from([None, [[]], {"colour": {"deep": []}}, [None]]))

    def change(fields: dict[str, Any]) -> None:
        at: Any = fields
        for step in place[:-1]:
            at = at[step]
        at[place[-1]] = wrong

    for name in FILES:
        shutil.copy(METALS / name, pack / name)
    if wrong is None and place[-1] == "backscattered_noun":
        return
    path = written(pack, file, change)
    assert refused(pack).startswith(f"{path}: ")


def test_a_prompt_of_the_pack_is_refused_with_its_line(pack: Path) -> None:
    file = pack / "prompts" / "s6_defect_and_anomaly.jinja"
    file.write_text(
        "{% block system %}\n- {{ examples.countz }}\n{% endblock %}{% block user %}x{% endblock %}", "utf-8"
    )
    with pytest.raises(BrokenDomainPack) as fault:
        load_prompts(str(pack))
    assert str(fault.value).startswith(f"{file}, line 2: ")
    assert "countz" in str(fault.value)
