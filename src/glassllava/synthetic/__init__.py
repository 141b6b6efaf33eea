"""A virtual scanning electron microscope with known truth, and papers written about its images.

In: seeds. Out: micrographs and PDF papers as files, each with its exact truth beside it. It knows no workspace. All
that comes from here is synthetic and is called so wherever it is shown.
"""
