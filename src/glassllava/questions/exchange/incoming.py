"""Import of pairs from a file: those that GlassLLaVA exported as they were, those from elsewhere as what they are.

In: LLaVA JSON, JSONL or Parquet, with images. Out: Question rows, and panels of pictures that are new.

An unchanged line of an export whose panels stand here gives the very pair: id, evidence, contexts, generator, verdict
of the gates and people's decisions. Any other line gives a pair of the generator `import/<file>`, with the name of what
wrote it behind that where the line tells it. Such a pair is checked for form only: the gates ask what the paper says,
and there may be none. What is refused is named with its place and reason.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from glassllava.domains import Domain, load_domain
from glassllava.errors import UnreadableInput
from glassllava.questions.exchange import lines, llava
from glassllava.questions.exchange.forms import with_question_and_answer
from glassllava.questions.exchange.outgoing import need_pyarrow
from glassllava.questions.exchange.picture import Line, Where
from glassllava.questions.exchange.pictures import PanelsOfPictures, Wanted, mislabelled
from glassllava.questions.exchange.rows import Mended, Row
from glassllava.questions.pairs import IMPORTED
from glassllava.records import Context, Panel, Question, Review
from glassllava.sandbox import Sandbox
from glassllava.workspace import PanelView, RunProgress, Workspace, file_id, identity
from glassllava.workspace.overlay import made_from, question_fingerprint

UNNAMED = "unnamed"
"""Who decided, where the export does not say it."""

_AT_ONCE = 500
"""Pairs that are committed together."""


class ImportedPairs(BaseModel):
    """What one import did."""

    pairs: int
    """Pairs stored now."""
    known: int
    """Pairs that the workspace held."""
    waiting: int
    """Of both, those that are not used: their panel is not accepted here, or has changed since."""
    panels: int
    """Panels made of pictures that were new."""
    failed: list[tuple[str, str]]
    """Place and reason of each line that was refused."""


class _Given(NamedTuple):
    """A line that can be used."""

    place: str
    row: Row
    picture: Where | None
    source: Path
    """The file that holds it."""


class _Pair(NamedTuple):
    """A pair as it is stored."""

    place: str
    row: Row
    panels: tuple[str, ...]
    generator: str
    key: str
    made_from: str


def import_pairs(
    workspace: Workspace,
    path: str | os.PathLike[str],
    *,
    images: str | os.PathLike[str] | None = None,
    category: str | None = None,
    technique: str | None = None,
) -> ImportedPairs:
    """Import the pairs of a file, or of a folder that `export` wrote.

    Parameters
    ----------
    workspace
        Where the records go.
    path
        `.json` (LLaVA), `.jsonl` or `.parquet`.
    images
        Folder that image paths are relative to; without it that of the file.
    category
        Category of pairs of which their line names none.
    technique
        How pictures were taken of which their line does not say it, as "SEM". Without it such panels are of the kind
        `other`, and wait for a person.

    Raises
    ------
    UnreadableInput
        The file is missing, of another kind, damaged or empty, or the domain has no such category.
    MissingExtra
        Parquet needs pyarrow, which is not installed.
    """
    domain = load_domain(workspace.settings.domain)
    if category is not None:
        refusal = _category_refusal(category, None, domain)
        if refusal is not None:
            raise UnreadableInput(f"Pairs cannot be imported as that: {refusal}.")
    files = _files(Path(path))
    with workspace.run("questions import") as progress:
        given = []
        for file in files:
            for line in _read(file, file.parent if images is None else Path(images), workspace):
                one = _checked(line, file, domain, category)
                if isinstance(one, str):
                    progress.fail(line.place, one)
                else:
                    given.append(one)
        if not given and not progress.failures:
            raise UnreadableInput(f"{path} holds no line; each line is a question with its answer and image.")
        progress.say(None, total=len(given))
        found, made = _with_panels(workspace, given, progress, technique)
        panels = {panel.id: panel for panel in workspace.panels()}
        pairs = _pairs(found, panels, progress)
        stored, known = _store(workspace, pairs, progress)
        accepted = {question.id for question in workspace.questions() if question.accepted}
        figures = ImportedPairs(
            pairs=len(stored),
            known=len(known),
            waiting=len((stored | known) - accepted),
            panels=made,
            failed=progress.failures,
        )
        progress.figures = figures.model_dump()
    return figures


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        found = [path / name for name in (llava.NAME, lines.NAME) if (path / name).is_file()]
        found += sorted([*path.glob("*.parquet"), *path.glob("data/*.parquet")])
    else:
        found = [path] if path.is_file() else []
    if not found:
        raise UnreadableInput(
            f"{path} is no file of pairs; name a .json (LLaVA), .jsonl or .parquet file, or the folder of an export."
        )
    for file in found:
        if file.suffix.lower() not in {".json", ".jsonl", ".parquet"}:
            raise UnreadableInput(f"{file} is neither .json (LLaVA) nor .jsonl nor .parquet.")
    return found


def _read(file: Path, images: Path, workspace: Workspace) -> Iterator[Line]:
    suffix = file.suffix.lower()
    if suffix != ".parquet":
        yield from (llava if suffix == ".json" else lines).read(file, images)
        return
    need_pyarrow()
    from glassllava.questions.exchange import parquet

    settings = workspace.settings.papers
    with Sandbox[parquet.Asked](
        parquet.READER, workers=1, seconds=settings.seconds, memory_bytes=settings.memory_bytes
    ) as reader:
        yield from parquet.read(file, reader)


def _checked(line: Line, file: Path, domain: Domain, category: str | None) -> _Given | str:
    """Return a line that can be used, or the reason why it cannot."""
    if line.fields is None:
        return line.fault or "it holds nothing"
    try:
        row = Row.model_validate(with_question_and_answer(line.fields))
    except UnreadableInput as error:
        return str(error)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"]))
        said = "is empty" if first["type"] == "string_pattern_mismatch" else first["msg"].lower()
        return f"its field '{field}' {'is wrong: ' if said != 'is empty' else ''}{said}"
    if row.unchanged:
        refusal = _category_refusal(row.category, row.subcategory, domain)
        return refusal or _Given(line.place, row, line.picture, file)
    named = row.category or category
    if named is None:
        return "it names no category; say with --category which one is meant"
    refusal = _category_refusal(named, row.subcategory, domain)
    if refusal is not None:
        return refusal
    subcategory = row.subcategory or domain.category(named).subcategories[0]
    row = row.model_copy(update={"category": named, "subcategory": subcategory})
    return _Given(line.place, row, line.picture, file)


def _category_refusal(category: str | None, subcategory: str | None, domain: Domain) -> str | None:
    if category not in {one.name for one in domain.categories}:
        return f"there is no category {category!r} in {domain.name}: {', '.join(one.name for one in domain.categories)}"
    if subcategory is not None and subcategory not in domain.category(category).subcategories:
        return f"the category {category} has no {subcategory} questions"
    return None


def _with_panels(
    workspace: Workspace, given: Sequence[_Given], progress: RunProgress, technique: str | None
) -> tuple[list[tuple[_Given, str]], int]:
    """Return each line with its panel's id, in their order, and how many panels were made."""
    panels = {panel.id: panel for panel in workspace.panels()}
    found: dict[str, str] = {}
    wanted = []
    for one in given:
        if one.row.panel_id in panels:
            found[one.place] = str(one.row.panel_id)
            progress.advance(one.place)
        elif one.picture is None:
            progress.fail(one.place, "its panel is not in this workspace, and it names no image")
        else:
            wanted.append(Wanted(one.place, one.row, one.picture, one.source))
    pictures = PanelsOfPictures(workspace, panels, progress, technique)
    for asked, panel, reason in pictures.find(wanted):
        if panel is None:
            progress.fail(asked.place, reason)
        else:
            found[asked.place] = panel
        progress.advance(asked.place)
    return [(one, found[one.place]) for one in given if one.place in found], len(pictures.made)


