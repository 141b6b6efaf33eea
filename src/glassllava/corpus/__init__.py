"""Stage: the collection — captioned image sets in, metadata completed, papers split into training and evaluation.

In: JSONL, CSV or Label Studio files that name images with their captions (`import_panels`), folders of a laboratory's
own micrographs (`import_micrographs`), the truth files beside synthetic papers (`record_truth`), the papers and panels
of a workspace, and, where that allows the network, Crossref and OpenAlex (`complete`), OpenAlex's lists (`search`) and
the hosts of open papers (`download`). Out: a list to review (`write_list`), PDFs with their terms (`record_terms`),
Paper and Panel rows of imported sets, SceneTruth rows, empty fields of papers filled with their source, and the split
of every paper (`split`).
"""

from glassllava.corpus.captioned import import_panels
from glassllava.corpus.leakage import Leakage, check
from glassllava.corpus.network.complete import Completed, complete
from glassllava.corpus.network.download import Downloaded, download
from glassllava.corpus.network.search import Found, search
from glassllava.corpus.own_micrographs import import_micrographs
from glassllava.corpus.paper_map import map_papers
from glassllava.corpus.reading_list import list_text, write_list
from glassllava.corpus.split import Split, split
from glassllava.corpus.storing import Imported
from glassllava.corpus.terms import record_terms
from glassllava.corpus.truth import TruthRecorded, record_truth

__all__ = [
    "Completed",
    "Downloaded",
    "Found",
    "Imported",
    "Leakage",
    "Split",
    "TruthRecorded",
    "check",
    "complete",
    "download",
    "import_micrographs",
    "import_panels",
    "list_text",
    "map_papers",
    "record_terms",
    "record_truth",
    "search",
    "split",
    "write_list",
]
