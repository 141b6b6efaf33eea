"""What was found, drawn over the pages: figures, panels with letter, kind, confidence and scale, for eyes.

In: a folder of PDFs. Out: a folder with one picture for each page that holds a figure, and `index.html` that shows them
with captions and citing sentences. Pages of papers are not part of this repository; this draws them where they are.

    python benchmarks/overlays.py [PDF_DIR] [OUT]
"""

from __future__ import annotations

import sys
from html import escape
from pathlib import Path

import pypdfium2
from PIL import Image, ImageDraw, ImageFont

from glassllava.papers import read_paper
from glassllava.papers.reading import Figure, PaperReading

PIXELS_PER_POINT = 2.0
COLOURS = {"sem": "#d1495b", "tem": "#8d5fd3", "optical": "#2e86ab", "plot": "#3a7d44", "schematic": "#b8860b"}
OTHER = "#555555"


def main() -> None:
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[2] / "shared" / "data" / "papers"
    out = Path(sys.argv[2]) if len(sys.argv) > 2 else Path("overlays")
    out.mkdir(parents=True, exist_ok=True)
    body = []
    for file in sorted(source.glob("*.pdf")):
        reading = read_paper(file.read_bytes())
        body.append(f"<h2>{escape(reading.title or file.stem)}</h2><p>{escape(file.name)}, DOI {reading.doi}</p>")
        for page in sorted({figure.page for figure in reading.figures}):
            figures = [figure for figure in reading.figures if figure.page == page]
            picture = out / f"{file.stem}-{page}.png"
            drawn(file, page, figures).save(picture)
            body.append(f'<img src="{escape(picture.name)}" width="800">')
            body += [told(figure, reading) for figure in figures]
        print(f"{file.name}: {len(reading.figures)} figures", file=sys.stderr)
    page = f"<!doctype html><meta charset=utf-8><title>Overlays</title><body>{''.join(body)}</body>"
    (out / "index.html").write_text(page, encoding="utf-8")
    print(out / "index.html")


def drawn(file: Path, number: int, figures: list[Figure]) -> Image.Image:
    """Return a page with the boxes of its figures (thin) and panels (thick) drawn over it."""
    document = pypdfium2.PdfDocument(file)
    image = document[number - 1].render(scale=PIXELS_PER_POINT).to_pil().convert("RGB")
    document.close()
    drawing, font = ImageDraw.Draw(image), ImageFont.load_default(15)
    for figure in figures:
        drawing.rectangle([v * PIXELS_PER_POINT for v in figure.box], outline="black")
        for panel in figure.panels:
            x0, y0, x1, y1 = (v * PIXELS_PER_POINT for v in panel.box)
            colour = COLOURS.get(panel.kind, OTHER)
            drawing.rectangle((x0, y0, x1, y1), outline=colour, width=3)
            size = f" {panel.pixel_size_m * panel.width * 1e6:.3g} um" if panel.pixel_size_m else ""
            words = f"{figure.label}{panel.label or ''} {panel.kind} {panel.kind_confidence:.2f}{size}"
            drawing.rectangle((x0, y0, x0 + font.getlength(words) + 6, y0 + 20), fill=colour)
            drawing.text((x0 + 3, y0 + 1), words, fill="white", font=font)
    return image


def told(figure: Figure, reading: PaperReading) -> str:
    """Return each panel's caption part and the sentences that cite it, as HTML."""
    rows = []
    for panel in figure.panels:
        cited = [
            mention.text
            for mention in reading.mentions
            if (mention.figure, mention.supplementary) == (figure.label, figure.supplementary)
            and (not mention.panels or panel.label in mention.panels)
        ]
        sentences = "".join(f"<li>{escape(text)}</li>" for text in dict.fromkeys(cited))
        name = f"{figure.label}{panel.label or ''}"
        rows.append(f"<p><b>{escape(name)}</b> ({panel.kind}) {escape(panel.caption)}</p><ul>{sentences}</ul>")
    return "".join(rows)


if __name__ == "__main__":
    main()
