"""Reading scientific English by rule: sentences, abbreviations, quantities, polarity, overlap, embeddings.

In: plain strings. Out: spans with offsets, numbers with units, judgements about wording, vectors. Nothing here
knows a workspace, a domain or a stage; lists of words come in as arguments.
"""
