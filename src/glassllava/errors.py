"""What went wrong, in one sentence for the person who can mend it.

Raised by every room; caught by the command line, which prints the sentence and exits with 1.
"""


class GlassllavaError(Exception):
    """A fault of the input or the surroundings: one sentence that says what, where, and what to do."""


class UnreadableInput(GlassllavaError):
    """A file that cannot be read as what it should be: encrypted, damaged, empty or of another kind."""


class WorkspaceError(GlassllavaError):
    """A folder that is no workspace, cannot be written, or belongs to a newer version."""


class MissingExtra(GlassllavaError):
    """A feature whose optional packages are not installed; the sentence names the extra to install."""
