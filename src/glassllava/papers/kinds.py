"""What kind of picture a panel is, from its caption, the sentences that cite it, its own printed words and pixels.

In: a panel's picture and the texts around it. Out: a `Kind` with a confidence from 0 to 1, for `read`.

Every kind gets a score: words that name an instrument or a drawing, weighed by how near they stand to the panel,
plus what the pixels allow (a chart is no micrograph, whatever the caption says). The confidence is the share of
the best score after exponentiation; it is a rank for the person who reviews, not yet a calibrated probability.
"SEM" also abbreviates the standard error of the mean: the bare letters count only beside a picture's words, and
not at all where they follow "±", "mean" or an error bar.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

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

UNNAMED = -2.0
"""Points for scanning electron microscopy where no text near the panel names it: up to twice this, the less the
paper speaks of it."""

_STANDARD_ERROR = re.compile(
    r"standard errors? (?:of|for) the means?\s*(?:\(\s*S\.?E\.?M\.?s?\s*\))?"
    r"|(?:±|\+/-|\bmeans?\b)\s*(?:±|\+/-|and|with|\()?\s*S\.?E\.?M\.?s?\b"
    r"|error bars?[^.;]{0,60}\bS\.?E\.?M\.?s?\b|\bS\.?E\.?M\.?s?\b[^.;]{0,12}\bn\s*=\s*\d"
    r"|\bS\.E\.M\.?|\bs\.e\.m\.?",
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
        r"|\bpolari[sz]ed[ -]light|\bmetallograph|\bstereo-?micro|\bphase[- ]contrast micro|\bhistolog",
        re.IGNORECASE,
    ),
    "diffraction": re.compile(
        r"\bSAED\b|\bselected[- ]area (?:electron )?diffraction|\belectron diffraction|\bdiffraction spots?|\bFFT\b"
        r"|\bKikuchi\b|\bLaue\b|\bSAD pattern",
        re.IGNORECASE,
    ),
    "map": re.compile(
        r"\bE[DP][SXM]?A?[SX]? ?(?:elemental )?(?:maps?|mapping|images?)\b"
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
        r"\bphotographs?\b|\bphotos?\b|\bdigital (?:image|photo|camera)\w*|\bcamera\b|\bappearance\b|\bchamber\b"
        r"|\b(?:experimental )?set-?up\b|\bapparatus\b|\bsample (?:arrangement|holder)\b",
        re.IGNORECASE,
    ),
    "other": re.compile(
        r"\btomogra\w+|\bCT\b|\bX-ray (?:attenuation|phase|micro|projection|image)\w*|\bradiograph\w*|\bsynchrotron\b"
        r"|\bAFM\b|\batomic force\b|\bSTM\b|\bMRI\b|\bultraso\w+|\bWestern blots?\b|\bgels?\b",
        re.IGNORECASE,
    ),
}

_PRINTED_SEM = re.compile(
    r"\bCOMPO\b|\bB[SE]E[DI]?\b|\bETD\b|\bSE[I2]?\b|\bLE[DI]\b|\bTLD\b|\bCBS\b|\bInLens\b|\bSE\(?[MUL]\)?\b|\bSEM\b"
    r"|\bWD\b|\bHFW\b|\bQuanta\b|\bJEOL\b|\bHitachi\b|\bZEISS\b|\bTESCAN\b",
    re.IGNORECASE,
)
_SCALE_BAR = re.compile(r"\b(?:scale ?-?bars?|bars?\s?[=:])[^.]{0,80}?\d\s?(?:[nuµμ]m)\b", re.IGNORECASE)
_WITH_SCALE_BAR: dict[Kind, float] = {"sem": 0.7, "tem": 0.7, "optical": 0.7, "photo": -0.7, "other": -0.4}
_PRINTED_VOLTAGE = re.compile(r"(\d{1,3}(?:[.,]\d{1,2})?)\s?k[VU]\b", re.IGNORECASE)


FEW_LEVELS = 0.85
"""Share of pixels on three greys that lie apart, from which on a picture is a segmentation."""
SECOND_LEVELS = 0.12
"""Share of pixels that a segmentation has beside its commonest grey; a databar or scale mark takes less."""
_LOOKS: dict[str, dict[Kind, float]] = {
    "drawing": {
        "plot": 2.5,
        "schematic": 1.5,
        "other": -1.0,
        "map": -2.0,
        "photo": -3.0,
        "diffraction": -3.0,
        "tem": -5.0,
        "optical": -5.0,
        "sem": -6.0,
    },
    "colour": {
        "map": 1.0,
        "photo": 0.5,
        "optical": 0.5,
        "schematic": 0.5,
        "other": -0.5,
        "diffraction": -2.0,
        "sem": -4.0,
        "tem": -4.0,
    },
    "grey": {"sem": 0.5, "tem": 0.3, "other": 0.3, "map": -1.0, "plot": -3.0, "schematic": -3.0},
    "few levels": {"map": 1.5, "other": 0.3, "sem": -1.5, "tem": -1.5, "plot": -3.0, "schematic": -3.0},
}
"""Points that each look gives."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The texts around one panel, nearest first."""

    own: str
    """The part of the caption that speaks of this panel alone."""
    lead: str
    """What the caption says of the whole figure."""
    mentions: list[str] = field(default_factory=list)
    """Sentences of the body that cite this panel."""
    figure_mentions: list[str] = field(default_factory=list)
    """Sentences that cite the figure as a whole."""
    microscopes: dict[Kind, float] = field(default_factory=dict)
    """What `usual_microscopes` says of the paper."""
    printed: str = ""
    """Words read in the picture itself."""


