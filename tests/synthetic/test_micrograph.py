"""The virtual SEM: a pure function of its seed, with truth that the pixels bear out."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from glassllava.synthetic.catalogue import ARTEFACTS, DEFECTS, FAMILIES, KNOWN_FAMILIES, UNKNOWN_FAMILIES
from glassllava.synthetic.fields import Grid
from glassllava.synthetic.micrograph import WIDEST_SPREAD, draw
from glassllava.synthetic.microscope import electron_range
from glassllava.synthetic.specimen import RESIN_Z, Specimen

ALL = sorted(FAMILIES)


@pytest.mark.parametrize("family", ALL)
def test_the_same_seed_draws_the_same_image_and_another_seed_another(family: str) -> None:
    first, again, other = (draw(seed, 128, families=[family]) for seed in (5, 5, 6))
    assert np.array_equal(first.image, again.image)
    assert first.truth == again.truth
    assert not np.array_equal(first.image, other.image)


@pytest.mark.parametrize("family", ALL)
def test_every_defect_of_a_family_is_in_the_mask_and_changes_the_image_there_most(family: str) -> None:
    for kind in FAMILIES[family].defects:
        sound = draw(3, 192, families=[family], defect=False, artefact=False, backscattered=False)
        broken = draw(3, 192, families=[family], defect=kind, artefact=False, backscattered=False)
        assert sound.truth.defect is None and not sound.defect.any()
        assert broken.truth.defect == kind
        assert broken.truth.defect_share == pytest.approx(broken.defect.mean())
        assert 0.0005 < broken.truth.defect_share < 0.5
        # The operator sets brightness anew for each image: compare after taking it out.
        changed = np.abs(
            ndimage.gaussian_filter(broken.image - np.median(broken.image), 1)
            - ndimage.gaussian_filter(sound.image - np.median(sound.image), 1)
        )
        near = ndimage.binary_dilation(broken.defect, iterations=2)
        assert changed[near].mean() > 1.5 * changed[~near].mean(), kind


@pytest.mark.parametrize("family", ALL)
def test_a_defect_that_is_told_is_always_there(family: str) -> None:
    for kind in FAMILIES[family].defects:
        least = min(draw(seed, 96, families=[family], defect=kind).truth.defect_share for seed in range(30))
        assert least > 0.0005, kind


def test_a_crack_stays_out_of_the_mounting_resin() -> None:
    for seed in range(5):
        specimen = laid_out("gel layer", seed)
        DEFECTS["crack"](np.random.default_rng(seed), specimen)
        assert specimen.defect.any() and not (specimen.defect & (specimen.atomic < RESIN_Z + 0.2)).any()


@pytest.mark.parametrize("artefact", sorted(ARTEFACTS))
def test_an_artefact_is_no_defect(artefact: str) -> None:
    family = next(name for name in ALL if artefact in FAMILIES[name].artefacts)
    micrograph = draw(4, 160, families=[family], defect=False, artefact=artefact)
    assert micrograph.truth.artefact == artefact
    assert micrograph.artefact.any()
    assert micrograph.truth.defect is None and not micrograph.defect.any()


def test_a_scene_is_the_same_at_every_resolution() -> None:
    for family in ("droplets", "fibres", "indentation", "microlenses", "spherulites", "spinodal network"):
        coarse, fine = (draw(9, columns, families=[family], artefact=False) for columns in (96, 384))
        assert coarse.truth.count == fine.truth.count
        assert coarse.truth.size_m == pytest.approx(fine.truth.size_m)
        assert coarse.truth.structure_share == pytest.approx(fine.truth.structure_share, abs=0.06)
        small = fine.structure.reshape(72, 4, 96, 4).mean((1, 3)) > 0.5
        assert (small == coarse.structure).mean() > 0.9


def test_countable_elements_are_as_many_as_the_image_holds() -> None:
    micrograph = draw(12, 640, families=["droplets"], defect=False, artefact=False)
    _, found = ndimage.label(micrograph.structure)
    inside = micrograph.truth.count
    assert inside is not None
    assert inside <= found <= 1.25 * inside  # droplets whose centre lies outside the field show too


def bodies(mask: np.ndarray) -> list[np.ndarray]:
    """Return the mask of each body that lies wholly in the field."""
    labels, _ = ndimage.label(mask)
    cut = {0, *labels[0], *labels[-1], *labels[:, 0], *labels[:, -1]}
    return [labels[box] == number for number, box in enumerate(ndimage.find_objects(labels), 1) if number not in cut]


def diameter(mask: np.ndarray) -> float:
    return float(np.mean([2 * np.sqrt(body.sum() / np.pi) for body in bodies(mask)]))


def longest(mask: np.ndarray) -> float:
    return float(np.mean([np.hypot(*np.ptp(np.argwhere(body), axis=0)) for body in bodies(mask)]))


def period(mask: np.ndarray) -> float:
    """Return the wavelength at which the mask's power lies, in pixels: the mean of its strongest octave."""
    power = np.abs(np.fft.rfft2((mask - mask.mean()) * np.outer(np.hanning(len(mask)), np.hanning(mask.shape[1])))) ** 2
    wave = np.hypot(np.fft.fftfreq(len(mask))[:, None], np.fft.rfftfreq(mask.shape[1])[None])
    bins = np.bincount(np.round(wave * 640).astype(int).ravel(), power.ravel())[:200]
    top = int(np.argmax(ndimage.gaussian_filter1d(bins[3:], 1))) + 3
    near = np.arange(int(top / 1.4), int(top * 1.4) + 1)
    return float(640 * bins[near].sum() / (bins[near] * near).sum())


