"""Which sentences of a paper tell how the sample in an image was made, and which how something was measured.

In: sentences and paragraphs of the description of methods. Out: whether a sentence tells of the making of such a
sample, and whether a statement rests on another method than the panel's micrograph; used by `passages`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from glassllava.domains import Domain
from glassllava.questions.closeness import Sentence, is_about_methods
from glassllava.questions.microscopes import names_another, own_microscope
from glassllava.questions.source import PaperText, ParagraphText
from glassllava.text.terms import term_pattern

_BY_ANOTHER_METHOD = re.compile(
    r"\b(?:[\w\-]*spectr(?:um|a|al|o\w+)|[\w\-]*diffract\w*|photoelectron|infrared|Raman|XPS|XRD|XRPD|"
    r"PXRD|FT-?IR|EDX|EDS|"
    r"EDXS|EDAX|WDS|WDX|EPMA|electron (?:micro)?probe|TEM|STEM|HRTEM|transmission electron|NMR|"
    r"magnetic resonance|confocal|"
    r"optical (?:image|micro)\w*|tomogra\w+|calorimet\w+|thermogravimet\w+|DSC|TGA|DTA|chromatogra\w+|"
    r"GC-MS|HPLC|PCR|ELISA|"
    r"assays?|electrochem\w+|titrat\w+|voltammetr\w*|impedance|isotherms?|tensile|hardness test\w*|"
    r"atomic force|AFM|"
    r"X-rays?|nanoindent\w+|dilatomet\w+|secondary ion|SIMS|peaks?|absorbance|software|simulat\w+)\b",
    re.I,
)
_RELATIVE = re.compile(r",\s(?:where|which|as)\b[^,.]*(?:,\s(?:and\b)?|(?=\.$))")
_NO_SAMPLE = re.compile(
    r"\b(?:assays?|tests?|testing|software|statistic\w*|purchased|calculat\w+|measur\w+|analy[sz]\w+|"
    r"evaluat\w+|strategy|"
    r"observations?|detection|detected|images?|imaging|brightness|segmentation|spectr\w+|curves?|"
    r"performed|carried out|"
    r"conducted|acquired|recorded|examined|investigated|voltage|scanned|captured|quantif\w+|"
    r"standard|simulat\w+|control (?:was|were)|used as|inhibit\w+|would|could|might|absorbance|tensile|"
    r"PCR|ELISA)\b",
    re.I,
)
_OTHER_EXPERIMENT = re.compile(
    r"\b(?:assay|activity|antimicrob|antifung|antibacter|antimycot|toxic|determination|quantif|statistic|"
    r"PCR|gene|extraction|"
    r"spectr|diffract|XRD|chromatogra|GC-MS|calorimet|DSC|thermal analysis|tensile|mechanical|hardness|"
    r"electrochem|impedance|"
    r"test|measurement|adsorption|degradation|effect of|efficacy|optimi[sz]|modell?ing|simulation|"
    r"calculation|software|onto|"
    r"dilution|susceptib|tomogra|confocal|dosage|viability)",
    re.I,
)
_OF_MICROSCOPY = re.compile(r"microscop|\bSEM\b|morpholog|imaging|micrograph|sample prep|specimen", re.I)
_OF_MAKING = re.compile(
    r"\b(?:preparation|synthes|fabricat|casting|melting|sintering|coating|growth|materials?\b(?! and\b)|sample|film|"
    r"glass|deposition|"
    r"processing|manufactur|production)",
    re.I,
)
_DONE_TO_IT = re.compile(
    r"\b(?:is|are|was|were|been|being|be|and|then|,)\s+(?:\w+ly\s+|then\s+|first\s+|also\s+|further\s+|"
    r"finally\s+){0,2}"
    r"(?P<verb>set up|[a-z\-]+)\b"
)
_LABORATORY = re.compile(
    r"(?:prepared|fabricated|produced|made|synthesi[sz]ed|formed|set up|cut|sectioned|sliced|cleaved|"
    r"broken|mounted|fixed|glued|"
    r"pasted|attached|embedded|rinsed|cleaned|washed|collected|harvested|inoculated|grown|cultured|"
    r"incubated|dehydrated|crushed|"
    r"centrifuged|separated|re-?suspended|mixed|stirred|dropped|pressed|shaped|milled|polished|removed|"
    r"deposited|exposed|"
    r"disassembled|sputter-coated|solidified|poured|obtained|stored|soaked|immersed|transferred|filtered|"
    r"ground|drilled|spread)"
)


def by_another_method(text: str, kind: str = "sem") -> bool:
    """Tell whether a statement rests on something else than a micrograph of the kind, such as a spectrum.

    What only a relative clause says of another method does not count.

    Examples
    --------
    >>> by_another_method("The FTIR spectrum shows a band of water.")
    True
    >>> by_another_method("The particles are round, as the X-ray pattern confirms.")
    False
    """
    if not names_another(_RELATIVE.sub("", text), kind, _BY_ANOTHER_METHOD):
        return False
    rest = text.replace("energy-dispersive X-ray spectroscopy", "EDS")
    rest = re.sub(r"scanning electron microscopy with EDS|transmission electron \w+", "", rest)
    return not own_microscope(kind).search(rest)


def by_chemistry(text: str) -> bool:
    """Tell whether the other method finds elements or phases, as a map beside the micrograph would show them."""
    return bool(re.search(r"spectroscop|probe|\bED[SX]\b|\bWDS\b|diffract|element", text))


def for_another_method(run: Sequence[Sentence], order: int, kind: str = "sem") -> bool:
    """Tell whether the last instrument named up to a sentence of a paragraph is not the kind's microscope."""
    for sentence in reversed(run[: order + 1]):
        if own_microscope(kind).search(sentence.quote):
            return False
        if names_another(sentence.quote, kind, _BY_ANOTHER_METHOD):
            return True
    return False


