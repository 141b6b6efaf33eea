"""What a site's robots.txt allows this program, by RFC 9309.

In: the text of a robots.txt. Out: `Rules` that tell whether a path may be fetched and how long to pause. The standard
library's `urllib.robotparser` is not used: it knows no wildcards, and publishers write `Disallow: /*.pdf$`.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

LARGEST_BYTES = 500 * 1024
"""More of a robots.txt need not be read (RFC 9309, 2.5)."""


class Rules(NamedTuple):
    """The rules of one site for one program; without any, all is allowed."""

    rules: tuple[tuple[bool, str], ...] = ()
    """Whether it allows, and the path's pattern."""
    delay_seconds: float = 0.0
    """`Crawl-delay`, which RFC 9309 does not have but sites ask for."""

    def allow(self, url: str) -> bool:
        """Tell whether an address may be fetched: the longest rule that fits decides, and an allowing one of a pair."""
        parts = urlsplit(url)
        path = _one_spelling((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
        fitting = [(len(pattern), allows) for allows, pattern in self.rules if _fits(pattern, path)]
        return max(fitting, default=(0, True))[1]


def rules_for(agent: str, text: str) -> Rules:
    r"""Give the rules of a robots.txt for a program.

    Parameters
    ----------
    agent
        The program's name without its version; its groups count, or those of `*` where none is its own.
    text
        Of the file. A line that is no rule is passed over.

    Examples
    --------
    >>> rules = rules_for("GlassLLaVA", "User-agent: *\nDisallow: /*.pdf$\nAllow: /open/")
    >>> rules.allow("https://x.org/a.pdf"), rules.allow("https://x.org/open/a.pdf"), rules.allow("https://x.org/a")
    (False, False, True)
    """
    groups: dict[str, Rules] = {}
    named: list[str] = []
    begins = True
    for line in text.splitlines():
        field, _, value = (part.strip() for part in line.partition("#")[0].partition(":"))
        field = field.lower()
        if field == "user-agent":
            named = [*([] if begins else named), value.lower()]
            begins = False
            for name in named:
                groups.setdefault(name, Rules())
            continue
        if field not in {"allow", "disallow", "crawl-delay"}:
            continue
        begins = True
        for name in named:
            group = groups[name]
            if field == "crawl-delay":
                groups[name] = group._replace(delay_seconds=_seconds(value))
            elif value:
                groups[name] = group._replace(rules=(*group.rules, (field == "allow", _one_spelling(value))))
    return groups.get(agent.lower(), groups.get("*", Rules()))


def _fits(pattern: str, path: str) -> bool:
    """Tell whether a path begins as a pattern does, without a regular expression: one of many `*` takes for ever."""
    ends = pattern.endswith("$")
    first, *others = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    if not others:
        return not ends or at == len(path)
    for part in others[:-1]:
        found = path.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    last = others[-1]
    return path.endswith(last) and len(path) - len(last) >= at if ends else path.find(last, at) >= 0


def _one_spelling(path: str) -> str:
    """Return a path with the same characters quoted, however it was written."""
    return quote(unquote(path), safe="/?=&*$:;,@!+()'~")


def _seconds(value: str) -> float:
    return float(value) if re.fullmatch(r"\d{1,6}(\.\d{1,6})?", value) else 0.0
