"""Small PDFs written by hand, so that a test says exactly what stands where on the page."""

from __future__ import annotations

import io
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pikepdf
import pypdfium2

WIDTH, HEIGHT = 595.0, 842.0


@dataclass
class WrittenPdf:
    """Pages of drawing commands; text is placed in points from the page's top left."""

    pages: list[list[str]] = field(default_factory=lambda: [[]])
    rotation: int = 0
    links: list[tuple[int, str]] = field(default_factory=list)
    """Index of a page, and the address that a link on it leads to."""
    xmp: str = ""
    """What stands in the description of the XMP packet."""
    pictures: list[tuple[npt.NDArray[np.uint8], bool]] = field(default_factory=list)
    """Pixels, and whether they are drawn inside a form a thousand times smaller than the picture in it."""

    def page(self) -> WrittenPdf:
        self.pages.append([])
        return self

    def draw(self, command: str) -> WrittenPdf:
        self.pages[-1].append(command)
        return self

    def text(self, x: float, y: float, words: str, size: float = 10, font: str = "Body", mode: int = 0) -> WrittenPdf:
        safe = words.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        return self.draw(f"BT /{font} {size} Tf {mode} Tr {x} {HEIGHT - y} Td ({safe}) Tj ET")

    def lines(self, x: float, y: float, lines: list[str], size: float = 10, font: str = "Body") -> WrittenPdf:
        for number, words in enumerate(lines):
            self.text(x, y + 1.2 * size * number, words, size, font)
        return self

    def sideways(self, x: float, y: float, words: str, size: float = 10) -> WrittenPdf:
        """Print text from (x, y) up the page."""
        safe = words.replace("(", "\\(").replace(")", "\\)")
        return self.draw(f"BT /Body {size} Tf 0 1 -1 0 {x} {HEIGHT - y} Tm ({safe}) Tj ET")

    def picture(
        self, box: tuple[float, float, float, float], pixels: npt.NDArray[np.uint8], form: bool = False
    ) -> WrittenPdf:
        """Print a grey picture, shape (H, W), in a box (x0, y0, x1, y1)."""
        self.pictures.append((pixels, form))
        x0, y0, x1, y1 = box
        unit = 1000 if form else 1
        return self.draw(
            f"q {(x1 - x0) / unit} 0 0 {(y1 - y0) / unit} {x0} {HEIGHT - y1} cm /Grey{len(self.pictures) - 1} Do Q"
        )

    def link(self, address: str) -> WrittenPdf:
        self.links.append((len(self.pages) - 1, address))
        return self

    def save(self) -> bytes:
        pdf = pikepdf.new()
        fonts = pikepdf.Dictionary(
            {
                f"/{name}": pikepdf.Dictionary(
                    Type=pikepdf.Name.Font,
                    Subtype=pikepdf.Name.Type1,
                    BaseFont=pikepdf.Name(f"/{base}"),
                    Encoding=pikepdf.Name.StandardEncoding,
                )
                for name, base in (("Body", "Times-Roman"), ("Bold", "Times-Bold"))
            }
        )
        image = _grey(pdf, np.full((4, 4), 0x80, np.uint8))
        inner = pdf.make_stream(b"/Picture Do")
        inner.Type, inner.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
        inner.BBox, inner.Matrix = pikepdf.Array([0, 0, 1, 1]), pikepdf.Array([100, 0, 0, 50, 10, 20])
        inner.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary({"/Picture": image}))
        drawn = {"/Picture": image, "/Form": inner}
        for number, (pixels, form) in enumerate(self.pictures):
            drawn[f"/Grey{number}"] = _in_form(pdf, _grey(pdf, pixels)) if form else _grey(pdf, pixels)
        for commands in self.pages:
            page = pdf.add_blank_page(page_size=(WIDTH, HEIGHT))
            page.obj.Resources = pikepdf.Dictionary(Font=fonts, XObject=pikepdf.Dictionary(drawn))
            page.obj.Contents = pdf.make_stream("\n".join(commands).encode("latin-1"))
            if self.rotation:
                page.obj.Rotate = self.rotation
        for index, address in self.links:
            action = pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String(address))
            link = {"Type": pikepdf.Name.Annot, "Subtype": pikepdf.Name.Link, "Rect": pikepdf.Array([0, 0, 9, 9])}
            page = pdf.pages[index].obj
            page.Annots = pikepdf.Array(
                [*page.get("/Annots", []), pikepdf.Dictionary({"/A": action} | {f"/{k}": v for k, v in link.items()})]
            )
        if self.xmp:
            packet = f'<rdf:RDF><rdf:Description rdf:about="">{self.xmp}</rdf:Description></rdf:RDF>'
            pdf.Root.Metadata = pdf.make_stream(packet.encode(), Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML)
        buffer = io.BytesIO()
        pdf.save(buffer)
        return buffer.getvalue()

    def open(self) -> pypdfium2.PdfDocument:
        return pypdfium2.PdfDocument(self.save())


def _grey(pdf: pikepdf.Pdf, pixels: npt.NDArray[np.uint8]) -> pikepdf.Stream:
    image = pdf.make_stream(pixels.tobytes())
    image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    image.Height, image.Width = pixels.shape
    image.BitsPerComponent, image.ColorSpace = 8, pikepdf.Name.DeviceGray
    return image


def _in_form(pdf: pikepdf.Pdf, image: pikepdf.Stream) -> pikepdf.Stream:
    form = pdf.make_stream(b"1000 0 0 1000 0 0 cm /Inner Do")
    form.Type, form.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
    form.BBox = pikepdf.Array([0, 0, 1000, 1000])
    form.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary({"/Inner": image}))
    return form


LEFT = [
    "Glass breaks in a manner that tells how fast the crack",
    "ran and where it began; the surface carries mirror, mist",
    "and hackle in this order, and their sizes scale with the",
    "stress at failure. We cut the samples from one sheet and",
    "kept all of them dry for a day before they were broken.",
    "The mist was seen only where the crack had run fast.",
]
RIGHT = [
    "The second column speaks of other things, such as the",
    "furnace, its thermocouples and the rate at which it was",
    "cooled, which was held at two kelvin a minute for all of",
    "the runs that are reported. Nothing else was changed in",
    "the course of this work, and the oven was calibrated at",
    "the melting point of tin before each of the series.",
]
