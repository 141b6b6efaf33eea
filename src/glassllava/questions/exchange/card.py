"""The card of an export, `README.md`: what is in it, whose it is, what wrote it, and what nobody looked at.

In: each row as it is written, counted by `Tally`. Out: Markdown with the front matter that the Hugging Face hub reads.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from glassllava.questions.exchange.rows import Row
from glassllava.questions.exchange.sharing import Terms, terms_of

_HUB_LICENCES = frozenset(
    {
        "cc0-1.0", "cc-by-2.0", "cc-by-2.5", "cc-by-3.0", "cc-by-4.0", "cc-by-sa-3.0", "cc-by-sa-4.0", "cc-by-nc-2.0",
        "cc-by-nc-3.0", "cc-by-nc-4.0", "cc-by-nc-sa-2.0", "cc-by-nc-sa-3.0", "cc-by-nc-sa-4.0",
    }
)  # fmt: skip
"""Licences that the hub has a name for, and that allow to share."""

_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))

_FILES = {
    "llava": ("llava.json", "LLaVA's list of conversations, which passes over the other fields; pictures in `images/`"),
    "jsonl": ("questions.jsonl", "one object a line; pictures in `images/`"),
    "parquet": ("data/*.parquet", "the picture in `images`, question and answer as turns in `prompt` and `completion`"),
}


@dataclass(slots=True)
class _Source:
    """What was exported of one paper."""

    title: str | None
    credit: str
    terms: Terms
    synthetic: bool
    rows: int = 0
    images: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Tally:
    """What was written, counted row by row."""

    rows: int = 0
    synthetic: int = 0
    """Rows of synthetic papers."""
    images: dict[str, None] = field(default_factory=dict)
    """SHA-256 of each picture, in the order in which they came."""
    by_side: Counter[str] = field(default_factory=Counter)
    by_cell: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Rows by category and side."""
    images_of_side: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    images_of_cell: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    sources: dict[str, _Source] = field(default_factory=dict)
    """By DOI, else by file."""
    generators: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Questions by what wrote them."""
    looked_at: set[str] = field(default_factory=set)
    """Questions that a person accepted."""
    mended: set[str] = field(default_factory=set)
    several: set[str] = field(default_factory=set)
    """Questions about several panels."""
    without_evidence: set[str] = field(default_factory=set)

    def add(self, row: Row) -> None:
        """Count one row."""
        image = Path(row.image).stem
        side, question = row.split or "unsplit", str(row.question_id)
        cell = str(row.category), side
        self.rows += 1
        self.synthetic += bool(row.synthetic)
        self.images[image] = None
        self.by_side[side] += 1
        self.by_cell[cell] += 1
        self.images_of_side[side].add(image)
        self.images_of_cell[cell].add(image)
        key = row.doi or row.file or "unknown"
        if key not in self.sources:
            names = ", ".join(row.authors[:3]) + (" et al." if len(row.authors) > 3 else "")
            credit = "; ".join(filter(None, [names, row.journal, str(row.year) if row.year else ""]))
            self.sources[key] = _Source(row.title, credit, terms_of(row.licence), bool(row.synthetic))
        self.sources[key].rows += 1
        self.sources[key].images.add(image)
        self.generators[_family(row.generator)].add(question)
        for told, found in (
            (self.looked_at, row.review == "accepted"),
            (self.mended, bool(row.as_generated.given())),
            (self.several, len(row.panel_ids) > 1),
            (self.without_evidence, not row.evidence),
        ):
            if found:
                told.add(question)

    @property
    def questions(self) -> int:
        """Number of questions."""
        return len(set().union(*self.generators.values()))


def text(tally: Tally, form: str, split: str, public: bool, left_out: Mapping[str, int]) -> str:
    """Return the card.

    Parameters
    ----------
    tally
        What was written.
    form, split
        As `export` was asked.
    public
        Whether what may not be shared was left out.
    left_out
        Questions left out, by reason.
    """
    matter = yaml.safe_dump(_front_matter(tally, form, public), sort_keys=False, allow_unicode=True, width=120)
    parts = [
        f"---\n{matter}---\n",
        "# Question-answer pairs about micrographs\n",
        _what(tally, form, split),
        _sharing(public),
        "## Counts\n",
        _counts(tally),
        "## Papers and their licences\n",
        _licences(tally),
        *([_left_out(left_out)] if left_out else []),
        "## What wrote the pairs\n",
        _generators(tally),
        "## Synthetic papers\n",
        _synthetic(tally),
        "## What nobody looked at\n",
        _reviewed(tally),
        "## Where an answer comes from\n",
        _evidence(tally),
    ]
    return "\n".join(parts)


def _front_matter(tally: Tally, form: str, public: bool) -> dict[str, Any]:
    names = sorted({source.terms.licence.lower() for source in tally.sources.values()})
    known = public and set(names) <= _HUB_LICENCES
    matter: dict[str, Any] = {"pretty_name": "Question-answer pairs about micrographs", "language": ["en"]}
    if known:
        matter["license"] = names if len(names) > 1 else names[0]
    else:
        matter |= {"license": "other", "license_name": "by-paper", "license_link": "README.md"}
    matter["task_categories"] = ["visual-question-answering"]
    matter["tags"] = ["materials-science", "electron-microscopy", "glassllava"]
    matter["tags"] += ["synthetic"] if tally.synthetic == tally.rows else []
    matter["size_categories"] = [next((name for most, name in _SIZES if tally.rows < most), "n>1M")]
    sides = {"training": "train", "evaluation": "test", "unsplit": "unsplit"}
    if form == "parquet":
        files = [{"split": sides[s], "path": f"data/{sides[s]}.parquet"} for s in sides if tally.by_side[s]]
    else:
        # One file, whatever it holds: with both sides in it, nobody shall take it for what to train on.
        name = sides[next(iter(tally.by_side))] if len(tally.by_side) == 1 else "mixed"
        files = [{"split": name, "path": _FILES[form][0]}]
    matter["configs"] = [{"config_name": "default", "data_files": files}]
    return matter


def _what(tally: Tally, form: str, split: str) -> str:
    file, how = _FILES[form]
    sides = "both sides of the split" if split == "all" else f"the {split} side of the split"
    several = f" Questions about several panels, with a row for each: {len(tally.several)}." if tally.several else ""
    return (
        f"{_n(tally.questions, 'question')} with answers about {_n(len(tally.images), 'picture')} of "
        f"{_n(len(tally.sources), 'paper')} in {_n(tally.rows, 'row')}, from {sides}.{several} "
        f"`{file}`: {how}. Field `split` says which side a row is on: a paper is on one side only. "
        "Each picture is one panel, cut out of a figure as the paper printed it.\n"
    )


def _sharing(public: bool) -> str:
    if public:
        return (
            "Left out were pairs whose paper's licence forbids to share them, or is unknown, and pictures whose "
            "caption credits another source. Each row stays under the licence of its paper (field `licence`, table "
            "below): credit its authors, and say that pictures are cut out of figures and sentences are put together "
            "anew. "
            "Look at a paper where it matters: licences were read by a program.\n"
        )
    return (
        "**Not for sharing.** Nothing was left out for its licence. `glassllava questions export --public` makes the "
        "export that leaves out what may not be shared.\n"
    )


def _counts(tally: Tally) -> str:
    sides = [side for side in ("training", "evaluation", "unsplit") if tally.by_side[side]]
    header = ["category"] + [f"{side}: {what}" for side in sides for what in ("pairs", "pictures")]
    categories = sorted({category for category, _ in tally.by_cell})
    rows = [
        [category]
        + [str(n) for side in sides for n in (tally.by_cell[category, side], len(tally.images_of_cell[category, side]))]
        for category in categories
    ]
    total = [str(n) for side in sides for n in (tally.by_side[side], len(tally.images_of_side[side]))]
    return _table(header, [*rows, ["all", *total]])


def _licences(tally: Tally) -> str:
    rows = [
        [
            f"[{key}](https://doi.org/{key})" if key.startswith("10.") and not source.synthetic else key,
            source.title or "",
            source.credit,
            source.terms.licence,
            source.terms.asks or "not to be shared",
            str(source.rows),
            str(len(source.images)),
        ]
        for key, source in sorted(tally.sources.items())
    ]
    return _table(["DOI", "title", "of", "licence", "asks for", "pairs", "pictures"], rows)


def _left_out(left_out: Mapping[str, int]) -> str:
    rows = [[str(count), reason] for reason, count in left_out.items()]
    return "Left out of this export:\n\n" + _table(["questions", "because"], rows)


def _family(generator: str | None) -> str:
    """Return what wrote a pair, without the hash of the text that it was made from."""
    parts = [part for part in (generator or "unknown").split("/") if part]
    if parts[0] == "import":
        return "import" if len(parts) < 3 else f"import of {_family('/'.join(parts[2:]))}"
    return "/".join(parts[:-1]) if len(parts) > 1 else parts[0]


def _terms_of_generator(name: str) -> str:
    if name.startswith("extractive"):
        return (
            "Rules of GlassLLaVA (Apache-2.0), without a language model: an answer joins sentences of the paper, and "
            "is under the paper's licence."
        )
    if name.startswith("import"):
        _, _, writer = name.partition(" of ")
        told = (
            f"It names what wrote them: {_terms_of_generator(writer)}" if writer else "Whose terms hold is not known."
        )
        return f"From a file; checked for form, not by the gates. {told}"
    return (
        "A language model. The terms of its maker or provider hold for what it wrote, also where they forbid to train "
        "other models on it; the sentences that it quotes are under the paper's licence."
    )


def _generators(tally: Tally) -> str:
    rows = [
        [f"`{name}`", str(len(questions)), _terms_of_generator(name)]
        for name, questions in sorted(tally.generators.items())
    ]
    return _table(["generator", "questions", "terms"], rows)


def _synthetic(tally: Tally) -> str:
    how = "Field `synthetic` says it of each row; never let them share a mean, or a training set unawares."
    if not tally.synthetic:
        return "None: all pictures are of real papers. Field `synthetic` is false throughout.\n"
    if tally.synthetic == tally.rows:
        return (
            "All of it: papers and pictures were made by a program, and what a model scores on them says nothing about "
            "real micrographs. Field `synthetic` is true throughout.\n"
        )
    papers = sum(source.synthetic for source in tally.sources.values())
    return (
        f"{tally.synthetic} of {tally.rows} rows are of {_n(papers, 'synthetic paper')}, whose pictures were made by a "
        f"program. {how}\n"
    )


def _reviewed(tally: Tally) -> str:
    seen, mended = len(tally.looked_at), len(tally.mended)
    return (
        f"{tally.questions - seen} of {tally.questions} questions were accepted by no person: they passed the gates, "
        f"rules held by code (but for those imported), and nobody read them. {seen} were accepted by a person, "
        f"{mended} changed by one (`as_generated` has what was there before). Field `review` says it of each row.\n"
    )


def _evidence(tally: Tally) -> str:
    bare = f" Questions from elsewhere without any: {len(tally.without_evidence)}." if tally.without_evidence else ""
    return (
        "`evidence` holds verbatim quotes of the paper: `page`, counted from 1 in the PDF, and the offsets `start` and "
        "`end` in the paragraph of that number as GlassLLaVA reads the PDF, or in the figure's caption where "
        f"`paragraph` is null.{bare} `doi`, `file` and `panel` name paper and figure. `id` is the hash of what made "
        "the pair; `glassllava questions import` takes these files in again and knows by `checksum` which pairs are "
        "unchanged.\n"
    )


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "".join("| " + " | ".join(map(_cell, line)) + " |\n" for line in lines)


def _cell(value: str) -> str:
    """Return text that stays in its cell: what a paper prints is no markup."""
    plain = " ".join(value.split())
    return plain.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")


def _n(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
