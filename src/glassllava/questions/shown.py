"""What a panel shows, as its caption says: a noun phrase, a technique, and statements.

In: the caption's part for the panel and the whole caption. Out: `Shown`: the object in running English ("the
as-cast rod with a diameter of 6 mm"), whether the image was made with back-scattered electrons, and whole
sentences of the caption, each with its offsets in the caption.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from glassllava.questions.citations import without_references
from glassllava.questions.microscopes import caption_words
from glassllava.questions.prose import LeftOut, Rewritten, rewrite
from glassllava.questions.samples import without_codes
from glassllava.text.abbreviations import expand
from glassllava.text.formulae import is_formula, sample_codes, short_forms
from glassllava.text.overlap import find_quote
from glassllava.text.panel_letters import letters_in
from glassllava.text.sentences import sentence_spans

_LABEL = re.compile(r"^\s*(?:Supplementary\s)?(?:fig(?:ure)?s?)\.?\s*[SA]?\d+(?:\.\d+)?\s*[.:|│∣–—]?\s*", re.I)
_LETTERS = r"[A-Za-z](?:\s*(?:[-–—−~,;&/]|and|to|,\s*and)\s*[A-Za-z])*"
_MARK = re.compile(
    rf"\(\s*(?P<one>{_LETTERS})\s*\)|(?:(?<=^)|(?<=[\s(]))(?P<two>[A-Za-z](?:\s?[-–~,]\s?[A-Za-z])*)(?:\)|:\s)"
)
_BSE = re.compile(r"\bback-?\s?scatter(?:ed)?\b|\bBSE\b|\bCOMPO\b", re.I)
_NOISE = re.compile(
    r"\b(?:scale\s*bars?|reproduced|reprinted|permission|copyright|adapted|detector;|error\s+bars?|inset|"
    r"horizontal field width|arrows?|please|see|online)\b",
    re.I,
)
_STATES = re.compile(
    r"\b(?:is|are|was|were|has|have|shows?|showed|indicates?|reveals?|suggests?|can|exhibits?|contains?|"
    r"highlighted|remains?|consists?|appears?|demonstrates?)\b"
)
_PREPOSITION = re.compile(
    r"\b(?:of|with|without|after|before|in|at|from|on|under|during|for|by|obtained|prepared|treated|sintered|"
    r"annealed|containing|that|which|using|imaged|and|showing)\b|\bas\b(?!-)"
)
_ADVERBIAL = re.compile(
    r"^(?:after|before|with|without|in|at|from|under|during|on|by|following|upon|for|treated|sintered|"
    r"annealed|obtained|heated|immersed|exposed|cooled)\b",
    re.I,
)
_ADJECTIVE = re.compile(
    r"^(?:pristine|fresh|aged|polished|etched|as-\w+|raw|bare|fired|sintered|annealed|cycled|fractured|"
    r"untreated|treated|uncoated|coated|initial|final|unetched|unpolished|quenched|dried|calcined|used|"
    r"virgin)$",
    re.I,
)
_DETERMINER = re.compile(
    r"^(?:the|a|an|one|two|three|four|five|several|some|many|different|various|all|each|both|individual|"
    r"single)\b",
    re.I,
)
_PLURALS = frozenset(re.findall(r"\S+", "hyphae mycelia fungi spores bacteria data media phenomena spectra"))
_MEASURE = re.compile(r"(?:[<>~≈]?\s?\d[\d.,]*(?:\s?[–-]\s?\d[\d.,]*)?\s?(?:[^\s,]{1,6}(?:\s[^\s,]{1,4}[−-]\d)?)?)$")
_ENDS_IN_MEASURE = re.compile(
    r"^(?P<prefix>.*?\s)(?P<item>[<>~≈]?\d[\d.,]*(?:\s?[–-]\s?\d[\d.,]*)?(?:\s?[^\s\d,]{1,6})?)$"
)
_OF_MANY = re.compile(r"\b(?:different|various|several|comparison|workflow|respectively|series)\b", re.I)
_TITLE_NOUN = re.compile(
    r"^(?:the\s+)?(?:characteri[sz]ations?|comparisons?|analys[ei]s|investigations?|stud(?:y|ies)|"
    r"evaluations?|"
    r"overview|results?|evolution|observations?)\s+(?:of|for|on)\s+",
    re.I,
)
_IMAGED_WITH = re.compile(
    r",?\s+(?:and\s+)?(?:imaged|observed|recorded|taken|acquired|captured|collected)\s+(?:with|by|using|"
    r"on|in)\b.*$",
    re.I,
)
_SCALE_AT_END = re.compile(r",?\s*(?:with|at)?\s*(?:a\s+|the\s+)?scale(?:\s+bars?)?\s*(?:of|:|=|is|are)?\s*\d.*$", re.I)


@dataclass(frozen=True, slots=True)
class CaptionStatement:
    """A whole sentence of the caption, with its place in the caption."""

    quote: str
    start: int
    end: int
    rewritten: Rewritten
    own: bool
    """Whether it stands in this panel's own part of the caption, which no other panel shares."""
    of_the_others: bool = False
    """Whether it names other samples and tells of this one as of the rest."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a panel shows."""

    object: str | None
    """With its article, in running English; None where the caption does not name it in words."""
    backscattered: bool
    technique: bool
    """Whether the caption names the microscope."""
    quote: str | None
    """The caption's words that name the object."""
    start: int
    end: int
    codes: frozenset[str]
    """Sample codes by which the paper calls what is shown."""
    statements: tuple[CaptionStatement, ...]


