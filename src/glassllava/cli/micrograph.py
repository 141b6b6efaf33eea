"""`micrograph info`: pixel size and acquisition metadata of image files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from glassllava.cli.console import JsonOption, finish, print_json, table
from glassllava.sandbox import Sandbox
from glassllava.settings import PaperSettings

app = typer.Typer(help="Image files of micrographs.", no_args_is_help=True)


@app.callback()
def micrograph() -> None:
    """Image files of micrographs."""


@app.command()
def info(
    files: Annotated[list[Path], typer.Argument(help="Image files.")],
    as_json: JsonOption = False,
) -> int:
    """Read pixel size and acquisition metadata; what is not known is left empty."""
    from glassllava.micrographs.metadata import MicrographInfo

    # Image files are untrusted: one that crashes or swells its reader is one failed row.
    found, failed = [], []
    limits = PaperSettings()
    with Sandbox[Path](
        "glassllava.micrographs.metadata:read_metadata", workers=1, seconds=60, memory_bytes=limits.memory_bytes
    ) as sandbox:
        for outcome in sandbox.map(files):
            if outcome.reason is None:
                found.append(outcome.value)
            else:
                failed.append((outcome.item.name, outcome.reason))
    if as_json:
        unknown = dict.fromkeys(MicrographInfo.model_fields)
        print_json([*found, *(unknown | {"file": file, "problems": [reason]} for file, reason in failed)])
    else:
        table(
            ("file", "width", "height", "bits", "pixel size / nm", "source", "instrument", "kV", "WD / mm"),
            [
                (
                    row.file,
                    row.width,
                    row.height,
                    row.bit_depth,
                    None if row.pixel_size_m is None else f"{row.pixel_size_m * 1e9:.4g}",
                    row.pixel_size_source,
                    row.instrument,
                    None if row.accelerating_voltage_v is None else f"{row.accelerating_voltage_v / 1e3:g}",
                    None if row.working_distance_m is None else f"{row.working_distance_m * 1e3:.3g}",
                )
                for row in found
            ],
        )
    return finish(failed)
