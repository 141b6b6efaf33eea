"""How a question is worded: the domain's forms, filled with what the panel shows.

In: a category and subcategory, the panel's object, the answer's features, and which forms were used before.
Out: one question. Forms are dealt out evenly, so that a corpus does not repeat itself, and always in the same
way for the same input.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter

from glassllava.domains import Domain, Subcategory
from glassllava.text.polarity import defect_statements
from glassllava.text.terms import find_terms, term_pattern

_UNNAMED = "the sample in the image"
_LONGEST_OBJECT = 16
_OF_WHAT = re.compile(r"\b(?:of|in|on|with|without|after|before|from|at)\b")
_PLURALS = frozenset({"hyphae", "mycelia", "spores", "fungi"})


def _shorter(text: str) -> str | None:
    return text if len(text.split()) <= _LONGEST_OBJECT else None


def feature_in(text: str, domain: Domain) -> str | None:
    """Return the structure that a text speaks of most, in the plural; None where it names none in the plural.

    What a text denies ("without cracks or pores") is no structure to be asked about.
    """
    counts: Counter[str] = Counter()
    statements = defect_statements(text, domain.defects)
    denied = {text[said.start : said.end].lower() for said in statements if said.polarity != "present"}
    for match in find_terms(text, domain.structures):
        word = match.text.lower()
        if word in denied:
            continue
        if word in _PLURALS or (word.endswith("s") and not word.endswith("ss") and " " not in word):
            counts[word] += 1
    return counts.most_common(1)[0][0] if counts else None


def word_question(
    domain: Domain,
    category: str,
    subcategory: Subcategory,
    key: str,
    obj: str | None,
    answer: str,
    used: Counter[str],
    kind: str = "",
) -> str:
    """Word a question.

    Parameters
    ----------
    domain : Domain
        Whose phrases are used.
    category, subcategory : str
        Which kind of question.
    key : str
        What decides between equally used forms, such as the panel's id.
    obj : str or None
        What the panel shows, with its article.
    answer : str
        Searched for a feature to ask about.
    used : Counter
        How often each form was used; counted up here.
    kind : str
        Of the panel, by which the image is called; empty takes the domain's general noun.
    """
    noun = f"this {domain.image.noun_of(kind)}"
    feature = feature_in(answer, domain)
    named: str | None = _shorter(obj) if obj else None
    forms = [
        form
        for form in domain.phrases.questions[category][subcategory]
        if "{feature}" not in form or feature is not None
    ]

    def rank(form: str) -> tuple[int, int, str]:
        digest = hashlib.sha256(f"{key}|{form}".encode()).hexdigest()
        return used[form], 0 if named and "{object}" in form else 1, digest

    form = min(forms, key=rank)
    used[form] += 1
    if named is None:
        form = re.sub(r"(this image) of \{object\}", r"\1", form)
    else:
        # "the morphology of the morphology of cracking" would say it twice.
        named = re.sub(
            r"^the (?:morphology|microstructure|structure|appearance|image|surface morphology) of ", "", named
        )
        # An image may show cracks, but they have no composition and were not prepared.
        if "image of {object}" not in form and term_pattern(domain.defects).search(
            _OF_WHAT.split(named, maxsplit=1)[0]
        ):
            named = None
    text = form.format(object=named or _UNNAMED, feature=feature, image=noun)
    return text[:1].upper() + text[1:]
