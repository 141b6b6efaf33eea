"""The words that stand by scale bars: where they are, which bar they belong to, what length they state.

In: a panel's picture, its bars, a `TextReader`. Out: words, and (bar, metres) for `scale_bar`.

A length that is read once and not quite surely is read again, otherwise enlarged or with everything but the bar's own
tone whitened, until two readings agree. A word belongs to a bar that is drawn in its ink and stands above, below,
beside or around it; where two bars of different length could be meant, to none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from glassllava.micrographs.bars import Bar, Pixels, is_isolated
from glassllava.micrographs.lengths import is_other_distance, length_of_line, lengths_of_bars
from glassllava.micrographs.recognition import TextReader, Word

STRIP = 0.24
"""Share of the height, at the bottom, where words are read."""
INK = 60
"""Greatest difference, in grey levels, between a bar and the ink of its words."""
THIN_INK = 0.42
"""Least contrast of a bar of three rows at most, as a share of its words': what is thin is paler than what is thick."""
SURE, CERTAIN, LEGIBLE = 0.75, 0.95, 0.6
"""Least confidence of a word that gives a length if another reading agrees, of one that gives it alone, and of that
other reading."""
TONES = (20, 40)
"""Greatest differences, in grey levels, from a bar's tone that are taken for ink where the ground is whitened."""
SIDE = 0.25
"""What is added to both ends of a line that is read again, in heights of it, so that no letter is cut."""
MOST_PER_PIXEL_M = 3e-5
"""Greatest size of a pixel that an electron microscope can give, in metres; a longer length is a working distance."""
ALIKE = 0.06
"""Relative difference up to which two bars that a word may belong to are as good as one."""

_LENGTH_LIKE = re.compile(r"\d|[nuµμp]m\b|mm\b", re.IGNORECASE)


def words_at_the_bottom(picture: Pixels, reader: TextReader) -> list[Word]:
    """Read the words of the lowest strip of a picture of shape (H, W, 3)."""
    height, width = picture.shape[:2]
    return words_in(picture, (0, int((1 - STRIP) * height), width, height), reader)


def words_beside(picture: Pixels, bar: Bar, reader: TextReader) -> list[Word]:
    """Read the words in a window around a bar, enlarged more than the strip at the bottom is."""
    height, width = picture.shape[:2]
    reach_y = max(0.1 * height, 4.0 * (bar.y1 - bar.y0), 24.0)
    reach_x = max(0.6 * bar.length, 0.1 * width)
    x0, y0 = max(0, int(bar.x0 - reach_x)), max(0, int(bar.y0 - reach_y))
    x1, y1 = min(width, int(bar.x1 + reach_x)), min(height, int(bar.y1 + reach_y))
    return words_in(picture, (x0, y0, x1, y1), reader)


def words_in(picture: Pixels, window: tuple[int, int, int, int], reader: TextReader) -> list[Word]:
    """Read the words in a window, in the picture's pixels, without what the window's sides cut through.

    OCR often gives a databar's whole line as one run; then only the word at the side is lost.
    """
    x0, y0, x1, y1 = window
    words = []
    for word in reader.words(np.ascontiguousarray(picture[y0:y1, x0:x1])):
        a, b, c, d = word.box
        start, end = 0, len(word.text)
        if a < 2 and x0 > 0:
            start = word.text.find(" ") + 1 or end
        if c > x1 - x0 - 2 and x1 < picture.shape[1]:
            end = max(word.text.rfind(" "), 0)
        if start < end:
            words.append(_part(Word(word.text, (a + x0, b + y0, c + x0, d + y0), word.confidence), start, end))
    return words


