"""Hostile files: whether every run ends, every failure has a name, the limits hold, and sound papers get through.

In: the papers and instrument files of `../shared/data`, from which `mutated` makes damaged ones, and small files that
it writes. Every 40th file is a sound paper, which must come out as it does alone. Out: counts by outcome, the dearest
files, and the memory of children and parent, on stdout.

    python benchmarks/hostile_files.py [PDFS [TIFFS [SEED]]]
"""

from __future__ import annotations

import io
import resource
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pikepdf
from mutated import PDF_DAMAGE, PDF_WRITTEN, TIFF_DAMAGE, TIFF_WRITTEN, mutated

from glassllava import papers
from glassllava.sandbox import Outcome, Sandbox
from glassllava.workspace import Workspace

DATA = Path(__file__).parents[2] / "shared" / "data"
SECONDS, MEMORY_BYTES, WORKERS = 30.0, 3 * 2**30, 2
SOUND_EVERY = 40


class TimedSandbox(Sandbox[Any]):
    """The sandbox, which keeps what each file took."""

    took: list[tuple[float, str]]

    def map(self, items: Iterable[Any]) -> Iterator[Outcome[Any]]:
        """Yield the outcomes of the sandbox."""
        TimedSandbox.took = []
        for outcome in super().map(items):
            TimedSandbox.took.append((outcome.seconds, Path(getattr(outcome.item, "path", outcome.item)).name))
            yield outcome


def outcome_of(reason: str | None, problems: list[str]) -> str:
    """Sort one file's end: the five that are as they should be, and those that are not."""
    if reason is None:
        return "read, problems named" if problems else "read"
    if reason.startswith("reading took longer"):
        return "stopped at the limit of time"
    if "GiB of memory" in reason or reason.startswith("what was read of it takes"):
        return "stopped at the limit of memory"
    if reason.startswith("the file crashed") or reason.startswith("the file ended"):
        return "crashed its child, named"
    if reason.startswith("reading failed"):
        return "UNFORESEEN"
    return "refused in a sentence" if reason and "\n" not in reason else "UNNAMED"


def show(title: str, ends: dict[str, tuple[str, str | None]]) -> None:
    """Print counts by outcome and mutation, and every reason once."""
    counts = Counter(end for end, _ in ends.values())
    print(f"\n{title}: {len(ends)} files")
    for end, number in counts.most_common():
        print(f"  {number:4}  {end}")
    by_mutation: dict[str, Counter[str]] = defaultdict(Counter)
    for name, (end, _) in ends.items():
        by_mutation[name.partition("-")[2].rpartition(".")[0]][end] += 1
    for mutation, found in sorted(by_mutation.items()):
        print(f"    {mutation:24}" + ", ".join(f"{number} {end}" for end, number in found.most_common()))
    print("  reasons:")
    for reason, number in Counter(reason for _, reason in ends.values() if reason).most_common(40):
        example = next(name for name, (_, told) in ends.items() if told == reason)
        print(f"    {number:4}  {reason[:150]} ({example})")
    dearest = ", ".join(f"{name} {seconds:.1f} s" for seconds, name in sorted(TimedSandbox.took, reverse=True)[:6])
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
    parent = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"  dearest: {dearest}\n  most memory: child {children:.2f} GiB, parent {parent:.2f} GiB")


