"""Image files of micrographs: reading them, their scale, and their preparation for a model.

In: bytes or files of images. Out: arrays, pixel sizes in metres with their source, and pictures of the size that
a model takes.
"""
