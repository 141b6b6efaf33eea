"""Words that point at something said before: "this issue", "the former", "is larger" without "than".

In: a sentence. Out: whether it leans on the sentence before it, and the sentence with plain articles where what it
points at is to be seen in the image; used by `prose` and `passages`.
"""

from __future__ import annotations

import re

from glassllava.questions.verbs import FINITE_VERB

_CONTRASTS = re.compile(
    r"^(?:However|On the other hand|On the contrary|In contrast|By contrast|Conversely|Similarly|Likewise|"
    r"Nevertheless|"
    r"Nonetheless|Yet|But|Still)\b"
)
_GOES_ON = re.compile(
    r"^(?:Instead|In so doing|In doing so|Rather|Alternatively|In other words|Thereby|In this case|"
    r"In this way|"
    r"For this reason|In these situations|Contrary to expectation|After that|Then|Correspondingly)\b"
)
_SUBORDINATE_POINTER = re.compile(
    r"^(?:As|Since|Because|If|When|While|Although|Once|Before|After)\s+(?:they|it|this|these|those|such)\b"
)

_PRONOUN_OPENING = re.compile(
    r"^(?:It|They|He|She|This|These|Those|That|Its|Their|Them|Such|Both|Which|The former|The latter|Each "
    r"of them|Some of them|Most of them|All of them|The first|The second|The last|The third|One of them|"
    r"None of them|Another|Others?|The same|The others?|The first one)\b"
)

_POINTER = re.compile(r"\b(?P<word>[Tt]his|[Tt]hese|[Tt]hose|[Ss]uch(?! as))\s+(?P<noun>\w[\w\-]*(?:\s+[\w\-]+){0,3})")

# One alone is what the image shows; "these samples" are more than it can show.
_SELF_EVIDENT = re.compile(
    r"\b(?:alloy|glass(?:-ceramic)?|composite|material|sample|specimen|ceramic|steel|image|"
    r"polymer)\b(?!\s\w+s\b)"
)
# "The same crack" was named before, "the same size as" was not.
_THE_SAME = re.compile(r"\b[Tt]he same (?!\w+ (?:as|for|in)\b)\w+")

# Nouns for whatever a text has just spoken of; nobody sees in an image which of them is meant.
_GENERIC = re.compile(
    r"^(?:layers|surfaces|interfaces|films|coatings|sheets|powders|structures|cross[ -]sections|faults)$"
)


def with_plain_articles(text: str, visible: re.Pattern[str]) -> str:
    """Say "the cracks" for "these cracks" where cracks are to be seen in the image.

    Parameters
    ----------
    text : str
        A sentence.
    visible : pattern
        Words for what can be seen; only the plural of one of them, as the noun that the pointer belongs to, loses it.
    """

    def plain(match: re.Match[str]) -> str:
        words = match["noun"].split()
        for place, word in enumerate(words):
            following = words[place + 1] if place + 1 < len(words) else ""
            noun_goes_on = following and not re.fullmatch(
                rf"{FINITE_VERB}|\w+(?:ing|ed|ly)|of|in|on|at|that|which|and|or|with|from|to|for|by|as|along", following
            )
            if word.endswith("s") and not _GENERIC.match(word) and visible.fullmatch(word) and not noun_goes_on:
                return ("The" if match["word"][0].isupper() else "the") + match.group()[len(match["word"]) :]
            if re.fullmatch(rf"{FINITE_VERB}|of|in|on|at|that|which|and|or|with|from|\w+ly", word):
                break
        return match.group()

    return _POINTER.sub(
        lambda match: plain(match) if match["word"].lower() in ("these", "those") else match.group(), text
    )


def leans_by_connective(printed: str, rewritten: str) -> bool:
    """Tell whether a sentence's opening ties it to the one before it.

    Parameters
    ----------
    printed : str
        The sentence with its "However" or "Instead".
    rewritten : str
        The same with its pointers resolved as far as the image resolves them.
    """
    return bool(_CONTRASTS.match(printed) or _GOES_ON.match(printed) or _SUBORDINATE_POINTER.match(rewritten))


def only_contrasts(printed: str) -> bool:
    """Tell whether the opening ties a sentence to another only by contrast ("On the other hand, the hyphae …")."""
    return bool(_CONTRASTS.match(printed))


def points_back(text: str) -> bool:
    """Tell whether a sentence points at something said before it: "this issue", "is larger" without "than"."""
    if _PRONOUN_OPENING.match(text):
        return True
    pointed = any(not _SELF_EVIDENT.search(match["noun"]) for match in _POINTER.finditer(text))
    compared = _COMPARES.search(text) and not re.search(
        r"\bthan\b|\b[Tt]he \w+er\b.*\bthe \w+er\b|\bcompared (?:to|with)\b|\bwith (?:in|de)creasing\b|"
        r"\bas\b(?! "
        r"well)",
        text,
    )
    return pointed or bool(compared) or bool(_THE_SAME.search(text))


_COMPARES = re.compile(
    r"\b(?:is|are|was|were)\s+(?:somewhat\s+|much\s+|slightly\s+|also\s+|even\s+|significantly\s+|"
    r"far\s+)?(?:larger|"
    r"smaller|higher|lower|finer|coarser|thicker|thinner|longer|shorter|weaker|stronger|greater|fewer|"
    r"more|less|better|worse)\b"
)
