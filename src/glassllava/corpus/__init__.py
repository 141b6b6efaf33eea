"""Stage: the collection — captioned image sets in, papers split into training and evaluation.

In: JSONL or CSV files that name images with their captions (`import_panels`), and the papers and panels of a
workspace. Out: Paper and Panel rows of imported sets, and the split of every paper (`split`).
"""

from glassllava.corpus.captioned import Imported, import_panels
from glassllava.corpus.split import Split, split

__all__ = ["Imported", "Split", "import_panels", "split"]