def _pairs(
    found: Sequence[tuple[_Given, str]], panels: Mapping[str, PanelView], progress: RunProgress
) -> Iterator[_Pair]:
    """Yield the pairs that the lines hold: one line, or several of one pair about several panels."""
    together: dict[tuple[Any, ...], list[tuple[_Given, str]]] = defaultdict(list)
    for one, panel in found:
        row = one.row
        together[one.source, row.question_id or one.place, *row.machine().values()].append((one, panel))
    origins = {source: f"{IMPORTED}{file_id(source)[:8]}" for source in {one.source for one, _ in found}}
    for of_one in together.values():
        first = of_one[0][0]
        row = first.row
        ids = tuple(dict.fromkeys(panel for _, panel in of_one))
        refusal = _panel_refusal(row, [panels[key] for key in ids])
        if refusal is not None:
            for one, _ in of_one:
                progress.fail(one.place, refusal)
        elif row.unchanged and all(key in panels for key in row.panel_ids):
            yield _Pair(
                first.place, row, tuple(row.panel_ids), str(row.generator), str(row.question_id), str(row.made_from)
            )
        else:
            generator = "/".join(filter(None, [origins[first.source], row.generator]))
            if row.generator is not None and row.generator.startswith(IMPORTED):
                generator = row.generator
            key = identity("question", generator, *_words(ids, row.machine()))
            yield _Pair(first.place, row, ids, generator, key, made_from(panels[key] for key in ids))


