"""The sentences of a paper's body that cite a figure, resolved to its panels.

In: paragraphs and captions. Out: `Mention` values: one for every sentence and figure, with the panels that the
sentence names, be it "Fig. 3a–c", "panels a and b of Figure 3" or "Fig. 3, panel c". Captions, headings and references
are not read; figures of other works ("Figure 3 of ref. [12]") do not count; supplementary figures are kept apart, and
"Supplementary Fig. 4" is S4.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from glassllava.papers.captions import figure_label
from glassllava.papers.reading import Caption, Mention, Paragraph
from glassllava.text.panel_letters import DASHES, JOIN, letters_in, list_of
from glassllava.text.sentences import sentence_spans

_WORD = re.compile(
    r"(?<![A-Za-z])(?P<more>(?:supplementary|supporting|supplemental|suppl?\.?|extended\s+data|ESI,?†?)\s+)?"
    r"(?P<word>fig(?:ure)?(?P<many>s)?|(?P<plate>(?-i:P)lates?))\s?\.?\s?(?=[SA]?[-.\s]?\d)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?P<s>[Ss]|A(?=\d))?[-.\s]?(?P<number>\d{1,3})(?!\d|\.\d|\s?%)")
_OF_CHAPTER = re.compile(r"(?P<s>[Ss])?(?P<number>\d{1,3}[.-]\d{1,2})(?!\d)")
"""A number such as "1.2", which counts only where a caption bears it."""
_LETTERS_BEHIND = re.compile(r"(?P<letter>[A-Za-z])(?:[ivx]{0,3}|\d{1,2})(?![A-Za-z0-9])")
_SPACED_LETTER = re.compile(r"\s(?P<letter>[A-Za-z])(?=\s?[,)\];.–—−-]|\s+(?:and|to|&)\s+[A-Za-z]\b)(?!\.[A-Za-z])")
_LIST = list_of(r"[A-Za-z]\d{0,2}(?![A-Za-z0-9])")
_BRACKET = re.compile(rf"\s?[(\[]\s*(?P<letters>{_LIST})\s*[)\]]")
_BEFORE_BRACKET = re.compile(rf"\s*(?:,|and|&|,\s*and|to|through|[{DASHES}])(?=\s?\([A-Za-z]\d?\))")
_PANELS = r"(?:(?:sub-?)?panels?|sub-?figures?|parts?)"
_BRACKETS = rf"\(\s*{_LIST}\s*\)(?:{JOIN}\(\s*{_LIST}\s*\))*"
_NAMED_PANELS = rf"\b{_PANELS}\s+(?P<letters>{_BRACKETS}|{_LIST})"
_PANELS_BEFORE = re.compile(rf"{_NAMED_PANELS}\s+(?:of|in|from)\s+(?:the\s+)?$", re.IGNORECASE)
"""What stands before a figure whose panels are named first: "panels a and b of"."""
_PANELS_BEHIND = re.compile(rf"\s*[,;:(]?\s*{_NAMED_PANELS}(?![\w’'])", re.IGNORECASE)
_LISTED_BEHIND = re.compile(rf"\s*,\s*(?P<letters>{_LIST})(?=\s*[)\];])")
"""Letters behind a comma that end a bracket: "(Fig. 2, a–c)"."""
_CONNECTOR = re.compile(r"\s*(?P<how>,\s*(?:and|or|&)?|;|and|or|&|to|through|[-–—−~∼/])\s*")
_BARE_LETTER = re.compile(r"(?P<letter>[A-Za-z])(?P<index>\d{1,2})?(?=$|[^A-Za-z0-9’'])(?!\.\s?[A-Za-z]\.)")
_CITED_WORK = r"(?:work|paper|stud(?:y|ies)|article|publication|report|thesis|manuscript|book|review|literature)s?"
_OF_OTHERS = re.compile(
    r"\s*[\])]?\s*(?:of|in|from)\s+(?:(?:the|our|their|his|her|an?)\s+)?(?:refs?\b\.?|references?\b|\[\d|"
    r"(?-i:[A-Z])[\w’-]+\s+(?:et\s+al|and\s+(?-i:[A-Z])\w+\s*[\[(])|"
    rf"(?:\w+\s+)?(?:previous|earlier|prior|preceding|former|companion|cited|original|published)\s+(?:\w+\s+)?{_CITED_WORK}\b|"
    rf"(?:(?!(?:this|present|current)\b)[\w’-]+\s+){{0,3}}{_CITED_WORK}\s*(?:\[\d|\(?refs?\b|by\s+(?-i:[A-Z])|of\s+(?-i:[A-Z])))",
    re.IGNORECASE,
)
_IN_CITATION = re.compile(
    r"(?:\[\d+(?:[,;–-]\s?\d+)*[,;:]?\s*|\brefs?\.?\s*\[?\d+\]?\s*[,;(]\s*|et\s+al\.?,?[^.()]{0,8}\d{4}\s*[,;:]\s*)$",
    re.IGNORECASE,
)
# "Figure 2, 3 and S6": the word is in the singular, yet an "and" ends a list of figures.
_LIST_ENDS = re.compile(
    r"(?:\s*,\s*\d{1,2}[a-z]?)*\s*,?\s*(?:and|&)\s*(?P<last>[SA]?\d{1,2})(?:[a-z]|\([a-z]\))?(?=\s*[).,;:]|$)",
    re.IGNORECASE,
)
_RANGE = frozenset(DASHES)


@dataclass(slots=True)
class _Citation:
    label: str
    supplementary: bool
    panels: list[str] = field(default_factory=list)


def find_mentions(paragraphs: list[Paragraph], captions: list[Caption]) -> list[Mention]:
    """Find every sentence of the body and the abstract that cites a figure.

    Parameters
    ----------
    paragraphs
        What `find_paragraphs` gave.
    captions
        What `find_captions` gave. Main figures without a caption are not reported; supplementary ones are,
        since their captions stand in another file.

    Returns
    -------
    list of Mention
        One for each sentence and figure, in reading order.
    """
    known = {(caption.label.upper(), caption.supplementary): set(caption.parts) for caption in captions}
    mentions: list[Mention] = []
    for index, paragraph in enumerate(paragraphs):
        if paragraph.role not in ("body", "abstract"):
            continue
        for start, end in sentence_spans(paragraph.text):
            sentence = paragraph.text[start:end]
            for citation in _merged(_citations(sentence, known)):
                if not citation.supplementary and (citation.label, False) not in known:
                    continue
                mentions.append(
                    Mention(
                        figure=citation.label,
                        supplementary=citation.supplementary,
                        panels=tuple(sorted(set(citation.panels))),
                        page=_page_at(paragraph, start),
                        paragraph=index,
                        start=start,
                        end=end,
                        text=sentence,
                    )
                )
    return mentions


def _page_at(paragraph: Paragraph, offset: int) -> int:
    return [paragraph.page, *(page for start, page in paragraph.breaks if start <= offset)][-1]


def _merged(citations: list[_Citation]) -> list[_Citation]:
    merged: dict[tuple[str, bool], _Citation] = {}
    for citation in citations:
        kept = merged.setdefault((citation.label, citation.supplementary), citation)
        if kept is not citation:
            kept.panels += citation.panels
    return list(merged.values())


def _citations(sentence: str, known: dict[tuple[str, bool], set[str]]) -> list[_Citation]:
    found: list[_Citation] = []
    position = 0
    while match := _WORD.search(sentence, position):
        position = match.end()
        if _IN_CITATION.search(sentence[: match.start()]):
            continue
        cited, position = _cited(sentence, position, match, known)
        before = _PANELS_BEFORE.search(sentence[max(0, match.start() - 80) : match.start()])
        if before and cited and not cited[0].panels:
            cited[0].panels += letters_in(before["letters"])
        if not _OF_OTHERS.match(sentence, position):
            found += cited
    return found


def _cited(
    sentence: str, position: int, word: re.Match[str], known: dict[tuple[str, bool], set[str]]
) -> tuple[list[_Citation], int]:
    """Read the list of figures and panels that stands behind one "Fig."."""
    more, many, plate = word["more"], bool(word["many"]), word["plate"] is not None
    cited: list[_Citation] = []
    how = ""
    bare = False
    while True:
        origin = ""
        number = _number(sentence, position, word, known)
        if number is not None and (not cited or _may_follow(sentence, number, how, many, cited, known)):
            label, extra = figure_label((number["s"] or "") + number["number"], more, plate=plate)
            fresh = _Citation(label, extra)
            position = number.end()
            if cited and how in _RANGE | {"to", "through"} and not cited[-1].panels:
                cited += [_Citation(between, extra) for between in _labels_between(cited[-1].label, label)]
            again = bool(cited) and how in _RANGE | {"to", "through"} and cited[-1].label == label
            origin = cited[-1].panels[-1] if again and cited[-1].panels else ""
            cited.append(fresh)
            letter = _LETTERS_BEHIND.match(sentence, position) or (
                _SPACED_LETTER.match(sentence, position)
                if known.get((label, extra))
                and _is_panel(_SPACED_LETTER.match(sentence, position), known[label, extra])
                else None
            )
            bare = letter is not None
            if letter is not None:
                fresh.panels.append(letter["letter"].lower())
                position = letter.end()
        elif cited:
            letter = _BARE_LETTER.match(sentence, position) if bare else None
            previous = cited[-1].panels[-1] if cited[-1].panels else ""
            if letter is None or not _goes_on(sentence, letter, previous):
                break
            here = letter["letter"].lower()
            if how in _RANGE | {"to", "through"}:
                cited[-1].panels += [chr(code) for code in range(ord(previous) + 1, ord(here))]
            cited[-1].panels.append(here)
            position = letter.end()
        else:
            break
        while bracket := _BRACKET.match(sentence, position):
            cited[-1].panels += letters_in(bracket["letters"])
            position = bracket.end()
            following = _BEFORE_BRACKET.match(sentence, position)
            if following is None:
                break
            after = _BRACKET.match(sentence, following.end())
            if after is None:
                break
            if re.search(r"[-–—−~∼]|to|through", following.group()):
                cited[-1].panels += letters_in(f"{cited[-1].panels[-1]}–{letters_in(after['letters'])[0]}")
            position = following.end()
        if origin and cited[-1].panels:
            # "4e–4h" repeats the number within one range of letters.
            cited[-1].panels += letters_in(f"{origin}–{cited[-1].panels[0]}")
        behind = _named_behind(sentence, position, known.get((cited[-1].label, cited[-1].supplementary), set()))
        if behind is not None and not cited[-1].panels:
            cited[-1].panels += letters_in(behind["letters"])
            position = behind.end()
        connector = _CONNECTOR.match(sentence, position)
        if connector is None:
            break
        how = connector["how"].strip()
        following_number = _NUMBER.match(sentence, connector.end())
        following_letter = _BARE_LETTER.match(sentence, connector.end()) if bare else None
        if following_number is None and following_letter is None:
            break
        unconnected, position = position, connector.end()
        if following_number is not None and not _may_follow(sentence, following_number, how, many, cited, known):
            position = unconnected
            break
        last = cited[-1].panels[-1] if cited[-1].panels else ""
        if following_number is None and (following_letter is None or not _goes_on(sentence, following_letter, last)):
            position = unconnected
            break
    return cited, position


def _number(
    sentence: str, position: int, word: re.Match[str], known: dict[tuple[str, bool], set[str]]
) -> re.Match[str] | None:
    """Return the figure's number at a place: one with a chapter's where a caption bears it, else a plain one."""
    number = _OF_CHAPTER.match(sentence, position)
    if number is not None:
        label = (number["s"] or "") + number["number"]
        if figure_label(label, word["more"], plate=word["plate"] is not None) in known:
            return number
    return _NUMBER.match(sentence, position)


def _named_behind(sentence: str, position: int, letters: set[str]) -> re.Match[str] | None:
    """Return the panels that are named after the figure: ", panels a–c", ", a–c)"."""
    panels = _PANELS_BEHIND.match(sentence, position)
    if panels is not None:
        return panels
    listed = _LISTED_BEHIND.match(sentence, position)
    return listed if listed is not None and set(letters_in(listed["letters"])) <= letters else None


def _goes_on(sentence: str, letter: re.Match[str], previous: str) -> bool:
    """Whether a letter continues a list of panels: behind the last one in the alphabet, or "a2" behind "a1"."""
    here = letter["letter"].lower()
    return (here > previous or (here == previous and bool(letter["index"]))) and not _is_article(sentence, letter)


def _may_follow(
    sentence: str,
    number: re.Match[str],
    how: str,
    many: bool,
    cited: list[_Citation],
    known: dict[tuple[str, bool], set[str]],
) -> bool:
    """Whether a number after "Figs. 2 and" is a figure and not "3 mm" or a reference."""
    behind = sentence[number.end() :]
    if number["s"]:
        return True
    if not cited[0].supplementary and not any(label.lstrip("P") == number["number"] for label, _ in known):
        return False
    if _LETTERS_BEHIND.match(behind):
        return True
    if re.match(r"\s?(?:[nµμmck]?m|°|K|h|min|s|wt|at|vol|mol|%|g|days?|samples?|times|types?|different)\b", behind):
        return False
    ends = _LIST_ENDS.match(behind)
    listed = ends is not None and (not ends["last"].isdigit() or (ends["last"], False) in known)
    return many or listed or how in ("and", "&", "or") or how in _RANGE


def _is_panel(match: re.Match[str] | None, letters: set[str]) -> bool:
    return match is not None and match["letter"].lower() in letters


def _is_article(sentence: str, letter: re.Match[str]) -> bool:
    """Whether the letter is the word "a" or the pronoun "I" before another word."""
    return letter["letter"] in "aAI" and bool(re.match(r"\s+[a-z]", sentence[letter.end() :]))


def _labels_between(first: str, last: str) -> list[str]:
    prefix = re.match(r"\D*", last)
    start, end = re.search(r"\d+$", first), re.search(r"\d+$", last)
    if start is None or end is None or prefix is None:
        return []
    low, high = int(start.group()), int(end.group())
    return [f"{prefix.group()}{number}" for number in range(low + 1, high)] if high - low < 12 else []