def beginning(paper: bytes) -> bytes:
    """Return a paper's first four pages, in object streams: a whole one takes seconds to read."""
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(paper)) as pdf:
        del pdf.pages[4:]
        for page in pdf.pages:
            page.obj.Annots = pikepdf.Array()
        pdf.remove_unreferenced_resources()
        pdf.save(buffer, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return buffer.getvalue()


def hostile_pdfs(count: int, seed: int, folder: Path) -> bool:
    """Add hostile and sound papers to one workspace; return whether all is as it should be."""
    whole = [file.read_bytes() for file in sorted((DATA / "papers").glob("*.pdf"))]
    sound = [*map(beginning, whole), whole[0]]
    inside = folder / "pdfs"
    inside.mkdir()
    kept: dict[str, bytes] = {}
    for number, (name, data) in enumerate(mutated(count, sound, PDF_DAMAGE, PDF_WRITTEN, seed=seed)):
        (inside / f"{number:03}-{name}.pdf").write_bytes(data)
        if number % SOUND_EVERY == 0 and len(kept) < len(whole):
            kept[f"{number:03}-sound.pdf"] = whole[len(kept)]
            (inside / f"{number:03}-sound.pdf").write_bytes(whole[len(kept) - 1])
    started = time.monotonic()
    with closing(Workspace.create(folder / "workspace")) as workspace:
        workspace.settings.papers.ocr = False
        workspace.settings.papers.seconds, workspace.settings.papers.memory_bytes = SECONDS, MEMORY_BYTES
        added = papers.add(workspace, [inside], workers=WORKERS, pool=TimedSandbox)
        seconds = time.monotonic() - started
        rows = workspace.papers()
        panels = Counter(panel.paper_id for panel in workspace.panels())
    ends = {row.file: (outcome_of(row.reason, row.problems), row.reason) for row in rows}
    show(f"PDFs (without OCR, {SECONDS:g} s and {MEMORY_BYTES / 2**30:g} GiB each, {seconds:.0f} s in all)", ends)
    files = len(list(inside.iterdir()))
    print(f"  {added.papers} read, {added.known} alike, {len(added.failed)} failed, of {files} files")
    all_there = True
    for row in rows:
        if row.file in kept:
            alone = papers.read_paper(kept[row.file], ocr=False)
            wanted = sum(len(figure.panels) for figure in alone.figures)
            if (row.state, panels[row.id], row.doi) != ("ok", wanted, alone.doi):
                all_there = False
                print(f"  LOST: {row.file} has {panels[row.id]} panels of {wanted}, DOI {row.doi}, state {row.state}")
    named = not any(end.isupper() for end, _ in ends.values())
    return all_there and named and added.papers + added.known + len(added.failed) == files


def hostile_tiffs(count: int, seed: int, folder: Path) -> bool:
    """Read hostile images as `micrograph info` does; return whether all is as it should be."""
    sound = [file.read_bytes() for file in sorted((DATA / "micrographs").glob("*.tif"))]
    files = []
    for number, (name, data) in enumerate(mutated(count, sound, TIFF_DAMAGE, TIFF_WRITTEN, seed=seed)):
        files.append(folder / f"{number:03}-{name}.tif")
        files[-1].write_bytes(data)
    ends = {}
    started = time.monotonic()
    limits = f"{SECONDS:g} s and {MEMORY_BYTES / 2**30:g} GiB each"
    with TimedSandbox(
        "glassllava.micrographs.metadata:read_metadata", workers=WORKERS, seconds=SECONDS, memory_bytes=MEMORY_BYTES
    ) as sandbox:
        for outcome in sandbox.map(files):
            problems = outcome.value.problems if outcome.value else []
            ends[outcome.item.name] = (outcome_of(outcome.reason, problems), _without(outcome.reason, outcome.item))
    show(f"TIFFs ({limits}, {time.monotonic() - started:.0f} s in all)", ends)
    return len(ends) == count and not any(end.isupper() for end, _ in ends.values())


def _without(reason: str | None, file: Path) -> str | None:
    return reason and reason.replace(str(file), "FILE")


def main() -> int:
    """Return 0 where every file has one of the ends that it may have."""
    pdfs, tiffs, seed = (int(given) for given in [*sys.argv[1:], *("500", "200", "0")[len(sys.argv) - 1 :]])
    if not DATA.is_dir():
        print("../shared/data is absent: nothing to damage.")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        fine = hostile_pdfs(pdfs, seed, Path(folder)) if pdfs else True
    with tempfile.TemporaryDirectory() as folder:
        fine = (hostile_tiffs(tiffs, seed, Path(folder)) if tiffs else True) and fine
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