def tells_of_making(text: str, domain: Domain) -> bool:
    """Tell whether a sentence says that something was done to a sample (cast, polished, coated), not measured on it."""
    if _NO_SAMPLE.search(text):
        return False
    processing = term_pattern(domain.processing)
    return any(
        _LABORATORY.fullmatch(match["verb"])
        or (re.search(r"(?:ed|nt|un|ast)$", match["verb"]) and processing.fullmatch(match["verb"]))
        for match in _DONE_TO_IT.finditer(text)
    )


def sources_of_making(paper: PaperText, kind: str = "sem") -> frozenset[int]:
    """Return the paragraphs of the methods that may tell of the making of what was put under the microscope.

    Where a section's heading names microscopy, that section and those whose heading names the making of samples; else
    every paragraph of the methods. Paragraphs whose heading or first words name another experiment are left out.
    """
    found = [
        place
        for place, paragraph in enumerate(paper.paragraphs)
        if paragraph.role == "body"
        and is_about_methods(paragraph.section)
        and not _of_other_experiment(paragraph, kind)
    ]
    if any(_names(_OF_MICROSCOPY, paper.paragraphs[place]) for place in found):
        found = [
            place
            for place in found
            if _names(_OF_MICROSCOPY, paper.paragraphs[place]) or _names(_OF_MAKING, paper.paragraphs[place])
        ]
    return frozenset(found)


def is_of_microscopy(paragraph: ParagraphText) -> bool:
    """Tell whether a paragraph's heading says that it is about what was put under the microscope."""
    return _names(_OF_MICROSCOPY, paragraph)


def subject_of(text: str) -> str:
    """Return what stands before a sentence's "was", or the whole sentence."""
    return re.split(r"\s(?:is|are|was|were|has been|have been)\s", text, maxsplit=1)[0]


def _opening(paragraph: ParagraphText) -> str:
    return paragraph.text.split(". ")[0]


def _names(pattern: re.Pattern[str], paragraph: ParagraphText) -> bool:
    opening = _opening(paragraph)
    # A run-in heading ("Sample preparation.") is short; a first sentence that mentions a sample is no heading.
    return bool(pattern.search(paragraph.section)) or (len(opening.split()) <= 8 and bool(pattern.search(opening)))


def _of_other_experiment(paragraph: ParagraphText, kind: str) -> bool:
    if _OF_MICROSCOPY.search(paragraph.section):
        return False
    opening = _opening(paragraph)
    if _OTHER_EXPERIMENT.search(paragraph.section):
        return True
    if len(opening.split()) <= 8:
        return bool(_OTHER_EXPERIMENT.search(opening)) and not _OF_MAKING.search(opening)
    return bool(
        re.search(r"\b(?:tests?|measured|confocal|simulation|calculat\w+|assay|titrat\w+)\b", opening)
        or names_another(opening, kind, _BY_ANOTHER_METHOD)
    ) and not own_microscope(kind).search(opening)


def of_the_panel(text: str, nouns: Iterable[str], stems: Iterable[str]) -> bool:
    """Tell whether a sentence's subject is "the sample", or one of the nouns that name what a panel shows.

    Parameters
    ----------
    text : str
        The subject: what stands before the verb.
    nouns, stems : iterable of str
        Stems of the panel's nouns, and of the subject's words.
    """
    if re.search(r"(?:^|\b(?:the|each|all|every|these) )(?:samples?|specimens?|cross-?sections?)\b", text, re.I):
        return True
    return any(noun == stem or (len(noun) > 4 and noun in stem) for noun in nouns for stem in stems)
