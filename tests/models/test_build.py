"""The model of stock classes: its form, what of it trains, and that plain transformers loads it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from transformers import AutoModelForImageTextToText, AutoProcessor, LlavaForConditionalGeneration, LlavaProcessor

from glassllava.models.build import build_model, build_processor
from glassllava.models.tokenizer import train_tokenizer
from glassllava.models.trainable import what_trains
from tests.models.planted import SMALL

TEXTS = ["The grains are 5 µm wide.", "The glass was heated to 600 °C.", "No crack is seen. The grains are small."]

TOKENIZER = train_tokenizer(TEXTS, SMALL.decoder.vocabulary)


def built() -> LlavaForConditionalGeneration:
    return build_model(*SMALL.form, TOKENIZER, max_new_tokens=48, seed=SMALL.training.seed)


@pytest.fixture(scope="module")
def model() -> LlavaForConditionalGeneration:
    return built().eval()


@pytest.fixture(scope="module")
def processor() -> LlavaProcessor:
    return build_processor(SMALL.form[0], TOKENIZER)


def picture(size: int = 24) -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (size, size, 3), dtype=np.uint8))


def inputs(processor: LlavaProcessor, question: str = "What is seen?", size: int = 24) -> dict[str, torch.Tensor]:
    user = {"role": "user", "content": [{"type": "image", "image": picture(size)}, {"type": "text", "text": question}]}
    found: dict[str, torch.Tensor] = processor.apply_chat_template(
        [user], add_generation_prompt=True, tokenize=True, return_dict=True, return_tensors="pt"
    )
    return found


@given(st.text(st.characters(codec="utf-8"), max_size=80))
def test_any_text_comes_back_from_its_tokens(text: str) -> None:
    ids = TOKENIZER(text, split_special_tokens=True)["input_ids"]
    assert TOKENIZER.decode(ids) == text


def test_the_tokenizer_does_not_depend_on_the_order_of_its_texts() -> None:
    assert train_tokenizer(reversed(TEXTS), 400).get_vocab() == train_tokenizer(TEXTS, 400).get_vocab()


def test_the_projector_is_a_single_linear_layer(model: LlavaForConditionalGeneration) -> None:
    projector = model.model.multi_modal_projector
    features = torch.randn(2, 4, 32)
    assert torch.equal(projector(features), projector.linear_1(features))
    assert projector.linear_1.bias is not None


def test_the_seed_decides_the_weights_and_leaves_the_global_one_alone() -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    one, other = built(), built()
    assert torch.equal(torch.rand(3), expected)
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))


def test_what_trains_is_told_with_counts_that_gradients_bear_out(processor: LlavaProcessor) -> None:
    model = built()
    table = {row.part: row for row in what_trains(model, SMALL.training.trains)}
    batch = inputs(processor)
    model(**batch, labels=batch["input_ids"]).loss.backward()
    with_gradient = sum(p.numel() for p in model.parameters() if p.grad is not None)
    assert sum(row.trained for row in table.values()) == with_gradient
    assert sum(row.trained + row.frozen for row in table.values()) == sum(p.numel() for p in model.parameters())
    assert table["projector"].frozen == 64 * 64 + 64


def test_a_part_that_does_not_train_is_frozen_whole() -> None:
    model = built()
    table = {row.part: row for row in what_trains(model, ["projector"])}
    assert table["vision_tower"].trained == table["language_model"].trained == 0
    assert table["projector"].trained == 32 * 64 + 64


def test_the_saved_folder_loads_in_plain_transformers_with_the_same_logits(
    model: LlavaForConditionalGeneration, processor: LlavaProcessor, tmp_path: Path
) -> None:
    model.save_pretrained(tmp_path)
    processor.save_pretrained(tmp_path)
    loaded = AutoModelForImageTextToText.from_pretrained(tmp_path)
    loaded_processor = AutoProcessor.from_pretrained(tmp_path)
    ours, theirs = inputs(processor), inputs(loaded_processor)
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)
    with torch.no_grad():
        assert torch.equal(model(**ours).logits, loaded(**theirs).logits)
    assert loaded.lm_head.weight is loaded.model.language_model.embed_tokens.weight


def test_an_image_of_another_size_is_brought_to_the_model_s(
    model: LlavaForConditionalGeneration, processor: LlavaProcessor
) -> None:
    batch = inputs(processor, size=50)
    assert batch["pixel_values"].shape == (1, 3, 24, 24)
    assert int((batch["input_ids"] == processor.image_token_id).sum()) == SMALL.form[0].image_tokens
    with torch.no_grad():
        assert model(**batch).logits.isfinite().all()
