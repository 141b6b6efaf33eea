"""The kind of a panel and how sure we are: fitted, held against labels and the eye, calibrated.

In: `kind_evidence`. Out: on stdout, our kinds against a language model's labels and against the eye, each panel judged
by weights that were fitted without the preprint it comes from (leave one source out); what the labels' errors cost;
the reliability of the confidence there and on whole papers, on which nothing was fitted; every disagreement.

    python benchmarks/kinds.py [--fit] [--plot FILE] [--words FILE]

`--fit` writes `src/glassllava/papers/kind_weights.json` anew, `--plot` draws the calibration
(docs/kind-calibration.png), `--words` keeps what OCR reads in a file, for another run.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from kind_evidence import Read, Seen, captioned_panels, panels_of_papers
from scipy.optimize import minimize

from glassllava.papers import kinds as ours
from glassllava.papers.kind_words import KINDS
from glassllava.papers.kinds import TEXTURES, WORDS
from glassllava.records import Kind
from glassllava.report.figures_style import BLUE, INK, MUTED, new_figure, style

WEIGHTS = Path(ours.__file__).with_name("kind_weights.json")
FITTED: tuple[Kind, ...] = ("sem", "tem", "optical", "map")
"""Kinds of which the captioned panels hold enough; the fit weighs them against each other, not against the others, or
it would learn that there are no photographs."""
LEAST = {"named of it alone": 1.0}
"""Least weights of words; 0 for those not listed, so that more that speaks for a kind never makes it less likely."""
STRENGTH = 1.5
"""How strongly the fit is drawn to the weights set by hand, or to 0; four times as strongly for looks and textures."""
BINS = 10

Floats = npt.NDArray[np.float64]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--words", type=Path)
    options = parser.parse_args()
    panels = captioned_panels(options.words)
    problem = Problem(panels)
    labels = np.array([KINDS.index(panel.label) for panel in panels])
    # Where the eye allows several kinds, the label's if it is among them.
    eyes = np.array([KINDS.index(p.label if p.label in p.eye else p.eye[0]) for p in panels])
    if options.fit:
        weights = dict(zip(problem.names, np.round(problem.fit(labels), 3).tolist(), strict=True))
        WEIGHTS.write_text(json.dumps(weights, indent=1) + "\n", encoding="utf-8")
        ours.weights.cache_clear()
        print(f"{len(weights)} weights fitted to {len(panels)} labels, written to {WEIGHTS.name}")
    chances = problem.left_out(labels)
    print(f"captioned panels: {len(panels)} of {len(set(problem.sources))} sources, each source left out of the fit\n")
    _against_labels(panels, chances)
    _against_eye(panels, chances, "fitted to labels")
    _against_eye(panels, problem.left_out(eyes), "fitted to the eye, for comparison: what the labels cost")
    _disagreements(panels, chances)
    held_out = _judged([panel.eye for panel in panels], chances)
    print("\ncalibration on captioned panels, sources left out, against the eye")
    _reliability(*held_out)
    read = panels_of_papers()
    whole = _of_papers(read)
    if options.plot:
        plot({"captioned panels, source left out": held_out, "papers, nothing fitted on them": whole}, options.plot)


class Problem:
    """The captioned panels as numbers: rule points and evidence of each kind, to be weighed."""

    def __init__(self, panels: Sequence[Seen]) -> None:
        self.sources = np.array([panel.source for panel in panels])
        self.names = [*WORDS, *sorted({name for p in panels for name in p.evidence.terms} - set(WORDS))]
        self.points = np.array([[panel.evidence.points[kind] for kind in KINDS] for panel in panels])
        # [panels, kinds, weights]
        self.terms = np.zeros((len(panels), len(KINDS), len(self.names)))
        for row, panel in enumerate(panels):
            for name, strengths in panel.evidence.terms.items():
                for kind, strength in strengths.items():
                    self.terms[row, KINDS.index(kind), self.names.index(name)] = strength
        self.prior = np.array([WORDS.get(name, 0.0) for name in self.names])
        looks = tuple(f"{look}, " for look in TEXTURES)
        self.pull = STRENGTH * np.array([4.0 if name.startswith(looks) else 1.0 for name in self.names])
        of_source = Counter(self.sources.tolist())
        # A source of 28 panels says more than one of two, but not fourteen times as much.
        counts = np.array([of_source[source] ** -0.5 for source in self.sources])
        self.counts = counts * len(counts) / counts.sum()

    def fit(self, kinds: npt.NDArray[np.int64], rows: npt.NDArray[np.bool_] | None = None) -> Floats:
        """Return the weights that make the given kinds likeliest, drawn to the prior."""
        fitted = [KINDS.index(kind) for kind in FITTED]
        rows = np.isin(kinds, fitted) & (True if rows is None else rows)
        points, terms, counts = self.points[rows][:, fitted], self.terms[rows][:, fitted], self.counts[rows]
        kinds = np.searchsorted(fitted, kinds[rows])
        every = np.arange(len(kinds))

        def loss(weights: Floats) -> tuple[float, Floats]:
            chances = _softmax(points + terms @ weights)
            off = weights - self.prior
            value = -(counts * np.log(chances[every, kinds] + 1e-12)).sum() + 0.5 * (self.pull * off**2).sum()
            chances[every, kinds] -= 1.0
            return float(value), np.einsum("nk,nkw->w", chances * counts[:, None], terms) + self.pull * off

        bounds = [(LEAST.get(name, 0.0) if name in WORDS else None, None) for name in self.names]
        return np.asarray(minimize(loss, self.prior, jac=True, method="L-BFGS-B", bounds=bounds).x)

    def left_out(self, kinds: npt.NDArray[np.int64]) -> Floats:
        """Return each panel's chances by weights fitted without its source, shape (panels, kinds)."""
        chances = np.zeros(self.points.shape)
        for source in sorted(set(self.sources.tolist())):
            out = self.sources == source
            chances[out] = _softmax(self.points[out] + self.terms[out] @ self.fit(kinds, ~out))
        return chances


