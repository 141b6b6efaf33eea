"""Stage: the answer grid, judges, and the assessments of answers.

In: accepted evaluation questions with their contexts, panels and checkpoints; later the filled answers. Out:
`Answer` rows to fill (`plan`), and `Judgement` rows (`judge`): overall quality 0-100, feature identification 1-4,
defects 1/0. A judge is anything with `Judge`'s interface; `EmbeddedJudge` needs no language model.
"""

from glassllava.evaluation.embedded_judge import EmbeddedJudge
from glassllava.evaluation.judge import UnknownJudge, judge, judge_with
from glassllava.evaluation.judging import ASSESSMENTS, Assessment, Case, Judge, Verdict
from glassllava.evaluation.plan import plan

__all__ = [
    "ASSESSMENTS",
    "Assessment",
    "Case",
    "EmbeddedJudge",
    "Judge",
    "UnknownJudge",
    "Verdict",
    "judge",
    "judge_with",
    "plan",
]
