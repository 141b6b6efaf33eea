"""The numbers that the paper prints in its text and tables, to stand beside a workspace's own.

From: Alshehri, Lee and Wang (2023), "Multimodal Deep Learning for Scientific Imaging Interpretation",
arXiv 2309.12460. To: results page, tables and figures. Only what is printed as a number is here: nothing was read
off a plot, and what the paper shows as a plot alone stays blank.
"""

from __future__ import annotations

from dataclasses import dataclass, field

SOURCE = "Alshehri, Lee and Wang (2023), arXiv 2309.12460"


@dataclass(frozen=True, slots=True)
class Published:
    """The printed numbers; empty for a domain that the paper does not speak of."""

    quality_by_subcategory: dict[str, float] = field(default_factory=dict)
    """Mean overall quality, 0-100 (section "Overall Quality Assessment")."""
    quality_by_category: dict[tuple[str, str], float] = field(default_factory=dict)
    """By category and subcategory (same section)."""
    quality_by_level: dict[tuple[str, str], float] = field(default_factory=dict)
    """By category and context level, 0-100 (section "Context Assessment")."""
    features_by_level: dict[tuple[str, str], float] = field(default_factory=dict)
    """By category and context level, 1-4 (section "Feature Identification")."""
    defect_accuracy: dict[str, float] = field(default_factory=dict)
    """By context level, 0-1 (section "Defect and Anomaly Detection")."""
    pairs: dict[str, int] = field(default_factory=dict)
    """Question-answer pairs by split (Table 1); their shares are in the domain pack."""
    panels: dict[str, int] = field(default_factory=dict)
    papers: dict[str, int] = field(default_factory=dict)
    """By split (section "Data Extraction")."""


GLASS_SEM = Published(
    quality_by_subcategory={"simple": 67.0, "complex": 77.0},
    quality_by_category={
        ("Microstructure", "simple"): 67.0,
        ("Microstructure", "complex"): 77.0,
        ("Processing and Environmental Impact", "complex"): 81.0,
    },
    quality_by_level={("General", "none"): 68.84, ("General", "high"): 92.56},
    features_by_level={("Morphology", "none"): 2.35, ("Morphology", "high"): 3.58},
    defect_accuracy={"none": 0.75, "high": 0.95},
    pairs={"training": 4291, "evaluation": 757},
    panels={"training": 404, "evaluation": 77},
    papers={"training": 62, "evaluation": 10},
)


def published_for(domain: str) -> Published:
    """Return what the paper printed about the domain of this name: nothing for any but ``glass-sem``."""
    return GLASS_SEM if domain == "glass-sem" else Published()