def _panel_refusal(row: Row, shown: Sequence[PanelView]) -> str | None:
    if len({panel.paper_id for panel in shown}) > 1:
        return "its panels are of several papers"
    if row.synthetic is not None and row.synthetic != shown[0].synthetic:
        return mislabelled(shown[0].synthetic)
    return None


def _words(panels: Sequence[str], machine: Mapping[str, Any]) -> list[Any]:
    """Return by what two pairs are the same one, whoever wrote them."""
    return [sorted(panels), *(machine[name] for name in ("category", "subcategory", "question", "answer"))]


def _store(workspace: Workspace, pairs: Iterable[_Pair], progress: RunProgress) -> tuple[set[str], set[str]]:
    """Store the pairs that are new; return their ids, and the ids of those that were there."""
    with workspace.reading() as session:
        columns = Question.id, Question.panel_ids, *(getattr(Question, name) for name in Mended.model_fields)
        present = {identity(_words(row.panel_ids, row._asdict())): row.id for row in session.execute(select(*columns))}
    ids = set(present.values())
    stored: set[str] = set()
    known: set[str] = set()
    waiting = iter(pairs)
    while some := list(islice(waiting, _AT_ONCE)):
        with workspace.writing() as session:
            for pair in some:
                words = identity(_words(pair.panels, pair.row.machine()))
                there = pair.key if pair.key in ids else present.get(words)
                if there is not None and there not in stored:
                    known.add(there)
                if there is None:
                    _write(session, pair)
                    present[words] = pair.key
                    ids.add(pair.key)
                    stored.add(pair.key)
        progress.say(f"{len(stored)} pairs")
    return stored, known


def _write(session: Session, pair: _Pair) -> None:
    row = pair.row
    kept = row.unchanged
    session.add(
        Question(
            id=pair.key,
            paper_id=session.get_one(Panel, pair.panels[0]).paper_id,
            panel_ids=list(pair.panels),
            **row.machine(),
            evidence=[quote.model_dump() for quote in row.evidence],
            generator=pair.generator,
            state=row.state if kept and row.state else "accepted",
            gate=row.gate if kept else None,
            reason=row.reason if kept else None,
            made_from=pair.made_from,
        )
    )
    session.flush()
    if not kept:
        return
    fingerprint = question_fingerprint(pair.key, {name: getattr(row, name) for name in Mended.model_fields})
    for rung in row.contexts:
        session.add(
            Context(
                id=identity("context", pair.key, fingerprint, rung.level, rung.text),
                question_id=pair.key,
                level=rung.level,
                attributes=[attribute.model_dump() for attribute in rung.attributes],
                text=rung.text,
                made_from=fingerprint,
            )
        )
    for told in row.reviews:
        session.add(
            Review(
                target="question",
                target_id=pair.key,
                reviewer=told.reviewer or UNNAMED,
                decision=told.decision,
                changes=told.changes.given(),
                comment=told.comment,
                seconds=told.seconds,
                created=told.created,
            )
        )
