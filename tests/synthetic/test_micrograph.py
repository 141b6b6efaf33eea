"""The virtual SEM: a pure function of its seed, with truth that the pixels bear out."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from glassllava.synthetic.catalogue import ARTEFACTS, DEFECTS, FAMILIES, KNOWN_FAMILIES, UNKNOWN_FAMILIES
from glassllava.synthetic.micrograph import draw

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


def test_sizes_are_those_of_the_masks() -> None:
    micrograph = draw(2, 640, families=["fibres"], defect=False, artefact=False)
    labels, number = ndimage.label(micrograph.structure)
    boxes = ndimage.find_objects(labels)
    rows, columns = micrograph.structure.shape
    whole = [
        box for box in boxes if box[0].start > 0 and box[1].start > 0 and box[0].stop < rows and box[1].stop < columns
    ]
    diameters = [box[1].stop - box[1].start for box in whole]
    assert number and whole
    assert np.median(diameters) * micrograph.truth.pixel_size_m == pytest.approx(micrograph.truth.size_m, rel=0.06)


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
