"""Hostile TIFFs: each is read, or refused in one sentence, and none takes long or much memory."""

from __future__ import annotations

from pathlib import Path

from benchmarks.mutated import TIFF_DAMAGE, TIFF_WRITTEN, mutated
from glassllava.sandbox import Sandbox
from tests.micrographs.instrument_files import FEI, fei, field, with_strip, write_tiff


def test_every_hostile_tiff_is_read_or_refused_in_one_sentence(tmp_path: Path) -> None:
    sound = write_tiff(tmp_path / "sound.tif", with_strip(field()), [(34682, 2, fei(FEI))]).read_bytes()
    written = [write for write in TIFF_WRITTEN if write.__name__ != "tiff_bomb"]
    files = []
    for number, (name, data) in enumerate(mutated(60, [sound], TIFF_DAMAGE, written, seed=3)):
        files.append(tmp_path / f"{number:02}-{name}.tif")
        files[-1].write_bytes(data)
    with Sandbox[Path](
        "glassllava.micrographs.metadata:read_metadata", workers=1, seconds=10.0, memory_bytes=2**31
    ) as sandbox:
        outcomes = list(sandbox.map([*files, tmp_path / "sound.tif"]))
    assert len(outcomes) == 61
    refused = [outcome.reason for outcome in outcomes if outcome.reason is not None]
    assert refused
    assert all(reason.startswith(str(tmp_path)) and reason.endswith(".") for reason in refused)
    (last,) = [outcome.value for outcome in outcomes if outcome.item.name == "sound.tif"]
    assert (last.problems, last.pixel_size_m) == ([], 1.25e-07)
