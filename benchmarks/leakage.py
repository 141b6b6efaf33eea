"""How many copies of pictures and passages the search for leakage finds, and how often it is wrong.

In: the captioned panels of `../shared/data` (464 panels of 74 preprints). Each transformation is applied to 120 of
them, and all originals and copies are searched together, as if each copy stood in a paper of its own; passages of their
captions are put into the captions of others. Out: tables with the share of copies found, and the pairs found that are
none: of an original and another one, or of a copy and an original of another preprint.

    python benchmarks/leakage.py [--copies 120] [--seed 0]
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from glassllava.corpus.leakage import is_leak
from glassllava.micrographs.same_picture import Copy, find_same_pictures, small_copy
from glassllava.text.shared import shared_passages

DATA = Path(__file__).parents[2] / "shared" / "data" / "captioned_panels"

Image = NDArray[np.uint8]
Change = Callable[[Image, np.random.Generator], Image]


def jpeg(image: Image, _: np.random.Generator) -> Image:
    return cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 40])[1], cv2.IMREAD_GRAYSCALE)


def half_size(image: Image, _: np.random.Generator) -> Image:
    return cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)


def twice_the_size(image: Image, _: np.random.Generator) -> Image:
    return cv2.resize(image, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)


def brightness(image: Image, _: np.random.Generator) -> Image:
    return np.clip(0.6 * image + 60, 0, 255).astype(np.uint8)


def gamma(image: Image, _: np.random.Generator) -> Image:
    return (255 * (image / 255) ** 0.5).astype(np.uint8)


def label(image: Image, _: np.random.Generator) -> Image:
    changed, side = image.copy(), max(12, int(0.14 * min(image.shape)))
    changed[:side, :side] = 255
    cv2.putText(changed, "(b)", (2, side - 4), cv2.FONT_HERSHEY_SIMPLEX, side / 40, 0, 2)
    return changed


def databar_over(image: Image, _: np.random.Generator) -> Image:
    changed, rows = image.copy(), int(0.1 * image.shape[0])
    changed[-rows:] = 0
    cv2.putText(changed, "20 um 10 kV", (5, len(image) - 4), cv2.FONT_HERSHEY_SIMPLEX, rows / 40, 255, 1)
    return changed


def databar_below(image: Image, random: np.random.Generator) -> Image:
    rows = int(0.1 * image.shape[0])
    return databar_over(np.pad(image, ((0, rows), (0, 0))), random)


def strip_cut(image: Image, random: np.random.Generator) -> Image:
    return image[: int(len(image) * (1 - random.uniform(0.05, 0.15)))]


def mirrored(image: Image, _: np.random.Generator) -> Image:
    return np.ascontiguousarray(image[:, ::-1])


def upside_down(image: Image, _: np.random.Generator) -> Image:
    return np.ascontiguousarray(image[::-1])


def quarter_turn(image: Image, _: np.random.Generator) -> Image:
    return np.ascontiguousarray(np.rot90(image))


def cropped(share: float) -> Change:
    """Return a change that cuts up to `share` off each side."""

    def crop(image: Image, random: np.random.Generator) -> Image:
        (rows, columns), (left, top, right, bottom) = image.shape, random.uniform(0, share, 4)
        return image[int(top * rows) : int((1 - bottom) * rows), int(left * columns) : int((1 - right) * columns)]

    return crop


def many_at_once(image: Image, random: np.random.Generator) -> Image:
    for change in (cropped(0.08), brightness, label, half_size, jpeg, mirrored):
        image = change(image, random)
    return image


CHANGES: dict[str, Change] = {
    "JPEG, quality 40": jpeg,
    "half the size": half_size,
    "twice the size": twice_the_size,
    "brightness and contrast": brightness,
    "gamma 0.5": gamma,
    "label added": label,
    "databar drawn over the image": databar_over,
    "databar added below": databar_below,
    "5-15 % cut off below": strip_cut,
    "mirrored": mirrored,
    "upside down": upside_down,
    "quarter turn": quarter_turn,
    "up to 5 % cut off each side": cropped(0.05),
    "up to 10 % cut off each side": cropped(0.10),
    "up to 15 % cut off each side": cropped(0.15),
    "crop 8 %, darker, label, half size, JPEG, mirrored": many_at_once,
}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--copies", type=int, default=120, help="images that each transformation is applied to")
    arguments.add_argument("--seed", type=int, default=0)
    asked = arguments.parse_args()
    rows = [json.loads(line) for line in (DATA / "panels.jsonl").read_text(encoding="utf-8").splitlines()]
    images = [cv2.imread(str(DATA / row["image"]), cv2.IMREAD_GRAYSCALE) for row in rows]
    owners = [row["doi"] for row in rows]
    originals = [_small(image) for image in images]
    started = time.monotonic()
    found = find_same_pictures(originals, owners)
    print(f"{len(images)} originals of {len(set(owners))} preprints, {time.monotonic() - started:.1f} s")
    print(f"pairs found among the originals: {len(found)}")
    for pair in found:
        print(f"  {pair.similarity:.2f}  {rows[pair.one]['image']}  {rows[pair.other]['image']}")
    print(f"\n| transformation of {asked.copies} images | found | false pairs |\n|---|---:|---:|")
    known = {(pair.one, pair.other) for pair in found}
    for name, change in CHANGES.items():
        random = np.random.default_rng(asked.seed)
        taken = random.choice(len(images), asked.copies, replace=False)
        copies = [_small(change(images[place], random)) for place in taken]
        pairs = find_same_pictures(originals + copies, owners + [f"copy {n}" for n in range(len(copies))])
        recalled = {(p.one, p.other) for p in pairs if p.other >= len(images) and taken[p.other - len(images)] == p.one}
        false = [
            p
            for p in pairs
            if (p.one, p.other) not in known and _owner(p.one, owners, taken) != _owner(p.other, owners, taken)
        ]
        print(f"| {name} | {len(recalled) / len(copies):.1%} | {len(false)} |", flush=True)

    print(f"\n| passage put into {asked.copies} pairs of preprints | found | false pairs |\n|---|---:|---:|")
    captions = {doi: sorted({row["caption"] for row in rows if row["doi"] == doi}) for doi in set(owners)}
    for words in (20, 40, 60, 80):
        sources = [doi for doi in sorted(captions) if len(" ".join(captions[doi]).split()) > words]
        random = np.random.default_rng(asked.seed)
        recalled_pairs = false_pairs = 0
        for _ in range(asked.copies):
            giver = random.choice(sources)
            taker = random.choice([doi for doi in sorted(captions) if doi != giver])
            spoken = " ".join(captions[giver]).split()
            start = random.integers(len(spoken) - words)
            planted = {**captions, "copy": [*captions[taker], " ".join(spoken[start : start + words])]}
            del planted[taker]
            pairs = {frozenset((p.one, p.other)) for p in shared_passages(planted) if is_leak(p)}
            recalled_pairs += frozenset((giver, "copy")) in pairs
            false_pairs += len(pairs - {frozenset((giver, "copy"))})
        print(f"| {words} words of a caption | {recalled_pairs / asked.copies:.1%} | {false_pairs} |", flush=True)


def _owner(place: int, owners: list[str], taken: NDArray[np.int_]) -> str:
    return owners[place] if place < len(owners) else owners[taken[place - len(owners)]]


def _small(image: Image) -> Copy:
    return small_copy(cv2.imencode(".png", image)[1].tobytes())


if __name__ == "__main__":
    main()
