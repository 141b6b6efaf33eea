"""Which pairs are wanted most of each panel, so that the categories come out in the published shares.

In: the domain's shares of a split, how many pairs a panel may have, and the panel's place in the corpus. Out: numbers
of pairs by category and subcategory. Over all panels they add up to the shares; one panel alone cannot hold them.
"""

from __future__ import annotations

from typing import NamedTuple

from glassllava.domains import Domain, Subcategory


class Want(NamedTuple):
    """So many pairs of one kind."""

    category: str
    subcategory: Subcategory
    number: int


def wanted(domain: Domain, split: str | None, place: int, number: int) -> list[Want]:
    """Return what is wanted of one panel.

    Up to and with each panel, a category is wanted as often as its share of all pairs wanted so far, within one
    pair; a category with both subcategories gives them in turn.

    Parameters
    ----------
    domain
        Its shares; those of Table 1 of the publication in the pack of glass.
    split
        "evaluation" has shares of its own; every other panel has those of training.
    place
        Panels of the same split before this one.
    number
        Pairs wanted of a panel.
    """
    shares = domain.shares.evaluation if split == "evaluation" else domain.shares.training
    before, after = _apportioned(shares, place * number), _apportioned(shares, (place + 1) * number)
    found = []
    for category in domain.categories:
        kinds = category.subcategories
        turns = range(before[category.name], after[category.name])
        for at, subcategory in enumerate(kinds):
            count = sum(turn % len(kinds) == at for turn in turns)
            if count:
                found.append(Want(category.name, subcategory, count))
    return found


def _apportioned(shares: dict[str, float], total: int) -> dict[str, int]:
    """Divide a number by shares, one by one to whichever lies farthest behind its share.

    A category never loses by a larger total, as it may where remainders are compared anew.
    """
    had = dict.fromkeys(shares, 0)
    whole = sum(shares.values())
    for step in range(total):
        # The one that lies farthest behind its share of the next total.
        behind = max(had, key=lambda name: shares[name] / whole * (step + 1) - had[name])
        had[behind] += 1
    return had
