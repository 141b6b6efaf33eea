"""Words that tell what kind of picture a panel is, and what a databar says of the instrument.

In: texts. Out: which kinds they name, for `kinds`. "SEM" also abbreviates the standard error of the mean: the bare
letters do not count where they follow "±", "mean" or an error bar.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from glassllava.micrographs.lengths import lengths_of_bars
from glassllava.records import Kind

KINDS: tuple[Kind, ...] = (
    "sem",
    "tem",
    "optical",
    "diffraction",
    "map",
    "plot",
    "schematic",
    "photo",
    "other",
)

Named = dict[Kind, float]
"""0 for a kind that is not named, up to 1 for one that is named alone."""

_STANDARD_ERROR = re.compile(
    r"standard errors? (?:of|for) the means?\s*(?:\(\s*S\.?E\.?M\.?s?\s*\))?"
    r"|(?:±|\+/-|\bmeans?\b)\s*(?:±|\+/-|and|with|\()?\s*S\.?E\.?M\.?s?\b"
    r"|error bars?[^.;]{0,60}\bS\.?E\.?M\.?s?\b|\bS\.?E\.?M\.?s?\b[^.;]{0,12}\bn\s*=\s*\d"
    r"|\bS\.E\.M\.?|\bs\.e\.m\.?",
    re.IGNORECASE,
)
_COLOURED_LATER = re.compile(
    r"\b(?:false|pseudo|artificial(?:ly)?|digitally|post)[ -]?colou?r|\bcolou?ri[sz](?:ed|ing|ation)\b"
    r"|\bcolou?red (?:scanning|transmission|SEM|TEM)\b|\bcolou?r-?enhanced\b",
    re.IGNORECASE,
)
_OF = r"(?:maps?|mapping|distribution|segregation)"
_PICTURE = r"(?:images?|micro-?graphs?|photo-?micrographs?|micro-?photographs?|photographs?|pictures?|views?)"

_WORDS: dict[Kind, re.Pattern[str]] = {
    "sem": re.compile(
        r"\bscanning[ -]electron|\b(?:FE|E|FIB|PFIB|Cryo|HR)-?/?SEM\b|\bFE-?G-?SEM\b|\bSEM\b"
        r"|\bback-?\s?scatter(?:ed|ing)?\b|\bB[SE]E\b|\bBSE?I\b|\bBEC\b|\bsecondary[ -]electrons?\b"
        rf"|\bS[EI]{{1,2}} (?:mode )?{_PICTURE}|\bCOMPO\b"
        rf"|(?<!transmission )\belectron (?:micro-?(?:graph|photograph)|(?:microscop\w+ )?{_PICTURE})",
        re.IGNORECASE,
    ),
    "tem": re.compile(
        r"\btransmission[ -]electron|\b(?:HR|S|Cryo-?|BF-?|DF-?|HAADF-?S?)?TEM\b|\bHAADF\b"
        r"|\b(?:bright|dark)-?field (?:S?TEM|image)"
        r"|\blattice fringes?\b",
        re.IGNORECASE,
    ),
    "optical": re.compile(
        r"\boptical[ -](?:micro|image|photomicro)|\blight[ -]micro|\bconfocal|\bC[SL]LSM\b|\bCLSM\b|\bfluorescen\w+"
        r"|\bpolari[sz](?:ed|ing)[ -](?:light|micro)|\bmetallograph|\bstereo-?micro|\bhistolog"
        r"|\bphase[- ]contrast micro"
        r"|\b(?:one|two|multi)-?photon\b|\bstructured illumination|\blaser[ -](?:scanning )?micro"
        r"|\b(?:reflected|transmitted)[ -]light|\bcross(?:ed)?[ -]polar|\bbright-?field (?:image|micro)",
        re.IGNORECASE,
    ),
    "diffraction": re.compile(
        r"\bSAED\b|\bselected[- ]area (?:electron )?diffraction|\belectron diffraction|\bdiffraction spots?|\bFFT\b"
        r"|\bKikuchi\b|\bLaue\b|\bSAD pattern",
        re.IGNORECASE,
    ),
    "map": re.compile(
        r"\bE[DP][SXM]?A?[SX]? ?(?:elemental )?(?:maps?|mapping|images?)\b"
        r"|\b(?:EDXS?|EDS|WDS)\b(?! (?:spectr|line|point))"
        rf"|\belement(?:al)? {_OF}"
        r"|\bmaps?\b|\bmapping\b|\bEBSD\b|\bIPF\b|\bsegment(?:ed|ation)\b|\bfalse[- ]colou?r\w*|\bpseudo-?colou?r\w*"
        r"|\b[A-Z][a-z]? (?:segregation|distribution|map|K[αa])\b|\bcontours?\b|\belectrostatic potentials?\b",
        re.IGNORECASE,
    ),
    "plot": re.compile(
        r"\bXR?P?D\b|\bdiffract(?:ogram|ion (?:pattern|peak))s?|\bspectr(?:um|a|oscopy)\b"
        r"|\bcurves?\b|\bplots?\b|\bisotherms?\b"
        r"|\bhistograms?\b|\bprofiles?\b|\bversus\b|\bvs\.?\b|\bDSC\b|\bTGA?\b"
        r"|\btraces?\b|\bcharts?\b|\bas a function of\b"
        r"|\bdependen\w+\b|\bgraphs?\b|\bFTIR\b|\bXPS\b|\bRaman\b"
        r"|\bphase diagrams?\b|\bline scans?\b|\bdistribution of (?:size|diameter)",
        re.IGNORECASE,
    ),
    "schematic": re.compile(
        r"\bschem(?:e|es|atics?|atically)\b|\billustrat\w+|\bsketch\w*|\bdrawings?\b|\bflow-?\s?(?:chart|diagram)s?\b|\bworkflow\b"
        r"|\b(?:chemical|crystal|molecular) structures?\b|\bconfigurations?\b|\bpathways?\b|\bmechanism\b",
        re.IGNORECASE,
    ),
    "photo": re.compile(
        r"\bphotographs?\b|\bmacro-?graphs?\b|\bphotos?\b|\bdigital (?:image|photo|camera)\w*|\bcamera\b"
        r"|\bappearance\b|\bchamber\b|\b(?:experimental )?set-?up\b|\bapparatus\b|\bsample (?:arrangement|holder)\b",
        re.IGNORECASE,
    ),
    "other": re.compile(
        r"\btomogra\w+|\bCT\b|\bX-ray (?:attenuation|phase|micro|projection|image)\w*|\bradiograph\w*|\bsynchrotron\b"
        r"|\bscanning (?:probe|force|tunnel\w+) micro\w+|\bAFM\b|\batomic force\b|\bSTM\b|\bMRI\b"
        r"|\bultraso\w+|\bWestern blots?\b|\bgels?\b",
        re.IGNORECASE,
    ),
}

_PRINTED_SEM = re.compile(
    r"\bCOMPO\b|\bB[SE]E[DI]?\b|\bETD\b|\bSE[I2]?\b|\bLE[DI]\b|\bTLD\b|\bCBS\b|\bInLens\b|\bSE\(?[MUL]\)?\b|\bSEM\b"
    r"|\bWD\b|\bHFW\b|\bQuanta\b|\bJEOL\b|\bHitachi\b|\bZEISS\b|\bTESCAN\b",
    re.IGNORECASE,
)
_PRINTED_VOLTAGE = re.compile(r"(\d{1,3}(?:[.,]\d{1,2})?)\s?k[VU]\b", re.IGNORECASE)
_SCALE_BAR = re.compile(r"\b(?:scale ?-?bars?|bars?\s?[=:])[^.]{0,80}?\d\s?(?:[nuµμ]m)\b", re.IGNORECASE)


def named(text: str) -> Named:
    """Give 1 for a kind that a text names alone, less where it names several, 0 where it does not name it."""
    hits = _hits(text)
    total = sum(hits)
    return {kind: (0.5 + 0.5 * n / total) if n else 0.0 for kind, n in zip(KINDS, hits, strict=True)}


@lru_cache(maxsize=4096)
def _hits(text: str) -> tuple[int, ...]:
    """Count the words for each kind; one sentence speaks of many panels, and is asked about for every one of them."""
    text = _STANDARD_ERROR.sub(" ", text)
    hits = {kind: len(_WORDS[kind].findall(text)) for kind in KINDS}
    if re.search(r"\bscanning transmission\b", text, re.IGNORECASE):
        hits["sem"] = len(re.findall(r"\bSEM\b", text))
    return tuple(hits.values())


def mean_named(texts: Sequence[str]) -> Named:
    """Average over the texts that name any kind."""
    speaking = [names for names in map(named, texts) if any(names.values())]
    return {kind: sum(names[kind] for names in speaking) / len(speaking) if speaking else 0.0 for kind in KINDS}


def most_named(texts: Sequence[str]) -> Named:
    """Take the most that any of the texts says of each kind."""
    each = [named(text) for text in texts]
    return {kind: max((names[kind] for names in each), default=0.0) for kind in KINDS}


def usual_microscopes(paper: str) -> dict[Kind, float]:
    """How the microscopes that a paper's prose names share its mentions; empty where it hardly names any."""
    text = _STANDARD_ERROR.sub(" ", paper)
    microscopes: tuple[Kind, ...] = ("sem", "tem", "optical")
    counts = {kind: len(_WORDS[kind].findall(text)) for kind in microscopes}
    total = sum(counts.values())
    return {kind: count / total for kind, count in counts.items()} if total >= 4 else {}


