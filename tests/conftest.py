"""What tests of several rooms share: real data where it is at hand, an empty workspace, small images."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from PIL import Image

from glassllava.workspace import Workspace

ROOT = Path(__file__).parents[1]

os.environ.setdefault("HF_HUB_OFFLINE", "1")

# How long an example takes is the machine's affair: benchmarks measure it.
settings.register_profile("glassllava", deadline=None)
settings.load_profile("glassllava")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real material beside the checkout; its tests are skipped where it is absent."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("../shared/data (real papers and micrographs) is absent")
    return folder


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    made = Workspace.create(tmp_path / "workspace")
    yield made
    made.close()


def noise_png(seed: int, size: tuple[int, int] = (64, 48)) -> bytes:
    """A grey picture of random pixels: another one for each seed."""
    pixels = np.random.default_rng(seed).integers(0, 256, (size[1], size[0]), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()
