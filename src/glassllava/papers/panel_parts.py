"""A figure's caption split into the parts that speak of each panel.

In: the text of one caption. Out: panel letter to text, for `captions`. Knows `(a)`, `(a–c)`, `(a,b)`,
`(a) and (b)`, `a) …`, `(a~c: …; d: …)`, `(A)`, `A, …`; which of these a caption uses is told by which gives the
longest run of letters from "a" on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import takewhile
from string import ascii_lowercase

from glassllava.text.sentences import sentences

_SEPARATOR = r"\s*(?:[-–—−~∼,;&/]|and|to|,\s*and)\s*"
_LIST = rf"(?:[a-z](?:{_SEPARATOR}[a-z])*|[A-Z](?:{_SEPARATOR}[A-Z])*)"
_BARE_LIST = _LIST.replace(";&/", "&")
# A letter after a number or a degree sign is a unit: in "for 6 h; b)" and "at 420 °C, b)" only b is a panel.
_NO_UNIT = r"(?<![\w(\-°])(?<!\d\s)"
_STYLES = (
    re.compile(rf"\(\s*(?P<letters>{_LIST})\s*(?:\)|(?=:\s))"),
    re.compile(rf"{_NO_UNIT}(?P<letters>{_LIST})\)"),
    re.compile(rf"(?:(?<=[\s(;,.])|^)(?P<letters>{_BARE_LIST}):(?=\s)"),
    re.compile(r"(?:(?<=[.;:|]\s)|^)(?P<letters>[A-Z](?:\s*(?:[-–—,&]|and)\s*[A-Z])*)(?:[,.:]\s|\s(?=[A-Z]))"),
)
_LABEL = re.compile(
    r"^(?:(?:supplementary|supporting|extended data)\s+)?fig(?:ure)?s?\s?\.?\s*[A-Z]?\s?\d+(?:\.\d+)?\s*[.:|│∣]?\s*",
    re.IGNORECASE,
)
_JOINS = re.compile(r"\s*(?:,|;|&|and|,\s*and|to|[-–—−~∼/])?\s*")
_SHARED = re.compile(
    r"(?:(?:the )?scale bars?|error bars?|all |data |(?:the )?results? |values? |"
    r"each |both |bars? |insets? show|significan)",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Mark:
    start: int
    end: int
    letters: list[str]


def split_caption(text: str) -> dict[str, str]:
    """Split a caption by panel.

    Parameters
    ----------
    text
        The caption, with or without its "Figure 3." in front.

    Returns
    -------
    dict
        Panel letter in lower case to the sentences and clauses that speak of it, in the caption's own words
        and order; text in front that is shared belongs to every part. Empty where fewer than two letters are
        used, so that a caption without panels stays whole.

    Examples
    --------
    >>> split_caption("Fig. 1 Glass after test. (a) Crack; (b) hackle. Scale bar in (b) 2 µm.")["b"]
    'Glass after test. (b) hackle. Scale bar in (b) 2 µm.'
    """
    body = _LABEL.sub("", text, count=1)
    style, letters, upper = _style_of(body)
    if style is None:
        return {}
    parts: dict[str, list[str]] = {letter: [] for letter in letters}
    defined: set[str] = set()
    current: list[str] = []
    for sentence in _whole_sentences(body, style, letters, upper):
        marks = _marks(sentence, style, letters, upper)
        if not marks:
            everyone = not defined or (defined >= set(letters) and _SHARED.match(sentence))
            for letter in letters if everyone else current:
                parts[letter].append(sentence)
            continue
        cited = sorted({letter for mark in marks for letter in mark.letters})
        if (defined and set(cited) <= defined) or _is_overview(sentence, marks, body, style, letters, upper, defined):
            for letter in cited:
                parts[letter].append(sentence)
            current = cited
            continue
        if _letters_follow(sentence, marks):
            for letter in cited:
                parts[letter].append(sentence)
            current = cited
        else:
            current = _add_clauses(sentence, marks, parts, defined)
        defined.update(cited)
    return {letter: _as_text(pieces) for letter, pieces in parts.items() if pieces}


def _as_text(pieces: list[str]) -> str:
    """Pieces as sentences: a clause that was cut off gets the full stop that the next sentence needs."""
    text = pieces[0]
    for piece in pieces[1:]:
        text += ". " + piece if piece[:1].isupper() and text[-1] not in ".!?:;," else " " + piece
    return text


def _style_of(text: str) -> tuple[re.Pattern[str] | None, list[str], bool]:
    """Choose how this caption writes its letters: the pattern, the letters, whether they are capitals.

    The longest run from "a" wins; where capitals and small letters are both used, the panels are those that
    come first and the others are parts of a panel.
    """
    best: tuple[re.Pattern[str] | None, list[str], bool] = (None, [], False)
    for style in _STYLES:
        found: list[tuple[int, list[str], bool]] = []
        for upper in (False, True):
            marks = _marks(text, style, None, upper)
            named = {letter.lower() for mark in marks for letter in mark.letters}
            run = list(takewhile(named.__contains__, ascii_lowercase))
            if len(run) >= 2:
                found.append((marks[0].start, run, upper))
        if found:
            _, run, upper = min(found)
            if len(run) > len(best[1]):
                best = (style, run, upper)
    return best


def _marks(text: str, style: re.Pattern[str], letters: list[str] | None, upper: bool) -> list[_Mark]:
    marks: list[_Mark] = []
    for match in style.finditer(text):
        named = _named(match["letters"])
        if not all(letter.isupper() == upper for letter in named):
            continue
        if letters is not None:
            named = [letter.lower() for letter in named]
            if not set(named) <= set(letters):
                continue
        if not named:
            continue
        between = text[marks[-1].end : match.start()] if marks else "x"
        if marks and len(between) <= 8 and _JOINS.fullmatch(between):
            last = marks[-1]
            if re.search(r"[-–—−~∼]|\bto\b", between):
                named = _range(last.letters[-1], named[0]) + named
            last.letters = list(dict.fromkeys(last.letters + named))
            last.end = match.end()
        else:
            marks.append(_Mark(match.start(), match.end(), named))
    return marks


def _named(group: str) -> list[str]:
    """Letters of "a–c", "a, b and d": each once, ranges filled."""
    named: list[str] = []
    tokens = re.findall(r"[A-Za-z]+|[-–—−~∼]", group)
    span = False
    for token in tokens:
        if token in "-–—−~∼" or token == "to":
            span = True
        elif token != "and":
            named += _range(named[-1], token) if span and named else [token]
            span = False
    return list(dict.fromkeys(named))


def _range(first: str, last: str) -> list[str]:
    if len(first) != 1 or len(last) != 1 or first.isupper() != last.isupper() or not first < last:
        return [last]
    return [chr(code) for code in range(ord(first), ord(last) + 1)]


def _whole_sentences(text: str, style: re.Pattern[str], letters: list[str], upper: bool) -> list[str]:
    """Sentences; one of letters only, as in "(g), (h). Segmented", is joined to what follows."""
    whole: list[str] = []
    waiting = ""
    for sentence in sentences(text):
        sentence = f"{waiting} {sentence}".strip()
        marks = _marks(sentence, style, letters, upper)
        bare = sentence
        for mark in reversed(marks):
            bare = bare[: mark.start] + bare[mark.end :]
        if marks and not re.search(r"\w", bare):
            waiting = sentence
            continue
        waiting = ""
        whole.append(sentence)
    return whole + ([waiting] if waiting else [])


def _is_overview(
    sentence: str,
    marks: list[_Mark],
    body: str,
    style: re.Pattern[str],
    letters: list[str],
    upper: bool,
    defined: set[str],
) -> bool:
    """Whether a group such as "(a–d)" is only announced here and taken letter by letter afterwards."""
    if defined or len(marks) != 1 or len(marks[0].letters) < 2 or sentence not in body:
        return False
    later = _marks(body[body.index(sentence) + len(sentence) :], style, letters, upper)
    alone = {mark.letters[0] for mark in later if len(mark.letters) == 1}
    return set(marks[0].letters) <= alone


def _letters_follow(sentence: str, marks: list[_Mark]) -> bool:
    """Whether letters stand behind what they name: "the surface (a) and the core (b)"."""
    if not sentence[: marks[0].start].strip(" (") or sentence[: marks[0].start].rstrip().endswith((":", ";")):
        return False
    behind = 0
    for mark in marks:
        rest = sentence[mark.end :].lstrip()
        closed = sentence[mark.end - 1] == ")"
        if closed and (not rest or rest[0] in ",.;)" or rest.startswith(("and ", "or "))):
            behind += 1
    return 2 * behind > len(marks)


def _add_clauses(sentence: str, marks: list[_Mark], parts: dict[str, list[str]], defined: set[str]) -> list[str]:
    bounds = [mark for mark in marks if not set(mark.letters) <= defined] or marks
    lead = sentence[: bounds[0].start].strip(" (")
    # All letters in one bracket, "(a: …; b: …)": each part gets a bracket of its own.
    bracketed = sentence[: bounds[0].start].rstrip().endswith("(")
    for mark, following in zip(bounds, [*bounds[1:], None], strict=True):
        clause = sentence[mark.start : following.start if following else len(sentence)]
        clause = re.sub(r"[\s,;(]*(?:\band\b)?[\s(]*$", "", clause) if following else clause.strip()
        if bracketed:
            clause = f"({re.sub(r'[)]([.;]?)$', '', clause) if clause.count(')') > clause.count('(') else clause})"
        for letter in mark.letters:
            if lead:
                parts[letter].append(lead)
            parts[letter].append(clause.strip())
    if lead:
        return sorted({letter for mark in bounds for letter in mark.letters})
    return bounds[-1].letters
