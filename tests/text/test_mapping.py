"""The map of the papers: the same one each time, reduced for few papers, with titles that tell the clusters apart."""

from __future__ import annotations

import numpy as np
import pytest

from glassllava.records import Paper
from glassllava.text.mapping import LEAST_PAPERS, PaperText, group, lay_out, map_texts, paper_text

SUBJECTS = {
    "battery": "Lithium batteries lose capacity as the cathode cracks and the electrolyte is oxidised. ",
    "bone": "Bioactive scaffolds let bone grow, and apatite precipitates on them in body fluid. ",
    "casting": "Continuous casting of steel leads to segregation and to hot cracks in the slab. ",
}


def text(subject: str, number: int, title: str | None = None) -> PaperText:
    body = f"{SUBJECTS[subject]} Sample {number} was studied. " * 6
    split = "evaluation" if number == 0 else "training"
    return PaperText(file=f"{subject}-{number}.pdf", title=title, doi=None, split=split, text=body)


@pytest.mark.parametrize(("papers", "clusters"), [(5, 2), (8, 4), (12, 5)])
def test_places_are_finite_and_the_same_each_time(papers: int, clusters: int) -> None:
    vectors = np.random.default_rng(0).normal(size=(papers, 16)).astype(np.float32)
    places = lay_out(vectors, (papers - 1) / 3)
    assert places.shape == (papers, 2)
    assert np.isfinite(places).all()
    assert np.array_equal(places, lay_out(vectors, (papers - 1) / 3))
    groups, silhouette = group(places, clusters)
    assert set(groups.tolist()) == set(range(clusters))
    assert silhouette is not None
    assert -1 <= silhouette <= 1


def test_papers_that_speak_of_the_same_share_a_cluster_numbered_from_the_left() -> None:
    random = np.random.default_rng(0)
    vectors = np.repeat(np.eye(5, 32), 12, axis=0) + 0.02 * random.normal(size=(60, 32))
    places = lay_out(vectors.astype(np.float32), 59 / 3)
    numbers, silhouette = group(places, 5)
    assert [len(set(row.tolist())) for row in numbers.reshape(5, 12)] == [1] * 5
    assert silhouette is not None
    assert silhouette > 0.5
    middles = [places[numbers == number, 0].mean() for number in range(5)]
    assert middles == sorted(middles)


def test_clusters_bear_the_terms_of_their_papers_and_count_both_sides() -> None:
    pytest.importorskip("sentence_transformers")
    papers = [text(subject, number) for subject in SUBJECTS for number in range(6)]
    mapped = map_texts(papers, clusters=3)
    assert mapped is not None
    assert mapped == map_texts(papers, clusters=3)
    assert mapped.perplexity == pytest.approx(17 / 3)
    assert {(c.papers, c.training, c.evaluation) for c in mapped.clusters} == {(6, 5, 1)}
    for cluster in mapped.clusters:
        subjects = {p.file.split("-")[0] for p in mapped.papers if p.cluster == cluster.cluster}
        assert len(subjects) == 1
        own = SUBJECTS[subjects.pop()].lower()
        words = cluster.title.replace(",", "").split()
        assert words
        assert all(word[:5] in own for word in words)


def test_few_papers_make_fewer_clusters_and_fewer_than_five_none() -> None:
    pytest.importorskip("sentence_transformers")
    papers = [text(subject, number) for subject in SUBJECTS for number in range(2)]
    mapped = map_texts(papers)
    assert mapped is not None
    assert (len(mapped.clusters), mapped.wanted_clusters) == (3, 5)
    empty = PaperText(file="empty.pdf", title=None, doi=None, split=None, text="")
    assert map_texts([*papers[: LEAST_PAPERS - 1], empty]) is None


def test_a_paper_speaks_by_its_paragraphs_and_an_imported_set_by_its_captions() -> None:
    read = Paper(id="a", file="a.pdf", title="Title", paragraphs=[{"text": "Body."}])
    imported = Paper(id="b", file="b.csv", title="Set", paragraphs=[])
    assert paper_text(read, ["Caption."]).text == "Title\nBody."
    assert paper_text(imported, ["Caption.", "Caption.", "Other."]).text == "Set\nCaption.\nOther."
