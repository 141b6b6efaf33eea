"""Domain packs: what to ask of a kind of image, in which words.

In: folders of YAML (``glass_sem`` comes along). Out: `Domain`, validated and frozen, for every stage that asks
or judges.
"""

from glassllava.domains.pack import (
    BrokenDomainPack,
    Category,
    ContextLevel,
    ContextType,
    Domain,
    Subcategory,
    load_domain,
    load_pack,
)

__all__ = [
    "BrokenDomainPack",
    "Category",
    "ContextLevel",
    "ContextType",
    "Domain",
    "Subcategory",
    "load_domain",
    "load_pack",
]
