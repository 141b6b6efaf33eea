"""Shared-image packing: the same loss and gradients as pairs run one by one, for less work."""

from __future__ import annotations

import pytest
import torch
from transformers import LlavaForConditionalGeneration

from glassllava.models.build import build_model, build_processor
from glassllava.models.data import NO_LOSS, tokens_with_labels
from glassllava.models.packing import Tokens, pack, packed_loss, stack
from glassllava.models.tokenizer import train_tokenizer
from glassllava.models.tower import gallery_features, patch_features, pixel_values
from tests.models.small_base import RECIPE, gallery

GALLERY = gallery(3, 0)
TOKENIZER = train_tokenizer([text for pairs in GALLERY.lessons for pair in pairs for text in pair], 400)
PROCESSOR = build_processor(RECIPE.vision_tower, TOKENIZER)
LAYER, PATCHES = RECIPE.vision_tower.feature_layer, RECIPE.vision_tower.image_tokens
IMAGE = PROCESSOR.image_token_id


def built() -> LlavaForConditionalGeneration:
    model = build_model(RECIPE.vision_tower, RECIPE.decoder, TOKENIZER, max_new_tokens=8, seed=0)
    # The first weights are so small that any attention looks like any other.
    with torch.no_grad():
        for parameter in model.model.language_model.parameters():
            if parameter.ndim == 2:
                parameter.mul_(8)
    model.model.vision_tower.requires_grad_(False)
    return model.train()


def pairs_of(image: int) -> list[Tokens]:
    return [tokens_with_labels(question, answer, PROCESSOR, PATCHES) for question, answer in GALLERY.lessons[image]]


def gradients(model: LlavaForConditionalGeneration) -> torch.Tensor:
    return torch.cat([p.grad.flatten() for p in model.parameters() if p.grad is not None])


def one_by_one(model: LlavaForConditionalGeneration) -> tuple[torch.Tensor, int]:
    """Run each pair alone through the stock model; return the sum of losses and the number of answer tokens."""
    summed, number = torch.zeros(()), 0
    for image, picture in enumerate(torch.from_numpy(GALLERY.images)):
        for ids, labels in pairs_of(image):
            tokens = sum(label != NO_LOSS for label in labels)
            pixels = pixel_values(picture[None])
            out = model(
                input_ids=torch.tensor([ids]), pixel_values=pixels, labels=torch.tensor([labels]), use_cache=False
            )
            summed, number = summed + out.loss * tokens, number + tokens
    return summed, number


def test_packed_pairs_have_the_loss_and_the_gradients_of_pairs_run_one_by_one() -> None:
    model = built()
    expected, number = one_by_one(model)
    (expected / number).backward()
    wanted = gradients(model)
    model.zero_grad()
    features = patch_features(model.model.vision_tower, pixel_values(torch.from_numpy(GALLERY.images)), LAYER)
    packed = [pack(pairs_of(image), IMAGE) for image in range(len(GALLERY))]
    loss, tokens = packed_loss(model, features, **stack(packed, TOKENIZER.pad_token_id))
    (loss / tokens).backward()
    assert tokens == number
    assert float(loss.detach()) == pytest.approx(float(expected.detach()), rel=1e-6)
    assert float((gradients(model) - wanted).norm() / wanted.norm()) < 5e-6


def test_padding_changes_no_loss() -> None:
    model = built()
    features = patch_features(model.model.vision_tower, pixel_values(torch.from_numpy(GALLERY.images)), LAYER)
    few, many = pack(pairs_of(0)[:1], IMAGE), pack(pairs_of(1), IMAGE)
    with torch.no_grad():
        together, _ = packed_loss(model, features[:2], **stack([few, many], TOKENIZER.pad_token_id))
        alone = [
            packed_loss(model, features[index : index + 1], **stack([packed], TOKENIZER.pad_token_id))[0]
            for index, packed in enumerate((few, many))
        ]
    assert float(together) == pytest.approx(float(sum(alone)), rel=1e-6)


def test_a_pair_sees_the_image_and_itself_and_no_other_pair() -> None:
    pairs = pairs_of(0)[:2]
    packed = pack(pairs, IMAGE)
    mask = stack([packed], TOKENIZER.pad_token_id)["attention_mask"][0, 0] == 0
    shared = packed.segments.count(0)
    second = packed.segments.index(2)
    assert packed.input_ids[shared - 1] == IMAGE != packed.input_ids[shared]
    assert packed.positions[second] == packed.positions[shared] == shared
    assert len(packed.input_ids) == sum(len(ids) for ids, _ in pairs) - shared
    assert mask[second, :shared].all()
    assert not mask[second:, shared:second].any()
    assert mask[-1, second:].all()
    assert not mask[:shared, shared:].any()


def test_pairs_of_different_images_are_not_packed() -> None:
    ids, labels = pairs_of(0)[0]
    with pytest.raises(ValueError, match="must share the image"):
        pack([(ids, labels), (ids[:2] + ids[3:], labels[:2] + labels[3:])], IMAGE)


def test_the_features_are_those_that_the_model_itself_computes_from_the_processor_s_pixels() -> None:
    model = built().eval()
    pictures = [image[:, :, None].repeat(3, axis=2) for image in GALLERY.images]
    pixels = PROCESSOR.image_processor(pictures, return_tensors="pt")["pixel_values"]
    assert torch.allclose(pixels, pixel_values(torch.from_numpy(GALLERY.images)), atol=1e-5)
    with torch.no_grad():
        expected = model.get_image_features(pixel_values=pixels).pooler_output
        features = gallery_features(model.model.vision_tower, GALLERY.images, LAYER)
        projected = model.model.multi_modal_projector(features.float())
    assert torch.allclose(projected, torch.stack(list(expected)), atol=2e-3)
