"""One PDF in, everything that it holds out: the whole reading of a paper in one call.

In: the bytes of a PDF. Out: a `PaperReading` for the stage, which stores it. Runs in a child process: memory and
pixels are capped here, time by the caller.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from string import ascii_lowercase

import cv2
import numpy as np
import numpy.typing as npt
import pikepdf
import pypdfium2

from glassllava.errors import MissingExtra, UnreadableInput
from glassllava.micrographs.bar_words import words_at_the_bottom
from glassllava.micrographs.lengths import is_stated_in_millimetres, stated_length
from glassllava.micrographs.recognition import TextReader, Word, text_reader
from glassllava.micrographs.scale_bar import find_scale
from glassllava.papers.appearance import Appearance, look_at
from glassllava.papers.blocks import Block, Rect
from glassllava.papers.captions import find_captions
from glassllava.papers.continued import whole_captions
from glassllava.papers.corner_letters import letters_in_corners, letters_in_text
from glassllava.papers.figure_words import without_figure_words
from glassllava.papers.figures import FigureRegion, in_pixels, locate_figures, render_region
from glassllava.papers.kind_words import usual_microscopes
from glassllava.papers.kinds import Surroundings, chances_of_kinds, kind_of
from glassllava.papers.labels import SeenLetter, assign_letters
from glassllava.papers.layout import read_layout
from glassllava.papers.mentions import find_mentions
from glassllava.papers.metadata import read_attached, read_metadata
from glassllava.papers.panels import split_panels
from glassllava.papers.paragraphs import find_paragraphs
from glassllava.papers.picture_text import body_text, surroundings
from glassllava.papers.reading import Box, Caption, Figure, PageLayout, Panel, PaperReading
from glassllava.papers.tones import Pixels, is_grey

DOUBTFUL = 0.04
"""From this chance on that a grey panel is a scanning electron micrograph, the words printed on it are read."""

Texts = Callable[..., Surroundings]
"""`surroundings` of this paper: given a caption, a letter and, where they were read, the panel's own words."""

_FOLLOWING = frozenset(pairwise(ascii_lowercase))
"""Letters next to each other."""
_SIGNATURES = (
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"\x89PNG", "a PNG image"),
    (b"GIF8", "a GIF image"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"BM", "a BMP image"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"%!PS", "a PostScript file"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"{\\rtf", "an RTF document"),
    (b"<", "an HTML or XML page"),
)


def read_paper(data: bytes, *, ocr: bool = True) -> PaperReading:
    """Read one paper.

    Parameters
    ----------
    data
        The bytes of a PDF file.
    ocr
        Whether words printed in pictures are read (needs the extra `ocr`; without it the reading says what is
        missing, and goes on).

    Returns
    -------
    PaperReading
        Text, figures with panels, mentions, metadata, and sentences about what could not be read.

    Raises
    ------
    UnreadableInput
        The data is empty, no PDF, encrypted, damaged beyond repair, or has no pages.
    """
    threads = cv2.getNumThreads()
    # Of many small pictures several threads make more work than they share, and other papers are read beside this one.
    cv2.setNumThreads(1)
    try:
        return _read(data, ocr)
    finally:
        cv2.setNumThreads(threads)


def _read(data: bytes, ocr: bool) -> PaperReading:
    problems: list[str] = []
    document = _opened(data, problems)
    try:
        layouts = read_layout(document)
        problems.extend(f"Page {page.number} cannot be read." for page in layouts if page.unreadable)
        problems.extend(
            f"The caption of {page.sideways_caption} on page {page.number} runs sideways and was not read."
            for page in layouts
            if page.sideways_caption
        )
        printed = find_captions(layouts)
        captions = whole_captions(printed)
        regions = locate_figures(document, layouts, captions)
        paragraphs = find_paragraphs(without_figure_words(layouts, regions), printed)
        mentions = find_mentions(paragraphs, captions)
        metadata = read_metadata(document, layouts, paragraphs, read_attached(data))
        reader = _reader(ocr, problems)
        microscopes = usual_microscopes(body_text(paragraphs))
        texts = partial(surroundings, mentions=mentions, microscopes=microscopes)
        figures: list[Figure] = []
        for caption in captions:
            places = [region for region in regions if region.caption is caption]
            if places:
                figures.append(_figure(document, places, layouts, texts, reader))
                problems.extend(_without_panels(caption, figures[-1]))
            elif not caption.supplementary:
                problems.append(f"No picture was found for Figure {caption.label} on page {caption.page}.")
        return PaperReading(
            pages=len(document),
            title=metadata.title,
            authors=metadata.authors,
            year=metadata.year,
            journal=metadata.journal,
            doi=metadata.doi,
            doi_source=metadata.doi_source,
            publisher=metadata.publisher,
            licence=metadata.licence,
            article_type=metadata.article_type,
            paragraphs=paragraphs,
            figures=figures,
            mentions=mentions,
            problems=problems,
        )
    finally:
        document.close()


