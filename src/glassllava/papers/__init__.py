"""Stage: PDF papers in; text, figures, panels, labels, mentions, metadata and scale out.

In: PDF files. Out: Paper, Figure, Panel and Mention rows with panel images (`add`); `read_paper` gives the same
for one file's bytes without a workspace.
"""

from glassllava.papers.read import read_paper
from glassllava.papers.stage import Added, add, find_pdfs

__all__ = ["Added", "add", "find_pdfs", "read_paper"]
