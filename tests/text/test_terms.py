from glassllava.text.terms import find_terms


def test_longer_terms_win_and_hyphens_are_spaces():
    found = [
        m.text
        for m in find_terms("Grain-boundaries, grains and fine crystals", ["grain*", "grain boundar*", "crystal*"])
    ]
    assert found == ["Grain-boundaries", "grains", "crystals"]


def test_a_term_is_a_whole_word():
    assert find_terms("uncracked", ["crack*"]) == []
    assert find_terms("anything", []) == []
