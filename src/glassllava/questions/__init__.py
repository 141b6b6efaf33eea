"""Stage: question-answer pairs grounded in a paper's text, the gates they pass, and the context ladder.

In: accepted panels with their captions and the sentences that cite them. Out: Question rows (pair, verbatim evidence,
verdict of the gates; `generate`) and Context rows (the question with 1, 2, 3 attributes told; `contexts`), and their
export to a folder (`export`).
"""

from glassllava.questions.exchange import Exported, export
from glassllava.questions.ladders import Contexts, contexts
from glassllava.questions.pairs import Generated
from glassllava.questions.stage import generate, plan_generation

__all__ = ["Contexts", "Exported", "Generated", "contexts", "export", "generate", "plan_generation"]