class LengthsAtBars:
    """Gathers what is read by the bars of one picture, until it is sure what length each bar stands for."""

    def __init__(self, picture: Pixels, bars: Sequence[Bar], reader: TextReader) -> None:
        """Begin with a picture of shape (H, W, 3) in which nothing is read yet, and the bars found in it."""
        self.picture = picture
        self.grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)
        self.bars = bars
        self.words: list[Word] = []
        self.reader = reader
        self._readings: dict[Bar, list[tuple[float, Word]]] = {}

    def add(self, words: Sequence[Word]) -> None:
        """Take in words that were read in the picture."""
        self.words += words
        for word in words:
            stated = lengths_of_bars(word.text, _before(word, self.words))
            if word.confidence < LEGIBLE or len({metres for _, _, metres in stated}) != 1:
                continue
            start, end, metres = stated[0]
            part = _part(word, start, end)
            if (bar := bar_of(self.grey, part, self.bars)) is not None:
                self._readings.setdefault(bar, []).append((metres, part))

    def lengths(self) -> list[tuple[Bar, float]]:
        """Return the bars whose length is known, with it in metres."""
        found = [(bar, self._settled(bar, readings)) for bar, readings in self._readings.items()]
        return [(bar, metres) for bar, metres in found if metres is not None]

    def alone_in(self, rows: tuple[int, int]) -> list[tuple[Bar, float]]:
        """Return the one bar within the rows of a databar with the one length in its line, however far they are apart.

        Nothing is returned where there are more bars, or lengths, or where other words stand between the two.
        """
        bars = [bar for bar in self.bars if rows[0] <= bar.y0 and bar.y1 <= rows[1] and bar.gap is None]
        written = [word for word in self.words if rows[0] <= (word.box[1] + word.box[3]) / 2 <= rows[1]]
        if len(bars) != 1:
            return []
        readings = [
            (metres, _part(word, start, end))
            for word in written
            if word.confidence >= LEGIBLE
            for start, end, metres in lengths_of_bars(word.text, _before(word, self.words))
            if metres < MOST_PER_PIXEL_M * bars[0].length
        ]
        if not readings or not all(
            _is_in_line(word, bars[0]) and _has_ink_of(self.grey, word, bars[0]) and _is_next(word, bars[0], written)
            for _, word in readings
        ):
            return []
        metres = self._settled(bars[0], readings)
        return [] if metres is None else [(bars[0], metres)]

    def read_anew(self, bar: Bar) -> float | None:
        """Read the length in metres of a bar whose words were read badly; None where no two readings agree.

        Read are the gap of a broken bar, or else the words beside it that look like a length, with all that stands in
        their line over or under the bar.
        """
        votes = [metres for metres, _ in self._readings.get(bar, [])]
        if bar.gap is not None:
            left, right = bar.gap
            middle, reach = (bar.y0 + bar.y1) / 2, 0.3 * (right - left)
            return self._agreed((left, middle - reach, right, middle + reach), bar, votes)
        for word in self.words:
            if not _LENGTH_LIKE.search(word.text) or is_other_distance(_before(word, self.words)):
                continue
            if bar_of(self.grey, word, self.bars) is not bar:
                continue
            x0, y0, x1, y1 = word.box
            if min(x1, bar.x1) - max(x0, bar.x0) > 0:
                x0, x1 = min(x0, bar.x0), max(x1, bar.x1)
                y0, y1 = (y0, min(y1, bar.y0 - 1.0)) if (y0 + y1) < (bar.y0 + bar.y1) else (max(y0, bar.y1 + 1.0), y1)
            if (metres := self._agreed((x0, y0, x1, y1), bar, votes)) is not None:
                return metres
        return None

    def _settled(self, bar: Bar, readings: Sequence[tuple[float, Word]]) -> float | None:
        votes = [metres for metres, _ in readings]
        surest = max((word for _, word in readings), key=lambda word: word.confidence)
        if len(set(votes)) > 1 or surest.confidence < SURE:
            return None
        if len(votes) > 1 or surest.confidence >= CERTAIN:
            return votes[0]
        return self._agreed(surest.box, bar, votes)

    def _agreed(self, box: tuple[float, float, float, float], bar: Bar, votes: Sequence[float]) -> float | None:
        """Length in metres in which two readings of a line agree and that none contradicts, the `votes` among them."""
        given = list(votes)
        for crop in _versions(self.picture, self.grey, box, bar):
            text, confidence = self.reader.line(crop)
            metres = length_of_line(text)
            if metres is not None and confidence >= LEGIBLE:
                given.append(metres)
            if len(set(given)) > 1:
                return None
            if len(given) > 1:
                return given[0]
        return None