def _opened(data: bytes, problems: list[str]) -> pypdfium2.PdfDocument:
    if not data:
        raise UnreadableInput("The file is empty; copy it again from its source.")
    if b"%PDF-" not in data[:1024]:
        found = next((name for start, name in _SIGNATURES if data.lstrip()[: len(start)] == start), None)
        what = f"it is {found}" if found else "it does not begin as a PDF does"
        raise UnreadableInput(f"The file is not a PDF: {what}; give the paper's PDF instead.")
    try:
        document = pypdfium2.PdfDocument(data)
        if len(document) == 0:
            document.close()
            raise UnreadableInput("The PDF has no pages; download it again.")
        document[0].close()
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise UnreadableInput("The PDF is encrypted; remove its password and add it again.") from error
        document = _repaired(data)
        problems.append("The PDF is damaged and was repaired; pages or pictures may be missing.")
    return document


def _repaired(data: bytes) -> pypdfium2.PdfDocument:
    mended = io.BytesIO()
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            if len(pdf.pages) == 0:
                raise UnreadableInput("The PDF has no pages; download it again.")
            pdf.save(mended)
        document = pypdfium2.PdfDocument(mended.getvalue())
        document[0].close()
    except pikepdf.PasswordError as error:
        raise UnreadableInput("The PDF is encrypted; remove its password and add it again.") from error
    except (pikepdf.PdfError, pypdfium2.PdfiumError, RuntimeError, ValueError) as error:
        raise UnreadableInput("The PDF is damaged and cannot be repaired; download it again.") from error
    return document


def _reader(ocr: bool, problems: list[str]) -> TextReader | None:
    if not ocr:
        return None
    try:
        return text_reader()
    except MissingExtra as missing:
        problems.append(str(missing))
        return None


def _without_panels(caption: Caption, figure: Figure) -> list[str]:
    found = {panel.label for panel in figure.panels}
    missing = [letter for letter in caption.parts if letter not in found]
    if not missing:
        return []
    panels = f"panel {missing[0]}" if len(missing) == 1 else f"panels {_listed(missing)}"
    return [f"Figure {caption.label}: no picture was told apart for {panels}."]


