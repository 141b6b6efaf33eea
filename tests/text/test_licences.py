"""Licences are known by their deeds' addresses and by their names, in one spelling."""

from __future__ import annotations

import pytest

from glassllava.text.licences import agreed_licence, find_licences, same_licence


@pytest.mark.parametrize(
    ("text", "licences"),
    [
        ("https://creativecommons.org/licenses/by/4.0/", ["CC-BY-4.0"]),
        ("http://creativecommons.org/licenses/by-nc-nd/3.0", ["CC-BY-NC-ND-3.0"]),
        ("(http://creativecommons.org/licenses/ by/4.0/), which permits", ["CC-BY-4.0"]),
        ("http://creativecommons.org/licenses/by/3.0/igo/legalcode", ["CC-BY-3.0-IGO"]),
        ("https://creativecommons.org/publicdomain/zero/1.0/", ["CC0-1.0"]),
        ("a Creative Commons Attribution 4.0 International License", ["CC-BY-4.0"]),
        ("the Creative Commons Attribution-NonCommercial-NoDerivs 3.0 Unported License", ["CC-BY-NC-ND-3.0"]),
        ("a Creative Commons Attribution NonCommercial License 4.0", ["CC-BY-NC-4.0"]),
        ("Creative Commons Attribution-Non Commercial-Share Alike License", ["CC-BY-NC-SA"]),
        ("under a CC-BY-NC 4.0 International license", ["CC-BY-NC-4.0"]),
        ("under the CC BY license. 2.0 g of glass", ["CC-BY"]),
        ("published under an ACS AuthorChoice License", ["ACS AuthorChoice"]),
        ("the article's Creative Commons licence, unless indicated otherwise", []),
        ("5 cc by pipette, all rights reserved", []),
    ],
)
def test_a_licence_is_named_as_spdx_names_it(text: str, licences: list[str]) -> None:
    assert find_licences(text) == licences


def test_a_name_without_its_version_is_any_version_of_it() -> None:
    assert same_licence("CC-BY-NC", "CC-BY-NC-4.0") and same_licence("CC-BY-3.0", "CC-BY-3.0-US")
    assert not same_licence("CC-BY-NC-4.0", "CC-BY-NC-3.0")
    assert not same_licence("CC-BY-4.0", "CC0-1.0")


def test_what_agrees_is_the_most_exact_name_and_what_differs_is_none() -> None:
    assert agreed_licence(["CC-BY", "CC-BY-4.0", "CC-BY"]) == "CC-BY-4.0"
    assert agreed_licence(["CC-BY-4.0", "CC-BY-3.0"]) is None
    assert agreed_licence([]) is None
