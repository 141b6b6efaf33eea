"""A figure's caption split into the parts that speak of each panel.

In: the text of one caption. Out: panel letter to text, for `captions`. Knows `(a)`, `[a]`, `(a–c)`, `(a1–a3)`,
`(a, left)`, `(a) and (b)`, `a) …`, `(a~c: …; d: …)`, `(A)`, `A, …`, `a, …`, `a Surface. b Core.`, `Panels a and b …`
and `(i)`; which of these a caption uses is told by which gives the longest run of letters from "a" on.

A letter opens a part where it is named first. Where it is named again, or behind "in", "from", "the box in" while it
has a place of its own elsewhere, it refers to another panel and cuts nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, takewhile
from string import ascii_lowercase
from typing import NamedTuple

from glassllava.text.panel_letters import DASHES, JOIN, list_of, names_in
from glassllava.text.respectively import shared_out
from glassllava.text.sentences import sentence_spans

_ITEM = r"\d{0,2}(?![A-Za-z\d])"
_LIST = f"(?:{list_of(f'[a-z]{_ITEM}')}|{list_of(f'[A-Z]{_ITEM}')})"
_BARE_JOIN = JOIN.replace("&/;", "&")
_BARE_LIST = f"(?:{list_of('[a-z](?![A-Za-z])', _BARE_JOIN)}|{list_of('[A-Z](?![A-Za-z])', _BARE_JOIN)})"
_NUMERALS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_NUMERAL = rf"(?:{'|'.join(sorted(_NUMERALS, key=len, reverse=True))})(?![A-Za-z])"
_PLACE = r"(?:\s*,\s*(?:left|right|top|bottom|upper|lower|middle|cent(?:er|re)|inset)[\w\s-]{0,14})?"
_EACH = r"(?:\s*,?\s*respectively)?"
# A letter after a number or a degree sign is a unit: in "for 6 h; b)" and "at 420 °C, b)" only b is a panel.
_NO_UNIT = r"(?<![\w(\[\-°])(?<!\d\s)"
_AT_START = r"(?:(?<=[.;:|•]\s)|^)"
_VERB = r"(?:shows?|is|are|indicat\w+|denot\w+|marks?|represents?|points?|highlights?|correspond\w*|illustrates?)\b"


class _Style(NamedTuple):
    """A way to write letters."""

    marks: re.Pattern[str]
    """What stands before a part."""
    references: re.Pattern[str] | None = None
    """How the same letters are named within a sentence, where that differs."""
    numerals: bool = False


_IN_SENTENCE = re.compile(
    rf"[(\[]\s*(?P<bracketed>{_LIST}){_EACH}\s*[)\]]|"
    rf"\b(?:in|of|from|for|to)\s+(?:panels?\s+)?(?P<bare>{_BARE_LIST})(?=\s*(?:[.,;:)]|$)|\s+(?:and\b|or\b|{_VERB}))"
)
_STYLES = (
    _Style(re.compile(rf"[(\[]\s*(?P<letters>{_LIST}){_PLACE}{_EACH}\s*(?:[)\]]|(?=:\s))")),
    _Style(re.compile(rf"{_NO_UNIT}(?P<letters>{_LIST})\)"), _IN_SENTENCE),
    _Style(re.compile(rf"(?:(?<=[\s(;,.])|^)(?P<letters>{_BARE_LIST}):(?=\s)"), _IN_SENTENCE),
    _Style(re.compile(rf"{_AT_START}(?P<letters>{_BARE_LIST})(?:[,.:]\s|\s(?=[A-Z0-9]))"), _IN_SENTENCE),
    _Style(re.compile(rf"\b[Pp](?:anel|art)s?\s+[(\[]?(?P<letters>{_BARE_LIST})[)\]]?(?!\w)"), _IN_SENTENCE),
    _Style(re.compile(rf"\(\s*(?P<letters>{list_of(_NUMERAL)}){_EACH}\s*\)"), numerals=True),
)
CONTINUED = (
    r"(?:[.:|,]?\s*\(\s*cont(?:inued|inuation|['’]?d|\.)?(?:\s[^()]{1,30})?\.?\s*\)|"
    r"[.:|,–—-]?\s*cont(?:inued|['’]?d|(?=\.))(?=\s*(?:[.:]|$)))"
)
"""Behind a figure's number: that its caption goes on from another page."""
LABEL_END = "[.:|│∣•●■▪]"
"""What stands between a figure's number and its caption."""
_LABEL = re.compile(
    r"^(?:(?:supplementary|supporting|extended data)\s+)?(?:fig(?:ure)?s?|plates?)\s?\.?\s*[A-Z]?[-.\s]?\d+(?:[.-]\d+)?"
    rf"\s*(?:{CONTINUED})?\s*{LABEL_END}?\s*",
    re.IGNORECASE,
)
_JOINS = re.compile(rf"(?:{JOIN}|\s*)")
_SHARED = re.compile(
    r"(?:(?:the )?scale bars?|error bars?|all |data |(?:the )?results? |values? |"
    r"each |both |bars? |insets? show|significan)",
    re.IGNORECASE,
)
_POINTING = re.compile(
    r"\b(?:in|from|as|see|area|region|box|inset|square|rectangle|circle|frame|panels?|shown|marked)\s+(?:the\s+)?"
    r"(?:panels?\s+)?$",
    re.IGNORECASE,
)
"""What stands before a letter that only refers, where the letter also opens a part elsewhere."""
_NAMING = re.compile(
    rf"(?:{_POINTING.pattern}|\b(?:of|for|at|to|near|around|between|with)\s+(?:the\s+)?$)", re.IGNORECASE
)
"""What stands before a letter in whatever sense."""
_OPENING = re.compile(r"(?:^|[.;:,|]|\band)\s*$")
_HANGING = re.compile(
    r"(?:^|\s)(?:(?:of|for|from|in|into|on|at|to|by|with|within|between|under|showing|shows?|and|or|as|the|an?|taken|"
    r"marked|its)(?:\s+|$))+$"
)
"""Words at an end that belong to what follows."""
_BREAK = re.compile(r"\s*(?:[,;:.]\s*(?:(?:and|while|whereas|but)\s+)?|\b(?:and|while|whereas|but)\s+)")
_LEADING = re.compile(r"^[\s,;]*(?:(?:and|while|whereas)\b)?\s*")
_ASIDE = re.compile(
    r",\s*(?:and\s+)?(?=(?:(?:the|white|black|red|blue|yellow|green|orange|dashed|dotted|solid)\s+){0,2}"
    r"(?:arrow(?:head)?s?|circles?|squares?|rectangles?|box(?:es)?|frames?|stars?|asterisks?|lines?|scale bars?|bars?|"
    r"insets?)\s)",
    re.IGNORECASE,
)
"""Where a remark on marks in the pictures begins."""
_IMAGES = re.compile(
    r"\s(?:images?|micrographs?|photographs?|views?|magnifications?|spectra|maps?|patterns?|profiles?)\b.*$",
    re.IGNORECASE | re.DOTALL,
)
_MANNER = re.compile(
    r"\s*(?:the\s+)?(?:(?:[A-Z]{2,5}(?:-[A-Z]{2,5})?|optical|low|high|lower|higher|top|side|plan|surface|"
    r"cross-?\s?section(?:al)?|bright-?\s?field|dark-?\s?field)(?:\s+|$)){1,3}",
)
"""A manner of imaging, which shares the word "images" with what follows: "(a) SEM and (b) TEM images"."""
_HOLDER = "\ue000"


