"""What stops a training from outside, said in one sentence: memory and disk.

In: exceptions of torch, safetensors and the operating system. Out: a `GlassllavaError` with what to change.
Anything else goes on upwards as it is: it is a fault of ours.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from safetensors import SafetensorError

from glassllava.errors import GlassllavaError


@contextmanager
def told_in_one_sentence(folder: Path) -> Iterator[None]:
    """Turn full memory and full or read-only disks within the block into a `GlassllavaError`.

    Parameters
    ----------
    folder
        Where the checkpoint is written, named in the sentence.
    """
    try:
        yield
    except (MemoryError, torch.OutOfMemoryError) as error:
        raise _out_of_memory() from error
    except RuntimeError as error:
        # The CPU allocator of torch has no exception of its own.
        if "not enough memory" in str(error) or "DefaultCPUAllocator" in str(error):
            raise _out_of_memory() from error
        raise
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise _disk_full(folder) from error
        if error.errno in {errno.EACCES, errno.EROFS}:
            raise GlassllavaError(f"{folder} cannot be written ({error.strerror}); check its permissions.") from error
        raise
    except SafetensorError as error:
        # It carries the operating system's message, but no number.
        if "No space left" in str(error):
            raise _disk_full(folder) from error
        raise


def _out_of_memory() -> GlassllavaError:
    return GlassllavaError(
        "Training ran out of memory; lower batch_size or max_tokens in the recipe. Earlier checkpoints are untouched."
    )


def _disk_full(folder: Path) -> GlassllavaError:
    return GlassllavaError(
        f"The disk of {folder} is full and the checkpoint could not be written; free some space and train again. "
        "Earlier checkpoints are untouched."
    )
