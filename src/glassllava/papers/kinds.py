"""What kind of picture a panel is, from its caption, the sentences that cite it, its own printed words and pixels.

In: a panel's `Appearance` and the texts around it. Out: the chance of each kind, for `read`; the greatest of them is
the panel's confidence, meant as the probability that the kind is right.

Every kind has a score, and the chances are the scores after exponentiation (a logistic model of nine classes). Some
points are rules, set by hand, because no labelled data at hand could set them: a drawing is no micrograph whatever the
caption says, and a micrograph is no scanning electron micrograph where no text names one. The others are weights in
`kind_weights.json`, fitted by `benchmarks/kinds.py --fit`: how much a word counts by where it stands, what a
databar's words and the length of its bar say, and how the microscopes differ in colour and texture.

The weights are fitted to micrographs and maps of 74 preprints whose technique a language model had labelled. Read by
eye, 27 of its 464 labels (5.8 %) name the wrong kind, mostly the microscope for an X-ray map made in it, and 11 (2.4 %)
are wrong on whether the panel is a scanning electron micrograph. What that costs: one of 458 panels more is wrong on
SEM or not than with weights fitted to what the eye saw (`benchmarks/kinds.py`). The set holds hardly a plot, drawing or
photograph and no citing sentences: for these the rules stand alone.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np

from glassllava.papers.appearance import Appearance, Look
from glassllava.papers.kind_words import (
    KINDS,
    Named,
    instrument_words,
    mean_named,
    most_named,
    named,
    names_x_ray_maps,
    printed_bar_m,
    printed_voltage,
    speaks_of_a_scale_bar,
    was_coloured_later,
)
from glassllava.records import Kind

UNNAMED = -2.0
"""Points for scanning electron microscopy where no text near the panel names it: up to twice this, the less the
paper speaks of it."""
USUAL = 2.0
"""Points for the microscope that a paper usually uses, where nothing around a grey panel names one."""
FIELD_OF_MAPS = 3.4
"""Points for the grey panel that names no element in a figure of X-ray maps: the electron image of the field."""
MENTION, FIGURE_MENTION = 0.5, 0.25
"""What a citing sentence counts beside the caption's lead: one that cites the panel, one that cites the figure."""
MOST_DOTS, MOST_BLACK = -1.4, 0.3
"""Greatest `dots` and `black` of an electron image; maps show single counts on black."""
SHORT_BAR_M, LONG_BAR_M, COARSE_BAR_M = 2e-7, 1e-5, 8e-4
"""Lengths of a bar, in metres, below, above and far above those usual in scanning electron microscopy."""

WORDS = {
    "named": 2.2,
    "named of it alone": 1.0,
    "named beside": 1.0,
    "named of others, letter unknown": 1.5,
    "named of others, letter known": 0.7,
    "printed instrument": 3.6,
    "printed low voltage": 2.0,
    "printed high voltage": 4.0,
}
"""Weights of words as set by hand: they stand for plots and schematics, and the fitted ones are drawn to them."""
DRAWN: tuple[Kind, ...] = ("plot", "schematic")
"""Kinds whose words are weighed by hand."""
BETWEEN_DRAWN = 1.6
"""How much more those words count on a drawn panel: plots and schematics look alike, and captions name them."""

