"""Domain packs: what to ask of a kind of image, in which words.

In: folders of YAML and Jinja (``glass_sem`` comes along). Out: `Domain`, validated and frozen, and `Prompts`, for
every stage that asks or judges.
"""

from glassllava.domains.pack import (
    Category,
    CategoryRole,
    ContextLevel,
    ContextRole,
    ContextType,
    Domain,
    Subcategory,
    load_domain,
    load_pack,
    pack_name,
)
from glassllava.domains.prompts import PROMPTS, Prompt, PromptName, Prompts, Rendered, load_prompts
from glassllava.domains.reading import BrokenDomainPack

__all__ = [
    "PROMPTS",
    "BrokenDomainPack",
    "Category",
    "CategoryRole",
    "ContextLevel",
    "ContextRole",
    "ContextType",
    "Domain",
    "Prompt",
    "PromptName",
    "Prompts",
    "Rendered",
    "Subcategory",
    "load_domain",
    "load_pack",
    "load_prompts",
    "pack_name",
]