def bar_of(grey: Pixels, word: Word, bars: Sequence[Bar]) -> Bar | None:
    """Return the bar that a word belongs to; None where there is none, or two of different length fit as well.

    An unbroken rectangle goes before a line that the picture's texture may have made.
    """
    fitting = [
        (cost, bar)
        for bar in bars
        if (cost := _distance(word, bar)) is not None
        and _has_ink_of(grey, word, bar)
        and not _is_stroke(grey, word, bar)
        and not (_is_beside(word, bar) and _goes_on(grey, word, bar))
    ]
    if any(bar.solid for _, bar in fitting):
        fitting = [(cost, bar) for cost, bar in fitting if bar.solid]
    if not fitting:
        return None
    fitting.sort(key=lambda pair: pair[0])
    best_cost, best = fitting[0]
    rivals = [bar for cost, bar in fitting[1:] if cost < best_cost + 0.25]
    rivals += [bar for bar in bars if _is_piece(best, bar)]
    return None if any(abs(bar.length / best.length - 1) > ALIKE for bar in rivals) else best


def _before(word: Word, line: Sequence[Word]) -> str:
    """Text that stands right before a word in its line, as far as other words tell, which may overlap it."""
    x0, y0, _, y1 = word.box
    tall = y1 - y0
    texts: list[tuple[float, str]] = []
    for other in line:
        left, top, right, bottom = other.box
        if abs((top + bottom) / 2 - (y0 + y1) / 2) >= 0.4 * tall or left > x0 - 0.5 * tall or x0 - right > 2.0 * tall:
            continue
        share = min(1.0, (x0 - left) / max(right - left, 1.0))
        texts.append((min(right, x0), other.text[: round(share * len(other.text))].rstrip("0123456789., ")))
    return max(texts, default=(0.0, ""))[1]


def _part(word: Word, start: int, end: int) -> Word:
    """Letters `start` to `end` of a run of text; all letters are taken to be equally wide."""
    x0, y0, x1, y1 = word.box
    wide = (x1 - x0) / max(len(word.text), 1)
    right = x1 if end == len(word.text) else x0 + end * wide
    return Word(word.text[start:end], (x0 + start * wide, y0, right, y1), word.confidence)


def _versions(picture: Pixels, grey: Pixels, box: tuple[float, float, float, float], bar: Bar) -> Iterator[Pixels]:
    """Give a line of text as it is, softened, and in the bar's ink alone on a white ground."""
    side = SIDE * (box[3] - box[1])
    x0, y0, x1, y1 = (max(0, round(v)) for v in (box[0] - side, box[1], box[2] + side, box[3]))
    line = np.ascontiguousarray(picture[y0:y1, x0:x1])
    if min(line.shape[:2]) < 4:
        return
    enlarged = _enlarged(line)
    yield enlarged
    yield np.asarray(cv2.GaussianBlur(enlarged, (0, 0), len(enlarged) / 32), np.uint8)
    for tolerance in TONES:
        paper = np.clip(np.abs(grey[y0:y1, x0:x1].astype(np.float32) - bar.tone) * (255 / tolerance), 0, 255)
        inked = _enlarged(np.repeat(paper.astype(np.uint8)[..., None], 3, axis=2))
        yield np.asarray(cv2.GaussianBlur(inked, (0, 0), len(inked) / 32), np.uint8)


def _enlarged(line: Pixels) -> Pixels:
    scale = max(1.0, min(4.0, 48 / len(line)))
    return np.asarray(cv2.resize(line, None, fx=scale, fy=scale, interpolation=cv2.INTER_LANCZOS4), np.uint8)


def _distance(word: Word, bar: Bar) -> float | None:
    """How far a bar is from the place by a word where bars stand, in heights of the word; None where it is no place.

    Bars stand above or below their word, to its left or right, or on both sides of it. What is thicker than the word is
    high is a plate.
    """
    x0, y0, x1, y1 = word.box
    tall = y1 - y0
    middle = (bar.y0 + bar.y1) / 2
    if bar.y1 - bar.y0 > 1.1 * tall or bar.length < 0.35 * tall:
        return None
    centred = abs((x0 + x1) / 2 - (bar.x0 + bar.x1) / 2) / max(bar.length, x1 - x0)
    if bar.gap is not None:
        off = abs(middle - (y0 + y1) / 2) / tall
        return off if off < 0.4 and centred < 0.15 else None
    if _is_beside(word, bar):
        return 0.8 + max(bar.x0 - x1, x0 - bar.x1, 0.0) / tall
    apart = max(bar.y0 - y1, y0 - bar.y1, 0.0)
    shared = min(x1, bar.x1) - max(x0, bar.x0)
    if shared > 0.5 * min(x1 - x0, bar.length) and apart < 1.6 * tall:
        return apart / tall + centred
    return None


