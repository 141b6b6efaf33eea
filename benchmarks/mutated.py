"""Hostile files, made from sound ones: what a broken disk, a bad download or an ill-meaning stranger gives a reader.

In: a seed and sound PDF or TIFF files. Out: (name of the mutation, bytes) pairs, the same for the same seed. Half of
them damage bytes without knowing what they mean; the others are written whole, each to be expensive or endless in a
way of its own.
"""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pikepdf
import tifffile

Random = np.random.Generator
Damage = Callable[[bytes, Random], bytes]
Written = Callable[[Random], bytes]

PROSE = (
    "Figure 1 shows the fracture surface of the glass.",
    "Fig. 1. Scanning electron micrographs of the glass: (a) before and (b) after etching.",
    "The surface carries mirror, mist and hackle, as seen in Fig. 1a and b.",
)


# Damage that knows nothing of what the bytes mean.


def bits_flipped(data: bytes, rng: Random) -> bytes:
    """Flip 1 to 3000 bits anywhere."""
    values = np.frombuffer(data, np.uint8).copy()
    places = rng.integers(0, len(values), int(10 ** rng.uniform(0, 3.5)))
    values[places] ^= (1 << rng.integers(0, 8, len(places))).astype(np.uint8)
    return values.tobytes()


def cut_off(data: bytes, rng: Random) -> bytes:
    """End the file early."""
    return data[: int(len(data) * rng.uniform(0.0, 1.0))]


def beginning_lost(data: bytes, rng: Random) -> bytes:
    """Lose the start, but for the first line, which tells the kind of file."""
    return data[:16] + data[int(len(data) * rng.uniform(0.0, 0.9)) :]


def range_deleted(data: bytes, rng: Random) -> bytes:
    """Leave out a range of bytes."""
    start, end = _range(data, rng)
    return data[:start] + data[end:]


def range_doubled(data: bytes, rng: Random) -> bytes:
    """Write a range of bytes twice."""
    start, end = _range(data, rng)
    return data[:end] + data[start:]


def range_zeroed(data: bytes, rng: Random) -> bytes:
    """Fill a range with zeros, as a download with a hole has them."""
    start, end = _range(data, rng)
    return data[:start] + bytes(end - start) + data[end:]


def range_of_noise(data: bytes, rng: Random) -> bytes:
    """Fill a range with random bytes."""
    start, end = _range(data, rng)
    return data[:start] + rng.bytes(end - start) + data[end:]


def _range(data: bytes, rng: Random) -> tuple[int, int]:
    start = int(rng.integers(0, max(1, len(data))))
    return start, min(len(data), start + int(10 ** rng.uniform(0.5, 5)))


# Damage that knows what a PDF is.


def numbers_changed(data: bytes, rng: Random) -> bytes:
    """Give lengths, sizes, counts, references and coordinates outside of streams other values."""
    odd = [b"0", b"-1", b"1", b"65536", b"2147483647", b"4294967296", b"99999999999999999999", b"1e38", b"nan"]
    places = [match.span() for match in re.finditer(rb"(?<=[ \[/<A-Za-z])\d+(?=[ \]/>\r\n])", data)]
    chosen = sorted(rng.integers(0, len(places), int(10 ** rng.uniform(0, 2.3))), reverse=True) if places else []
    for place in dict.fromkeys(chosen):
        start, end = places[place]
        data = data[:start] + odd[rng.integers(0, len(odd))] + data[end:]
    return data


def words_swapped(data: bytes, rng: Random) -> bytes:
    """Put the names of keys and types in each other's place."""
    names = sorted(set(re.findall(rb"/[A-Z][A-Za-z]{2,12}(?=[ /\[<\r\n(])", data)))
    for _ in range(int(rng.integers(1, 6)) if len(names) > 1 else 0):
        one, other = (names[place] for place in rng.choice(len(names), 2, replace=False))
        data = data.replace(one, other)
    return data


def streams_corrupted(data: bytes, rng: Random) -> bytes:
    """Damage the inside of streams; those that hold the file's objects first."""
    spans = [(m.end(), m.group(1)) for m in re.finditer(rb"<<([^<>]{0,400})>>\s*stream\r?\n", data)]
    objects = [start for start, told in spans if b"/ObjStm" in told or b"/XRef" in told]
    starts = objects if objects and rng.random() < 0.6 else [start for start, _ in spans]
    values = bytearray(data)
    for place in rng.integers(0, len(starts), int(rng.integers(1, 12))) if starts else ():
        for spot in starts[place] + rng.integers(0, 300, 8):
            if spot < len(values):
                values[spot] = int(rng.integers(0, 256))
    return bytes(values)