_LOOKS: dict[Look, dict[Kind, float]] = {
    "axes": {
        "plot": 4.0,
        "schematic": 0.0,
        "other": -1.0,
        "map": -1.0,
        "photo": -3.0,
        "diffraction": -3.0,
        "tem": -5.0,
        "optical": -5.0,
        "sem": -6.0,
    },
    "drawing": {
        "plot": 1.5,
        "schematic": 2.0,
        "other": -1.0,
        "map": -2.0,
        "photo": -3.0,
        "diffraction": -3.0,
        "tem": -5.0,
        "optical": -5.0,
        "sem": -6.0,
    },
    "fills": {
        "plot": 1.0,
        "schematic": 1.0,
        "photo": -0.5,
        "optical": -1.0,
        "other": -1.0,
        "diffraction": -3.0,
        "tem": -4.0,
        "sem": -5.0,
    },
    "colour": {
        "map": 1.0,
        "photo": 0.0,
        "optical": 0.5,
        "schematic": 0.5,
        "other": -0.5,
        "plot": -2.5,
        "diffraction": -2.0,
        "sem": -4.0,
        "tem": -4.0,
    },
    "grey": {"sem": 0.5, "tem": 0.3, "other": 0.3, "map": -1.0, "plot": -3.0, "schematic": -3.0},
    "few levels": {"map": 1.5, "other": 0.3, "sem": -1.5, "tem": -1.5, "plot": -3.0, "schematic": -3.0},
}
"""Points that each look gives by rule."""
LEAST_EVEN = 0.1
"""Least `even` that a coloured drawing usually has; cameras leave noise everywhere."""
_UNEVEN: dict[Kind, float] = {"plot": -1.5, "schematic": -1.5}
_WITH_SCALE_BAR: dict[Kind, float] = {"sem": 0.7, "tem": 0.7, "optical": 0.7, "photo": -0.7, "other": -0.4}
_WITH_COARSE_BAR: dict[Kind, float] = {"photo": 2.5, "optical": 0.5, "sem": -1.0, "tem": -2.0}
_MICROSCOPES: tuple[Kind, ...] = ("sem", "tem", "optical")
_TEXTURED: tuple[Kind, ...] = ("sem", "tem", "optical", "map")
"""Kinds that textures tell apart: those of which the fitted set holds enough."""
TEXTURES: dict[Look, dict[str, tuple[float, float]]] = {
    "grey": {
        "tone": (0.1, 0.4),
        "detail": (-3.7, 0.5),
        "dots": (-2.7, 0.7),
        "glow": (0.15, 0.33),
        "lattice": (3.3, 1.6),
    },
    "colour": {"black": (0.2, 0.3), "dots": (-2.1, 0.8), "one_hue": (1.0, 0.26)},
}
"""Measures of `Appearance` that count for a look, each with its middle and spread among micrographs."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The texts around one panel, nearest first."""

    own: str
    """The part of the caption that speaks of this panel alone."""
    lead: str
    """What the caption says of the whole figure."""
    others: list[str] = field(default_factory=list)
    """The parts of the caption that speak of other panels; all parts where the panel's letter is not known."""
    mentions: list[str] = field(default_factory=list)
    """Sentences of the body that cite this panel."""
    figure_mentions: list[str] = field(default_factory=list)
    """Sentences that cite the figure as a whole."""
    microscopes: dict[Kind, float] = field(default_factory=dict)
    """What `usual_microscopes` says of the paper."""
    printed: str = ""
    """Words read in the picture itself."""
    bar_m: float | None = None
    """Length of the scale bar in metres as the caption states it."""


class Evidence(NamedTuple):
    """What counts for each kind: points by rule, and what the weights are multiplied with."""

    points: Named
    terms: dict[str, Named]
    """Name of the weight to how strongly its evidence speaks for each kind; a kind that is missing has 0."""


def kind_of(chances: dict[Kind, float]) -> tuple[Kind, float]:
    """Return the likeliest kind and its chance, to six digits: the last ones of a sum vary from process to process."""
    best = max(KINDS, key=lambda kind: chances[kind])
    return best, round(chances[best], 6)


def chances_of_kinds(appearance: Appearance, texts: Surroundings) -> dict[Kind, float]:
    """Weigh what a panel may be.

    Returns
    -------
    dict
        The probability of each kind; the sum is 1.
    """
    evidence = evidence_of(appearance, texts)
    scores = dict(evidence.points)
    for name, strengths in evidence.terms.items():
        _add(scores, {kind: weights()[name] * strength for kind, strength in strengths.items()})
    greatest = max(scores.values())
    raised = {kind: float(np.exp(score - greatest)) for kind, score in scores.items()}
    return {kind: value / sum(raised.values()) for kind, value in raised.items()}