def was_coloured_later(text: str) -> bool:
    """Whether a text says that a micrograph, which had no colours, was given some."""
    return bool(_COLOURED_LATER.search(text))


def speaks_of_a_scale_bar(text: str) -> bool:
    """Whether a caption gives the length of a scale bar in nano- or micrometres."""
    return bool(_SCALE_BAR.search(text))


def names_x_ray_maps(text: str) -> bool:
    """Whether a caption names the microprobe or X-ray spectroscopy, by which maps are made."""
    return bool(re.search(r"\b(?:EPMA|EDS|EDX|WDS|microprobe)\b", text))


def instrument_words(printed: str) -> float:
    """How many words of a scanning microscope's databar are printed, as a share of three."""
    return min(3, len(set(_PRINTED_SEM.findall(printed)))) / 3


def printed_voltage(printed: str) -> Kind | None:
    """Which electron microscope the printed kilovolts are of; None where none are printed."""
    volts = [float(v.replace(",", ".")) for v in _PRINTED_VOLTAGE.findall(printed)]
    if any(60 <= v <= 400 for v in volts):
        return "tem"
    return "sem" if any(0.1 <= v <= 40 for v in volts) else None


def printed_bar_m(printed: str) -> float | None:
    """Return the shortest length printed on a picture that may be its bar's, in metres."""
    return min((metres for _, _, metres in lengths_of_bars(printed)), default=None)
