"""One folder = database + images + settings: open, migrate, add, query, overlay, export.

In: a folder. Out: a `Workspace`, through which every stage reads and writes records; stages meet only here.
What people decided is laid over what machines found each time it is read (`overlay`), and neither overwrites
the other.
"""

from glassllava.workspace.files import FileStore
from glassllava.workspace.folder import Workspace
from glassllava.workspace.identity import content_id, figure_id, file_id, identity, panel_id
from glassllava.workspace.overlay import MentionView, PanelView, QuestionView
from glassllava.workspace.runs import RunProgress, task_id
from glassllava.workspace.scores import ScoreView
from glassllava.workspace.status import Status

__all__ = [
    "FileStore",
    "MentionView",
    "PanelView",
    "QuestionView",
    "RunProgress",
    "ScoreView",
    "Status",
    "Workspace",
    "content_id",
    "figure_id",
    "file_id",
    "identity",
    "panel_id",
    "task_id",
]
