"""`micrograph info` and `micrograph prepare`: what image files say of themselves, and what a model is shown of them."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from glassllava.cli.console import JsonOption, finish, print_json, table
from glassllava.sandbox import Outcome, Sandbox
from glassllava.settings import PaperSettings

app = typer.Typer(help="Image files of micrographs.", no_args_is_help=True)

_SECONDS = 60.0


class Way(StrEnum):
    """What of an image a model is shown."""

    PAD = "pad"
    TILE = "tile"
    CROP = "crop"
    STRETCH = "stretch"


@app.callback()
def micrograph() -> None:
    """Image files of micrographs."""


@app.command()
def info(
    files: Annotated[list[Path], typer.Argument(help="Image files, or the .txt and .hdr files beside them.")],
    as_json: JsonOption = False,
) -> int:
    """Read pixel size and acquisition metadata; what is not known is left empty."""
    from glassllava.micrographs.metadata import MicrographInfo

    found: list[MicrographInfo] = []
    failed = _each("glassllava.micrographs.metadata:read_metadata", files, lambda done: found.append(done.value))
    if as_json:
        unknown = dict.fromkeys(MicrographInfo.model_fields)
        print_json([*found, *(unknown | {"file": file, "problems": [reason]} for file, reason in failed)])
        return finish(failed)
    table(
        ("file", "width", "height", "bits", "pixel size / nm", "source", "instrument", "kV", "WD / mm", "problems"),
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
                "; ".join(row.problems),
            )
            for row in found
        ],
    )
    return finish(failed)


@app.command()
def prepare(
    files: Annotated[list[Path], typer.Argument(help="Image files.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for the pictures, as PNG files.")],
    size: Annotated[int, typer.Option(min=1, max=4096, help="Edge of the square that the model takes, in pixels.")],
    way: Annotated[
        Way,
        typer.Option(help="pad: the whole field; tile: squares that cover it, unscaled; crop: its middle square."),
    ] = Way.PAD,
    keep_databar: Annotated[bool, typer.Option("--keep-databar", help="Leave the databar in the picture.")] = False,
    as_json: JsonOption = False,
) -> int:
    """Write what a model is shown of image files: scaled, never clipped, the databar cut off."""
    from glassllava.micrographs.shown import Shown, Wanted

    out.mkdir(parents=True, exist_ok=True)
    by_name: dict[str, Wanted] = {}
    failed = []
    for file in files:
        if file.name in by_name:
            failed.append((str(file), "another file of this name is given, whose pictures would have the same names"))
        else:
            by_name[file.name] = Wanted(file, size, way.value, "keep" if keep_databar else "cut")
    shown: list[Shown] = []

    def keep(done: Outcome[Any]) -> None:
        for picture, png in done.value:
            (out / picture.picture).write_bytes(png)
            shown.append(picture)

    function = "glassllava.micrographs.shown:shown_to_a_model"
    failed += _each(function, list(by_name.values()), keep, lambda wanted: str(wanted.file.name))
    if as_json:
        print_json({"pictures": shown, "failed": failed})
    else:
        table(("file", "picture", "box"), [(row.file, row.picture, row.box) for row in shown])
    return finish(failed)


def _each(
    function: str,
    items: list[Any],
    keep: Callable[[Outcome[Any]], None],
    name: Callable[[Any], str] = lambda item: str(item.name),
) -> list[tuple[str, str]]:
    """Give each item to a child process; return the failed ones with their reasons.

    Image files are untrusted: one that crashes or swells its reader is one failed row.
    """
    failed = []
    with Sandbox[Any](function, workers=1, seconds=_SECONDS, memory_bytes=PaperSettings().memory_bytes) as sandbox:
        for outcome in sandbox.map(items):
            if outcome.reason is None:
                keep(outcome)
            else:
                failed.append((name(outcome.item), outcome.reason))
    return failed