BYTES: tuple[Damage, ...] = (
    bits_flipped, cut_off, beginning_lost, range_deleted, range_doubled, range_zeroed, range_of_noise
)  # fmt: skip
PDF_DAMAGE: tuple[Damage, ...] = (*BYTES, numbers_changed, words_swapped, streams_corrupted)


# PDFs that are written to be expensive.


def _page_of(content: bytes, rng: Random, *, filters: int = 1, **page: object) -> bytes:
    """Write a PDF of one page with the prose above and `content`, deflated `filters` times."""
    pdf = pikepdf.new()
    lines = b" ".join(
        b"BT /F 10 Tf 50 %d Td (%s) Tj ET" % (760 - 15 * n, words.replace("(", r"\(").replace(")", r"\)").encode())
        for n, words in enumerate(PROSE)
    )
    content = lines + b"\n" + content
    for _ in range(filters):
        content = zlib.compress(content, 9)
    stream = pdf.make_stream(b"")
    names = [pikepdf.Name.FlateDecode] * filters
    stream.write(content, filter=pikepdf.Array(names))
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name("/Times-Roman"))
    shown = pdf.add_blank_page(page_size=(595, 842)).obj
    shown.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font), XObject=pikepdf.Dictionary())
    shown.Contents = stream
    for key, value in page.items():
        shown[f"/{key}"] = value
    return _saved(pdf, rng)


def _saved(pdf: pikepdf.Pdf, rng: Random) -> bytes:
    buffer = io.BytesIO()
    modes = [pikepdf.ObjectStreamMode.generate, pikepdf.ObjectStreamMode.disable]
    pdf.save(buffer, object_stream_mode=modes[rng.integers(0, 2)], compress_streams=False)
    return buffer.getvalue()


def content_bomb(rng: Random) -> bytes:
    """Write a page whose drawing unpacks to a GiB or two of spaces out of a few kilobytes."""
    packed = zlib.compressobj(9)
    size = int(rng.integers(1, 3)) * 1024
    inner = b"".join([*(packed.compress(b" " * 2**20) for _ in range(size)), packed.flush()])
    sound = _page_of(b"", rng)
    with pikepdf.open(io.BytesIO(sound)) as pdf:
        names = pikepdf.Array([pikepdf.Name.FlateDecode] * 2)
        pdf.pages[0].obj.Contents.write(zlib.compress(inner, 9), filter=names)
        return _saved(pdf, rng)


def picture_bomb(rng: Random) -> bytes:
    """Write a picture of 20,000 to 40,000 pixels each way that holds nothing."""
    side = int(rng.integers(20_000, 40_001))
    with pikepdf.open(io.BytesIO(_page_of(b"q 400 0 0 300 50 380 cm /Im Do Q", rng))) as pdf:
        packed = zlib.compressobj(9)
        rows = [packed.compress(bytes(side)) for _ in range(side)]
        image = pdf.make_stream(b"")
        image.write(b"".join([*rows, packed.flush()]), filter=pikepdf.Name.FlateDecode)
        image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        image.Width = image.Height = side
        image.BitsPerComponent, image.ColorSpace = 8, pikepdf.Name.DeviceGray
        pdf.pages[0].obj.Resources.XObject.Im = image
        return _saved(pdf, rng)


def pages_in_a_loop(rng: Random) -> bytes:
    """Write a page tree that holds itself."""
    with pikepdf.open(io.BytesIO(_page_of(b"", rng))) as pdf:
        kids = pdf.Root.Pages.Kids
        for _ in range(int(rng.integers(1, 4))):
            kids.insert(int(rng.integers(0, len(kids) + 1)), pdf.Root.Pages)
        pdf.Root.Pages.Count = int(rng.choice([1, 5, 2**31 - 1]))
        return _saved_as_it_is(pdf)


