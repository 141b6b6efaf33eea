"""Stage: the collection — captioned image sets in, papers split into training and evaluation, truth of made papers.

In: JSONL or CSV files that name images with their captions (`import_panels`), the truth files beside synthetic papers
(`record_truth`), and the papers and panels of a workspace. Out: Paper and Panel rows of imported sets, SceneTruth
rows, and the split of every paper (`split`).
"""

from glassllava.corpus.captioned import Imported, import_panels
from glassllava.corpus.split import Split, split
from glassllava.corpus.truth import TruthRecorded, record_truth

__all__ = ["Imported", "Split", "TruthRecorded", "import_panels", "record_truth", "split"]