MEASURED = {
    "contact imprint": (diameter, 0.03),
    "droplets": (diameter, 0.08),
    "fibres": (diameter, 0.04),
    "microlenses": (diameter, 0.03),
    "nanocapillaries": (diameter, 0.04),
    "agglomerates": (longest, 0.25),  # a ragged body is less long than the circle round it
    "spinodal network": (period, 0.12),
    "laser tracks": (period, 0.12),
    "indentation": (lambda mask: np.sqrt(2 * mask.sum()), 0.04),  # a square's diagonal, its sides a little hollow
    "gel layer": (lambda mask: mask.sum() / 640, 0.15),
}
"""How the size is measured in the mask of a family's elements, in pixels, and how near it must come."""

IN_RELIEF = {"fracture surface", "spherulites", "dendrites", "needles", "packed particles"}
"""Sized families whose size is not seen in the mask; each has its own test below."""


def test_each_size_that_is_told_has_its_measurement() -> None:
    assert set(MEASURED) | IN_RELIEF == {name for name in ALL if FAMILIES[name].size is not None}


@pytest.mark.parametrize("family", sorted(MEASURED))
def test_sizes_are_those_of_the_masks(family: str) -> None:
    measure, tolerance = MEASURED[family]
    ratios = []
    for seed in range(4):
        truth_and_masks = draw(seed, 640, families=[family], defect=False, artefact=False)
        truth = truth_and_masks.truth
        assert truth.size_m is not None
        ratios.append(measure(truth_and_masks.structure) * truth.pixel_size_m / truth.size_m)
    assert np.mean(ratios) == pytest.approx(1, abs=tolerance)


def laid_out(family: str, seed: int) -> Specimen:
    specimen = Specimen.plain(Grid(640))
    FAMILIES[family].lay_out(np.random.default_rng(seed), specimen)
    return specimen


@pytest.mark.parametrize("seed", range(3))
def test_the_mirror_is_smooth_up_to_its_radius_and_rough_beyond(seed: int) -> None:
    specimen = laid_out("fracture surface", seed)
    x, y, radius, _ = specimen.elements[0]
    away = np.hypot(specimen.grid.x - x, specimen.grid.y - y) / radius
    rough = np.abs(specimen.height - ndimage.gaussian_filter(specimen.height, 4))
    assert rough[(away > 1.25) & (away < 1.6)].mean() > 4 * rough[(away > 0.3) & (away < 0.85)].mean()


@pytest.mark.parametrize("seed", range(3))
def test_spheres_are_as_wide_as_their_caps_are_curved(seed: int) -> None:
    specimen = laid_out("packed particles", seed)
    ratios = []
    for x, y, size, _ in specimen.elements:
        column, row, reach = int(x * 640), int(y * 640), 0.3 * size * 640
        if not (reach < column < 640 - reach - 1 and 0 <= row < 480):
            continue
        sides = [specimen.height[row, round(column + way * reach)] for way in (-1, 1)]
        ratios.append((specimen.height[row, column] - np.mean(sides)) / (size / 2 * (1 - 0.8)))
    assert np.median(ratios) == pytest.approx(1, abs=0.1)  # a cap falls by r − √(r² − d²) at d = 0.6 r


