from hypothesis import given
from hypothesis import strategies as st

from glassllava.text.overlap import content_words, find_quote, ngrams, token_recall


def test_a_quote_is_found_through_spacing_dashes_and_case():
    source = "Arms of 1.6–2 μm  were\nseen."
    start, end = find_quote("arms of 1.6 - 2 µm were", source)
    assert source[start:end] == "Arms of 1.6–2 μm  were"


def test_other_words_are_not_found():
    assert find_quote("arms of 2.6 µm", "Arms of 1.6 µm were seen.") is None
    assert find_quote("", "anything") is None


@given(st.text(min_size=1, max_size=60), st.text(max_size=40), st.text(max_size=40))
def test_what_was_cut_out_of_a_text_is_found_in_it(quote, before, after):
    source = before + quote + after
    found = find_quote(quote, source)
    if quote.strip("\u00ad\u200b \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\u2028\u2029") and found is not None:
        assert find_quote(source[found[0] : found[1]], quote) is not None


def test_recall_counts_what_the_response_holds():
    assert token_recall("dendrites in a glassy matrix", "a matrix with dendrites") == 2 / 3
    assert token_recall("", "anything") == 0.0


def test_numbers_and_singulars_count_as_content():
    assert content_words("The 5 cracks are seen") == ["5", "crack"]


def test_runs_of_words_are_found_wherever_they_stand():
    text = "the faster the cooling the finer the dendrites become"
    assert ngrams(text) <= ngrams(f"It is known: {text}.")
    assert not ngrams(text) & ngrams("Nothing of the kind is said here at all.")
    assert ngrams("too short") == set()
