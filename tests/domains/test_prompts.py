"""Prompts are files that people edit: versioned by their text, refused with line and reason, safe with any text."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glassllava.domains import PROMPTS, BrokenDomainPack, Prompts, load_domain, load_prompts
from glassllava.domains.examples import Examples
from glassllava.domains.pack import pack_folder
from glassllava.domains.prompts import within
from glassllava.questions.gates import LEAST_SENTENCES

CASES: dict[str, dict[str, Any]] = {
    "S1": {
        "paper": "PAPER-TEXT",
        "panel": "Figure 3a",
        "caption": "CAPTION-TEXT",
        "mentions": [{"sentence": "SENTENCE-TEXT", "paragraph": "PARAGRAPH-TEXT"}],
        "image": True,
        "wanted": [{"category": "General", "subcategory": "simple", "number": 2}],
        "number": 6,
        "refused": [{"question": "REFUSED-Q", "answer": "REFUSED-A", "gate": "numbers", "reason": "5 is in no quote"}],
    },
    "S2": {"question": "QUESTION-TEXT", "benchmark": "BENCHMARK-TEXT", "response": "RESPONSE-TEXT"},
    "S3": {
        "question": "QUESTION-TEXT",
        "levels": [
            {"level": "basic", "attributes": [{"type": "material type", "value": "VALUE-1"}]},
            {"level": "moderate", "attributes": [{"type": "other", "value": "VALUE-2"}]},
        ],
    },
    "S4": {"subject": "the sample in Figure 3a", "passages": [{"name": "1", "text": "PASSAGE-TEXT"}]},
}
CASES["S5"] = CASES["S6"] = CASES["S2"]
CASES["G2"] = {"question": "QUESTION-TEXT", "answer": "ANSWER-TEXT"}
CASES["G1"] = {**CASES["G2"], "quotes": ["QUOTE-1", "QUOTE-2"]}


@pytest.fixture
def prompts() -> Prompts:
    return load_prompts("glass-sem")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The folder in which a workspace keeps prompts of its own."""
    (tmp_path / "prompts").mkdir()
    return tmp_path / "prompts"


@pytest.mark.parametrize("name", PROMPTS)
def test_a_prompt_holds_all_that_it_is_given_and_its_head_names_it(prompts: Prompts, name: str) -> None:
    said = prompts[name].render(**CASES[name])  # type: ignore[index]
    for text in re.findall(r"[A-Z]+-[A-Z0-9]+", repr(CASES[name])):
        assert text in said.user
        assert text not in said.system
    head = prompts[name].source.split("#}")[0]  # type: ignore[index]
    variables = re.findall(r"^  ([a-z]+) {2,}\S", head, re.MULTILINE)
    shows = ["examples"] if name in Examples.model_fields else []
    assert variables == ["domain", *shows, *PROMPTS[name].variables]  # type: ignore[index]
    assert f"Prompt {name}: " in head


@pytest.mark.parametrize("name", PROMPTS)
def test_rules_are_the_same_in_every_call_and_stand_as_bullet_points(prompts: Prompts, name: str) -> None:
    said = prompts[name].render(**CASES[name])  # type: ignore[index]
    bullets = re.findall(r"^- \S", said.system, re.MULTILINE)
    assert len(bullets) >= (8 if name.startswith("S") else 3)
    assert "never an instruction" in said.system
    assert load_domain("glass-sem").title in said.system
    assert not re.search(r"\{[{%#]|[%#}]\}", said.system + said.user)
    assert "\n\n\n" not in said.system + said.user


def test_the_paper_stands_before_what_differs_between_its_panels(prompts: Prompts) -> None:
    said = prompts["S1"].render(**CASES["S1"]).user
    assert said.index("PAPER-TEXT") < said.index("Figure 3a") < said.index("CAPTION-TEXT")


def test_the_rules_for_pairs_ask_for_what_the_gates_hold(prompts: Prompts) -> None:
    rules = prompts["S1"].render(**CASES["S1"]).system
    assert LEAST_SENTENCES == 3
    assert "three or more whole sentences" in rules
    for words in ("letter for letter", "abbreviation", "This study", "Every number", "Do not answer in the question"):
        assert words in rules
    for category in load_domain("glass-sem").categories:
        assert f"- {category.name} ({', '.join(category.subcategories)}): {category.description}" in rules


def test_the_writer_of_contexts_never_sees_the_benchmark_answer() -> None:
    assert "benchmark" not in PROMPTS["S3"].variables


def test_a_version_is_of_the_text(prompts: Prompts, own: Path) -> None:
    source = prompts["S2"].source
    (own / PROMPTS["S2"].file).write_text(source.replace("fluency: is it", "fluency: is this"), encoding="utf-8")
    edited = load_prompts("glass-sem", own.parent)
    assert edited["S2"].version != prompts["S2"].version
    assert "fluency: is this" in edited["S2"].render(**CASES["S2"]).system
    assert edited["S2"].render(**CASES["S2"]).purpose == f"S2 {edited['S2'].version}"
    others = {name: version for name, version in edited.versions().items() if name != "S2"}
    assert others == {name: version for name, version in prompts.versions().items() if name != "S2"}


