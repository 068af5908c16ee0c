"""Ways to damage a film: real containers, changed as by bad disks and bad tools.

Each kind takes the bytes of a film and a random generator and returns damaged bytes, or None if it does not apply to
the container. The same generator makes the same damage.
"""

import struct
from collections.abc import Callable, Iterator, Sequence

import numpy as np

Rng = np.random.Generator
Mutation = Callable[[bytearray, Rng], "bytearray | None"]

ABSURD_SIDES = (0, 1, 3, 16384, 32767, 65535, 1 << 24, (1 << 31) - 1, (1 << 32) - 1)
ABSURD_TIMES = (0, 1, 1 << 16, (1 << 31) - 1, 1 << 31, (1 << 32) - 1)
ABSURD_SIZES = (0, 1, 7, 8, 255, 1 << 16, (1 << 31) - 1, 1 << 31, (1 << 32) - 1)
MOST_HEADER = 4096


def bit_flips(data: bytearray, rng: Rng) -> bytearray:
    """Flip up to forty bits anywhere."""
    for _ in range(int(rng.integers(1, 40))):
        data[int(rng.integers(len(data)))] ^= 1 << int(rng.integers(8))
    return data


def header_bytes(data: bytearray, rng: Rng) -> bytearray:
    """Overwrite bytes near the beginning."""
    for _ in range(int(rng.integers(1, 16))):
        data[int(rng.integers(min(len(data), MOST_HEADER)))] = int(rng.integers(256))
    return data


def truncation(data: bytearray, rng: Rng) -> bytearray:
    """Keep the first part."""
    return data[: int(rng.integers(1, len(data)))]


def swapped_blocks(data: bytearray, rng: Rng) -> bytearray:
    """Swap two neighboring stretches."""
    i, j, k = sorted(int(at) for at in rng.integers(0, len(data), 3))
    return data[:i] + data[j:k] + data[i:j] + data[k:]


def swapped_atoms(data: bytearray, rng: Rng) -> bytearray | None:
    """Swap two neighboring boxes of an MP4, at any depth."""
    runs = [run for run in _box_runs(data, 0, len(data)) if len(run) > 1]
    if not runs:
        return None
    run = runs[int(rng.integers(len(runs)))]
    at = int(rng.integers(len(run) - 1))
    (a, b), (_, c) = run[at], run[at + 1]
    return data[:a] + data[b:c] + data[a:b] + data[c:]


def absurd_dimensions(data: bytearray, rng: Rng) -> bytearray | None:
    """Change the width or height that the container states."""
    places = [
        *((at, ">H") for name in (b"avc1", b"mp4v", b"hvc1") for at in _after(data, name, 24, 26)),
        *((at, ">I") for at in _after(data, b"tkhd", 76, 80)),
        *((at, ">H") for name in (b"\xb0\x81", b"\xb0\x82", b"\xba\x81", b"\xba\x82") for at in _after(data, name, 0)),
        *(
            (at, "<I")
            for name, offset in ((b"strf", 8), (b"avih", 36))
            for at in _after(data, name, offset, offset + 4)
        ),
    ]
    return _overwrite(data, places, ABSURD_SIDES, rng)


def backward_timestamps(data: bytearray, rng: Rng) -> bytearray | None:
    """Make times jump: an MP4's sample durations and offsets, a Matroska's clusters and blocks."""
    places = [
        *((at, ">I") for name in (b"stts", b"ctts") for at in _after(data, name, 12, 20, 28)),
        *((at, ">I") for at in _after(data, b"elst", 8, 12)),
        *((at, ">H") for at in _after(data, b"\xe7\x81", 0)),
        *((at, ">H") for at in _after(data, b"\xe7\x82", 0)),
        *((at + 1, ">H") for at in _after(data, b"\xa3", 2, 3)[:200]),
    ]
    for _ in range(int(rng.integers(1, 6))):
        changed = _overwrite(data, places, (*ABSURD_TIMES, -1, -2, -1000), rng)
        if changed is None:
            return None
        data = changed
    return data


def endless_duration(data: bytearray, rng: Rng) -> bytearray | None:
    """Claim an absurdly long duration."""
    places = [
        *(
            (at, ">I")
            for name, offset in ((b"mvhd", 16), (b"mdhd", 16), (b"tkhd", 20))
            for at in _after(data, name, offset)
        ),
        *((at, ">d") for at in _after(data, b"\x44\x89\x88", 0)),
        *((at, "<I") for at in _after(data, b"avih", 20)),
    ]
    return _overwrite(data, places, (*ABSURD_TIMES[2:], 1e300, float("inf"), float("nan")), rng)


