"""Turning a sentence of a paper into one that can stand in an answer, or saying why it cannot.

In: one sentence as printed, with the paper's abbreviations and the panel's own sample codes. Out: the same statement
without citations, figure numbers, "we" and unexplained short forms (`Rewritten`), or the reason why it is left
out. Only deletions and fixed turns of phrase are used, so that what is said stays what the paper says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from glassllava.questions.citations import FIGURE_WORD, with_capital, without_figure_numbers, without_references
from glassllava.questions.pointers import leans_by_connective, points_back, with_plain_articles
from glassllava.questions.samples import of_one_sample, without_codes, without_unknown_qualifiers
from glassllava.questions.verbs import FINITE, FINITE_VERB
from glassllava.text.abbreviations import expand
from glassllava.text.formulae import short_forms

_OPENING = re.compile(
    r"^(?:(?:However|Moreover|Furthermore|In addition|Additionally|Besides|Also|Thus|Hence|Therefore|"
    r"Consequently|"
    r"As a result|Accordingly|Interestingly|Notably|Obviously|Apparently|Clearly|Evidently|Unsurprisingly|"
    r"Surprisingly|"
    r"Importantly|Indeed|In fact|In particular|Specifically|Finally|Overall|Further(?=,)|Meanwhile|"
    r"Nevertheless|"
    r"Nonetheless|"
    r"On the other hand|On the contrary|In contrast|By contrast|Conversely|Similarly|Likewise|In other words|"
    r"For example|For instance|First|Firstly|Second|Secondly|Third|Thirdly|Lastly|Next|Then|Subsequently|"
    r"Afterwards|"
    r"First of all|In general|Generally|In summary|In con\w+|To conclude|To summarize|Again|Still|Yet|And|"
    r"But|So|"
    r"For this reason|Noteworthy|Remarkably|Contrary to expectation|At the same time|In this case|In this "
    r"regard|In so doing|In doing so|Instead|Rather|Alternatively|Most notably|"
    r"In this context|More importantly|Most importantly|More interestingly|In this way|Thereby|Afterward|"
    r"After that|Correspondingly|Here|Herein|In these situations|"
    r"In this (?:work|study|paper|article|research|investigation|report|letter|section)|"
    r"In the (?:present|current) (?:work|study|paper|article|research|investigation|report)|"
    r"In our (?:work|study|case|experiments?)|For the first time|As expected|As mentioned (?:above|before|"
    r"earlier|later|below)|"
    r"As discussed (?:above|before|earlier|later|below)|As described (?:above|before|earlier|later|below)|"
    r"As stated (?:above|before|earlier|later|below)|"
    r"As can be seen|As seen|As shown|As observed|As already mentioned|As noted (?:above|before|"
    r"earlier)),?\s+)+",
)

_SEEN_FRAME = re.compile(
    r"^(?:(?:It\s+(?:can|could|may|might)\s+(?:also\s+|clearly\s+)?be\s+(?:clearly\s+|easily\s+|"
    r"also\s+)?(?:seen|"
    r"observed|noted|noticed|concluded|inferred|found|"
    r"stated|deduced|recognized|recognised)|It\s+(?:is|was|has\s+been)\s+(?:also\s+|clearly\s+|"
    r"further\s+)?(?:seen|"
    r"observed|found|noted|clear|evident|obvious|apparent|"
    r"known|noticed|noteworthy|revealed|shown|concluded|confirmed|(?:interesting|important|worth|"
    r"worthwhile|of note)\s+"
    r"(?:to\s+)?(?:note|noting|mention|mentioning|point\s+out))|It\s+should\s+(?:also\s+)?be\s+(?:noted|"
    r"mentioned|emphasi[sz]ed|stressed)|"
    r"It\s+(?:appears|seems)|[Ww]e\s+(?:also\s+|further\s+)?(?:observed?|found|find|saw|see|noted?|noticed?|"
    r"conclude[d]?|show(?:ed)?|confirmed|demonstrated?|believe))"
    r"(?:\s+(?:from|in|by)\s+(?:the\s+)?(?:SEM\s+)?(?:images?|micrographs?|figures?|"
    r"results?))?\s*,?\s+that\s+)"
)

_PASSIVE_WE = (
    (re.compile(r"\bas we (?:have )?(?:discussed|mentioned|described|showed|shown)[^,.;]*(?:,\s*)?", re.I), ""),
    (
        re.compile(
            r",?\s*\b(?:as|which is)?\s*(?:mentioned|discussed|described|stated|noted|shown|"
            r"reported) (?:above|"
            r"before|below|earlier|previously)\b,?",
            re.I,
        ),
        "",
    ),
    (
        re.compile(
            r"\b(?:in|of|for|throughout) (?:this|the present|the current|our) (?:study|work|paper|article|"
            r"research|"
            r"investigation|report)\b,?\s?",
            re.I,
        ),
        "",
    ),
    (re.compile(r"\s*\b(?:used|presented|investigated|studied|described|reported|developed) here(?:in)?\b", re.I), ""),
    (re.compile(r"\bherein\b,?\s?", re.I), ""),
    (re.compile(r"\bwe also\b", re.I), "we"),
)

_PAPER_SPEAK = re.compile(
    r"\b(?:we|We|our|Our|us|ours|ourselves|I)\b|\b[Tt]h(?:is|e present|e current|is present) (?:study|"
    r"work|paper|article|research|investigation|review|report|section|manuscript|project|"
    r"contribution|letter|thesis|publication|methodology)\b|\b[Tt]he authors?\b|\b[Aa]uthors?\b|\bet al\b|"
    r"\b(?:reported|proposed|suggested|demonstrated|shown|described|discussed|observed|found|published|"
    r"investigated|studied) (?:by|elsewhere|previously|earlier|"
    r"in (?:the )?(?:literature|previous|earlier|other))\b|\b(?:previous|previously|earlier|other|recent|"
    r"prior|past|many|several|most of the|future) (?:published |reported |related )?(?:stud(?:y|ies)|works?|"
    r"reports?|papers?|researchers?|research|investigations?|"
    r"authors?|publications?)\b|\bliterature\b|\b(?:see|cf\.?) (?:above|below|methods?|text|section)\b|"
    r"\b(?:above-?mentioned|aforementioned|aforesaid|as follows|the following|"
    r"next section|previous section|following section|mentioned above|discussed (?:above|below|in)|described "
    r"(?:above|below|in)|listed in|summari[sz]ed in|given in|calculated (?:by|using|"
    r"from) (?:the )?(?:equation|"
    r"formula))\b|"
    rf"{FIGURE_WORD}\s?[SA]?\d|\b[Ee]quations?\b|\bEqs?\.|\b[Ee]quitation\b|\bRefs?\.|\bSect(?:ion|\.)\s?\d|"
    rf"\bSupplementary\b|\bSupporting [Ii]nformation\b|\bAppendix\b|\bhttps?:|\bwww\.|\bdoi\b|@|©|\b[Cc]opyright\b|"
    r"\b[Rr]eproduced\b|\b[Rr]eprinted\b|\b[Pp]ermission\b|\b[Ff]igures?\b|\b[Tt]ables?\s?\d|\bFigs?\b|"
    r"\b(?:top|bottom|left|right|upper|lower) (?:row|panel|column)s?\b|\bpanels?\b|\bScheme\s\d|\bMethods\b|"
    r"\b(?:these|those) (?:micrographs|images|pictures|photographs)\b|\bvideo\b|\bMovie\b"
)

_BACKGROUND = re.compile(
    r"\b(?:[Tt]he report|first report|"
    r"[Nn]owadays|[Rr]ecently|[Uu]ntil now|[Uu]p to now|[Ss]o far|[Tt]o date|[Ff]uture|[Ff]urther "
    r"(?:study|studies|research|work|investigations?)|scientists|researchers|"
    r"publications?|attention of|increasing attention|state of the art|promising candidates?|(?:is|are) "
    r"necessary to (?:study|investigate)|need(?:s|ed)? to be (?:studied|investigated)|"
    r"(?:technique|method|approach|process)s? (?:is|are|was|were) (?:referred to|known|called|named|termed)|"
    r"in recent years|in the last decades?|over the (?:last|past)|more (?:studies|research)|[Kk]eeping "
    r"in view|open question|remains? (?:unclear|ambiguous|unknown|elusive|debated)|still uncertain|"
    r"widely (?:used|applied|studied)|have (?:both |all )?been used to|has (?:strong|important|"
    r"significant|broad) "
    r"implications|(?:provide|give)s? useful information|should be (?:evaluated|considered)|"
    r"is problematic|(?:is|are) (?:easily )?trained|"
    r"^(?:Additional|Further|More|Several|Some|Other) (?:\w+ )?(?:details|features|information|"
    r"aspects)\b[^.]{0,60}?\b(?:visible|seen|apparent|evident)|have been (?:extensively|widely)|(?:is|are|"
    r"was|were|be) (?:also "
    r")?(?:elucidated|discussed|addressed|reviewed|depicted|outlined|unravell?ed)|"
    r"(?:techniques?|methods?|approach(?:es)?|procedures?|models?|workflows?) (?:is|are|was|were) (?:also "
    r")?(?:demonstrated|presented|proposed|introduced|described|developed|established)|demonstrate the "
    r"(?:power|potential|usefulness)|"
    r"(?:discussion|analysis|arguments?|considerations?|sections?|results|data) above|unravels?|"
    r"^An? alternative|"
    r"(?:was|were) (?:then |also |further )?(?:extracted|measured|determined|calculated|estimated|evaluated|"
    r"analy[sz]ed|computed) (?:from|using|by|with|based)|sample names?|abbreviat\w+|denot\w+|nomenclature|"
    r"in what follows|as follows)\b"
)

_PERSON_REPORTS = re.compile(
    r"^[A-Z][a-zé\-]+ and (?:[A-Z][a-zé\-]+|co-?workers|colleagues)\s+(?:\w+ed|found|showed|showed)\b|"
    r"^[A-Z][a-z]+ (?:reported|proposed|developed|investigated|studied|synthesi[sz]ed|claimed|argued|noted)\b"
)

_BROKEN_END = re.compile(
    r"\b(?:conc|approx|temp|spp?|wt|vol|max|resp|avg|no|nos|ref|refs|fig|figs|al|ca|i\.e|e\.g|vs|eq|"
    r"eqs)\.$",
    re.I,
)

_BROKEN = re.compile(
    r"[˚◦\ue000-\uf8ff\ufffe\uffff\ufffd￾]|(?:^|\s)[,;]|\(\s*\)|,\s*,|\s\.\s*$|[:,]\s*(?:and|or)\.|:\s*\.|"
    r"[=≈≤≥<>∝∑∫≡→⇌†‡]|\bwhere\s+[,(]|\bis\s+(?:and|\.|,)|\b(?:to|from|of|by|the)\s*[.,;]|~\s*$|\s-\s|"
    r"\?$|_|\\|\bn\.d\.|\bof is\b|\^|\bvalue , "
)

_LONE_SYMBOL = re.compile(r"(?<![\w.°/–−\-·])(?!(?:a|A|I)\b)[A-Za-zα-ωΑ-Ω](?![\w'’])(?!\.\s?[a-z])(?![\-‐‑–])")

_VARIABLE = re.compile(r"\bT(?:g|x|l|n|p|m|f|onset|nose|rg)\b|\b[a-z][0-9]\b(?<!\b[nmkcs][0-9])")

_ELEMENT_OR_UNIT = re.compile(r"^(?:[CNOSPFHKVBWUY])$")

_COMMAND = re.compile(
    r"^(?:View|See|Click|Note|Consider|Download|Cite|Read|Contact|Correspond|Received|Accepted|Published|"
    r"Edited|Citation|Keywords?|Address)\b"
)

_BARE_DEMONSTRATIVE = re.compile(
    r"^(?P<word>This|These|That|Those)\s+(?:(?:may|might|could|can|will|would|also|clearly|further|strongly|"
    r"in turn|likely|probably|generally|directly|thus|therefore|initially|finally|then|not|only|obviously|"
    r"additionally|again)\s+)*"
    rf"(?!results?\s+(?!in\b|from\b)|changes?\s+(?!from\b|with\b)|increases?\s+in\b|features?\b)(?P<verb>{FINITE_VERB}|"
    rf"seems|aligns|agrees|makes|allow|be)\b"
)

_REPORTING = frozenset(
    re.findall(
        r"\S+",
        "suggest suggests indicate indicates imply implies confirm confirms show shows demonstrate "
        "demonstrates "
        "prove proves reveal reveals suggested indicated confirmed showed means mean",
    )
)

_SOMEWHERE_PRONOUN = re.compile(
    r"\b(?:the former|the latter|these two|the above|the previous|as above|vice versa|i\.e\.|e\.g\.)\b", re.I
)


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A sentence of the paper as it can stand in an answer."""

    text: str
    leans: bool
    """Whether it needs the sentence before it in the paper to be understood."""
    speaks_of_image: bool
    """Whether the paper's wording said that an image shows this."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Why a sentence cannot stand in an answer."""

    reason: str