def _listed(letters: list[str]) -> str:
    """Name letters as a reader would: "a–d, f and h"; numerals stand one by one."""
    runs: list[list[str]] = []
    for letter in letters:
        if runs and (runs[-1][-1], letter) in _FOLLOWING:
            runs[-1].append(letter)
        else:
            runs.append([letter])
    names = [name for run in runs for name in ([f"{run[0]}–{run[-1]}"] if len(run) > 2 else run)]
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The part of a figure that stands on one page."""

    region: FigureRegion
    layout: PageLayout
    picture: Pixels
    images: list[Rect]

    @property
    def scale(self) -> float:
        """Pixels per point."""
        return float(self.picture.shape[1] / (self.region.box[2] - self.region.box[0]))


def _figure(
    document: pypdfium2.PdfDocument,
    regions: list[FigureRegion],
    layouts: list[PageLayout],
    texts: Texts,
    reader: TextReader | None,
) -> Figure:
    caption = regions[0].caption
    letters = list(caption.parts)
    sheets = []
    for region in regions:
        layout, picture = layouts[region.page - 1], render_region(document, region)
        sheets.append(_Sheet(region, layout, picture, in_pixels(layout.images, region.box, picture)))
    blocks = _blocks(sheets, len(letters))
    crops = [_crop(sheet.picture, block) for sheet, own in zip(sheets, blocks, strict=True) for block in own]
    looks = [look_at(crop) for crop in crops]
    # Pages are laid under each other, far apart, so that letters run on from one to the next.
    stacked: list[Block] = []
    seen: list[SeenLetter] = []
    down = 0
    for sheet, own in zip(sheets, blocks, strict=True):
        here = letters_in_text(sheet.layout, sheet.region.box, sheet.scale)
        if len(letters) > 1 and any(look.grey for look in looks[len(stacked) : len(stacked) + len(own)]):
            here += letters_in_corners(sheet.picture, own, letters, reader)
        seen += [replace(letter, y=letter.y + down) for letter in here]
        for block in own:
            x0, y0, x1, y1 = block.box
            stacked.append(replace(block, box=(x0, y0 + down, x1, y1 + down)))
        down += 2 * max(sheet.picture.shape[:2])
    labels = iter(assign_letters(stacked, letters, seen, _fits(caption, looks, texts)))
    main = next((region for region in regions if region.page == caption.page), regions[0])
    figure = Figure(caption.label, caption.supplementary, main.page, main.box, caption.text)
    looked_at = zip(looks, crops, strict=True)
    for sheet, own in zip(sheets, blocks, strict=True):
        for block in own:
            look, crop = next(looked_at)
            box = _in_points(block, sheet.region.box, sheet.scale)
            figure.panels.append(_panel(caption, sheet.region.page, box, next(labels), look, crop, texts, reader))
    return figure


def _blocks(sheets: list[_Sheet], letters: int) -> list[list[Block]]:
    """Return the blocks of each page; where they are not as many as the letters, look again for what is left."""
    found = [split_panels(sheet.picture, letters, sheet.images) for sheet in sheets]
    count = sum(map(len, found))
    if len(sheets) == 1 or count == letters:
        return found
    left = [max(1, letters - count + len(own)) for own in found]
    return [split_panels(sheet.picture, number, sheet.images) for sheet, number in zip(sheets, left, strict=True)]


def _panel(
    caption: Caption,
    page: int,
    box: Box,
    label: str | None,
    look: Appearance,
    picture: Pixels,
    texts: Texts,
    reader: TextReader | None,
) -> Panel:
    chances = chances_of_kinds(look, texts(caption, label))
    words: list[Word] = []
    if reader is not None and look.grey and (kind_of(chances)[0] == "sem" or chances["sem"] > DOUBTFUL):
        words = words_at_the_bottom(picture, reader)
        chances = chances_of_kinds(look, texts(caption, label, printed=" ".join(word.text for word in words)))
    kind, confidence = kind_of(chances)
    size = None
    if kind == "sem":
        in_millimetres = is_stated_in_millimetres(caption.text, label)
        size = find_scale(picture, stated_length(caption.text, label), reader, words, in_millimetres)
    return Panel(
        label=label,
        page=page,
        box=box,
        kind=kind,
        kind_confidence=confidence,
        caption=caption.parts.get(label, caption.text) if label else caption.text,
        image=_png(picture),
        width=picture.shape[1],
        height=picture.shape[0],
        pixel_size_m=size.metres_per_pixel if size else None,
        pixel_size_source=size.source if size else None,
    )


def _fits(caption: Caption, looks: list[Appearance], texts: Texts) -> npt.NDArray[np.float64]:
    """Points for each letter at each block: how well the caption's part suits the pixels."""
    points = np.zeros((len(caption.parts), len(looks)))
    for row, letter in enumerate(caption.parts):
        around = texts(caption, letter)
        for column, look in enumerate(looks):
            drawn = kind_of(chances_of_kinds(look, around))[0] in ("plot", "schematic")
            points[row, column] = -0.8 if drawn == look.grey else 0.4
    return points


def _crop(picture: Pixels, block: Block) -> Pixels:
    x0, y0, x1, y1 = block.box
    return np.ascontiguousarray(picture[y0:y1, x0:x1])


def _in_points(block: Block, figure: Box, scale: float) -> Box:
    x0, y0, x1, y1 = block.box
    return (
        figure[0] + x0 / scale,
        figure[1] + y0 / scale,
        figure[0] + x1 / scale,
        figure[1] + y1 / scale,
    )


def _png(picture: Pixels) -> bytes:
    """Pack a picture, RGB, as a PNG; grey where it has no colour."""
    packed = picture[..., 0] if is_grey(picture, 2) else cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    # Runs of what differs from the line above pack to a quarter more than zlib's best, in a fifth of its time.
    how = [cv2.IMWRITE_PNG_COMPRESSION, 1, cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_UP]
    how += [cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_RLE]
    return cv2.imencode(".png", np.ascontiguousarray(packed), how)[1].tobytes()