def _saved_as_it_is(pdf: pikepdf.Pdf) -> bytes:
    """Write the objects one by one: pikepdf mends page trees with loops and metadata that are none."""
    out = io.BytesIO()
    out.write(b"%PDF-1.7\n")
    places = {}
    for item in pdf.objects:
        if not isinstance(item, pikepdf.Object) or not item.is_indirect:
            continue
        number = item.objgen[0]
        places[number] = out.tell()
        out.write(b"%d 0 obj\n" % number)
        if isinstance(item, pikepdf.Stream):
            raw = item.read_raw_bytes()
            head = pikepdf.Dictionary(item.stream_dict).unparse()
            head = re.sub(rb"/Length \d+", b"/Length %d" % len(raw), head)
            out.write(head + b"\nstream\n" + raw + b"\nendstream")
        else:
            out.write(item.unparse(resolved=True))
        out.write(b"\nendobj\n")
    start = out.tell()
    size = max(places) + 1
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % size)
    out.writelines(b"%010d 00000 n \n" % places.get(number, 0) for number in range(1, size))
    root = pdf.Root.objgen[0]
    out.write(b"trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, root, start))
    return out.getvalue()


def one_page_many_times(rng: Random) -> bytes:
    """Put the same page some thousands of times in the tree."""
    with pikepdf.open(io.BytesIO(_page_of(b"", rng))) as pdf:
        page = pdf.pages[0].obj
        pdf.Root.Pages.Kids = pikepdf.Array([page] * int(rng.integers(2_000, 20_000)))
        pdf.Root.Pages.Count = len(pdf.Root.Pages.Kids)
        return _saved_as_it_is(pdf)


def strange_page_size(rng: Random) -> bytes:
    """Write a page as large as a country, of no size, or inside out."""
    far = [10**5, 10**7, 10**9, 10**18]
    boxes = [*([0, 0, side, side] for side in far), [0, 0, 0, 0], [600, 800, 0, 0], [-(10**7), 0, 10**7, 10], [0, 0, 1]]
    box = pikepdf.Array(boxes[rng.integers(0, len(boxes))])
    drawn = b"0.5 g 50 300 400 300 re f 0 g 60 310 100 100 re f"
    return _page_of(drawn, rng, MediaBox=box, Rotate=int(rng.choice([0, 90, 45])))


def million_objects(rng: Random) -> bytes:
    """Write a file of a million objects that say nothing."""
    count = int(rng.integers(300_000, 1_000_001))
    sound = _page_of(b"", rng)
    return sound + b"".join(b"%d 0 obj\nnull\nendobj\n" % number for number in range(1000, 1000 + count))


def million_strokes(rng: Random) -> bytes:
    """Write a page with up to a million lines, or of as many characters."""
    count = int(10 ** rng.uniform(5, 6))
    if rng.random() < 0.5:
        xy = rng.integers(0, 800, (count, 4))
        return _page_of(b"\n".join(b"%d %d m %d %d l S" % tuple(row) for row in xy.tolist()), rng)
    xy = rng.integers(0, 800, (count, 2))
    return _page_of(b"\n".join(b"BT /F 3 Tf %d %d Td (x) Tj ET" % tuple(row) for row in xy.tolist()), rng)


def forms_in_forms(rng: Random) -> bytes:
    """Write forms that draw the next form several times, twenty or more deep; or one that draws itself."""
    with pikepdf.open(io.BytesIO(_page_of(b"/Form Do", rng))) as pdf:

        def form(content: bytes, inner: pikepdf.Object | None) -> pikepdf.Object:
            made = pdf.make_stream(content)
            made.Type, made.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
            made.BBox = pikepdf.Array([0, 0, 595, 842])
            made.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary({"/Form": inner} if inner else {}))
            return made

        last = form(b"0.4 g 60 310 300 200 re f", None)
        times = int(rng.integers(2, 11))
        for _ in range(int(rng.integers(8, 30))):
            last = form(b"/Form Do " * times, last)
        if rng.random() < 0.3:
            last.Resources.XObject.Form = last
        pdf.pages[0].obj.Resources.XObject.Form = last
        return _saved(pdf, rng)


def nested_brackets(rng: Random) -> bytes:
    """Write arrays in arrays, deeper than a reader's stack."""
    depth = int(10 ** rng.uniform(3, 6))
    both = (b"[" * depth + b"]" * depth, b"<</A" * depth + b" 1" + b">>" * depth)
    nest = both[rng.integers(0, 2)]
    sound = _page_of(b"", rng)
    return sound.replace(b"/Resources", b"/Odd " + nest + b" /Resources", 1)


