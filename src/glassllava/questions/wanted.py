"""Which pairs are wanted most of each panel, so that the categories come out in the published shares.

In: the domain's shares of a split, and how many pairs a panel may have. Out: for each panel in turn numbers of pairs by
category and subcategory. Over all panels they add up to the shares; one panel alone cannot hold them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import count
from typing import NamedTuple

from glassllava.domains import Domain, Subcategory


class Want(NamedTuple):
    """So many pairs of one kind."""

    category: str
    subcategory: Subcategory
    number: int


def wanted(domain: Domain, split: str | None, number: int) -> Iterator[tuple[Want, ...]]:
    """Give what is wanted of each panel of a split, one after the other and without end.

    Up to and with each panel, a category is wanted as often as its share of all pairs wanted so far, within one
    pair; a category with both subcategories gives them in turn. Each pair is of the category that lies farthest behind
    its share, so that a category never loses by a larger total, as it may where remainders are compared anew.

    Parameters
    ----------
    domain
        Its shares; those of Table 1 of the publication in the pack of glass.
    split
        "evaluation" has shares of its own; every other panel has those of training.
    number
        Pairs wanted of a panel.
    """
    shares = domain.shares.evaluation if split == "evaluation" else domain.shares.training
    whole = sum(shares.values())
    had = dict.fromkeys(shares, 0)
    for first in count(step=number):
        wants: Counter[tuple[str, Subcategory]] = Counter()
        for total in range(first + 1, first + number + 1):
            name = max(had, key=lambda category: shares[category] / whole * total - had[category])
            kinds = domain.category(name).subcategories
            wants[name, kinds[had[name] % len(kinds)]] += 1
            had[name] += 1
        yield tuple(
            Want(category.name, subcategory, wants[category.name, subcategory])
            for category in domain.categories
            for subcategory in category.subcategories
            if wants[category.name, subcategory]
        )
