"""Exchange of pairs: accepted ones out to a folder with their images, and pairs from a file in.

In: accepted questions and the images they are about (`export`); LLaVA JSON, JSONL or Parquet files (`import_pairs`).
Out: a folder with one of these forms and a card that says what is in it and under which terms; Question, Context and
Review rows, and panels of pictures that are new. `rows` is what a line holds in every form, one file writes and reads
each form, `sharing` says what may be shared.
"""

from glassllava.questions.exchange.incoming import ImportedPairs, import_pairs
from glassllava.questions.exchange.outgoing import Exported, export

__all__ = ["Exported", "ImportedPairs", "export", "import_pairs"]