def endless_words(rng: Random) -> bytes:
    """Write text on which patterns could take for ever: brackets, ranges of figures without end, one long word."""
    texts = [
        "Figs. 1-999999999 and Figures 2a-z, 3A-Z and 1-4294967296 show this.",
        "Fig. 2. Micrographs of " + "(a) one, " * 4000,
        "Fig. 2. " + "(" * 8000 + "a" + ")" * 8000,
        "a" * 30_000,
        "10.1234/" + "." * 20_000,
        "Fig. " * 8000,
        "scale bar " + "1 " * 10_000 + "um",
        "1" * 4000 + " nm, " + "9e" + "9" * 3000 + " um",
        "e.g. i.e. et al. " * 3000,
        "A. B. C. D., " * 3000,
    ]
    words = texts[rng.integers(0, len(texts))].replace("(", r"\(").replace(")", r"\)").encode()
    step = int(rng.choice([100, 100_000]))
    lines = [words[place : place + step] for place in range(0, len(words), step)]
    safe = [line + b"\\" if line.endswith(b"\\") else line for line in lines]
    size = max(0.3, min(9, 700 / (len(lines) * 1.2)))
    drawn = [b"BT /F %.2f Tf 50 %.2f Td (%s) Tj ET" % (size, 700 - 1.2 * size * n, line) for n, line in enumerate(safe)]
    return _page_of(b"\n".join(drawn), rng)


def xmp_bomb(rng: Random) -> bytes:
    """Write a packet of metadata whose entities grow tenfold each, or that is a hundred megabytes of brackets."""
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    packet = f'<!DOCTYPE x [<!ENTITY e0 "glass">{entities}]><x>&e9;</x>'.encode()
    if rng.random() < 0.5:
        packet = b"<dc:title>" * 10_000_000
    with pikepdf.open(io.BytesIO(_page_of(b"", rng))) as pdf:
        made = pdf.make_stream(b"", Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML)
        made.write(zlib.compress(packet, 9), filter=pikepdf.Name.FlateDecode)
        pdf.Root.Metadata = made
        return _saved_as_it_is(pdf)


PDF_WRITTEN: tuple[Written, ...] = (
    content_bomb, picture_bomb, pages_in_a_loop, one_page_many_times, strange_page_size, million_objects,
    million_strokes, forms_in_forms, nested_brackets, endless_words, xmp_bomb,
)  # fmt: skip


# TIFF files.


def entries_changed(data: bytes, rng: Random) -> bytes:
    """Give entries of the first directory another type, count or value."""
    order = "<" if data[:2] == b"II" else ">"
    place = struct.unpack_from(order + "I", data, 4)[0] if len(data) > 8 else 0
    if not 8 <= place < len(data) - 2:
        return data
    values = bytearray(data)
    count = struct.unpack_from(order + "H", data, place)[0]
    for _ in range(int(rng.integers(1, 5))):
        entry = place + 2 + 12 * int(rng.integers(0, max(1, count)))
        spot, form = [(0, "H"), (2, "H"), (4, "I"), (8, "I"), (8, "I"), (8, "I")][rng.integers(0, 6)]
        value = int(rng.choice([0, 1, 2, 7, 255, 65535, 2**31 - 1, 2**32 - 1, len(data) - 1]))
        if entry + 12 <= len(values):
            struct.pack_into(order + form, values, entry + spot, value & (0xFFFF if form == "H" else 0xFFFFFFFF))
    return bytes(values)


def _directory(entries: Sequence[tuple[int, int, int, int]], after: bytes = b"", following: int = 0) -> bytes:
    """Write a little-endian TIFF of one directory of (tag, type, count, value) and what follows it."""
    packed = b"".join(struct.pack("<HHII", *entry) for entry in sorted(entries))
    return b"II*\x00" + struct.pack("<IH", 8, len(entries)) + packed + struct.pack("<I", following) + after


def _image(width: int, height: int, after: bytes, *, compression: int = 1, following: int = 0) -> bytes:
    start = 8 + 2 + 12 * 9 + 4
    return _directory(
        [
            (256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 8), (259, 3, 1, compression), (262, 3, 1, 1),
            (273, 4, 1, start), (277, 3, 1, 1), (278, 4, 1, height), (279, 4, 1, len(after)),
        ],
        after,
        following,
    )  # fmt: skip