def _softmax(scores: Floats) -> Floats:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def _against_labels(panels: Sequence[Seen], chances: Floats) -> None:
    given: list[Kind] = [KINDS[row.argmax()] for row in chances]
    pairs = [(panel.label == "sem", kind == "sem") for panel, kind in zip(panels, given, strict=True)]
    print(f"against the labels: {_sem_or_not(pairs)}")
    for kind in KINDS:
        row = Counter(k for p, k in zip(panels, given, strict=True) if p.label == kind)
        if row:
            print(f"    label {kind:12} " + "  ".join(f"{k} {n}" for k, n in row.most_common()))
    three = [(p.label, k) for p, k in zip(panels, given, strict=True) if p.label in ("sem", "tem", "optical")]
    recalls = [np.mean([label == k for label, k in three if label == kind]) for kind in ("sem", "tem", "optical")]
    right = sum(label == k for label, k in three)
    print(f"    sem, tem, optical: accuracy {right / len(three):.3f}, balanced {np.mean(recalls):.3f} (n {len(three)})")


def _against_eye(panels: Sequence[Seen], chances: Floats, title: str) -> None:
    given: list[Kind] = [KINDS[row.argmax()] for row in chances]
    sure = [(p, k) for p, k in zip(panels, given, strict=True) if not _undecidable(p.eye)]
    right = sum(k in p.eye for p, k in zip(panels, given, strict=True))
    print(f"against the eye, {title}: {_sem_or_not([('sem' in p.eye, k == 'sem') for p, k in sure])}")
    print(f"    nine kinds: accuracy {right / len(panels):.3f} (n {len(panels)})")


def _sem_or_not(pairs: Sequence[tuple[bool, bool]]) -> str:
    counts = Counter(pairs)
    hit, missed, false, rest = (counts[pair] for pair in ((True, True), (True, False), (False, True), (False, False)))
    balanced = (hit / max(hit + missed, 1) + rest / max(rest + false, 1)) / 2
    return (
        f"SEM or not: accuracy {(hit + rest) / len(pairs):.3f}, balanced {balanced:.3f} (n {len(pairs)}; "
        f"SEM found {hit}, missed {missed}, false {false}, rest {rest})"
    )


def _undecidable(eye: Sequence[Kind]) -> bool:
    """Whether a panel is a scanning electron micrograph as well as something else, such as one with a map laid over."""
    return "sem" in eye and len(eye) > 1


def _disagreements(panels: Sequence[Seen], chances: Floats) -> None:
    """List where our kind and the label differ, with the eye's verdict; count who was wrong on SEM and on any kind."""
    kinds: list[Kind] = [KINDS[row.argmax()] for row in chances]
    for only_sem in (True, False):
        differ = Counter(
            _who_was_wrong(panel, kind, only_sem)
            for panel, kind in zip(panels, kinds, strict=True)
            if _differ(panel.label, kind, only_sem)
        )
        wrong = sum(_is_wrong(panel.label, panel, only_sem) for panel in panels)
        print(
            f"\ndisagreements with the labels on {'SEM or not' if only_sem else 'any kind'}: {differ.total()}; "
            + ", ".join(f"{verdict} {n}" for verdict, n in differ.most_common())
            + f"\n    labels wrong by the eye in all: {wrong} of {len(panels)} ({wrong / len(panels):.1%})"
        )
    for panel, kind, row in zip(panels, kinds, chances, strict=True):
        if panel.label != kind:
            eye = "|".join(panel.eye)
            print(f"    {panel.name[:48]:48} label {panel.label:9} ours {kind:9} {row.max():.2f} eye {eye}")


