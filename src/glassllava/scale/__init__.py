"""The per-file functions of the stages on Ray: many processes on one machine, or many machines.

In: the pool that a stage asks for, and the files. Out: the outcomes that its own child processes would give. It
knows the stages' functions by name only; no stage knows it (`cli` puts them together).
"""

from glassllava.scale.ray_pool import RayPool

__all__ = ["RayPool"]
