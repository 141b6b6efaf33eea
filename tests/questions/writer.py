"""A model that writes pairs about the small paper, on loopback: good ones, and ones that break a rule until mended."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from tests.llm.server import Asked, Reply, completion

GOOD = {
    "Figure 2a": {
        "category": "Morphology",
        "subcategory": "simple",
        "question": "What do the features of this polished section look like?",
        "answer": (
            "The section shows round droplets in a smooth glassy matrix. The droplets have a size of about 0.2 µm. "
            "No cracks are visible between the droplets."
        ),
        "evidence": [
            "the section shows round droplets of about 0.2 µm in a smooth glassy matrix",
            "“No cracks are visible between the droplets.”",
        ],
        "needs_image": True,
    },
    "Figure 2b": {
        "category": "defect and fracture",
        "subcategory": "simple",
        "question": "Which defects can be seen in this section?",
        "answer": (
            "A few pores remain in the section. The pores lie where the laths meet. They remain because the residual "
            "glass could not flow into the gaps."
        ),
        "evidence": [
            "A few pores remain where the laths meet, because the residual glass could not flow into the gaps."
        ],
        "needs_image": True,
    },
}

INVENTED = {
    **GOOD["Figure 2a"],
    "category": "Morphology",
    "question": "What shape do the droplets of this section have?",
    "answer": (
        "The droplets are round. Their size is about 0.7 µm, and they lie in a smooth matrix. The matrix around the "
        "droplets is glassy."
    ),
}
"""Its number stands in no quote."""

MENDED = {**INVENTED, "answer": str(INVENTED["answer"]).replace("0.7", "0.2")}

SHORT = {**GOOD["Figure 2b"], "category": "General", "question": "What is shown?", "answer": "Interlocked laths."}
"""One sentence, whenever it is asked."""


@dataclass
class Writer:
    """Answers what it is asked: pairs to Prompt S1, verdicts to the gates by model."""

    faults: dict[str, list[Reply]] = field(default_factory=dict)
    """By panel: what is sent in the place of its next answers."""
    unsupported: str = "no answer holds this"
    """An answer that holds these words does not follow from its evidence."""
    known: str = "no answer holds this"
    """An answer that holds these words could be known without the image."""
    written: list[str] = field(default_factory=list)
    """Panels that pairs were asked for, in order; a repair is "… again"."""

    def __call__(self, asked: Asked) -> Reply:
        system = asked.body["messages"][0]["content"]
        system = system if isinstance(system, str) else system[0]["text"]
        if "Decide whether every statement" in system:
            wrong = self.unsupported in asked.text
            return _json({"reason": "The quotes do not say it." if wrong else "All is said.", "follows": not wrong})
        if "Decide whether that expert" in system:
            known = self.known in asked.text
            return _json({"reason": "Anybody knows it." if known else "One must look.", "known": known})
        (panel,) = re.findall(r"pairs about (Figure 2\w)\.$", asked.text)
        again = "Broken rule" in asked.text
        self.written.append(f"{panel} again" if again else panel)
        if self.faults.get(panel):
            return self.faults[panel].pop(0)
        if again:
            return _json({"pairs": [MENDED] if panel == "Figure 2a" else [SHORT]})
        return _json({"pairs": [GOOD[panel], INVENTED if panel == "Figure 2a" else SHORT]})


def _json(document: dict[str, Any]) -> Reply:
    return completion(json.dumps(document, ensure_ascii=False))