@dataclass(frozen=True, slots=True)
class Appearance:
    """What a panel's pixels look like; all shares from 0 to 1."""

    colour: float
    """Share of clearly coloured pixels."""
    white: float
    black: float
    flat: float
    """Share of pixels within a few levels of the three commonest greys, where these lie apart and the commonest does
    not hold nearly all: an even surface with a databar has two greys as well."""
    spread: float
    """Entropy of the grey levels, in bits."""

    @property
    def line_art(self) -> bool:
        """Whether the panel is drawn on plain paper."""
        return self.white > 0.45 and self.spread < 5.2

    @property
    def grey(self) -> bool:
        """Whether the panel is a grey picture; some coloured marks are allowed."""
        return self.colour < 0.16 and not self.line_art


def look_at(picture: npt.NDArray[np.uint8]) -> Appearance:
    """Measure a panel's pixels.

    Parameters
    ----------
    picture
        RGB, shape (H, W, 3).
    """
    side = max(picture.shape[:2])
    if side > 400:
        picture = np.asarray(
            cv2.resize(picture, None, fx=400 / side, fy=400 / side, interpolation=cv2.INTER_AREA), np.uint8
        )
    chroma = picture.max(axis=2).astype(int) - picture.min(axis=2)
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    levels = np.bincount(grey.ravel(), minlength=256) / grey.size
    filled = levels[levels > 0]
    return Appearance(
        colour=float(np.mean(chroma > 36)),
        white=float(np.mean(grey > 248)),
        black=float(np.mean(grey < 8)),
        flat=_share_of_flat_levels(levels),
        spread=float(-(filled * np.log2(filled)).sum()),
    )


def _share_of_flat_levels(levels: npt.NDArray[np.float64]) -> float:
    rest = levels.copy()
    peaks: list[int] = []
    share = largest = 0.0
    for _ in range(3):
        windowed = np.convolve(rest, np.ones(11), mode="same")
        peak = int(windowed.argmax())
        if windowed[peak] < 0.04:
            break
        share += float(windowed[peak])
        largest = max(largest, float(windowed[peak]))
        peaks.append(peak)
        rest[max(0, peak - 16) : peak + 17] = 0.0
    apart = len(peaks) > 1 and max(peaks) - min(peaks) > 40 and share - largest > SECOND_LEVELS
    return share if apart else 0.0


def kind_of(chances: dict[Kind, float]) -> tuple[Kind, float]:
    """Return the likeliest kind and its chance."""
    best = max(KINDS, key=lambda kind: chances[kind])
    return best, chances[best]


