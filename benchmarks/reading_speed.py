"""How long a page takes, start-up apart: reading it as we do, beside rendering it and taking its text with pypdfium2.

In: the papers of `../shared/data`. Out: seconds a page, and ours over pypdfium2's, by paper and in all, on stdout. All
three read each paper in turn in one process, so that other work on the machine meets all of them; a first paper, which
is not counted, warms them up.

    python benchmarks/reading_speed.py
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pypdfium2

from glassllava.papers import read_paper

DATA = Path(__file__).parents[2] / "shared" / "data"
DPI = 150


def main() -> None:
    files = sorted((DATA / "papers").glob("*.pdf")) + sorted((DATA / "papers_without_sem").glob("*.pdf"))
    ways: dict[str, Callable[[bytes], object]] = {
        "pypdfium2": pypdfium2_alone,
        "without OCR": lambda data: read_paper(data, ocr=False),
        "with OCR": lambda data: read_paper(data, ocr=True),
    }
    for read in ways.values():
        read(files[0].read_bytes())
    total = dict.fromkeys(ways, 0.0)
    pages = 0
    print(
        f"{'paper':34}{'pages':>6}"
        + "".join(f"{name:>14}" for name in ways)
        + "  s a page;  without OCR over pypdfium2"
    )
    for file in files:
        data = file.read_bytes()
        count = len(pypdfium2.PdfDocument(data))
        took = {name: seconds(read, data) for name, read in ways.items()}
        pages += count
        for name in ways:
            total[name] += took[name]
        print(line(file.stem[:32], count, took))
    print(line("all", pages, total))


def seconds(read: Callable[[bytes], object], data: bytes) -> float:
    """Return how long one reading takes."""
    start = time.perf_counter()
    read(data)
    return time.perf_counter() - start


def line(name: str, pages: int, took: dict[str, float]) -> str:
    """Return one line of the table."""
    cells = "".join(f"{one / pages:14.3f}" for one in took.values())
    return f"{name:34}{pages:6}{cells}  {took['without OCR'] / took['pypdfium2']:.2f}"


def pypdfium2_alone(data: bytes) -> int:
    """Render each page at 150 dpi and take its text; return the number of characters."""
    document = pypdfium2.PdfDocument(data)
    characters = 0
    for page in document:
        page.render(scale=DPI / 72).to_numpy()
        characters += len(page.get_textpage().get_text_range())
    return characters


if __name__ == "__main__":
    main()
