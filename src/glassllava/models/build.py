"""A small LLaVA of stock transformers classes: vision tower, linear projector, decoder, and its processor.

In: a recipe and a tokenizer. Out: model and processor, whose saved folder loads again with plain
`AutoModelForImageTextToText` and `AutoProcessor`, without a line of ours.

Form: Liu et al. (2023), "Visual Instruction Tuning", arXiv 2304.08485: patch features of a CLIP tower without its
class token, one linear projector with bias.
"""

from __future__ import annotations

import torch
from transformers import (
    CLIPVisionConfig,
    GenerationConfig,
    LlamaConfig,
    LlavaConfig,
    LlavaForConditionalGeneration,
    LlavaProcessor,
    PreTrainedTokenizerFast,
)
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

from glassllava.models.recipe import Recipe
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


def build_processor(recipe: Recipe, tokenizer: PreTrainedTokenizerFast) -> LlavaProcessor:
    """Return what turns images and conversations into tensors, for the model that `recipe` describes.

    The image processor is Pillow's, as torchvision is no dependency. Images that `micrographs.prepare` made have
    the right size already; others are resized to the square.
    """
    tower = recipe.vision_tower
    square = {"height": tower.image_size, "width": tower.image_size}
    return LlavaProcessor(
        image_processor=CLIPImageProcessorPil(size=square, crop_size=square, do_center_crop=False),
        tokenizer=tokenizer,
        patch_size=tower.patch_size,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        chat_template=CHAT_TEMPLATE,
    )


def build_model(recipe: Recipe, tokenizer: PreTrainedTokenizerFast) -> LlavaForConditionalGeneration:
    """Return the model that `recipe` describes, with random weights that its seed decides.

    The projector is a single linear layer, exactly as in LLaVA's first form: the stock class always has two, so
    its activation is the identity and its second layer the identity matrix, which `what_trains` keeps frozen.

    Parameters
    ----------
    recipe
        Sizes and seed.
    tokenizer
        Its vocabulary gives the rows of the embedding.
    """
    tower, decoder = recipe.vision_tower, recipe.decoder
    config = LlavaConfig(
        vision_config=CLIPVisionConfig(
            image_size=tower.image_size,
            patch_size=tower.patch_size,
            hidden_size=tower.hidden_size,
            intermediate_size=tower.intermediate_size,
            num_hidden_layers=tower.layers,
            num_attention_heads=tower.heads,
        ),
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
        torch.manual_seed(recipe.training.seed)
        model = LlavaForConditionalGeneration(config)
    second = model.model.multi_modal_projector.linear_2
    with torch.no_grad():
        torch.nn.init.eye_(second.weight)
        torch.nn.init.zeros_(second.bias)
    model.generation_config = GenerationConfig(
        max_new_tokens=recipe.generation.max_new_tokens,
        do_sample=False,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return model