def chances_of_kinds(appearance: Appearance, texts: Surroundings) -> dict[Kind, float]:
    """Weigh what a panel may be.

    Returns
    -------
    dict
        From 0 to 1 for each kind; the sum is 1.
    """
    scores = _pixel_scores(appearance)
    printed = _printed_scores(texts.printed)
    for kind, points in printed.items():
        scores[kind] += points
    own, lead = _named(texts.own), _named(texts.lead)
    mentions, figure_mentions = list(map(_named, texts.mentions)), list(map(_named, texts.figure_mentions))
    for kind in KINDS:
        scores[kind] += 3.2 * own[kind]
        scores[kind] += (1.0 if any(own.values()) else 2.2) * lead[kind]
        scores[kind] += 1.6 * _mean_named(mentions, kind) + 0.8 * _mean_named(figure_mentions, kind)
    if appearance.grey and not any(own[k] or lead[k] for k in KINDS if k not in ("schematic", "plot")):
        for kind, share in texts.microscopes.items():
            scores[kind] += 2.0 * share
    if appearance.grey and not any(own.values()) and _SCALE_BAR.search(f"{texts.own} {texts.lead}"):
        for kind, points in _WITH_SCALE_BAR.items():
            scores[kind] += points
    named = any(names["sem"] for names in (own, lead, *mentions, *figure_mentions)) or bool(printed.get("sem"))
    if _is_field_of_maps(appearance, texts, own):
        scores["sem"] += 3.4
    elif not named:
        scores["sem"] += UNNAMED * (2.0 - 1.6 * texts.microscopes.get("sem", 0.0))
    weights = {kind: float(np.exp(scores[kind])) for kind in KINDS}
    total = sum(weights.values())
    return {kind: weight / total for kind, weight in weights.items()}


def usual_microscopes(paper: str) -> dict[Kind, float]:
    """How the microscopes that a paper's prose names share its mentions; empty where it hardly names any."""
    text = _STANDARD_ERROR.sub(" ", paper)
    microscopes: tuple[Kind, ...] = ("sem", "tem", "optical")
    counts = {kind: len(_WORDS[kind].findall(text)) for kind in microscopes}
    total = sum(counts.values())
    return {kind: count / total for kind, count in counts.items()} if total >= 4 else {}


def _named(text: str) -> dict[Kind, float]:
    """1 for each kind that a text names, less where it names several."""
    text = _STANDARD_ERROR.sub(" ", text)
    hits = {kind: len(_WORDS[kind].findall(text)) for kind in KINDS}
    if re.search(r"\bscanning transmission\b", text, re.IGNORECASE):
        hits["sem"] = 0
    total = sum(hits.values())
    return {kind: (0.5 + 0.5 * hits[kind] / total) if hits[kind] else 0.0 for kind in KINDS}


def _mean_named(sentences: Iterable[dict[Kind, float]], kind: Kind) -> float:
    values = [named[kind] for named in sentences if any(named.values())]
    return float(np.mean(values)) if values else 0.0


def _pixel_scores(appearance: Appearance) -> dict[Kind, float]:
    look = "drawing" if appearance.line_art else "grey" if appearance.grey else "colour"
    if look == "grey" and appearance.flat > FEW_LEVELS:
        look = "few levels"
    scores = dict.fromkeys(KINDS, 0.0)
    scores.update(_LOOKS[look])
    return scores


def _printed_scores(printed: str) -> dict[Kind, float]:
    """Weigh what a databar says: the column's volts tell the two electron microscopes apart."""
    if not printed:
        return {}
    points = 1.2 * min(3, len(set(_PRINTED_SEM.findall(printed))))
    volts = [float(v.replace(",", ".")) for v in _PRINTED_VOLTAGE.findall(printed)]
    if any(60 <= v <= 400 for v in volts):
        return {"tem": 4.0}
    return {"sem": points + (2.0 if any(0.1 <= v <= 40 for v in volts) else 0.0)}


def _is_field_of_maps(appearance: Appearance, texts: Surroundings, own: dict[Kind, float]) -> bool:
    """In a figure of X-ray maps, the grey panel that names no element is the electron image of the field."""
    mapping = re.search(r"\b(?:EPMA|EDS|EDX|WDS|microprobe)\b", texts.lead)
    return bool(mapping) and not own["map"] and appearance.grey and appearance.colour < 0.05
