"""The map of the papers (Figure S1)."""

from __future__ import annotations

import numpy as np
import pytest

from glassllava.report.figures_corpus import map_papers


@pytest.mark.parametrize(("papers", "clusters"), [(5, 2), (8, 4), (12, 5)])
def test_few_papers_reduce_clusters_and_perplexity(papers: int, clusters: int) -> None:
    vectors = np.random.default_rng(0).normal(size=(papers, 16)).astype(np.float32)
    mapped = map_papers(vectors)
    assert mapped.places.shape == (papers, 2)
    assert np.isfinite(mapped.places).all()
    assert set(mapped.groups.tolist()) == set(range(clusters))
    assert mapped.perplexity == pytest.approx((papers - 1) / 3)
    assert np.array_equal(mapped.places, map_papers(vectors).places)


def test_papers_that_speak_of_the_same_share_a_cluster() -> None:
    random = np.random.default_rng(0)
    subjects = np.eye(5, 32)
    vectors = np.repeat(subjects, 12, axis=0) + 0.02 * random.normal(size=(60, 32))
    groups = map_papers(vectors.astype(np.float32)).groups.reshape(5, 12)
    assert [len(set(row.tolist())) for row in groups] == [1] * 5
    assert len({row[0] for row in groups}) == 5
