"""Training examples: which token carries loss, and that nothing is left out in silence."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import LlavaProcessor

from glassllava.models.build import build_processor
from glassllava.models.data import (
    NO_LOSS,
    Example,
    PanelDataset,
    TokenisedExample,
    collate,
    conversation,
    data_fingerprint,
    tokenise,
    training_examples,
    with_readable_images,
)
from glassllava.models.tokenizer import train_tokenizer
from glassllava.workspace import Workspace
from tests.models.planted import SMALL, plant_training

TOWER, _ = SMALL.form
IMAGE_TOKENS = TOWER.image_tokens

TEXTS = ["What is the size of the grains?", "The grains are 5 µm wide. They touch each other."]

SHORT, LONG = (build_processor(TOWER, train_tokenizer(TEXTS, size)) for size in (300, 512))
"""One whose tokens are mostly bytes, one whose tokens are mostly words."""

words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60).filter(
    lambda text: not any(token in text for token in LONG.tokenizer.all_special_tokens)
)


def example(question: str, answer: str) -> Example:
    return Example("q" * 64, question, answer, "Figure 1a of a.pdf", "0" * 64)


@pytest.mark.parametrize("processor", [SHORT, LONG], ids=["bytes", "words"])
@given(question=words, answer=words)
def test_the_answer_and_its_end_carry_loss_and_nothing_else(
    processor: LlavaProcessor, question: str, answer: str
) -> None:
    (found,), _ = tokenise([example(question, answer)], processor, IMAGE_TOKENS, 1000)
    tokenizer = processor.tokenizer
    before = tokenizer.decode([i for i, label in zip(found.input_ids, found.labels, strict=True) if label == NO_LOSS])
    learnt = [label for label in found.labels if label != NO_LOSS]
    assert before == f"<s>USER: {'<image>' * IMAGE_TOKENS}\n{question} ASSISTANT:"
    assert tokenizer.decode(learnt) == f" {answer}</s>"
    assert learnt[-1] == tokenizer.eos_token_id
    assert found.labels[-len(learnt) :] == found.input_ids[-len(learnt) :]
    assert found.answer_tokens == len(learnt)


def test_the_tokens_are_those_that_the_processor_itself_makes() -> None:
    (found,), _ = tokenise([example(*TEXTS)], LONG, IMAGE_TOKENS, 1000)
    turns = conversation(*TEXTS)
    turns[0]["content"][0]["image"] = torch.zeros(3, 24, 24, dtype=torch.uint8)  # type: ignore[index]
    whole = LONG.apply_chat_template(turns, tokenize=True, return_dict=True, return_assistant_tokens_mask=True)
    assert list(found.input_ids) == list(whole["input_ids"][0])
    assert [label != NO_LOSS for label in found.labels] == [bool(mask) for mask in whole["assistant_masks"][0]]


def test_the_prompt_of_training_is_the_prompt_of_use() -> None:
    (found,), _ = tokenise([example(*TEXTS)], LONG, IMAGE_TOKENS, 1000)
    asked = LONG.apply_chat_template(conversation(*TEXTS)[:1], add_generation_prompt=True)
    prompt = LONG.tokenizer(asked.replace("<image>", "<image>" * IMAGE_TOKENS))["input_ids"]
    assert list(found.input_ids[: len(prompt)]) == prompt
    assert found.labels[len(prompt)] != NO_LOSS
    assert found.labels[len(prompt) - 1] == NO_LOSS


def test_what_is_too_long_is_left_out_whole_and_told() -> None:
    short, long = example("Why?", "So."), example("Why?", "So it is. " * 40)
    kept, left_out = tokenise([short, long], LONG, IMAGE_TOKENS, 60)
    assert len(kept) == 1
    assert "max_tokens is 60" in left_out[0].reason
    assert "Figure 1a of a.pdf" in left_out[0].target


@pytest.mark.parametrize("text", ["an <image> of it", "it ends</s> here"])
def test_text_that_writes_a_control_token_is_left_out_and_told(text: str) -> None:
    kept, left_out = tokenise([example(text, "Yes.")], LONG, IMAGE_TOKENS, 200)
    assert not kept
    assert "which steers the model" in left_out[0].reason


def test_only_accepted_training_questions_are_examples(workspace: Workspace) -> None:
    ids = plant_training(workspace)
    plant_training(workspace, 4, split="evaluation")
    workspace.review("question", ids[0], "eva", "reject")
    assert {e.question_id for e in training_examples(workspace)} == set(ids[1:])


def test_the_fingerprint_is_of_content_and_not_of_order(workspace: Workspace) -> None:
    plant_training(workspace)
    examples = training_examples(workspace)
    assert data_fingerprint(reversed(examples)) == data_fingerprint(examples) != data_fingerprint(examples[1:])


def test_missing_and_damaged_images_are_named(workspace: Workspace) -> None:
    plant_training(workspace)
    examples = training_examples(workspace)
    workspace.images.path(examples[0].image).unlink()
    damaged = workspace.images.path(examples[1].image)
    damaged.write_bytes(damaged.read_bytes()[:50])
    readable, left_out = with_readable_images(workspace, examples, TOWER.image_size)
    assert len(readable) == 6
    assert [item.target for item in left_out] == [examples[0].panel, examples[1].panel]
    assert "missing" in left_out[0].reason
    assert "damaged" in left_out[1].reason


def test_a_batch_is_padded_on_the_right_without_loss(workspace: Workspace) -> None:
    plant_training(workspace, 2)
    (long, _), _ = tokenise(training_examples(workspace), LONG, IMAGE_TOKENS, 200)
    short = TokenisedExample(long.input_ids[:9], long.labels[:9], long.image)
    data = PanelDataset(workspace, [long, short], LONG, TOWER.image_size)
    batch = collate([data[0], data[1]], padding=LONG.tokenizer.pad_token_id)
    assert batch["pixel_values"].shape == (2, 3, 24, 24)
    assert batch["attention_mask"].sum(1).tolist() == [len(long.input_ids), 9]
    assert (batch["labels"][1, 9:] == NO_LOSS).all()
    assert (batch["input_ids"][1, 9:] == LONG.tokenizer.pad_token_id).all()


def test_flips_mirror_some_images_and_never_the_text(workspace: Workspace) -> None:
    plant_training(workspace, 8)
    tokenised, _ = tokenise(training_examples(workspace), LONG, IMAGE_TOKENS, 200)
    data = PanelDataset(workspace, tokenised, LONG, TOWER.image_size)
    rows = [data[index] for index in range(8)]
    plain = collate(rows, padding=0)
    turned = collate(rows, padding=0, flips=torch.Generator().manual_seed(0))
    assert all(torch.equal(plain[name], turned[name]) for name in ("input_ids", "labels", "attention_mask"))
    same = [torch.equal(a, b) for a, b in zip(plain["pixel_values"], turned["pixel_values"], strict=True)]
    mirrored = [torch.equal(a.flip(-1), b) for a, b in zip(plain["pixel_values"], turned["pixel_values"], strict=True)]
    assert all(one != other for one, other in zip(same, mirrored, strict=True))
    assert 0 < sum(mirrored) < 8
