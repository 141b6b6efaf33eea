"""What Crossref and OpenAlex send is read as they mean it, and only as far as it is about the published version."""

from __future__ import annotations

from typing import Any

import pytest

from glassllava.corpus.network.registries import CROSSREF, OPENALEX, kept
from tests.corpus.network.registry_server import crossref_work, openalex_work


def licence(url: str, version: str, start: list[int] | None = None) -> dict[str, Any]:
    return {"URL": url, "content-version": version, "start": {"date-parts": [start or [2020, 1, 1]]}}


BY, NC = "http://creativecommons.org/licenses/by/4.0/", "https://creativecommons.org/licenses/by-nc/4.0"


def test_a_work_of_crossref_is_read_in_our_fields() -> None:
    work = CROSSREF.read(
        crossref_work("10.1/X", "Glass &amp; <i>fracture</i> of SiO<sub>2</sub>", subtitle=["A study"])
    )
    assert work.doi == "10.1/x"
    assert work.titles == ["Glass & fracture of SiO2", "Glass & fracture of SiO2: A study"]
    assert (work.title, work.authors) == (work.titles[1], ["Anna B. Smith", "Carl Jones"])
    assert (work.year, work.years) == (2019, [2019, 2020])
    assert (work.journal, work.journals) == ("Journal of Glass", ["Journal of Glass", "J. Glass"])
    assert (work.publisher, work.licence, work.article_type) == ("Glass Press BV", "CC-BY-4.0", None)


@pytest.mark.parametrize(
    ("licences", "named"),
    [
        ([licence(NC, "am"), licence(BY, "vor")], "CC-BY-4.0"),
        ([licence(BY, "tdm")], None),
        ([licence(BY, "am")], None),
        ([licence(BY, "unspecified")], "CC-BY-4.0"),
        ([licence(BY, "vor", [2999, 1])], None),
        ([licence("https://www.publisher.example/terms", "vor")], None),
        ([], None),
    ],
)
def test_a_licence_of_crossref_counts_for_the_published_version_and_once_it_holds(
    licences: list[dict[str, Any]], named: str | None
) -> None:
    assert CROSSREF.read(crossref_work("10.1/x", "Glass", license=licences)).licence == named


def test_a_work_of_crossref_may_say_next_to_nothing() -> None:
    work = CROSSREF.read({"DOI": "10.1/x", "issued": {"date-parts": [[None]]}, "author": [{"name": "The Glass Group"}]})
    assert (work.title, work.year, work.journal, work.licence) == (None, None, None, None)
    assert work.authors == ["The Glass Group"]


@pytest.mark.parametrize(
    ("kind", "read"), [("proceedings-article", "conference paper"), ("posted-content", "preprint"), ("book", None)]
)
def test_crossref_tells_no_article_from_a_review(kind: str, read: str | None) -> None:
    assert CROSSREF.read(crossref_work("10.1/x", "Glass", type=kind)).article_type == read


def test_a_work_of_openalex_is_read_in_our_fields() -> None:
    work = OPENALEX.read(openalex_work("10.1/X", "Glass"))
    assert (work.doi, work.title, work.authors) == ("10.1/x", "Glass", ["Anna B. Smith", "Carl Jones"])
    assert (work.year, work.journal, work.publisher) == (2020, "Journal of Glass", "Glass Press")
    assert (work.licence, work.article_type) == ("CC-BY-NC-ND", "review")


def test_a_repository_is_no_journal_and_a_manuscripts_licence_not_the_papers() -> None:
    place = {
        "license": "cc-by",
        "version": "acceptedVersion",
        "source": {"display_name": "arXiv", "host_organization_name": "Cornell", "type": "repository"},
    }
    work = OPENALEX.read(openalex_work("10.1/x", "Glass", primary_location=place, type="book-chapter"))
    assert (work.journal, work.publisher, work.licence, work.article_type) == (None, None, None, None)
    bare = OPENALEX.read({"id": "https://openalex.org/W1", "primary_location": None, "authorships": None})
    assert (bare.doi, bare.authors, bare.year) == (None, [], None)


def test_only_what_is_read_is_kept_and_reads_the_same() -> None:
    sent = crossref_work("10.1/x", "Glass")
    (small,) = kept(CROSSREF, [sent])
    assert "reference" not in small and "score" not in small
    assert CROSSREF.read(small) == CROSSREF.read(sent)
    (small,) = kept(OPENALEX, [openalex_work("10.1/x", "Glass")])
    assert "abstract_inverted_index" not in small
    assert OPENALEX.read(small) == OPENALEX.read(openalex_work("10.1/x", "Glass"))


@pytest.mark.parametrize("works", [None, "x", [None], [{"title": ["Glass"]}], [{"DOI": "10.1/x", "title": "Glass"}]])
def test_another_form_is_told_in_one_sentence(works: Any) -> None:
    with pytest.raises(ValueError, match=r"^Crossref answers in a form that is not known.*[.]$"):
        kept(CROSSREF, works)
