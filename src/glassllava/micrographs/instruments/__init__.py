"""What each family of instruments writes about its images: one reader a family, in one table.

In: `Told` values (the tags of an image file, or the text of a sidecar file). Out: `Acquisition` values. A reader
returns None for what is not of its family.
"""

from collections.abc import Callable

from glassllava.micrographs.instruments import fei, hitachi, software, tescan, zeiss
from glassllava.micrographs.instruments.acquisition import Acquisition, Told
from glassllava.micrographs.instruments.fei import read_fei
from glassllava.micrographs.instruments.hitachi import read_hitachi
from glassllava.micrographs.instruments.jeol import read_jeol
from glassllava.micrographs.instruments.software import read_imagej, read_ome
from glassllava.micrographs.instruments.tescan import read_tescan
from glassllava.micrographs.instruments.zeiss import read_zeiss

READERS: dict[str, Callable[[Told], Acquisition | None]] = {
    "Zeiss": read_zeiss,
    "FEI": read_fei,
    "JEOL": read_jeol,
    "Hitachi": read_hitachi,
    "TESCAN": read_tescan,
    "ImageJ": read_imagej,
    "OME": read_ome,
}

TAGS = (
    zeiss.TAG,
    *fei.TAGS,
    fei.XML_TAG,
    hitachi.COMMENT_TAG,
    hitachi.AUTHOR_TAG,
    tescan.TAG,
    software.DESCRIPTION_TAG,
    software.X_TAG,
    software.Y_TAG,
    software.UNIT_TAG,
)
"""Codes of the tags that the readers look at."""

SIDECAR_ENDINGS = (".txt", ".hdr")
"""Endings of the text files that instruments write beside their images."""

__all__ = ["READERS", "SIDECAR_ENDINGS", "TAGS", "Acquisition", "Told"]
