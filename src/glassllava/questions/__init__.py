"""Stage: question-answer pairs grounded in a paper's text, the gates they pass, and the context ladder.

In: accepted panels with their captions and the sentences that cite them; files of pairs (`import_pairs`). Out: Question
rows (pair, verbatim evidence, verdict of the gates; `generate`), Context rows (the question with 1, 2, 3 attributes
told; `contexts`), and their export to a folder (`export`).
"""

from glassllava.questions.exchange import Exported, ImportedPairs, export, import_pairs
from glassllava.questions.ladders import Contexts, contexts
from glassllava.questions.pairs import Generated
from glassllava.questions.stage import generate, plan_generation

__all__ = [
    "Contexts",
    "Exported",
    "Generated",
    "ImportedPairs",
    "contexts",
    "export",
    "generate",
    "import_pairs",
    "plan_generation",
]