_NOTHING = re.compile(r"(?!)")


def rewrite(
    sentence: str,
    definitions: Mapping[str, str],
    own_codes: frozenset[str] = frozenset(),
    plural: bool = False,
    visible: re.Pattern[str] = _NOTHING,
) -> Rewritten | LeftOut:
    """Turn one printed sentence into one that can stand in an answer.

    Parameters
    ----------
    sentence : str
        As printed, with its citations.
    definitions : mapping of str to str
        The abbreviations to write out.
    own_codes : frozenset of str
        Sample codes that name what the panel shows.
    plural : bool
        Whether the sentence cites more panels than this one.
    visible : pattern
        Words for what can be seen in the image, such as "cracks".

    Returns
    -------
    Rewritten or LeftOut
    """
    text = re.sub(r"^(?:[A-Z][\w\s\-]{2,40}\.\s?[—–]\s?)", "", sentence.strip())
    text = without_references(text)
    printed, leans = text, False
    bare = without_figure_numbers(text, plural)
    if bare is None:
        return LeftOut("figure named")
    text, speaks = bare
    text = with_capital(_OPENING.sub("", text))
    framed = _SEEN_FRAME.sub("", text)
    speaks = speaks or (framed != text and bool(re.match(r".*(?:seen|observ)", text[:40])))
    text = with_capital(framed)
    for pattern, instead in _PASSIVE_WE:
        text = pattern.sub(instead, text)
    text = with_capital(_OPENING.sub("", text.strip(" ,")))
    text = with_plain_articles(text, visible)
    demonstrative = _BARE_DEMONSTRATIVE.match(text)
    if demonstrative:
        if demonstrative["verb"] not in _REPORTING:
            return LeftOut("bare demonstrative")
        plural_form = demonstrative["word"] == "These"
        text = ("These observations" if plural_form else "This observation") + text[len(demonstrative["word"]) :]
        leans = True
    leans = leans or leans_by_connective(printed, text)
    text = re.sub(r",?\s*(?:as )?(?:can|could|may) be\s*(?=\.$)", "", text)
    coded = without_codes(text, own_codes, frozenset(definitions))
    if coded is None:
        return LeftOut("codes of other samples")
    coded = of_one_sample(coded)
    if coded is None:
        return LeftOut("speaks of several samples")
    text = without_unknown_qualifiers(expand(coded, definitions))
    text = re.sub(r"\b(\w{4,}) (\1s?)\b", r"\2", text)
    text = re.sub(r"\s+([.,;:)])", r"\1", re.sub(r"\s{2,}", " ", text)).strip()
    if re.match(
        r"^(?:It|They|He|She|Its|Their|The former|The latter|Them|Which|Those|Others?|That|Each of|"
        r"Some of them)\b",
        text,
    ):
        return LeftOut("pronoun without its noun")
    leans = leans or points_back(text)
    reason = _fault(text)
    return LeftOut(reason) if reason else Rewritten(text, leans, speaks)


