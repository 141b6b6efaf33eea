"""What specimens are made of: one function a family, each laying out a plain specimen from a random generator.

In: a generator and an empty `Specimen`. Out: the same, with relief, composition, the mask of its elements and their
sizes. All of it is the sound state; `defects` break it.
"""