@dataclass(slots=True)
class _Mark:
    start: int
    end: int
    names: list[str]
    """As written, with numbers: "a1"."""
    opens: bool = False

    @property
    def letters(self) -> list[str]:
        return list(dict.fromkeys(_letter(name) for name in self.names))


@dataclass(slots=True)
class _Caption:
    """A caption that is being split."""

    text: str
    letters: list[str]
    marks: list[_Mark]
    parts: dict[str, list[str]]
    defined: set[str] = field(default_factory=set)
    current: list[str] = field(default_factory=list)

    def within(self, start: int, end: int) -> list[_Mark]:
        return [mark for mark in self.marks if start <= mark.start < end]

    def add(self, letters: Sequence[str], piece: str) -> None:
        for letter in letters:
            self.parts[letter].append(piece)


def split_caption(text: str) -> dict[str, str]:
    """Split a caption by panel.

    Parameters
    ----------
    text
        The caption, with or without its "Figure 3." in front.

    Returns
    -------
    dict
        Panel letter in lower case (or numeral: "ii") to the sentences and clauses that speak of it, in the caption's
        own words and order; text in front that is shared belongs to every part, and a list that is shared out by
        "respectively" is. Empty where fewer than two letters are used, so that a caption without panels stays whole.

    Examples
    --------
    >>> split_caption("Fig. 1 Glass after test. (a) Crack; (b) hackle. Scale bar in (b) 2 µm.")["b"]
    'Glass after test. (b) hackle. Scale bar in (b) 2 µm.'
    """
    body = _LABEL.sub("", text, count=1)
    caption = _read(body)
    if caption is None:
        return {}
    for start, end in _sentences(caption):
        _add_sentence(caption, start, end)
    return {letter: _as_text(pieces) for letter, pieces in caption.parts.items() if pieces}


