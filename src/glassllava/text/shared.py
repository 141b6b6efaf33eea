"""Passages that stand in the texts of two sources, whatever else the two say.

In: for each source its texts. Out: pairs of sources with the passages that both hold. A passage is a run of at least 13
words, the length from which a match of running text is taken for a copy (Brown et al. 2020, arXiv 2005.14165, appendix
C), found by the runs of 8 words that it is made of. What many say alike is no passage of anyone's:

- runs of words that stand in more than three sources are a habit of the field, of a journal or of a form;
- sentences about rights (licences, permissions, colours in print) and about the conductive coating are left out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from glassllava.text.overlap import tokens
from glassllava.text.sentences import sentences

RUN = 8
"""Words of a run by which passages are found."""
LEAST_WORDS = 13
"""Words of the shortest passage."""
MOST_SOURCES = 3
"""Sources that a run may stand in: a work may be there as preprint, article and image set."""

_FORMULAIC = re.compile(
    r"copyright|©|licen[cs]e|creative commons|permission|\breprint|all rights|open access|"
    r"references? to colou?r|(?:online|web) version|"
    r"\bsputter|\bcoat(?:ed|ing)\b.{0,40}\b(?:gold|carbon|platinum|palladium|chromium|iridium|Au|Pt|conductive)\b|"
    r"\b(?:gold|carbon|platinum|palladium|conductive)[ -](?:sputter|coat|layer|film)",
    re.IGNORECASE,
)


_FACTOR = np.uint64(0x9E3779B97F4A7C15)

Places = NDArray[np.int64]


class SharedText(NamedTuple):
    """What two sources both say."""

    one: str
    other: str
    passages: tuple[str, ...]
    """As `one` says them, in lower case and without signs, the longest first."""
    words: int
    """Words of all passages."""
    share: float
    """The runs of the passages as a share of those of the source that has fewer, 0 to 1."""


def shared_passages(texts: Mapping[str, Iterable[str]]) -> list[SharedText]:
    """Find the pairs of sources that share passages.

    Parameters
    ----------
    texts
        Name of each source to its texts; a text that a source repeats counts once.

    Returns
    -------
    list of SharedText
        In order of name.
    """
    names = sorted(texts)
    words, starts, owners = _in_a_row([texts[name] for name in names])
    if not len(starts):
        return []
    runs = _runs(words, starts)
    found = []
    for (one, other), shared in sorted(_pairs(runs, owners).items()):
        here = owners == one
        passages = _passages(words, starts[here][np.isin(runs[here], shared)])
        if passages:
            shorter = min(len(np.unique(runs[owners == source])) for source in (one, other))
            number = sum(passage.count(" ") + 1 for passage in passages)
            held = number - len(passages) * (RUN - 1)
            found.append(SharedText(names[one], names[other], passages, number, min(1.0, held / shorter)))
    return found


def _in_a_row(texts: Iterable[Iterable[str]]) -> tuple[list[str], Places, Places]:
    """Return the words of all texts in a row, the places where a run begins, and the source of each such place."""
    words: list[str] = []
    starts: list[int] = []
    owners: list[int] = []
    for source, own in enumerate(texts):
        for text in dict.fromkeys(own):
            spoken = tokens(" ".join(sentence for sentence in sentences(text) if not _FORMULAIC.search(sentence)))
            begins = range(len(words), len(words) + len(spoken) - RUN + 1)
            starts.extend(begins)
            owners.extend([source] * len(begins))
            words.extend(spoken)
    return words, np.array(starts, np.int64), np.array(owners, np.int64)


def _runs(words: Sequence[str], starts: Places) -> NDArray[np.uint64]:
    """Return one number for the run of words that begins at each place: 64 bits, so that no two runs share theirs."""
    vocabulary: dict[str, int] = {}
    coded = np.array([vocabulary.setdefault(word, len(vocabulary) + 1) for word in words], np.uint64)
    numbers = np.zeros(len(starts), np.uint64)
    for place in range(RUN):
        numbers = numbers * _FACTOR + coded[starts + place]
        numbers ^= numbers >> np.uint64(29)
    return numbers


def _pairs(runs: NDArray[np.uint64], owners: Places) -> dict[tuple[int, int], NDArray[np.uint64]]:
    """Return the runs that two sources share, for each pair that shares enough of them for a passage."""
    sources = int(owners.max()) + 1
    numbers, which = np.unique(runs, return_inverse=True)
    # Each run once a source, by run: those of one run stand side by side.
    which, held = np.divmod(np.unique(which * sources + owners), sources)
    spread = np.bincount(which)[which]
    shared: dict[tuple[int, int], list[NDArray[np.uint64]]] = defaultdict(list)
    for apart in range(1, MOST_SOURCES):
        is_pair = (which[apart:] == which[:-apart]) & (spread[apart:] <= MOST_SOURCES)
        first, second, run = held[:-apart][is_pair], held[apart:][is_pair], which[:-apart][is_pair]
        if not len(run):
            continue
        pairs, place = np.unique(first * sources + second, return_inverse=True)
        order = np.argsort(place, kind="stable")
        ends = np.cumsum(np.bincount(place, minlength=len(pairs)))[:-1]
        for pair, own in zip(pairs.tolist(), np.split(run[order], ends), strict=True):
            shared[divmod(pair, sources)].append(numbers[own])
    joined = {pair: np.concatenate(parts) for pair, parts in shared.items()}
    return {pair: own for pair, own in joined.items() if len(own) > LEAST_WORDS - RUN}


def _passages(words: Sequence[str], starts: Places) -> tuple[str, ...]:
    """Return the passages that runs beginning at `starts` make together, the longest first, none within another."""
    if not len(starts):
        return ()
    parts = np.split(starts, np.flatnonzero(np.diff(starts) > 1) + 1)
    found = {" ".join(words[part[0] : part[-1] + RUN]) for part in parts if len(part) > LEAST_WORDS - RUN}
    kept: list[str] = []
    for passage in sorted(found, key=lambda passage: (-passage.count(" "), passage)):
        if not any(f" {passage} " in f" {longer} " for longer in kept):
            kept.append(passage)
    return tuple(kept)
