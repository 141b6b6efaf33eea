"""The nouns of GlassLLaVA, as tables.

In: nothing. Out: the SQLAlchemy 2 classes that every room reads and writes through the workspace. Ids are
content hashes (see `glassllava.workspace.identity`), so writing the same thing twice changes nothing.
"""

from glassllava.records.answers import Answer, Judgement
from glassllava.records.base import Record, now
from glassllava.records.calls import Call
from glassllava.records.grid import ALWAYS_YES, BASELINES, CONDITIONS, LEVELS, NEAREST_TEXT
from glassllava.records.likenesses import Likeness, LikenessKind
from glassllava.records.lookups import Lookup
from glassllava.records.papers import DESCRIPTIVE_FIELDS, ArticleType, Figure, Kind, Mention, Panel, Paper
from glassllava.records.people import Review
from glassllava.records.questions import Context, Question
from glassllava.records.truth import SYNTHETIC_DOI_PREFIX, SceneTruth, is_synthetic_doi
from glassllava.records.work import Checkpoint, Run, Task

__all__ = [
    "ALWAYS_YES",
    "BASELINES",
    "CONDITIONS",
    "DESCRIPTIVE_FIELDS",
    "LEVELS",
    "NEAREST_TEXT",
    "SYNTHETIC_DOI_PREFIX",
    "Answer",
    "ArticleType",
    "Call",
    "Checkpoint",
    "Context",
    "Figure",
    "Judgement",
    "Kind",
    "Likeness",
    "LikenessKind",
    "Lookup",
    "Mention",
    "Panel",
    "Paper",
    "Question",
    "Record",
    "Review",
    "Run",
    "SceneTruth",
    "Task",
    "is_synthetic_doi",
    "now",
]
