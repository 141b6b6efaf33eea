"""Stage: the paper's tables and figures, and the page that holds them.

In: everything in a workspace, as the overlays give it. Out: a folder (`report/` in the workspace, or another) with
`results.json` for machines, `index.html` for people, the figures as SVG and PNG, and the gallery's pictures. It
writes nothing into the workspace's tables but its run.
"""

from glassllava.report.figures_map import picture_form, save_map
from glassllava.report.folder import write

__all__ = ["picture_form", "save_map", "write"]
