"""Reading printed words in small crops of pictures, with RapidOCR where the extra `ocr` is installed.

In: RGB crops. Out: words with boxes, or one line of text, with the recogniser's confidence. Only crops are read:
finding text on a whole page costs seconds and finds little that the PDF does not say itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from glassllava.errors import MissingExtra

Pixels = npt.NDArray[np.uint8]

LONGEST_SIDE = 704
"""Crops are brought to at most this side before text is searched."""
ENLARGE = 4.0
"""Small crops are enlarged by at most this factor."""
LINE_HEIGHT = 48
"""Height of a crop of one line, in pixels, for recognition alone."""


@dataclass(frozen=True, slots=True)
class Word:
    """One run of text in a crop."""

    text: str
    box: tuple[float, float, float, float]
    """(x0, y0, x1, y1) in pixels of the crop."""
    confidence: float


class TextReader:
    """RapidOCR on one thread; made once per process by `text_reader`."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine

    def words(self, crop: Pixels) -> list[Word]:
        """Find and read the text of a crop of shape (H, W, 3)."""
        if min(crop.shape[:2]) < 4:
            return []
        scale = min(ENLARGE, LONGEST_SIDE / max(crop.shape[:2]))
        found = self._engine(_resized(crop, scale), use_det=True, use_cls=False, use_rec=True)
        if found.boxes is None or found.txts is None:
            return []
        result = []
        for corners, text, score in zip(found.boxes, found.txts, found.scores, strict=True):
            xs, ys = np.asarray(corners)[:, 0] / scale, np.asarray(corners)[:, 1] / scale
            box = (float(xs.min()), float(ys.min()), float(xs.max()), float(ys.max()))
            result.append(Word(text, box, float(score)))
        return result

    def line(self, crop: Pixels) -> tuple[str, float]:
        """Read a crop that holds one line of text and little else."""
        if min(crop.shape[:2]) < 4:
            return "", 0.0
        scaled = _resized(crop, min(8.0, LINE_HEIGHT / crop.shape[0]))
        found = self._engine(scaled, use_det=False, use_cls=False, use_rec=True)
        return (found.txts[0], float(found.scores[0])) if found.txts else ("", 0.0)


@lru_cache(maxsize=1)
def text_reader() -> TextReader:
    """Return this process's reader.

    Raises
    ------
    MissingExtra
        The packages of the extra `ocr` are not installed.
    """
    try:
        from rapidocr import RapidOCR
    except ImportError as error:
        raise MissingExtra(
            "Text in pictures cannot be read because RapidOCR is not installed; "
            "install it with: pip install 'glassllava[ocr]'."
        ) from error
    settings = {
        "Global.log_level": "error",
        "Det.limit_side_len": LONGEST_SIDE,
        "Det.limit_type": "max",
        "EngineConfig.onnxruntime.intra_op_num_threads": 1,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    }
    return TextReader(RapidOCR(params=settings))


def _resized(crop: Pixels, scale: float) -> Pixels:
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(crop[..., ::-1], None, fx=scale, fy=scale, interpolation=way), np.uint8)
