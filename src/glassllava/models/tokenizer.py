"""A byte-level BPE tokenizer of a model's own, trained on the texts that it will learn.

In: texts. Out: a stock `PreTrainedTokenizerFast` with four control tokens. Bytes are its alphabet, so µ, °, Å, ±
and subscripts never turn into an unknown token, and nothing is normalised away.

Method: Sennrich, Haddow and Birch (2016), doi:10.18653/v1/P16-1162; bytes after Radford et al. (2019).
"""

from __future__ import annotations

from collections.abc import Iterable

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

BEGIN, END, PADDING, IMAGE = "<s>", "</s>", "<pad>", "<image>"


def train_tokenizer(texts: Iterable[str], vocabulary: int) -> PreTrainedTokenizerFast:
    """Train a tokenizer on `texts`.

    Parameters
    ----------
    texts
        What the model is to read and write. Their order does not matter.
    vocabulary
        Most tokens, control tokens and the 256 bytes included; fewer come out where nothing more occurs twice.

    Returns
    -------
    transformers.PreTrainedTokenizerFast
        With `<s>`, `</s>` (end of an answer), `<pad>` and `<image>`; it adds none of them by itself.
    """
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        min_frequency=2,
        special_tokens=[BEGIN, END, PADDING, IMAGE],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(sorted(texts), trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token=BEGIN,
        eos_token=END,
        pad_token=PADDING,
        extra_special_tokens={"image_token": IMAGE},
        clean_up_tokenization_spaces=False,
    )
