"""The stock trainer as it is used here: on the recipe's threads, telling each step, stopping where the loss is lost.

In: what a recipe says of one stage. Out: `TrainingArguments`, a `Trainer` and its callback. Workspace training and
the stages of a base share it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from transformers import PrinterCallback, Trainer, TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from glassllava.errors import GlassllavaError


class FiniteTrainer(Trainer):  # type: ignore[misc]
    """The stock trainer, which prints nothing and stops where the loss is not finite.

    Parameters
    ----------
    tell
        Called before the first step with (0, steps, None) and after each with its number, the steps and the loss.
    arguments
        As the stock trainer takes them.
    """

    def __init__(self, tell: Callable[[int, int, float | None], None], **arguments: Any) -> None:
        super().__init__(callbacks=[_Teller(tell)], **arguments)
        self.remove_callback(PrinterCallback)  # It prints to stdout, where results go.

    def training_step(
        self,
        model: torch.nn.Module,
        inputs: dict[str, torch.Tensor],
        num_items_in_batch: torch.Tensor | int | None = None,
    ) -> torch.Tensor:
        """Do one step and return its loss."""
        loss: torch.Tensor = super().training_step(model, inputs, num_items_in_batch)
        if not torch.isfinite(loss):
            raise GlassllavaError(
                f"Training stopped at step {self.state.global_step + 1}: the loss is not finite; lower learning_rate "
                "in the recipe, or use precision: float32."
            )
        return loss

    @property
    def losses(self) -> list[float]:
        """Loss of each step so far."""
        return [entry["loss"] for entry in self.state.log_history if "loss" in entry]


class _Teller(TrainerCallback):  # type: ignore[misc]
    def __init__(self, tell: Callable[[int, int, float | None], None]) -> None:
        self._tell = tell

    def on_train_begin(
        self,
        args: TrainingArguments,  # noqa: ARG002 - the Trainer's signature
        state: TrainerState,
        control: TrainerControl,  # noqa: ARG002
        **_: Any,
    ) -> None:
        self._tell(0, state.max_steps, None)

    def on_log(
        self,
        args: TrainingArguments,  # noqa: ARG002 - the Trainer's signature
        state: TrainerState,
        control: TrainerControl,  # noqa: ARG002
        logs: dict[str, float],
        **_: Any,
    ) -> None:
        if "loss" in logs:
            self._tell(state.global_step, state.max_steps, logs["loss"])


def trainer_arguments(
    folder: Path,
    *,
    steps: int,
    batch_size: int,
    learning_rate: float,
    warmup_share: float,
    weight_decay: float,
    max_gradient_norm: float,
    bfloat16: bool,
    cpu: bool,
    seed: int,
) -> TrainingArguments:
    """Return the stock trainer's arguments: AdamW, a cosine schedule with warm-up, each step logged, nothing saved."""
    return TrainingArguments(
        output_dir=str(folder),
        max_steps=steps,
        per_device_train_batch_size=batch_size,
        learning_rate=learning_rate,
        lr_scheduler_type="cosine",
        warmup_steps=math.ceil(warmup_share * steps),
        weight_decay=weight_decay,
        max_grad_norm=max_gradient_norm,
        bf16=bfloat16,
        use_cpu=cpu,
        seed=seed,
        data_seed=seed,
        logging_strategy="steps",
        logging_steps=1,
        logging_nan_inf_filter=False,
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
        remove_unused_columns=False,
    )


@contextmanager
def torch_threads(number: int) -> Iterator[None]:
    """Let torch use `number` threads, whatever OMP_NUM_THREADS says: the recipe decides how sums are rounded."""
    before = torch.get_num_threads()
    torch.set_num_threads(number)
    try:
        yield
    finally:
        torch.set_num_threads(before)