def _as_text(pieces: list[str]) -> str:
    """Pieces as sentences: a clause that was cut off gets the full stop that the next sentence needs."""
    text = pieces[0]
    for piece in pieces[1:]:
        closed = text[-1] in ".!?:;,"
        text += (" " if closed else ". " if piece[:1].isupper() else "; ") + piece
    return text


def _letter(name: str) -> str:
    return name if name in _NUMERALS else name[0].lower()


def _read(text: str) -> _Caption | None:
    """Choose how this caption writes its letters, and find them; None where it has no letters.

    The longest run from "a" wins, then the one that begins first; where capitals and small letters are both used, the
    panels are those that come first and the others are parts of a panel.
    """
    best: tuple[int, int] | None = None
    chosen: tuple[_Style, list[str], bool] | None = None
    for style in _STYLES:
        found: list[tuple[int, list[str], bool]] = []
        for upper in (False,) if style.numerals else (False, True):
            marks = _marks(text, style.marks, _names(style, upper, None))
            named = {letter for mark in marks for letter in mark.letters}
            run = list(takewhile(named.__contains__, _NUMERALS if style.numerals else ascii_lowercase))
            if len(run) >= 2:
                found.append((marks[0].start, run, upper))
        if found and not (style.numerals and chosen):
            start, run, upper = min(found)
            if best is None or (-len(run), start) < best:
                best, chosen = (-len(run), start), (style, run, upper)
    if chosen is None:
        return None
    style, letters, upper = chosen
    names = _names(style, upper, set(letters))
    marks = _marks(text, style.marks, names)
    _tell_openers(text, marks)
    if style.references is not None:
        taken = [(mark.start, mark.end) for mark in marks]
        others = _marks(text, style.references, names)
        marks += [o for o in others if not any(o.start < end and start < o.end for start, end in taken)]
        marks.sort(key=lambda mark: mark.start)
    return _Caption(text, letters, marks, {letter: [] for letter in letters})


def _names(style: _Style, upper: bool, letters: set[str] | None) -> Callable[[str], list[str]]:
    """Return what reads the names of a list; none where they are of the wrong case or not all among `letters`."""

    def names(listed: str) -> list[str]:
        found = re.findall(r"[ivx]+", listed) if style.numerals else names_in(listed)
        fits = all(name[0].isupper() == upper for name in found)
        return found if fits and (letters is None or {_letter(name) for name in found} <= letters) else []

    return names


