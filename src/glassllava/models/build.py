"""A small LLaVA of stock transformers classes: vision tower, linear projector, decoder, and its processor.

In: the sizes of a recipe and a tokenizer. Out: model and processor, whose saved folder loads again with plain
`AutoModelForImageTextToText` and `AutoProcessor`, without a line of ours.

Form: Liu et al. (2023), "Visual Instruction Tuning", arXiv 2304.08485: patch features of a CLIP tower without its
class token, one linear projector with bias.
"""

from __future__ import annotations

import torch
from transformers import (
    CLIPVisionConfig,
    CLIPVisionModel,
    GenerationConfig,
    LlamaConfig,
    LlavaConfig,
    LlavaForConditionalGeneration,
    LlavaProcessor,
    PreTrainedTokenizerFast,
)
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

from glassllava.models.recipe import Decoder, VisionTower
from glassllava.models.tokenizer import IMAGE

CHAT_TEMPLATE = (
    "{{ bos_token }}"
    "{%- for message in messages %}"
    "{%- if message['role'] == 'user' %}"
    "{{ 'USER: ' }}"
    "{%- if message['content'] is string %}{{ message['content'] }}"
    "{%- else %}"
    "{%- for part in message['content'] if part['type'] == 'image' %}{{ '<image>\n' }}{% endfor %}"
    "{%- for part in message['content'] if part['type'] == 'text' %}{{ part['text'] }}{% endfor %}"
    "{%- endif %}"
    "{{ ' ASSISTANT:' }}"
    "{%- elif message['role'] == 'assistant' %}"
    "{%- generation %}"
    "{{ ' ' }}"
    "{%- if message['content'] is string %}{{ message['content'] }}"
    "{%- else %}"
    "{%- for part in message['content'] if part['type'] == 'text' %}{{ part['text'] }}{% endfor %}"
    "{%- endif %}"
    "{{ eos_token }}"
    "{%- endgeneration %}"
    "{%- endif %}"
    "{%- endfor %}"
)
"""LLaVA's second wording (`USER: … ASSISTANT: …</s>`), one template for training and use. The prompt ends in
"ASSISTANT:" with the space after it inside the generation tags, for in byte-level BPE the space is part of the
answer's first token; the end token is inside too, so that the model learns to stop."""


def build_processor(tower: VisionTower, tokenizer: PreTrainedTokenizerFast) -> LlavaProcessor:
    """Return what turns images and conversations into tensors, for a model with this vision tower.

    The image processor is Pillow's, as torchvision is no dependency. Images that `micrographs.prepare` made have
    the right size already; others are resized to the square.
    """
    square = {"height": tower.image_size, "width": tower.image_size}
    return LlavaProcessor(
        image_processor=CLIPImageProcessorPil(size=square, crop_size=square, do_center_crop=False),
        tokenizer=tokenizer,
        patch_size=tower.patch_size,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        chat_template=CHAT_TEMPLATE,
    )


def build_tower(tower: VisionTower, seed: int) -> CLIPVisionModel:
    """Return the vision tower alone, with random weights that `seed` decides: the class that the whole model holds."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return CLIPVisionModel(_tower_config(tower))


def build_model(
    tower: VisionTower, decoder: Decoder, tokenizer: PreTrainedTokenizerFast, *, max_new_tokens: int, seed: int
) -> LlavaForConditionalGeneration:
    """Return a LLaVA of these sizes, with random weights that `seed` decides.

    The projector is a single linear layer, exactly as in LLaVA's first form: the stock class always has two, so
    its activation is the identity and its second layer the identity matrix, which `what_trains` keeps frozen.

    Parameters
    ----------
    tower, decoder
        Sizes of the two parts.
    tokenizer
        Its vocabulary gives the rows of the embedding.
    max_new_tokens
        Longest answer in tokens, written into the model's generation settings.
    seed
        Of the weights; the global random state stays as it is.
    """
    config = LlavaConfig(
        vision_config=_tower_config(tower),
        text_config=LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=decoder.hidden_size,
            intermediate_size=decoder.intermediate_size,
            num_hidden_layers=decoder.layers,
            num_attention_heads=decoder.heads,
            num_key_value_heads=decoder.heads,
            max_position_embeddings=decoder.positions,
            tie_word_embeddings=True,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        ),
        image_token_index=tokenizer.convert_tokens_to_ids(IMAGE),
        image_seq_length=tower.image_tokens,
        vision_feature_layer=tower.feature_layer,
        vision_feature_select_strategy="default",
        projector_hidden_act="linear",
        multimodal_projector_bias=True,
        tie_word_embeddings=True,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = LlavaForConditionalGeneration(config)
    second = model.model.multi_modal_projector.linear_2
    with torch.no_grad():
        torch.nn.init.eye_(second.weight)
        torch.nn.init.zeros_(second.bias)
    model.generation_config = GenerationConfig(
        max_new_tokens=max_new_tokens,
        do_sample=False,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return model


def _tower_config(tower: VisionTower) -> CLIPVisionConfig:
    return CLIPVisionConfig(
        image_size=tower.image_size,
        patch_size=tower.patch_size,
        hidden_size=tower.hidden_size,
        intermediate_size=tower.intermediate_size,
        num_hidden_layers=tower.layers,
        num_attention_heads=tower.heads,
    )