def tiff_bomb(rng: Random) -> bytes:
    """Write an image of up to 10^10 pixels out of a few kilobytes, or one just below what is let in."""
    width = int(rng.choice([9_990, 20_000, 40_000, 100_000]))
    packed = zlib.compressobj(9)
    rows = [packed.compress(bytes(2**20)) for _ in range(min(width * width, 2**31) // 2**20)]
    return _image(width, width, b"".join([*rows, packed.flush()]), compression=8)


def directories_in_a_loop(rng: Random) -> bytes:
    """Write a directory that says that it is followed by itself."""
    return _image(64, 64, rng.bytes(64 * 64), following=8)


def many_directories(rng: Random) -> bytes:
    """Write up to fifty thousand pages of one pixel."""
    count = int(rng.integers(5_000, 50_000))
    buffer = io.BytesIO()
    tags = struct.pack("<HHIIHHIIHHIIHHII", 256, 3, 1, 1, 257, 3, 1, 1, 258, 3, 1, 8, 273, 4, 1, 4)
    size = 2 + len(tags) + 4
    buffer.write(b"II*\x00" + struct.pack("<I", 8))
    for number in range(count):
        following = 8 + size * (number + 1) if number + 1 < count else 0
        buffer.write(struct.pack("<H", 4) + tags + struct.pack("<I", following))
    return buffer.getvalue()


def strange_sizes(rng: Random) -> bytes:
    """Write widths and heights of 0, 1 and 2^32 - 1 in all ways."""
    sides = [0, 1, 3, 2**16, 2**31, 2**32 - 1]
    return _image(int(rng.choice(sides)), int(rng.choice(sides)), rng.bytes(300), compression=int(rng.choice([1, 5])))


def unknown_packing(rng: Random) -> bytes:
    """Write noise that calls itself LZW, fax, JPEG, Deflate, PackBits, WebP or a format of its own."""
    packing = int(rng.choice([2, 3, 4, 5, 6, 7, 8, 32773, 34712, 34925, 50001, 12345]))
    return _image(300, 200, rng.bytes(5000), compression=packing)


def headers_of_noise(rng: Random) -> bytes:
    """Write a sound image with a microscope's header that is noise, huge numbers or brackets."""
    lines = b"[Scan]\nPixelWidth=" + b"9" * 100_000 + b"\n[EBeam]\nHV=nan\nWD=-1e999\n"
    zeiss = b"AP_IMAGE_PIXEL_SIZE\r\nImage Pixel Size = " + b"1." * 50_000 + b" nm\r\n"
    texts = [rng.bytes(20_000), lines, zeiss, b"<" * 100_000, b"<a>" * 50_000, b"\x00" * 50_000]
    tag = int(rng.choice([34118, 34680, 34682, 50431, 270, 65000, 50838, 50839]))
    kind = 2 if tag == 270 else 1
    text = texts[rng.integers(0, len(texts))]
    text = text.replace(b"\x00", b" ") if kind == 2 else text
    buffer = io.BytesIO()
    image = rng.integers(0, 256, (60, 80), dtype=np.uint8)
    tifffile.imwrite(buffer, image, extratags=[(tag, kind, len(text) + (kind == 2), text, True)], metadata=None)
    return buffer.getvalue()


TIFF_DAMAGE: tuple[Damage, ...] = (*BYTES, entries_changed)
TIFF_WRITTEN: tuple[Written, ...] = (
    tiff_bomb, directories_in_a_loop, many_directories, strange_sizes, unknown_packing, headers_of_noise
)  # fmt: skip


def mutated(
    count: int,
    sound: Sequence[bytes],
    damage: Sequence[Damage],
    written: Sequence[Written],
    *,
    seed: int = 0,
    written_share: float = 0.3,
) -> Iterator[tuple[str, bytes]]:
    """Yield `count` hostile files, each from a generator of its own, so that a share of them is a beginning.

    Parameters
    ----------
    count
        How many.
    sound
        Files to damage.
    damage, written
        Ways to damage a sound file, and to write one; each is used in turn.
    seed
        File n is the same for the same seed and the same sound files, however many are made.
    written_share
        Share of files that are written whole.
    """
    wrote = 0
    for number in range(count):
        rng = np.random.default_rng([seed, number])
        if written and wrote < written_share * (number + 1):
            write = written[wrote % len(written)]
            wrote += 1
            yield write.__name__, write(rng)
        else:
            place = number - wrote
            harm = damage[place % len(damage)]
            yield harm.__name__, harm(sound[(place // len(damage)) % len(sound)], rng)
