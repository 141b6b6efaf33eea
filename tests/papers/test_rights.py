"""A paper's own licence and publisher are told from those of what it cites, shows and deposits."""

from __future__ import annotations

import pytest

from glassllava.papers.layout import read_layout
from glassllava.papers.rights import find_licence, find_publisher, passages
from tests.papers.written_pdf import LEFT, WrittenPdf

BY = "https://creativecommons.org/licenses/by/4.0/"
ZERO = "http://creativecommons.org/publicdomain/zero/1.0/"


@pytest.mark.parametrize(
    ("texts", "licence"),
    [
        (["This is an open access article under the CC BY-NC license."], "CC-BY-NC"),
        (["Distributed under the terms of the Creative Commons Attribution 4.0 License (CC BY)."], "CC-BY-4.0"),
        (["Figure 2. Reproduced under the terms of the CC-BY 4.0 license. Copyright 2018, The Authors."], None),
        (["(b) Adapted with permission under a CC BY-NC 4.0 licence from ref 12."], None),
        (["The data sets are available under CC BY 4.0 in the repository."], None),
        ([f"The Public Domain Dedication waiver ({ZERO}) applies to the data made available in this article."], None),
        (["All rights reserved."], None),
        (
            [
                "Reproduced under the CC BY-NC licence from Smith.",
                f"This article is licensed under a Creative Commons Attribution License ({BY}).",
            ],
            "CC-BY-4.0",
        ),
    ],
)
def test_only_a_sentence_about_the_paper_itself_tells_its_licence(texts: list[str], licence: str | None) -> None:
    assert find_licence(texts) == licence


def test_the_version_that_is_not_printed_comes_from_the_links_of_the_same_licence() -> None:
    printed = ["This article is distributed under the Creative Commons Attribution License (CC BY)."]
    assert find_licence(printed, links=[BY, BY]) == "CC-BY-4.0"
    assert find_licence(printed, links=["https://creativecommons.org/licenses/by-nc/4.0/"]) == "CC-BY"
    assert find_licence(printed, links=[BY, "https://creativecommons.org/licenses/by/3.0/"]) == "CC-BY"


def test_links_tell_a_licence_only_where_all_lead_to_the_same() -> None:
    assert find_licence([], links=["https://a.example", BY]) == "CC-BY-4.0"
    assert find_licence([], links=[BY, ZERO]) == "CC-BY-4.0"
    assert find_licence([], links=[BY, "https://creativecommons.org/licenses/by-nc/4.0/"]) is None


def test_the_packet_tells_a_licence_that_no_page_prints() -> None:
    assert find_licence([], xmp=f"<xmpRights:WebStatement>{BY}</xmpRights:WebStatement>") == "CC-BY-4.0"


def test_a_licence_in_a_narrow_column_beside_the_text_is_one_sentence() -> None:
    pdf = WrittenPdf().lines(50, 100, LEFT)
    pdf.lines(
        480, 103, ["Works. Distributed", "under a Creative", "Commons Attribution", "NonCommercial", "License 4.0."], 7
    )
    texts = [text for layout in read_layout(pdf.open()) for text in passages(layout)]
    assert "Works. Distributed under a Creative Commons Attribution NonCommercial License 4.0." in texts
    assert find_licence(texts) == "CC-BY-NC-4.0"


def test_the_two_columns_of_a_page_are_not_mixed() -> None:
    pdf = WrittenPdf().lines(50, 100, LEFT).lines(320, 100, LEFT)
    texts = [text for layout in read_layout(pdf.open()) for text in passages(layout)]
    assert texts == [" ".join(LEFT)] * 2


@pytest.mark.parametrize(
    ("text", "publisher"),
    [
        ("2405-8440/© 2019 The Authors. Published by Elsevier Ltd. This is an open access article", "Elsevier Ltd"),
        (
            "© 2020 The Authors. Published by WILEY-VCH Verlag GmbH & Co. KGaA, Weinheim",
            "WILEY-VCH Verlag GmbH & Co. KGaA",
        ),
        (
            "© 2022 The Author(s). Published on behalf of The Electrochemical Society by IOP Publishing Limited. This",
            "IOP Publishing Limited",
        ),
        ("© 2014 by the authors; licensee MDPI, Basel, Switzerland. This article is an open access", "MDPI"),
        (
            "Copyright © 2020 The Authors, some rights reserved; exclusive licensee American Association for the "
            "Advancement of Science. No claim to original U.S. Government Works.",
            "American Association for the Advancement of Science",
        ),
        ("© 2020 American Chemical Society", "American Chemical Society"),
        ("This journal is © The Royal Society of Chemistry 2020", "Royal Society of Chemistry"),
        ("© 2018 Elsevier B.V. All rights reserved.", "Elsevier B.V."),
        ("© The Author(s) 2020", None),
        ("© 2017 The American Ceramic Society", None),
        ("Reproduced with permission from ref 3. Copyright 2017, American Chemical Society.", None),
        ("Figure 3. A surface. Copyright 2017, American Chemical Society.", None),
        ("the results published by Smith and Jones", None),
    ],
)
def test_the_publisher_stands_in_the_line_of_the_copyright(text: str, publisher: str | None) -> None:
    assert find_publisher([], [text], "", None) == publisher


def test_a_publisher_in_the_packet_counts_unless_it_is_the_journal() -> None:
    bag = "<dc:publisher><rdf:Bag><rdf:li>{}</rdf:li></rdf:Bag></dc:publisher>"
    assert find_publisher([], [], bag.format("Wiley &amp; Sons"), "Glass") == "Wiley & Sons"
    assert find_publisher([], [], bag.format("Glass Letters"), "Glass letters") is None
    assert find_publisher([], [], '<rdf:Description dc:publisher="IOP Publishing"/>', None) == "IOP Publishing"


def test_a_publishers_own_address_counts_in_the_head_and_foot_and_not_in_the_text() -> None:
    foot = read_layout(WrittenPdf().lines(50, 200, LEFT).text(50, 800, "www.mdpi.com/journal/glass", 7).open())
    text = read_layout(WrittenPdf().lines(50, 200, [*LEFT, "see www.mdpi.com for more"]).open())
    assert find_publisher(foot, [], "", None) == "MDPI"
    assert find_publisher(text, [], "", None) is None