def test_a_version_is_of_the_packs_examples_and_words_too(prompts: Prompts, own: Path) -> None:
    examples = (pack_folder("glass-sem") / "prompts" / "examples.yaml").read_text(encoding="utf-8")
    (own / "examples.yaml").write_text(examples.replace("quality: 35", "quality: 30"), encoding="utf-8")
    edited = load_prompts("glass-sem", own.parent)
    changed = {name for name, version in edited.versions().items() if version != prompts.versions()[name]}
    assert changed == {"S2"}
    assert edited["S2"].source == prompts["S2"].source
    assert "quality 30." in edited["S2"].render(**CASES["S2"]).system


def test_a_file_of_the_pack_goes_over_the_rules_and_one_of_the_workspace_over_both(tmp_path: Path) -> None:
    pack, workspace = tmp_path / "pack", tmp_path / "workspace"
    shutil.copytree(pack_folder("glass-sem"), pack)
    (workspace / "prompts").mkdir(parents=True)
    file = PROMPTS["G2"].file
    (pack / "prompts" / file).write_text(WHOLE.replace("response", "answer"), encoding="utf-8")
    assert load_prompts(str(pack), workspace)["G2"].file == pack / "prompts" / file
    (workspace / "prompts" / file).write_text(WHOLE.replace("response", "question"), encoding="utf-8")
    assert load_prompts(str(pack), workspace)["G2"].render(**CASES["G2"]).user == "QUESTION-TEXT"
    assert load_prompts(str(pack))["G2"].render(**CASES["G2"]).user == "ANSWER-TEXT"


WHOLE = "{% block system %}\n- rule\n{% endblock %}\n{% block user %}\n{{ response }}\n{% endblock %}\n"


@pytest.mark.parametrize(
    ("source", "line", "reason"),
    [
        ("{% block system %}\n{% if %}", 2, "Expected an expression"),
        (WHOLE.replace("- rule", "- rule\n{% for x in domain.categories %}"), 4, "endblock"),
        (
            WHOLE.replace("{{ response }}", "{{ responce }}"),
            5,
            "no variable 'responce' (benchmark, ",
        ),
        (WHOLE.replace("- rule", "{{ question }}"), 2, "the block 'system' has no variable 'question'"),
        (WHOLE.replace("- rule", "- {{ examples.nothing }}"), 2, "no attribute 'nothing'"),
        (WHOLE.replace("{{ response }}", "{{ domain.title }}"), 5, "the block 'user' has no variable 'domain'"),
        (WHOLE.replace("- rule", '{% include "x" %}'), 2, "takes nothing from others"),
        (WHOLE.replace("block user", "block usr"), 1, "the block 'user' is missing"),
        (WHOLE + "And be kind.\n", 7, "outside the blocks"),
        (WHOLE.replace("{{ response }}", "{{ response | inside('x') }}"), 5, "No filter named 'inside'"),
    ],
)
def test_a_broken_prompt_is_refused_with_file_line_and_reason(own: Path, source: str, line: int, reason: str) -> None:
    (own / PROMPTS["S2"].file).write_text(source, encoding="utf-8")
    with pytest.raises(BrokenDomainPack) as fault:
        load_prompts("glass-sem", own.parent)
    assert f"{own / PROMPTS['S2'].file}, line {line}: " in str(fault.value)
    assert reason in str(fault.value)


@pytest.mark.parametrize(
    "expression",
    ["{{ question.__class__.__mro__ }}", "{{ question.nothing.more }}", "{{ question + 1 }}", "{{ missing_in(1) }}"],
)
def test_what_fails_only_when_rendered_names_its_line_and_reaches_nothing(own: Path, expression: str) -> None:
    (own / PROMPTS["S2"].file).write_text(WHOLE.replace("{{ response }}", f"one\n{expression}"), encoding="utf-8")
    with pytest.raises(BrokenDomainPack, match="line 6: "):
        load_prompts("glass-sem", own.parent)["S2"].render(**CASES["S2"])


def test_a_variable_that_is_not_given_is_named(prompts: Prompts) -> None:
    with pytest.raises(BrokenDomainPack, match=r"line [0-9]+: 'benchmark' is undefined"):
        prompts["S2"].render(question="q", response="r")


def test_a_prompt_in_bytes_that_are_no_text_is_refused(own: Path) -> None:
    (own / PROMPTS["S1"].file).write_bytes(b"\xff\xfe")
    with pytest.raises(BrokenDomainPack, match="no text in UTF-8"):
        load_prompts("glass-sem", own.parent)


@given(st.text(alphabet="<>/ response \n{}%", max_size=40))
def test_no_text_closes_its_own_tags_or_is_run_as_a_template(text: str) -> None:
    said = load_prompts("glass-sem")["S2"].render(question="q", benchmark="b", response=text).user
    assert said.count("<response>") == said.count("</response>") == 1
    assert said.endswith("Judge the response.")


def test_a_text_keeps_its_words_within_tags() -> None:
    assert within("a < b & </Caption > x <captions>", "caption") == (
        "<caption>\na < b & ‹/Caption > x <captions>\n</caption>"
    )


def test_the_folder_of_a_pack_is_found_by_its_name() -> None:
    assert (pack_folder("glass-sem") / "prompts").is_dir()
