"""Captions of figures that go on on another page: "Figure 1. Cont.", "Fig. 3 (continued)".

In: the captions as they are printed, from `captions`. Out: the captions of whole figures, for the figures and for
`mentions`: a continued one is no caption of its own, but a further place of the caption that it continues.
"""

from __future__ import annotations

import re
from dataclasses import replace

from glassllava.papers.panel_parts import CONTINUED, LABEL_END, split_caption
from glassllava.papers.reading import Caption

_HEAD = re.compile(rf"^.*?{CONTINUED}\s*{LABEL_END}?\s*", re.IGNORECASE)
_GOES_ON = re.compile(r"\s*[(\[]\s*(?:to be )?continued(?: on (?:the )?next page)?\s*[)\]]\.?\s*$", re.IGNORECASE)
_FARTHEST = 3
"""A figure is continued at most so many pages from its caption."""


def whole_captions(printed: list[Caption]) -> list[Caption]:
    """Join each continued caption to the one that it continues.

    Parameters
    ----------
    printed
        What `find_captions` found.

    Returns
    -------
    list of Caption
        In the same order, without the continued ones, whose places the others hold in `elsewhere`. What a continued
        one adds stands at the end of the text. One that continues nothing stays as it is.
    """
    whole = {id(caption): caption for caption in printed}
    mains = [caption for caption in printed if not caption.continues]
    for caption in filter(lambda caption: caption.continues, printed):
        same = [main for main in mains if (main.label, main.supplementary) == (caption.label, caption.supplementary)]
        near = [main for main in same if abs(main.page - caption.page) <= _FARTHEST]
        if near:
            main = min(near, key=lambda main: abs(main.page - caption.page))
            whole[id(main)] = _joined(whole[id(main)], caption)
            del whole[id(caption)]
    return list(whole.values())


def _joined(whole: Caption, caption: Caption) -> Caption:
    rest = _HEAD.sub("", caption.text)
    text = _GOES_ON.sub("", whole.text)
    elsewhere = [*whole.elsewhere, (caption.page, caption.box)]
    if not rest or rest in text:
        return replace(whole, text=text, elsewhere=elsewhere)
    text = f"{text} {rest}"
    parts = split_caption(text)
    return replace(
        whole, text=text, parts=parts if len(parts) >= len(whole.parts) else whole.parts, elsewhere=elsewhere
    )