def _marks(text: str, pattern: re.Pattern[str], names: Callable[[str], list[str]]) -> list[_Mark]:
    marks: list[_Mark] = []
    for match in pattern.finditer(text):
        group = next(group for group in match.groups() if group is not None)
        named = names(group)
        if not named:
            continue
        start = match.start("bare") if "bare" in pattern.groupindex and match["bare"] else match.start()
        end = match.end() - len(match.group()) + len(match.group().rstrip())
        between = text[marks[-1].end : start] if marks else "x"
        if marks and len(between) <= 8 and _JOINS.fullmatch(between) and not _ends_clause(text, marks, named, match):
            last = marks[-1]
            if re.search(rf"[{DASHES}]|\bto\b|\bthrough\b", between):
                named = names_in(f"{last.names[-1]}–{named[0]}") + named
            last.names = list(dict.fromkeys(last.names + named))
            last.end = end
        else:
            marks.append(_Mark(start, end, named))
    return marks


def _ends_clause(text: str, marks: list[_Mark], named: list[str], match: re.Match[str]) -> bool:
    """Whether the last mark refers back and the next begins a part: "the box in (a); (c) magnified view"."""
    last, between = marks[-1], text[marks[-1].end : match.start()]
    if set(named) & set(last.names):
        return True
    if re.search(rf"[{DASHES}]|\bto\b|\bthrough\b", between) or not _NAMING.search(_before(text, last)):
        return False
    earlier = {name for mark in marks[:-1] for name in mark.names}
    follows = ";" in between or re.match(r"\s*\w", text[match.end() :]) is not None
    return follows and set(last.names) <= earlier and not earlier & set(named)


def _before(text: str, mark: _Mark) -> str:
    """Return the few words before a mark."""
    return text[max(0, mark.start - 40) : mark.start]


def _tell_openers(text: str, marks: list[_Mark]) -> None:
    """Set which marks open parts: those that name a letter first, unless they only point at it."""
    opened: set[str] = set()
    for place, mark in enumerate(marks):
        later = marks[place + 1 :]
        fresh = set(mark.names) - opened
        if fresh and _POINTING.search(_before(text, mark)) and _opened_by(text, fresh, later):
            continue
        mark.opens = bool(fresh)
        # A group such as "(a–d)" may only be announced and taken letter by letter afterwards.
        if not (mark.opens and len(mark.names) > 1 and _taken_singly(text, mark, later)):
            opened.update(mark.names)


def _opened_by(text: str, names: set[str], marks: list[_Mark]) -> bool:
    """Whether later marks stand at the beginning of a clause for all of these names."""
    opening = [m for m in marks if _OPENING.search(_before(text, m)) and not _stands_behind(text, m)]
    return names <= {name for mark in opening for name in mark.names}


def _taken_singly(text: str, group: _Mark, marks: list[_Mark]) -> bool:
    alone = {
        mark.names[0]
        for mark in marks
        if len(mark.names) == 1 and _OPENING.search(_before(text, mark)) and not _stands_behind(text, mark)
    }
    return set(group.names) <= alone


def _stands_behind(text: str, mark: _Mark) -> bool:
    """Whether a letter stands behind what it names: "the surface (a), the core (b)."."""
    closed = text[mark.end - 1] in ")]"
    rest = text[mark.end :].lstrip()
    return closed and (not rest or rest[0] in ",.;)" or rest.startswith(("and ", "or ")))


def _sentences(caption: _Caption) -> Iterator[tuple[int, int]]:
    """Offsets of sentences; one of letters only, as in "(g), (h). Segmented", is joined to what follows.

    A letter that opens a part behind a full stop begins a sentence, be it small: "A mirror. b, A crack."
    """
    text, waiting = caption.text, -1
    for first, last in sentence_spans(text):
        cuts = [
            mark.start
            for mark in caption.within(first + 1, last)
            if mark.opens and text[: mark.start].rstrip().endswith((".", "|"))
        ]
        for begin, stop in pairwise([first, *cuts, last]):
            begin, end = (waiting if waiting >= 0 else begin), begin + len(text[begin:stop].rstrip())
            marks = caption.within(begin, end)
            if marks and not re.search(r"\w", _without(text, marks, begin, end)) and stop < len(text):
                waiting = begin
                continue
            waiting = -1
            yield begin, end