def cuts(data: bytearray, rng: Rng) -> bytearray:
    """Remove up to five pieces, like a copy over a bad line."""
    for _ in range(int(rng.integers(1, 6))):
        at = int(rng.integers(len(data)))
        del data[at : at + int(rng.integers(1, max(2, len(data) // 20)))]
    return data if data else bytearray(b"\0")


def sizes(data: bytearray, rng: Rng) -> bytearray | None:
    """Change the size that a piece states: a box of an MP4, a chunk of an AVI, an element of a Matroska, a packet."""
    places = [
        *(
            (at - 8, ">I")
            for name in (b"moov", b"trak", b"mdat", b"stsz", b"stco", b"stsd")
            for at in _after(data, name, 0)
        ),
        *((at, ">I") for name in (b"stsz", b"stco", b"stsc", b"stts") for at in _after(data, name, 8, 12, 16)),
        *((at, "<I") for name in (b"RIFF", b"LIST", b"00dc", b"idx1") for at in _after(data, name, 0)[:50]),
        *(
            (at, ">I")
            for name in (b"\x1f\x43\xb6\x75", b"\x16\x54\xae\x6b", b"\x1a\x45\xdf\xa3")
            for at in _after(data, name, 0)
        ),
        *((at, ">H") for at in _after(data, b"\x00\x00\x01\xe0", 0)[:50]),
    ]
    return _overwrite(data, places, ABSURD_SIZES, rng)


def joins(data: bytearray, rng: Rng) -> bytearray:
    """Append the film, or a part of it, to itself or to a part, like `cat` with two files."""
    start, end = sorted(int(at) for at in rng.integers(0, len(data) + 1, 2))
    pieces = [data, data, data[start:end], data[end:]]
    return bytearray().join(pieces[int(rng.integers(4))] for _ in range(int(rng.integers(2, 4)))) or data


def packet_times(data: bytearray, rng: Rng) -> bytearray | None:
    """Make the times of a transport stream's packets jump, like splices and broken recorders."""
    starts = [at for at in _after(data, b"\x00\x00\x01\xe0", 5) if at + 5 <= len(data)]
    if not starts:
        return None
    for _ in range(int(rng.integers(1, 8))):
        at = starts[int(rng.integers(len(starts)))]
        data[at : at + 5] = bytes(int(byte) for byte in rng.integers(0, 256, 5))
    return data


MUTATIONS: dict[str, Mutation] = {
    mutation.__name__.replace("_", " "): mutation
    for mutation in (
        bit_flips,
        header_bytes,
        truncation,
        swapped_blocks,
        swapped_atoms,
        absurd_dimensions,
        backward_timestamps,
        endless_duration,
        cuts,
        sizes,
        joins,
        packet_times,
    )
}


def mutate(content: bytes, kind: str, rng: Rng) -> bytes | None:
    """Damage a film; return None if the kind does not apply to its container."""
    damaged = MUTATIONS[kind](bytearray(content), rng)
    return None if damaged is None else bytes(damaged)


def _after(data: bytearray, name: bytes, *offsets: int) -> list[int]:
    """Return positions after each occurrence of a name."""
    found, at = [], data.find(name)
    while at >= 0 and len(found) < MOST_HEADER:
        found += [at + len(name) + offset for offset in offsets]
        at = data.find(name, at + 1)
    return found


def _overwrite(
    data: bytearray, places: Sequence[tuple[int, str]], values: Sequence[float], rng: Rng
) -> bytearray | None:
    """Write one of the values into one of the places, truncated to the place's size."""
    inside = [(at, form) for at, form in places if at + struct.calcsize(form) <= len(data)]
    if not inside:
        return None
    at, form = inside[int(rng.integers(len(inside)))]
    value = values[int(rng.integers(len(values)))]
    size = struct.calcsize(form)
    if form.endswith("d"):
        written = struct.pack(form, float(value))
    else:
        finite = int(value) if np.isfinite(value) and abs(value) < 1e18 else -1
        written = (finite & ((1 << (8 * size)) - 1)).to_bytes(size, "big" if form[0] == ">" else "little")
    data[at : at + size] = written
    return data


def _box_runs(data: bytearray, start: int, end: int) -> Iterator[list[tuple[int, int]]]:
    """Yield the boxes of an MP4, one list for each box that contains some, and one for the file itself."""
    run = []
    at = start
    while at + 8 <= end:
        size, name = struct.unpack(">I4s", data[at : at + 8])
        if size < 8 or at + size > end or not name.isalnum():
            break
        run.append((at, at + size))
        if name in (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts"):
            yield from _box_runs(data, at + 8, at + size)
        at += size
    yield run
