"""Answers: what the evaluation planned is filled, by a trained checkpoint or a baseline; and one question is asked.

In: `Answer` rows in state `planned` (or `error`, which is tried again), the images they show, checkpoints. Out: the
rows' texts and states. Needs torch and transformers (extra `train`) only where a checkpoint answers.
"""

from glassllava.answers.asking import ask
from glassllava.answers.fill import fill

__all__ = ["ask", "fill"]