def evidence_of(appearance: Appearance, texts: Surroundings) -> Evidence:
    """Gather what speaks for each kind; `chances_of_kinds` weighs it and the benchmark fits the weights to it."""
    if was_coloured_later(f"{texts.own} {texts.lead}"):
        appearance = replace(appearance, colour=0.0, tint=0.0)
    points = dict.fromkeys(KINDS, 0.0)
    own, lead = named(texts.own), named(texts.lead)
    mentions, figure_mentions = mean_named(texts.mentions), mean_named(texts.figure_mentions)
    own_speaks = any(own.values())
    others = most_named([] if own_speaks else texts.others)
    if _is_field_of_maps(appearance, texts.lead, own):
        points["sem"] += FIELD_OF_MAPS
        lead["map"] = others["map"] = 0.0
    elif not _names_sem(own, lead, others, mentions, figure_mentions) and _printed_kind(appearance, texts) != "sem":
        points["sem"] += UNNAMED * (2.0 - 1.6 * texts.microscopes.get("sem", 0.0))
    _add(points, _LOOKS[appearance.look])
    if appearance.look == "colour" and appearance.even < LEAST_EVEN:
        _add(points, _UNEVEN)
    bar_m = (printed_bar_m(texts.printed) if appearance.grey else None) or texts.bar_m
    if bar_m is not None and bar_m >= COARSE_BAR_M:
        _add(points, _WITH_COARSE_BAR)
    if not appearance.drawn and not own_speaks and speaks_of_a_scale_bar(f"{texts.own} {texts.lead}"):
        _add(points, _WITH_SCALE_BAR)
    if appearance.grey and not any(own[k] or lead[k] or others[k] for k in KINDS if k not in ("schematic", "plot")):
        _add(points, {kind: USUAL * share for kind, share in texts.microscopes.items()})
    around = {kind: own[kind] + MENTION * mentions[kind] + FIGURE_MENTION * figure_mentions[kind] for kind in KINDS}
    terms = {
        "named": around if own_speaks else {kind: around[kind] + lead[kind] for kind in KINDS},
        "named of it alone": own,
        "named beside": lead if own_speaks else {},
        "named of others, letter known" if texts.own else "named of others, letter unknown": others,
    }
    telling = BETWEEN_DRAWN if appearance.drawn else 1.0
    for name, strengths in terms.items():
        _add(points, {kind: telling * WORDS[name] * strengths.get(kind, 0.0) for kind in DRAWN})
    # On plain paper no word makes a micrograph of a drawing.
    deaf = DRAWN + (_MICROSCOPES if appearance.line_art else ())
    terms = {name: {k: v for k, v in strengths.items() if k not in deaf} for name, strengths in terms.items()}
    if appearance.grey:
        terms |= _printed_terms(texts.printed)
    return Evidence(points, terms | _bar_terms(bar_m) | _texture_terms(appearance))


def _add(points: Named, more: Named) -> None:
    for kind, value in more.items():
        points[kind] += value


def _names_sem(*texts: Named) -> bool:
    return any(names["sem"] for names in texts)


def _printed_kind(appearance: Appearance, texts: Surroundings) -> Kind | None:
    """Which electron microscope's databar is printed on a grey panel."""
    if not appearance.grey:
        return None
    return printed_voltage(texts.printed) or ("sem" if instrument_words(texts.printed) else None)


def _printed_terms(printed: str) -> dict[str, Named]:
    """Weigh what a databar says: the column's volts tell the two electron microscopes apart."""
    voltage = printed_voltage(printed)
    if voltage == "tem":
        return {"printed high voltage": {"tem": 1.0}}
    return {
        "printed instrument": {"sem": instrument_words(printed)},
        "printed low voltage": {"sem": float(voltage == "sem")},
    }


def _bar_terms(bar_m: float | None) -> dict[str, Named]:
    """Decades by which a bar is shorter than a scanning microscope's usually is, or longer, at most two."""
    if bar_m is None:
        return {}
    short = float(np.clip(np.log10(SHORT_BAR_M / bar_m), 0.0, 2.0))
    long = float(np.clip(np.log10(bar_m / LONG_BAR_M), 0.0, 2.0))
    return {f"short bar, {kind}": {kind: short} for kind in _MICROSCOPES} | {
        f"long bar, {kind}": {kind: long} for kind in _MICROSCOPES
    }


def _texture_terms(appearance: Appearance) -> dict[str, Named]:
    look = appearance.look
    terms: dict[str, Named] = {}
    for kind in _TEXTURED if look in TEXTURES else ():
        terms[f"{look}, {kind}"] = {kind: 1.0}
        for name, (middle, spread) in TEXTURES[look].items():
            value = float(np.clip((getattr(appearance, name) - middle) / spread, -3.0, 3.0))
            terms[f"{look}, {kind}, {name}"] = {kind: value}
    return terms


def _is_field_of_maps(appearance: Appearance, lead: str, own: Named) -> bool:
    """In a figure of X-ray maps, the grey panel that names no element is the electron image of the field."""
    smooth = appearance.grey and appearance.dots < MOST_DOTS and appearance.black < MOST_BLACK
    return smooth and names_x_ray_maps(lead) and not own["map"]


@cache
def weights() -> dict[str, float]:
    """Return the fitted weights by name."""
    content: dict[str, float] = json.loads((files(__package__) / "kind_weights.json").read_text(encoding="utf-8"))
    return content
