"""Which split seed the demo takes: the least one whose evaluation papers hold scenes of all unknown families.

In: the stories of the demo's papers; nothing that a model answered. Out: for each seed from 0 on, the unknown families
and the scenes with a defect among the evaluation papers, up to the first that holds all families.

    python benchmarks/demo_split.py
"""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from itertools import count

from glassllava.cli.workflow import DEMO_PAPERS
from glassllava.corpus.split import choose_evaluation
from glassllava.synthetic.catalogue import UNKNOWN_FAMILIES
from glassllava.synthetic.manuscript import DOI_PREFIX
from glassllava.synthetic.story import tell

SHARE = 0.25


def main() -> None:
    with ProcessPoolExecutor(2) as pool:
        scenes = dict(enumerate(pool.map(scenes_of, range(DEMO_PAPERS))))
    panels = {f"{DOI_PREFIX}/glassllava.{number:04d}": [len(found)] for number, found in scenes.items()}
    for seed in count():
        chosen = choose_evaluation(panels, {}, set(), SHARE, seed)
        held = [scene for name in chosen for scene in scenes[int(name[-4:])]]
        families = Counter(family for family, _ in held)
        broken = sum(defect for _, defect in held)
        unknown = {family: families[family] for family in UNKNOWN_FAMILIES if families[family]}
        print(f"seed {seed}: {len(held)} scenes of {len(chosen)} papers, {broken} with a defect, unknown: {unknown}")
        if len(unknown) == len(UNKNOWN_FAMILIES):
            break


def scenes_of(number: int) -> list[tuple[str, bool]]:
    """Return family and whether there is a defect, for each SEM panel of a paper."""
    parts = [part for figure in tell(number).figures for part in figure.parts]
    truths = [part.micrograph.truth for part in parts if part.micrograph is not None]
    return [(truth.family, truth.defect is not None) for truth in truths]


if __name__ == "__main__":
    main()