@pytest.mark.parametrize("seed", range(4))
def test_spherulites_are_as_wide_as_they_stand_apart_or_as_they_show(seed: int) -> None:
    specimen = laid_out("spherulites", seed)
    size = specimen.elements[:, 2].mean()
    if specimen.structure.all():
        x, y = specimen.elements[:, 0], specimen.elements[:, 1]
        distance = np.hypot(x[:, None] - x, y[:, None] - y)
        np.fill_diagonal(distance, np.inf)
        assert 0.7 < distance.min(1).mean() / size < 1.15
    else:
        assert diameter(specimen.structure) / 640 == pytest.approx(size, rel=0.15)


def test_side_arms_of_dendrites_come_again_at_their_spacing() -> None:
    told, wrong = [], []
    for seed in range(6):
        specimen = laid_out("dendrites", seed)
        for x, y, spacing, angle in specimen.elements:
            # Along a line beside the trunk, from the third arm to the seventh.
            steps = np.arange(2.5, 6.5, 0.05)
            aside = 0.45 * spacing
            across = x + steps * spacing * np.cos(angle) - aside * np.sin(angle)
            down = y + steps * spacing * np.sin(angle) + aside * np.cos(angle)
            inside = (across > 0) & (across < 1) & (down > 0) & (down < 0.75)
            if not inside.all():
                continue
            crossed = specimen.structure[(down * 640).astype(int), (across * 640).astype(int)].astype(float)
            for folded, at in ((told, 1.0), (wrong, 0.77)):
                folded.append(abs(np.mean((crossed - crossed.mean()) * np.exp(2j * np.pi * steps / at))))
    assert len(told) > 10
    assert np.mean(told) > 2 * np.mean(wrong)


def test_needles_are_as_wide_as_is_told() -> None:
    ratios = []
    for seed in range(4):
        specimen = laid_out("needles", seed)
        depth = ndimage.distance_transform_edt(specimen.structure)
        ridge = (depth == ndimage.maximum_filter(depth, 5)) & (depth > 1)
        ratios.append(2 * np.percentile(depth[ridge], 40) / 640 / specimen.elements[:, 2].mean())
    assert np.mean(ratios) == pytest.approx(1, abs=0.2)


def test_the_voltage_keeps_the_electrons_within_a_small_part_of_the_field() -> None:
    for truth in (draw(seed, 64).truth for seed in range(400)):
        slowest = 5.0 if truth.detector == "BSE" else 1.0
        spread = electron_range(truth.voltage_kv) / truth.field_width_m
        assert spread <= WIDEST_SPREAD or truth.voltage_kv == slowest
        if truth.detector == "BSE":
            assert spread <= WIDEST_SPREAD and truth.artefact != "charging"


def test_a_crack_runs_round_fibres_and_below_what_lies_loosely() -> None:
    for family in ("fibres", "agglomerates"):
        cracked = draw(21, 320, families=[family], defect="crack", artefact=False)
        inner = ndimage.binary_erosion(cracked.structure, iterations=2)
        assert cracked.defect.any() and not (cracked.defect & inner).any()


def test_about_half_of_the_scenes_hold_no_defect_whatever_the_family_and_the_artefact() -> None:
    truths = [draw(seed, 64).truth for seed in range(800)]
    for chosen in (
        truths,
        [t for t in truths if t.artefact is not None],
        [t for t in truths if t.artefact is None],
        [t for t in truths if not t.known],
    ):
        share = np.mean([t.defect is not None for t in chosen])
        assert abs(share - 0.5) < 4 * 0.5 / np.sqrt(len(chosen))
    assert {t.family for t in truths} == set(FAMILIES)
    assert {t.defect for t in truths} - {None} == set(DEFECTS)


def test_known_and_unknown_families_are_apart_and_all() -> None:
    assert set(KNOWN_FAMILIES) & set(UNKNOWN_FAMILIES) == set()
    assert set(KNOWN_FAMILIES) | set(UNKNOWN_FAMILIES) == set(FAMILIES)
    assert len(UNKNOWN_FAMILIES) >= 3


def test_what_a_family_does_not_have_is_refused_in_a_sentence() -> None:
    with pytest.raises(ValueError, match="has no 'debonding'"):
        draw(1, 96, families=["droplets"], defect="debonding")
    with pytest.raises(ValueError, match="There is no family"):
        draw(1, 96, families=["clouds"])
