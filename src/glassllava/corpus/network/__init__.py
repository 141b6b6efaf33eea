"""What the collection asks of others: metadata from Crossref and OpenAlex, lists of open papers, the papers themselves.

In: papers whose metadata is incomplete (`complete`), phrases to look for (`search`), a list that a person has reviewed
(`download`). Out: filled fields with their source, a list, PDFs. Whatever leaves the machine leaves it through these
files: `consent` asks the workspace first, `polite` speaks to the hosts.
"""