def _segments(part: str, label: str | None) -> tuple[str, str, list[str]]:
    """Return the shared lead, this panel's own segment, and the letters that share the segment."""
    marks = [(m.start(), m.end(), letters_in(m["one"] or m["two"])) for m in _MARK.finditer(part)]
    mine = [i for i, (_, _, letters) in enumerate(marks) if label and label in letters]
    if not mine:
        return "", part, []
    first = mine[0]
    end = next((marks[i][0] for i in range(first + 1, len(marks)) if i not in mine), len(part))
    lead = part[: marks[0][0]].strip(" ,;:(")
    segment = part[marks[first][1] : end].strip(" ,;:(")
    segment = re.sub(r"[,;]?\s+(?:and|while|or)$", "", segment)
    return lead, segment, marks[first][2]


def _distributed(phrase: str, letters: list[str], label: str) -> str | None:
    """Take this panel's item out of a list that ends in "respectively"; None where the list does not fit."""
    body = re.sub(r",?\s*respectively\.?$", "", phrase)
    items = [item.strip() for item in re.split(r",\s*and\s+|,\s+|\s+and\s+", body) if item.strip()]
    if len(items) != len(letters):
        return None
    place = letters.index(label)
    head = re.match(r"^(?P<prefix>.*?\b(?:of|with|at|for|in|to|after|from)\s+(?:the\s+)?)(?P<item>\S.*)$", items[0])
    greedy = _ENDS_IN_MEASURE.match(items[0]) if _MEASURE.match(items[1]) else None
    match = greedy or head
    if match is None:
        return items[place]
    if place == 0:
        return _in_singular(items[0]) if greedy else match["item"]
    item = items[place]
    if _MEASURE.match(item) and greedy:
        return _in_singular(match["prefix"] + item)
    return item


def _in_singular(phrase: str) -> str:
    phrase = re.sub(r"\bwith (\w+[^s\W])s of\b", r"with a \1 of", phrase)
    head = _PREPOSITION.search(phrase)
    noun = phrase[: head.start()].rstrip() if head else phrase
    rest = phrase[len(noun) :]
    if noun.endswith("s") and not noun.endswith(("ss", "us", "is")):
        noun = noun[:-3] + "y" if noun.endswith("ies") else noun[:-1]
    return noun + rest


def _is_plural(noun: str) -> bool:
    return noun in _PLURALS or (noun.endswith("s") and not noun.endswith(("ss", "us", "is")))


