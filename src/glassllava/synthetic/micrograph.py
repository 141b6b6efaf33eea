"""One virtual micrograph with its exact truth: a seeded pure function.

In: a seed, and what is wanted of the scene. Out: a `Micrograph`: 8-bit image, `Truth`, masks. The same seed gives the
same scene at every resolution; only noise and what is finer than a pixel differ.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from glassllava.synthetic.catalogue import ARTEFACTS, DEFECTS, FAMILIES
from glassllava.synthetic.databar import STYLES, magnification, with_databar
from glassllava.synthetic.fields import Grid, Mask
from glassllava.synthetic.microscope import Beam, Detector, electron_range, record
from glassllava.synthetic.specimen import Specimen

DEFECT_SHARE = 0.5
"""Share of scenes with a defect: about half hold none."""

ARTEFACT_SHARE = 0.3
"""Share of scenes with an artefact, whether or not there is a defect."""

LEAST_COLUMNS_FOR_WORDS = 256
"""Columns from which a databar can be read; coarser images get none."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true of a micrograph, exactly.

    Attributes
    ----------
    family
        Name of the family in `catalogue.FAMILIES`.
    known
        Whether the embedded base model sees such scenes in its training.
    names
        Words that name what is shown.
    defect, artefact
        Kind, or None.
    count
        Elements whose centre lies in the field; None where they cannot be counted one by one.
    size_m, size_is
        Mean size of an element in metres and what it is ("diameter", "spacing"); None where there is none.
    structure_share, defect_share
        Share of the field that they cover, 0 to 1.
    pixel_size_m, field_width_m
        In metres, for the image as it was drawn.
    detector, voltage_kv, working_distance_mm, magnification
        How it was recorded.
    """

    seed: int
    family: str
    known: bool
    names: tuple[str, ...]
    defect: str | None
    artefact: str | None
    count: int | None
    size_m: float | None
    size_is: str | None
    structure_share: float
    defect_share: float
    pixel_size_m: float
    field_width_m: float
    detector: str
    voltage_kv: float
    working_distance_mm: float
    magnification: int

    def as_json(self) -> dict[str, Any]:
        """Return the truth as JSON values."""
        return {**asdict(self), "names": list(self.names)}


@dataclass(frozen=True, slots=True)
class Micrograph:
    """An image and the truth about it."""

    image: NDArray[np.uint8]
    """Grey levels, [rows, columns], databar included where there is one."""
    truth: Truth
    structure: Mask
    """Where the structure's elements lie, [field rows, columns]."""
    defect: Mask
    artefact: Mask

    def png(self) -> bytes:
        """Return the image as a PNG file."""
        buffer = io.BytesIO()
        Image.fromarray(self.image).save(buffer, "PNG", optimize=False, compress_level=3)
        return buffer.getvalue()


