"""Defect and anomaly detection: does the answer affirm or deny defects as the benchmark does? 1, 0 or NA.

In: question, benchmark answer and answer, and the domain's words for defects. Out: a verdict with both polarities
(`present`, `absent`, `undecided`; from `glassllava.text.polarity`, whose head holds the rule for hedges: "this may
indicate a defect" is undecided). Judges of any kind find polarities; the correctness is worked out here.

The rules
---------
1. **Asked** of questions whose category is about defects (its name holds one of the domain's words for them:
   "Defect and Fracture"), and of all others whose benchmark takes a side, since the paper compares with the benchmark
   and not with the question. `detail["named"]` tells the two apart: whether category or question name defects.
2. **NA** where the question itself mentions the absence ("why is the surface free of cracks?"), and where the
   benchmark is undecided, which makes the task irrelevant.
3. **1** where answer and benchmark have the same polarity (true positive or negative).
4. **0** where they differ, and where the answer is undecided: hedges, silence, "needs more information".

Source: Alshehri, Lee and Wang (2023), arXiv 2309.12460, section "Defect and Anomaly Detection".
"""

from __future__ import annotations

from glassllava.domains import Domain
from glassllava.evaluation.judging import Case, Verdict, not_applicable
from glassllava.text.polarity import Polarity, polarity
from glassllava.text.terms import find_terms


def has_defect_assessment(category: str, reference: str, domain: Domain) -> bool:
    """Tell whether answers to a question have the defect assessment (rule 1)."""
    return bool(find_terms(category, domain.defects)) or polarity(reference, domain.defects) != "undecided"


def mentions_absence(question: str, domain: Domain) -> bool:
    """Tell whether a question takes the absence of defects for granted (rule 2).

    Examples
    --------
    >>> from glassllava.domains import load_domain
    >>> mentions_absence("Why is the surface free of cracks?", load_domain("glass-sem"))
    True
    """
    # A question is undecided by the rules of polarity; what it presupposes is read as if it were said.
    return polarity(question.replace("?", "."), domain.defects) == "absent"


def defect(case: Case, domain: Domain) -> Verdict:
    """Return the correctness of a response by its own and the benchmark's polarity."""
    return correctness(case, polarity(case.reference, domain.defects), polarity(case.response, domain.defects), domain)


def correctness(case: Case, benchmark: Polarity, answer: Polarity, domain: Domain) -> Verdict:
    """Return 1, 0 or NA from the two polarities, whoever read them (rules 2 to 4)."""
    detail = {
        "benchmark_polarity": benchmark,
        "answer_polarity": answer,
        "named": bool(find_terms(f"{case.category}. {case.question}", domain.defects)),
    }
    if mentions_absence(case.question, domain):
        return not_applicable("The question itself mentions the absence.", **detail)
    if benchmark == "undecided":
        return not_applicable("The benchmark answer takes no side on defects.", **detail)
    if answer == "undecided":
        return Verdict("ok", 0.0, detail, f"Defects are {benchmark} in the benchmark; the answer takes no side.")
    reason = f"Defects are {benchmark} in the benchmark and {answer} in the answer."
    return Verdict("ok", float(answer == benchmark), detail, reason)
