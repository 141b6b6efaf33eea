"""An endpoint with the faults of real ones, in the shares that are asked for, and the truth of each row.

What a model does with a row (an answer, words, a refusal) depends on the row alone; what the way to it does (429, 500,
a hang) on chance, so that every row has one true state in the end.
"""

from __future__ import annotations

import json
import random
import threading
from collections import Counter

from tests.llm.server import FOREVER, Asked, Reply, completion, fault, too_many

ROWS_BY_STATE = ("ok",) * 16 + ("malformed", "violation", "refused", "truncated")
"""What becomes of every twenty rows: 5 % each of malformed JSON, schema violations, refusals and cut-off answers."""

STATES = {"malformed": "unparseable", "violation": "unparseable"}


def fate(row: int) -> str:
    return random.Random(row).choice(ROWS_BY_STATE)


def true_state(row: int) -> str:
    return STATES.get(fate(row), fate(row))


def score(row: int) -> float:
    return float(row % 101)


def answer_to(row: int) -> Reply:
    good = json.dumps({"score": score(row), "polarity": "present"})
    return {
        "ok": completion(good),
        "malformed": completion(good[:-9]),
        "violation": completion(json.dumps({"score": str(score(row)), "polarity": "present"})),
        "refused": completion(None, refusal="I cannot judge this."),
        "truncated": completion(good[:20], "length"),
    }[fate(row)]


class Faulty:
    """Answers rows with faults on the way: 20 % 429, 5 % 500, 2 % hangs."""

    def __init__(self, seed: int) -> None:
        self.counts: Counter[str] = Counter()
        self.answers: Counter[int] = Counter()
        """How often the model has answered each row."""
        self._chance = random.Random(seed)
        self._lock = threading.Lock()

    def __call__(self, asked: Asked) -> Reply:
        row = int(asked.text.removeprefix("row "))
        with self._lock:
            drawn = self._chance.random()
            if drawn < 0.20:
                self.counts["429"] += 1
                return too_many(self._chance.choice(["0", "0.01", None]))
            if drawn < 0.25:
                self.counts["500"] += 1
                return fault(500, "The server had an error while processing your request.", "server_error")
            if drawn < 0.27:
                self.counts["hang"] += 1
                return Reply(body=completion("late").body, seconds=FOREVER)
            self.answers[row] += 1
        return answer_to(row)