def _lowered(phrase: str, words_of_paper: str) -> str:
    first = re.match(r"[A-Za-z]+(?:-[a-z]+)*", phrase)
    if not first or is_formula(first.group()) or not re.match(r"^[A-Z][a-z]+(?:-[a-z]+)*$", first.group()):
        return phrase
    word = first.group()
    as_name = len(re.findall(rf"(?<=[a-z,]\s){re.escape(word)}\b", words_of_paper))
    as_word = len(re.findall(rf"(?<=[a-z,]\s){re.escape(word.lower())}\b", words_of_paper))
    return phrase if as_name > as_word else phrase[0].lower() + phrase[1:]


def _with_article(phrase: str) -> str:
    if _DETERMINER.match(phrase):
        return phrase
    cut = _PREPOSITION.search(phrase)
    head = (phrase[: cut.start()] if cut and cut.start() else phrase).split()
    noun = head[-1].strip(",") if head else phrase
    return phrase if _is_plural(noun) else f"the {phrase}"


def _codes_named_in(lead: str) -> list[str]:
    codes = sample_codes(lead)
    named = len(codes) == 1 and re.search(rf"\b(?:of|for)\s+(?:the\s+)?{re.escape(codes[0])}\b", lead)
    return codes if named else []


def _phrase_in_words(
    phrase: str,
    definitions: Mapping[str, str],
    words_of_paper: str,
    technique_words: re.Pattern[str],
    codes: frozenset[str] = frozenset(),
) -> str | None:
    """Turn a caption's noun phrase into running English; None where it cannot stand outside the paper."""
    text = without_references(phrase)
    text = re.sub(r"\s*\((?:scale|inset|control|left|right|top|bottom|\d[^()]*|see)[^()]*\)", "", text, flags=re.I)
    text = re.sub(r",?\s*respectively$", "", text.strip(" .,;:"))
    technique = technique_words.match(text)
    if technique:
        text = text[technique.end() :]
    text = re.sub(r"\bthat (?=[\w\-]+ed by\b)", "", _SCALE_AT_END.sub("", _TITLE_NOUN.sub("", text)))
    text = _IMAGED_WITH.sub("", text)
    text = re.sub(r"\b(of|in|on|from|for|by) single (?=(?:[\w\-]+ ){0,3}[\w\-]*[^s\W]\b)", r"\1 a single ", text)
    # A defined abbreviation with a number ("SEB-3") is one of its kind.
    text = re.sub(
        r"(?<![\w\-])([A-Za-z]{2,6})[\-‐‑]\d+(?!\w)", lambda m: m[1] if m[1] in definitions else m.group(), text
    )
    coded = without_codes(text, codes)
    if coded is None:
        return None
    text = expand(coded, definitions).strip(" .,;:")
    text = _lowered(text, words_of_paper)
    text = re.sub(r"^the\s+(?=the\b|a\b)", "", text)
    words = text.split()
    if text.lower() in ("sample", "the sample") or re.search(r"\b(?:of|with|for|and|in)$", text):
        return None
    if not words or len(words) > 24 or short_forms(text) or not re.search(r"[a-z]{3}", text):
        return None
    head = _PREPOSITION.split(text, maxsplit=1)[0]
    if re.search(
        r"\b(?:images?|micrographs?|views?|photographs?|photos?|pictures?|results?|techniques?|methods?|"
        r"analys[ei]s)\b",
        head,
        re.I,
    ):
        return None
    if re.search(r"[=<>≈;:“”\"]|\bour\b|\bwe\b|\bthis (?:study|work)\b|\bFig", text) or text.count("(") != text.count(
        ")"
    ):
        return None
    return _with_article(text)


