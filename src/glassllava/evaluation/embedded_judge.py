"""The judge without a language model: rules of text and sentence embeddings, the same on every machine.

In: cases. Out: verdicts, by the formulae of `comparison`, `quality`, `features` and `defect`. It needs the extra
`offline` (the embedding model's weights) and nothing else. It stands in where no language model is at hand, and
says of itself where it is unfit.
"""

from __future__ import annotations

from collections.abc import Sequence

from glassllava.domains import Domain
from glassllava.evaluation.claims import claims
from glassllava.evaluation.comparison import Comparison, Vectors, compare, texts_to_embed
from glassllava.evaluation.defect import defect
from glassllava.evaluation.features import feature_identification
from glassllava.evaluation.judging import Case, Verdict, not_applicable
from glassllava.evaluation.quality import quality
from glassllava.text.embeddings import embed

VERSION = 1
"""Raised with every change that can change a verdict."""

LIMITS = (
    "Embedded judge: no language model read these answers; they were compared by words, sentence embeddings, "
    "numbers and negation.",
    "It cannot tell a wrong word from a right one of the same field where neither negation, a number nor a listed "
    "opposite gives it away.",
    "It is unfit for answers of several paragraphs and for reasoning; fluency and contextual understanding are not "
    "judged.",
    "Use its figures to compare conditions and models on one set of questions, not as the paper's GPT-4 scores.",
)


class EmbeddedJudge:
    """Judges by rule and embeddings; deterministic.

    Parameters
    ----------
    domain
        Gives the words for structures, defects and materials.
    """

    name = f"embedded-{VERSION}"
    limits = LIMITS

    def __init__(self, domain: Domain) -> None:
        self._domain = domain

    def judge(self, cases: Sequence[Case]) -> list[Verdict]:
        """Return one verdict for each case; each text is embedded once.

        Raises
        ------
        MissingExtra
            The extra `offline` is not installed.
        """
        vectors = self._vectors(cases)
        comparisons: dict[tuple[str, str, str], Comparison] = {}
        verdicts = []
        for case in cases:
            key = (case.question, case.reference, case.response)
            if key not in comparisons and _needs_comparison(case):
                comparisons[key] = compare(*key, vectors)
            verdicts.append(self._verdict(case, comparisons.get(key)))
        return verdicts

    def _vectors(self, cases: Sequence[Case]) -> Vectors:
        texts: dict[str, None] = {}
        for case in cases:
            if _needs_comparison(case):
                texts |= dict.fromkeys(texts_to_embed(case.question, case.reference, case.response))
        # Sorted: the same texts make the same batches, and so the same vectors to the last bit.
        order = sorted(texts)
        return dict(zip(order, embed(order), strict=True))

    def _verdict(self, case: Case, comparison: Comparison | None) -> Verdict:
        if case.assessment == "defect":
            return defect(case, self._domain)
        if not claims(case.reference):
            return not_applicable("The benchmark answer is empty.")
        if comparison is None:
            return Verdict("ok", 0.0 if case.assessment == "quality" else 1.0, {}, "The answer holds no word.")
        if case.assessment == "quality":
            return quality(comparison, case.reference, case.response)
        return feature_identification(comparison, case.reference, case.response, self._domain)


def _needs_comparison(case: Case) -> bool:
    return case.assessment != "defect" and bool(claims(case.reference)) and bool(claims(case.response))
