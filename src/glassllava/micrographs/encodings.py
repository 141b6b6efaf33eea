"""Text files whose encoding is not stated: what instruments and people write beside their images.

In: bytes. Out: text. Keys of instruments' files are ASCII in any encoding, so a wrong choice can spoil a comment or
a name, but no number.
"""

from __future__ import annotations

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Byte order marks; UTF-32's begins with that of UTF-16."""
_LEAST_ZEROS = 0.3
"""Share of zero bytes on even or on odd places from which on a text is UTF-16."""
_HIGH = re.compile(rb"[\x80-\xff]+")


def decoded_text(data: bytes) -> str:
    """Return the text of a file.

    Parameters
    ----------
    data
        The whole file: UTF-8, UTF-16 or UTF-32, with or without a byte order mark, Shift JIS, GB 18030 or Latin-1.

    Returns
    -------
    str
        Without byte order mark; line ends as they are.

    Notes
    -----
    UTF-16 without a mark is known by the zero bytes of its ASCII letters. What is no UTF-8 is told apart by its bytes
    above 127: Latin-1 has none from 128 to 159, where Shift JIS has most of its lead bytes; GB 2312 has both bytes
    of each character above 160, so that they come in pairs.

    Examples
    --------
    >>> decoded_text("PixelSize=496.0938".encode("utf-16-be"))
    'PixelSize=496.0938'
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    if len(data) > 1:
        even, odd = (data[first::2].count(0) / len(data[first::2]) for first in (0, 1))
        if max(even, odd) > _LEAST_ZEROS:
            return data.decode("utf-16-le" if odd > even else "utf-16-be", "replace")
    runs = _HIGH.findall(data)
    if any(0x80 <= byte < 0xA0 for run in runs for byte in run):
        likely: tuple[str, ...] = ("utf-8", "cp932", "gb18030")
    elif all(len(run) % 2 == 0 for run in runs):
        likely = ("utf-8", "gb18030")
    else:
        likely = ("utf-8",)
    for encoding in likely:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")