def _without(text: str, marks: list[_Mark], start: int, end: int) -> str:
    """Return a stretch of text with spaces for its marks, so that offsets stay."""
    letters = list(text[start:end])
    for mark in marks:
        for place in range(mark.start, min(mark.end, end)):
            letters[place - start] = " "
    return "".join(letters)


def _add_sentence(caption: _Caption, start: int, end: int) -> None:
    text, marks = caption.text, caption.within(start, end)
    openers = [mark for mark in marks if mark.opens]
    sentence = text[start:end]
    if not marks:
        everyone = not caption.defined or (caption.defined >= set(caption.letters) and _SHARED.match(sentence))
        caption.add(caption.letters if everyone else caption.current, sentence)
    elif not openers:
        caption.current = _cited(marks)
        caption.add(caption.current, sentence)
    elif _letters_follow(caption, start, end, openers, marks) or not _add_clauses(caption, start, end, openers):
        _add_shared(caption, start, end, marks)
        caption.current = _cited(openers)
    caption.defined.update(_cited(openers))


def _cited(marks: list[_Mark]) -> list[str]:
    return sorted({letter for mark in marks for letter in mark.letters})


def _letters_follow(caption: _Caption, start: int, end: int, openers: list[_Mark], marks: list[_Mark]) -> bool:
    """Whether letters stand behind what they name: "the surface (a) and the core (b)"."""
    text = caption.text
    remark = text.find(";", openers[-1].end, end)
    marks = [mark for mark in marks if remark < 0 or mark.start < remark]
    before = text[start : openers[0].start].strip(" (")
    if not before or before.endswith((":", ";")):
        return False
    behind = sum(_stands_behind(text[:end], mark) for mark in marks)
    return 2 * behind > len(marks) or not re.search(r"\w", text[openers[-1].end : end])


def _add_shared(caption: _Caption, start: int, end: int, marks: list[_Mark]) -> None:
    """Give a sentence to all that it names, each its own item where it shares out a list."""
    text, openers = caption.text[start:end], [mark for mark in marks if mark.opens]
    if len(openers) == 1 and len(marks) == 1:
        _share_out(caption, openers[0], text[: openers[0].start - start], text[openers[0].end - start :])
    else:
        caption.add(_cited(openers), text)


def _share_out(caption: _Caption, mark: _Mark, before: str, after: str) -> None:
    """Add a stretch of text around one mark to its letters, each its own item of a list with "respectively"."""
    printed = caption.text[mark.start : mark.end]
    held = f"{before}{_HOLDER}{', respectively' if 'respectively' in printed else ''}{after}"
    shared = shared_out(held, len(mark.letters))
    if shared is None or len(mark.letters) != len(mark.names):
        caption.add(mark.letters, before + printed + after)
        return
    opening = re.match(r"\W*", printed)
    closing = re.search(r"\W*$", printed)
    for letter, name, piece in zip(mark.letters, mark.names, shared, strict=True):
        own = f"{opening.group() if opening else ''}{name}{closing.group() if closing else ''}"
        caption.parts[letter].append(piece.replace(_HOLDER, own))