def draw(
    seed: int,
    columns: int = 640,
    *,
    families: Sequence[str] | None = None,
    defect: bool | str | None = None,
    artefact: bool | str | None = None,
    databar: bool | str = True,
    backscattered: bool | None = None,
    field_width_m: float | None = None,
) -> Micrograph:
    """Draw a virtual micrograph.

    Parameters
    ----------
    seed
        Decides everything that is not asked for.
    columns
        Width of the field in pixels, at least 64; its height is three quarters of it.
    families
        Families to choose from; None for all.
    defect, artefact
        A kind; True or False for any or none; None to let the seed decide (about half hold no defect).
    databar
        Whether to print the databar, which needs `LEAST_COLUMNS_FOR_WORDS` columns; or its style (one of
        `databar.STYLES`), as one instrument prints all its images alike.
    backscattered
        Detector; None to let the seed decide. Back-scattered electrons are chosen where their range is small against
        the field, and not where the specimen charges.
    field_width_m
        Width of the field in metres; None to let the seed choose from what the family allows.

    Returns
    -------
    Micrograph
        Image, truth and masks.

    Raises
    ------
    ValueError
        There is no such family, or it has no such defect or artefact.

    Examples
    --------
    >>> draw(7, 96, families=["dendrites"], defect=False).truth.defect is None
    True
    """
    rng = np.random.default_rng([seed, 0x5E3])
    chosen = tuple(families) if families is not None else tuple(FAMILIES)
    if unknown := set(chosen) - set(FAMILIES):
        raise ValueError(f"There is no family {sorted(unknown)}; there are {', '.join(FAMILIES)}.")
    name = chosen[int(rng.integers(len(chosen)))]
    family = FAMILIES[name]
    flaw = _kind(rng, defect, family.defects, DEFECT_SHARE, name)
    disturbance = _kind(rng, artefact, family.artefacts, ARTEFACT_SHARE, name)
    field_width = float(np.exp(rng.uniform(*np.log(family.field_width_m))))
    if field_width_m is not None:
        field_width = field_width_m
    beam = _beam(rng, field_width, _detector(rng, family.backscattered, field_width, disturbance, backscattered))
    style = STYLES[int(rng.choice(3, p=[0.55, 0.25, 0.2]))]
    if isinstance(databar, str):
        style = databar
    specimen = Specimen.plain(Grid(columns))
    # Each step has a generator of its own: a scene is the same with and without its defect.
    steps = [np.random.default_rng([seed, step]) for step in range(4)]
    family.lay_out(steps[0], specimen)
    if flaw is not None:
        DEFECTS[flaw](steps[1], specimen)
    if disturbance is not None:
        ARTEFACTS[disturbance](steps[2], specimen)
    image = record(steps[3], specimen, beam, field_width)
    pixel_size = field_width / columns
    if databar and columns >= LEAST_COLUMNS_FOR_WORDS:
        image, _ = with_databar(image, beam, pixel_size, style)
    elements = specimen.whole_elements
    sized = family.size is not None and len(specimen.elements) > 0
    truth = Truth(
        seed=seed,
        family=name,
        known=family.known,
        names=family.names,
        defect=flaw,
        artefact=disturbance,
        count=len(elements) if family.countable else None,
        size_m=float(np.mean(specimen.elements[:, 2])) * field_width if sized else None,
        size_is=family.size if sized else None,
        structure_share=float(specimen.structure.mean()),
        defect_share=float(specimen.defect.mean()),
        pixel_size_m=pixel_size,
        field_width_m=field_width,
        detector=beam.detector,
        voltage_kv=beam.voltage_kv,
        working_distance_mm=beam.working_distance_mm,
        magnification=magnification(field_width),
    )
    return Micrograph(image, truth, specimen.structure, specimen.defect, specimen.artefact)


def _kind(
    rng: np.random.Generator, wanted: bool | str | None, kinds: Sequence[str], share: float, family: str
) -> str | None:
    """Return the kind that is wanted or that the generator chooses; it draws the same numbers either way."""
    there, which = rng.random() < share, kinds[int(rng.integers(len(kinds)))]
    if isinstance(wanted, str):
        if wanted not in kinds:
            raise ValueError(f"The family '{family}' has no '{wanted}'; it has {', '.join(kinds)}.")
        return wanted
    return which if (there if wanted is None else wanted) else None


LEAST_BACKSCATTERED_KV = 5.0
"""Slower electrons do not excite a back-scatter detector."""

WIDEST_SPREAD = 0.06
"""Greatest range of the electrons in field widths that an operator accepts: beyond it fine detail is lost."""

VOLTAGES_KV = (1.0, 2.0, 3.0, 5.0, 10.0, 15.0, 20.0)


def _detector(
    rng: np.random.Generator, share: float, field_width: float, artefact: str | None, wanted: bool | None
) -> Detector:
    """Return the detector that is wanted or that the generator chooses; it draws the same numbers either way."""
    chosen = rng.random() < share
    fits = electron_range(LEAST_BACKSCATTERED_KV) <= WIDEST_SPREAD * field_width and artefact != "charging"
    return "BSE" if (chosen and fits if wanted is None else wanted) else "SE"


def _beam(rng: np.random.Generator, field_width: float, detector: Detector) -> Beam:
    least = LEAST_BACKSCATTERED_KV if detector == "BSE" else VOLTAGES_KV[0]
    able = [voltage for voltage in VOLTAGES_KV if voltage >= least]
    sharp = [voltage for voltage in able if electron_range(voltage) <= WIDEST_SPREAD * field_width]
    return Beam(
        detector=detector,
        voltage_kv=float(rng.choice(sharp or able[:1])),
        working_distance_mm=round(float(rng.uniform(4, 14)), 1),
        aperture_um=float(rng.choice([20.0, 30.0, 60.0, 120.0])),
        electrons=float(rng.uniform(400, 2500)),
        azimuth=float(rng.normal(-np.pi / 2, 0.5)),
        defocus=float(rng.uniform(0.5, 1.3)),
        astigmatism=float(abs(rng.normal(0, 0.3))),
        axis=float(rng.uniform(0, np.pi)),
        drift=float(rng.normal(0, 1.2)),
        vibration=float(abs(rng.normal(0, 0.02))),
        brightness=float(rng.uniform(0.34, 0.5)),
        contrast=float(rng.uniform(0.13, 0.19)),
    )