def _fault(text: str) -> str | None:
    count = len(text.split())
    if not 5 <= count <= 60:
        return "too short or too long"
    if not re.match(r"[A-Zα-ω\d“\"]", text) or not text.endswith("."):
        return "no whole sentence"
    if text.count("“") != text.count("”"):
        return "broken quotation"
    if text.count("(") != text.count(")") or text.count("[") != text.count("]"):
        return "broken brackets"
    if _BROKEN.search(text):
        return "signs of a formula or a broken line"
    if re.match(r"[“\"][a-z]", text) or _BROKEN_END.search(text):
        return "no whole sentence"
    if _PAPER_SPEAK.search(text) or _PERSON_REPORTS.match(text):
        return "speaks of the paper"
    if _BACKGROUND.search(text):
        return "background, not this sample"
    if short_forms(text):
        return "short form not written out"
    for symbol in _LONE_SYMBOL.finditer(text):
        after_a_number = re.search(
            r"\d\s?(?:(?:[fpnµμmckMG]?(?:S|W|J|A|V|N|mol|g|m|L|F|"
            r"cal)[−–-]?\d?)\s?[·/]?\s?)*$",
            text[: symbol.start()],
        )
        if not _ELEMENT_OR_UNIT.match(symbol.group()) and not after_a_number:
            return "symbol of a formula"
    if _VARIABLE.search(text):
        return "symbol of a formula"
    if _SOMEWHERE_PRONOUN.search(text):
        return "points elsewhere"
    if _COMMAND.match(text) or not FINITE.search(text):
        return "no verb"
    return None
