"""GlassLLaVA: from papers and micrographs to a measured vision-language assistant for SEM.

In: a folder of PDF papers. Out: a workspace that holds validated SEM panels with the text that speaks of
them, question-answer pairs grounded in that text, a fine-tuned LLaVA, and a report that measures it.
"""

from glassllava.errors import GlassllavaError

__version__ = "0.1.0.dev0"

__all__ = ["GlassllavaError", "__version__"]