def _add_clauses(caption: _Caption, start: int, end: int, openers: list[_Mark]) -> bool:
    """Cut a sentence before each letter that opens a part; words in front are the lead of all that follow.

    Returns
    -------
    bool
        False, and nothing is added, where letters stand within prose, "fades in (c) and ends in (d)", or the
        last one behind what it names.
    """
    text = caption.text
    if any(_POINTING.search(_before(text, mark)) for mark in openers[1:]):
        return False
    if not re.search(r"\w", text[openers[-1].end : end]):
        return False
    lead, led = "", False
    under: list[str] = []
    added: list[tuple[_Mark, str, str]] = []
    remarks: list[tuple[list[str], str]] = []
    # All letters in one bracket, "(a: …; b: …)": each part gets a bracket of its own.
    bracketed = text[start : openers[0].start].rstrip().endswith("(")
    for first, last in _units(caption, start, end, openers[0]):
        mine = [mark for mark in openers if first <= mark.start < last]
        if not mine:
            named = caption.within(first, last)
            also = (under if led else openers[-1].letters) if not re.search(r"\w", text[named[-1].end : last]) else []
            remarks.append((sorted({*_cited(named), *also}), text[first:last].strip(" ,;")))
            continue
        new = _LEADING.sub("", text[first : mine[0].start]).strip(" ([")
        if new:
            lead, led, under = new, True, []
        stretches = list(_stretches(text, mine, last))
        for place, (mark, words, tail) in enumerate(stretches):
            is_last = place == len(stretches) - 1
            words = words if is_last and last == end else _trimmed(words)
            words = words if is_last else _with_images(words, stretches[-1][1])
            words = _closed(words) if bracketed else words
            added.append((mark, f"{lead} ".lstrip() + ("(" if bracketed else ""), words))
            under += mark.letters
            if tail and not lead.endswith(f" {tail}"):
                if _HANGING.fullmatch(tail):
                    return False
                lead, led = (lead[: lead.rfind(":") + 1] + " " + tail).strip(), True
    for mark, before, words in added:
        _share_out(caption, mark, before, words.rstrip())
    for letters, remark in remarks:
        caption.add(letters, remark)
    caption.current = sorted(set(under)) if led else openers[-1].letters
    return True


def _closed(words: str) -> str:
    """Return a clause with the bracket closed that was opened for it."""
    words = re.sub(r"[)]([.;]?)$", "", words) if words.count(")") > words.count("(") else words
    return words + ")"


def _trimmed(words: str) -> str:
    """Return words without the separators and the "and" at their end."""
    return re.sub(r"[\s,;(\[]*(?:\b(?:and|while|whereas)\b)?[\s(\[]*$", "", words)


def _units(caption: _Caption, start: int, end: int, first: _Mark) -> Iterator[tuple[int, int]]:
    """Offsets of the clauses between semicolons, and of remarks on marks in the pictures.

    A clause that names no panel stays with the one before it, and what stands before the first letter with that.
    """
    text = caption.text
    bare = _without(text, caption.within(start, end), start, end)
    level = _depth(bare[: first.start - start])
    cuts = [m.end() for m in re.finditer(r";", bare) if _depth(bare[: m.start()]) == level]
    cuts += [m.end() for m in _ASIDE.finditer(bare) if _depth(bare[: m.start()]) == level]
    begin = start
    bounds = [*sorted({start + cut for cut in cuts} - {end}), end]
    for cut, following in pairwise(bounds):
        if caption.within(begin, cut) and caption.within(cut, following):
            yield begin, cut
            begin = cut
    yield begin, end


def _depth(text: str) -> int:
    return text.count("(") + text.count("[") - text.count(")") - text.count("]")


def _stretches(text: str, openers: list[_Mark], end: int) -> Iterator[tuple[_Mark, str, str]]:
    """Each letter with the words behind it, and the words before the next letter that belong to what follows."""
    for mark, following in zip(openers, [*openers[1:], None], strict=True):
        words = text[mark.end : following.start if following else end]
        tail = ""
        if following is not None:
            trimmed = _trimmed(words)
            hanging = _HANGING.search(trimmed)
            if hanging:
                breaks = [m for m in _BREAK.finditer(trimmed) if re.search(r"\w", trimmed[: m.start()])]
                breaks = [m for m in breaks if _depth(trimmed[: m.start()]) == 0 and m.end() < len(trimmed)]
                cut, begin = (breaks[-1].start(), breaks[-1].end()) if breaks else (hanging.start(), hanging.start())
                words, tail = trimmed[:cut], trimmed[begin:].strip()
        yield mark, words, tail


def _with_images(words: str, last: str) -> str:
    """Return "SEM" of "(a) SEM and (b) TEM images of glass" with the words that it shares with the last."""
    images = _IMAGES.search(last)
    if not images or not _MANNER.fullmatch(words) or not _MANNER.fullmatch(last[: images.start()]):
        return words
    return words + images.group().rstrip(" .;,")
