"""What of a LLaVA trains: decided here and nowhere else, and told with the number of parameters.

In: a model and the recipe's list of parts. Out: each parameter's `requires_grad`, and a table of what was decided.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass

from torch import nn
from transformers import LlavaForConditionalGeneration

from glassllava.models.recipe import Part


@dataclass(frozen=True, slots=True)
class PartParameters:
    """One row of the table: a part of the model and how many of its parameters train."""

    part: str
    trained: int
    frozen: int

    def row(self) -> dict[str, str | int]:
        """Return the row as JSON values."""
        return asdict(self)


def what_trains(model: LlavaForConditionalGeneration, trains: Collection[Part]) -> list[PartParameters]:
    """Set which parameters of `model` learn, and return the table.

    Two things stay frozen whatever the recipe says. The projector's second layer, where the activation is the
    identity: it is the identity matrix that makes the projector a single linear layer. And what lies behind the
    features that are read from the tower: no gradient reaches it, and counting it as trained would be untrue.

    Parameters
    ----------
    model
        A stock LLaVA; its `requires_grad` flags are changed.
    trains
        Parts that are to learn.
    """
    parts: dict[Part, nn.Module] = {
        "vision_tower": model.model.vision_tower,
        "projector": model.model.multi_modal_projector,
        "language_model": model.model.language_model,
    }
    for name, part in parts.items():
        part.requires_grad_(name in trains)
    if model.lm_head.weight is not model.model.language_model.embed_tokens.weight:
        parts["language_model"] = nn.ModuleList([model.model.language_model, model.lm_head])
        model.lm_head.requires_grad_("language_model" in trains)
    if model.config.projector_hidden_act == "linear":
        model.model.multi_modal_projector.linear_2.requires_grad_(False)
    tower = model.model.vision_tower
    layer = model.config.vision_feature_layer
    read = layer if layer >= 0 else len(tower.encoder.layers) + 1 + layer
    for behind in (*tower.encoder.layers[read:], tower.post_layernorm):
        behind.requires_grad_(False)
    return [_counted(name, part) for name, part in parts.items()]


def as_text(table: list[PartParameters]) -> str:
    """Return the table as lines of text, with a row for the sum."""
    rows = [*table, PartParameters("all", sum(r.trained for r in table), sum(r.frozen for r in table))]
    lines = [f"{'part':<16}{'trained':>14}{'frozen':>14}"]
    return "\n".join(lines + [f"{row.part:<16}{row.trained:>14,}{row.frozen:>14,}" for row in rows])


def _counted(name: str, part: nn.Module) -> PartParameters:
    counts = {True: 0, False: 0}
    for parameter in part.parameters():
        counts[parameter.requires_grad] += parameter.numel()
    return PartParameters(name, counts[True], counts[False])
