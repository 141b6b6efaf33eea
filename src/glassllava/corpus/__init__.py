"""Stage: the collection — captioned image sets in, metadata completed, papers split into training and evaluation.

In: JSONL or CSV files that name images with their captions (`import_panels`), folders of a laboratory's own
micrographs (`import_micrographs`), the truth files beside synthetic papers (`record_truth`), the papers and panels of a
workspace, and, where that allows the network, Crossref and OpenAlex (`complete`). Out: Paper and Panel rows of imported
sets, SceneTruth rows, empty fields of papers filled with their source, and the split of every paper (`split`).
"""

from glassllava.corpus.captioned import import_panels
from glassllava.corpus.complete import Completed, complete
from glassllava.corpus.own_micrographs import import_micrographs
from glassllava.corpus.split import Split, split
from glassllava.corpus.storing import Imported
from glassllava.corpus.truth import TruthRecorded, record_truth

__all__ = [
    "Completed",
    "Imported",
    "Split",
    "TruthRecorded",
    "complete",
    "import_micrographs",
    "import_panels",
    "record_truth",
    "split",
]
