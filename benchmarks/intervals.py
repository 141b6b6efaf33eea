"""How often the 95 % interval of a mean over papers holds the truth, by the ways to make it.

In: nothing; simulated corpora from a fixed seed. Out: a Markdown table on stdout, coverage with CR1 and t(G−1), then
with CR2 and Bell–McCaffrey degrees of freedom, and for yes/no values then on the logit scale (both `clustered_mean`),
for few papers with equal and unequal numbers of questions.

    python benchmarks/intervals.py [CORPORA_A_CELL]
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glassllava.statistics import ClusteredMean, clustered_mean
from glassllava.statistics.intervals import t_interval

PAPERS = (5, 8, 12)
SIZES = ("equal", "moderate", "very unequal")
SEED = 20160715


@dataclass(frozen=True, slots=True)
class Answers:
    """Values that resemble each other within a paper.

    Attributes
    ----------
    yes : float or None
        Share of yes among yes/no values, each paper's own share drawn from a beta distribution; None for values that
        are a normal paper effect plus a normal answer effect with mean 0.
    alike : float
        Intraclass correlation: the share of the variance that lies between papers, 0–1.
    """

    yes: float | None
    alike: float

    @property
    def truth(self) -> float:
        """The mean that an interval should hold."""
        return self.yes or 0.0


VALUES = (Answers(None, 0.1), Answers(None, 0.3), Answers(0.6, 0.1), Answers(0.8, 0.1), Answers(0.8, 0.3))


def main() -> None:
    corpora = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    rng = np.random.default_rng(SEED)
    print(f"Coverage of nominal 95 % intervals, CR1 → CR2 (→ logit scale); {corpora} corpora a cell, seed {SEED}.\n")
    print("| papers | questions a paper | " + " | ".join(_heading(values) for values in VALUES) + " |")
    print("|---:|---|" + "---|" * len(VALUES))
    for papers in PAPERS:
        for sizes in SIZES:
            cells = (" → ".join(f"{c:.3f}" for c in _coverage(papers, sizes, v, corpora, rng)) for v in VALUES)
            print(f"| {papers} | {sizes} | " + " | ".join(cells) + " |", flush=True)


def corpus(
    papers: int, sizes: str, values: Answers, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Draw the values of one corpus and the paper of each.

    A paper has 12 questions (equal), 4–20 (moderate: the sizes' standard deviation is 0.4 of their mean), or a
    geometric number of mean 12 (very unequal: 0.96 of their mean).
    """
    if sizes == "equal":
        questions = np.full(papers, 12)
    elif sizes == "moderate":
        questions = rng.integers(4, 21, papers)
    else:
        questions = rng.geometric(1 / 12, papers)
    codes = np.repeat(np.arange(papers), questions)
    if values.yes is None:
        effects = np.sqrt(values.alike) * rng.normal(size=papers)
        return effects[codes] + np.sqrt(1 - values.alike) * rng.normal(size=len(codes)), codes
    spread = 1 / values.alike - 1
    shares = rng.beta(values.yes * spread, (1 - values.yes) * spread, papers)
    return (rng.random(len(codes)) < shares[codes]).astype(np.float64), codes


def _coverage(papers: int, sizes: str, values: Answers, corpora: int, rng: np.random.Generator) -> list[float]:
    held = np.zeros(2 if values.yes is None else 3)
    given = 0
    for _ in range(corpora):
        drawn, codes = corpus(papers, sizes, values, rng)
        cr2 = clustered_mean(drawn, codes)
        if cr2.ci is None:
            continue
        given += 1
        intervals = [_cr1_interval(drawn, codes, cr2), cr2.ci]
        if values.yes is not None:
            logit = clustered_mean(drawn, codes, ends=(0, 1)).ci
            assert logit is not None
            intervals.append(logit)
        held += [low <= values.truth <= high for low, high in intervals]
    return [float(share) for share in held / given]


def _cr1_interval(values: NDArray[np.float64], codes: NDArray[np.intp], result: ClusteredMean) -> tuple[float, float]:
    mean = values.mean()
    squares = np.square(np.bincount(codes, weights=values - mean)).sum()
    error = np.sqrt(result.clusters / (result.clusters - 1) * squares) / result.n
    return t_interval(float(mean), float(error), result.clusters - 1)


def _heading(values: Answers) -> str:
    kind = "normal" if values.yes is None else f"{values.yes:.0%} yes"
    return f"{kind}, ICC {values.alike}"


if __name__ == "__main__":
    main()
