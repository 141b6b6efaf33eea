"""The command line: thin groups that parse, call a stage and print.

In: arguments. Out: results on stdout (one JSON document with `--json`), progress on stderr, and an exit code:
0 done, 1 failed, 2 usage, 3 done in part.
"""

from glassllava.cli.entry import main

__all__ = ["main"]