def _differ(one: Kind, other: Kind, only_sem: bool) -> bool:
    return (one == "sem") != (other == "sem") if only_sem else one != other


def _is_wrong(kind: Kind, panel: Seen, only_sem: bool) -> bool:
    """Whether a kind is none that the eye allows; where it allows SEM and another, neither is wrong."""
    return all(_differ(kind, allowed, only_sem) for allowed in panel.eye)


def _who_was_wrong(panel: Seen, kind: Kind, only_sem: bool) -> str:
    label, ours_ = _is_wrong(panel.label, panel, only_sem), _is_wrong(kind, panel, only_sem)
    return {
        (True, False): "the label was wrong",
        (False, True): "we were wrong",
        (True, True): "both were wrong",
        (False, False): "undecidable",
    }[label, ours_]


def _judged(eyes: Sequence[Sequence[Kind]], chances: Floats) -> tuple[Floats, npt.NDArray[np.bool_]]:
    best = chances.argmax(axis=1)
    return chances.max(axis=1), np.array([KINDS[k] in eye for k, eye in zip(best, eyes, strict=True)])


def _of_papers(read: Sequence[Read]) -> tuple[Floats, npt.NDArray[np.bool_]]:
    confidence = np.array([panel.confidence for panel in read])
    right = np.array([panel.kind in panel.eye for panel in read])
    print(f"\npapers read whole, nothing fitted on them: nine kinds, accuracy {right.mean():.3f} (n {len(read)})")
    print(f"    {_sem_or_not([('sem' in panel.eye, panel.kind == 'sem') for panel in read])}")
    for panel in read:
        if panel.kind not in panel.eye:
            print(f"    {panel.name[:40]:40} ours {panel.kind:10} {panel.confidence:.2f} eye {'|'.join(panel.eye)}")
    print("calibration on papers, against the eye")
    _reliability(confidence, right)
    return confidence, right


def _bins(confidence: Floats, right: npt.NDArray[np.bool_]) -> list[tuple[float, float, int]]:
    """Return mean confidence, share that is right, and n of each of ten bins that holds any."""
    place = np.minimum((confidence * BINS).astype(int), BINS - 1)
    return [
        (float(confidence[place == k].mean()), float(right[place == k].mean()), int((place == k).sum()))
        for k in range(BINS)
        if (place == k).any()
    ]


def calibration_error(confidence: Floats, right: npt.NDArray[np.bool_]) -> float:
    """Return the expected calibration error: the mean gap between confidence and share right, over ten bins."""
    return sum(abs(mean - share) * n for mean, share, n in _bins(confidence, right)) / len(confidence)


def _reliability(confidence: Floats, right: npt.NDArray[np.bool_]) -> None:
    for mean, share, n in _bins(confidence, right):
        print(f"    confidence {mean:.2f}  right {share:.2f}  n {n}")
    brier = float(np.mean((confidence - right) ** 2))
    print(
        f"    expected calibration error {calibration_error(confidence, right):.3f}, Brier {brier:.3f} (n {len(right)})"
    )


def plot(sets: dict[str, tuple[Floats, npt.NDArray[np.bool_]]], file: Path) -> None:
    """Draw, for each set, the share that is right against the confidence, with 95 % intervals (Wilson) and counts."""
    with style():
        figure = new_figure(3.6, 4.4 * len(sets))
        for place, (title, (confidence, right)) in enumerate(sets.items()):
            axes = figure.add_subplot(1, len(sets), place + 1)
            bins = _bins(confidence, right)
            means, shares, counts = (np.array(values) for values in zip(*bins, strict=True))
            low, high = _wilson(shares, counts)
            axes.plot([0, 1], [0, 1], color=MUTED, linewidth=0.8, linestyle="--", label="as sure as right")
            axes.errorbar(means, shares, yerr=(shares - low, high - shares), fmt="o-", color=BLUE, capsize=2,
                          label="panels, 95 % interval")  # fmt: skip
            for x, y, n in zip(means, low, counts, strict=True):
                axes.annotate(
                    f"{n:.0f}", (x, y), (0, -9), textcoords="offset points", ha="center", fontsize=7, color=INK
                )
            error = calibration_error(confidence, right)
            axes.set(
                xlim=(0, 1.03), ylim=(-0.08, 1.03), xlabel="confidence of the kind", ylabel="share that is right",
                title=f"{title}\nn {len(right)}, calibration error {error:.3f}",
            )  # fmt: skip
            axes.legend(loc="lower right")
        figure.savefig(file, metadata={"Software": "GlassLLaVA"})
    print(f"drawn: {file}")


def _wilson(share: Floats, n: Floats, z: float = 1.96) -> tuple[Floats, Floats]:
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    return np.minimum(middle - half, share), np.maximum(middle + half, share)


if __name__ == "__main__":
    main()