def what_is_shown(
    part: str,
    figure_caption: str,
    label: str | None,
    definitions: Mapping[str, str],
    words_of_paper: str,
    kind: str = "sem",
) -> Shown:
    """Read what a panel shows from its caption.

    Parameters
    ----------
    part : str
        The part of the caption that speaks of the panel.
    figure_caption : str
        The whole caption, into which offsets count where it holds the quote.
    label : str or None
        The panel's letter.
    definitions : mapping of str to str
        Abbreviations to write out.
    words_of_paper : str
        The paper's running text, by which a capital is known for a name.
    kind : str
        Of the panel; captions name a light microscope in other words than an electron microscope.
    """
    words = caption_words(kind)
    body = _LABEL.sub("", part)
    lead, segment, letters = _segments(body, label)
    if not letters:
        lead, segment, letters = _segments(_LABEL.sub("", figure_caption), label)
        if not letters:
            lead, segment = "", body
    spans = sentence_spans(segment)
    first = segment[slice(*spans[0])] if spans else ""
    lead_first = lead.split(". ")[0]
    backscattered = bool(_BSE.search(segment) or _BSE.search(lead))
    phrase: str | None = first.strip(" .;,")
    if _STATES.search(first) and not words.technique.match(first):
        phrase = None
    elif "respectively" in first and len(letters) > 1 and label:
        technique = words.technique.match(first)
        listed = first[technique.end() :] if technique else first
        phrase = _distributed(listed.strip(" .;,"), letters, label)
    codes = [code for code in sample_codes(phrase or "") or _codes_named_in(lead_first) if code not in definitions]
    quote = first if phrase else None
    name = _phrase_in_words(phrase, definitions, words_of_paper, words.technique, frozenset(codes)) if phrase else None
    lead_name = _phrase_in_words(lead_first, definitions, words_of_paper, words.technique) if lead_first else None
    if phrase and lead_name and (_ADVERBIAL.match(phrase) or _ADJECTIVE.match(phrase)):
        name = _joined(lead_name, expand(phrase, definitions))
        quote = first
    if name is None and lead_name is not None and not sample_codes(lead_name) and not _OF_MANY.search(lead_name):
        # The series' title names many ("as-cast rods"), of which each letter shows one.
        each = "respectively" in first and len(letters) > 1
        name, quote = _with_article(_in_singular(lead_name)) if each else lead_name, lead_first
    technique_said = bool(words.says.search(part) or words.says.search(lead))
    if quote is None and technique_said:
        quote = lead_first if words.says.search(lead_first) else first
    # A caption that a person mended need not stand in the printed one: then offsets count into the mended one.
    # The end of a part may be punctuated otherwise than printed.
    quote = quote.rstrip(" .,;:") if quote else None
    source = figure_caption if quote and find_quote(quote, figure_caption) else part
    place = find_quote(quote, source) if quote else None
    statements = _statements(
        segment, spans, lead, figure_caption, definitions, frozenset(codes), len(letters) > 1, words.technique
    )
    return Shown(
        object=name if place else None,
        backscattered=backscattered,
        technique=technique_said,
        quote=source[slice(*place)] if place else None,
        start=place[0] if place else 0,
        end=place[1] if place else 0,
        codes=frozenset(codes),
        statements=statements,
    )


def _joined(lead_name: str, phrase: str) -> str:
    phrase = phrase[:1].lower() + phrase[1:].rstrip(" .;")
    if _ADVERBIAL.match(phrase):
        return f"{lead_name} {phrase}"
    determiner = _DETERMINER.match(lead_name)
    if determiner:
        return f"{determiner.group()} {phrase}{lead_name[determiner.end() :]}"
    return f"{phrase} {lead_name}"


def _statements(
    segment: str,
    spans: list[tuple[int, int]],
    lead: str,
    figure_caption: str,
    definitions: Mapping[str, str],
    codes: frozenset[str],
    shared: bool,
    technique: re.Pattern[str],
) -> tuple[CaptionStatement, ...]:
    found: list[CaptionStatement] = []
    pieces = [(segment[slice(*span)], not shared) for span in spans]
    pieces += [(lead[slice(*span)], False) for span in sentence_spans(lead)]
    for piece, own in pieces:
        if _NOISE.search(piece) or not _STATES.search(piece) or technique.match(piece):
            continue
        place = find_quote(piece, figure_caption) or find_quote(piece.rstrip(" .,;:"), figure_caption)
        text = rewrite(piece if piece.endswith(".") else piece + ".", definitions, codes, plural=shared)
        if place is None or isinstance(text, LeftOut) or text.leans:
            continue
        named = frozenset(code for code in sample_codes(piece) if code not in definitions)
        found.append(
            CaptionStatement(
                figure_caption[slice(*place)], place[0], place[1], text, own, bool(named) and not named & codes
            )
        )
    return tuple(found)
