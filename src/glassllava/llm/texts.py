"""Texts that can be sent and stored: no half characters, no NUL.

In: text of PDFs, and what a model wrote. Out: the same text, with a replacement for what UTF-8 or PostgreSQL cannot
hold.
"""

from __future__ import annotations

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def storable(text: str) -> str:
    """Return a text with lone surrogates and NUL replaced."""
    if "\x00" in text:
        text = text.replace("\x00", REPLACEMENT)
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join(REPLACEMENT if "\ud800" <= letter <= "\udfff" else letter for letter in text)
    return text