def _is_in_line(word: Word, bar: Bar) -> bool:
    """Whether a bar stands at the height of a word's letters, to the left or right of it."""
    return word.box[1] < (bar.y0 + bar.y1) / 2 < word.box[3] and (bar.x1 < word.box[0] or word.box[2] < bar.x0)


def _is_next(word: Word, bar: Bar, words: Sequence[Word]) -> bool:
    """Whether no other words stand between a bar and a word in its line."""
    left, right = (bar.x1, word.box[0]) if bar.x1 < word.box[0] else (word.box[2], bar.x0)
    tall = word.box[3] - word.box[1]
    return not any(
        min(right, other.box[2]) - max(left, other.box[0]) > 0.4 * tall
        and other.box[1] < (bar.y0 + bar.y1) / 2 < other.box[3]
        for other in words
    )


def _is_piece(bar: Bar, line: Bar) -> bool:
    """Whether a bar lies in the rows of a longer line that goes through it: one of the two was measured wrongly."""
    return (
        bar.light == line.light
        and min(bar.y1, line.y1) > max(bar.y0, line.y0)
        and line.x0 < bar.x0 + 3
        and bar.x1 < line.x1 + 3
        and line.length > bar.length
    )


def _is_stroke(grey: Pixels, word: Word, bar: Bar) -> bool:
    """Whether a line is part of a word's letters: it lies among them, is short, and is no rectangle that stands free.

    The box of a word often takes in the bar as well.
    """
    x0, y0, x1, y1 = word.box
    tall = y1 - y0
    is_through = y0 + 0.2 * tall < (bar.y0 + bar.y1) / 2 < y1 - 0.2 * tall
    is_among = is_through and bar.x0 > x0 - 0.5 * tall and bar.x1 < x1 + 0.5 * tall
    is_free = bar.solid and (bar.length >= 0.5 * (x1 - x0) or is_isolated(grey, bar))
    return is_among and not is_free


def _is_beside(word: Word, bar: Bar) -> bool:
    """Whether a bar stands to the left or right of a word, at the height of its letters."""
    x0, y0, x1, y1 = word.box
    apart = max(bar.x0 - x1, x0 - bar.x1) / (y1 - y0)
    return bar.gap is None and -0.35 <= apart < 1.5 and y0 < (bar.y0 + bar.y1) / 2 < y1


def _goes_on(grey: Pixels, word: Word, bar: Bar) -> bool:
    """Whether a bar beside a word goes on at the word's other side: then it is only half of a broken bar."""
    x0, _, x1, _ = word.box
    length, thick = 0.8 * bar.length, bar.y1 - bar.y0
    is_left = bar.x0 + bar.x1 < x0 + x1
    start = x1 + max(x0 - bar.x1, 1.0) if is_left else x0 - max(bar.x0 - x1, 1.0) - length
    columns = slice(max(0, round(start)), max(0, round(start + length)))
    line = grey[bar.y0 : bar.y1, columns].astype(float)
    above, below = grey[max(0, bar.y0 - thick - 3) : max(0, bar.y0 - 2)], grey[bar.y1 + 2 : bar.y1 + thick + 3]
    around = np.concatenate([above[:, columns], below[:, columns]])
    if line.size < 4 * thick or not around.size:
        return False
    ground = float(np.median(around))
    inked = (line.mean(axis=0) - ground) / (bar.tone - ground if bar.tone != ground else 1.0)
    return float(np.mean(inked > 0.5)) > 0.7


def _has_ink_of(grey: Pixels, word: Word, bar: Bar) -> bool:
    """Whether a word is written in the tone in which a bar is drawn."""
    side = 0.5 * (word.box[3] - word.box[1])
    x0, y0, x1, y1 = (max(0, round(v)) for v in word.box)
    written = grey[y0:y1, x0:x1]
    if not written.size:
        return False
    dark, light = (float(level) for level in np.percentile(written, (1.5, 98.5)))
    ground = float(np.median(grey[y0:y1, max(0, round(x0 - side)) : round(x1 + side)]))
    ink, other = (light, dark) if bar.light else (dark, light)
    if abs(ink - ground) <= (0.35 if bar.solid else 0.5) * abs(other - ground):
        return False
    if bar.y1 - bar.y0 <= 3:
        return (bar.tone - ground) / (ink - ground) >= THIN_INK
    return abs(ink - bar.tone) <= INK
