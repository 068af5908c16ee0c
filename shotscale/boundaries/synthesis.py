"""Synthetic transitions and disturbances from pieces of real shots, with known ground truth.

The given clips rarely contain what films do: three-second dissolves, fades through black, wipes, flashes, old
prints, letterbox, stills. These are composed here from within-shot pieces of the clips, so that the trees learn
what is a transition and what only looks like one. Functions work on uint8 thumbnails (n, 27, 48, 3) and draw
from the generator passed to them.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from shotscale.boundaries.clips import Clip
from shotscale.boundaries.descriptors import HEIGHT, WIDTH

_SHORTEST_PIECE = 12  # frames: half a second, to leave room for a transition on either side
_SHOTS, _PASSAGES = 12, 4  # of a composed clip, and of a montage
_JUMP_CUTS = 0.08  # share of all joins
_FEW_FRAMES = (2, 2, 2, 3, 3, 4, 5, 6, 8)  # usual lengths of a montage's shots: most often those hardest to tell apart
_MARGIN = 2  # frames at either end of a shot that may still contain some of its neighbor

Thumbnails = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]


def shot_pieces(clip: Clip) -> list[Thumbnails]:
    """Return the interior of each of a clip's shots that is long enough."""
    starts = [0, *(last + _MARGIN for _, last in clip.transitions.tolist())]
    ends = [*(first + 1 - _MARGIN for first, _ in clip.transitions.tolist()), len(clip.thumbnails)]
    return [
        clip.thumbnails[start:end] for start, end in zip(starts, ends, strict=True) if end - start >= _SHORTEST_PIECE
    ]


def dissolve(before: Thumbnails, after: Thumbnails) -> Thumbnails:
    """Dissolve one run of n frames into another."""
    return _mixed(before, after, _rising(len(before)))


def fade_through(before: Thumbnails, after: Thumbnails, *, hold: int, color: float) -> Thumbnails:
    """Fade the first run out to a gray level, hold it, and fade the second run in."""
    plain = _rounded(np.full((hold, HEIGHT, WIDTH, 3), color, np.float32))
    out, into = _mixed(before, color, _rising(len(before))), _mixed(color, after, _rising(len(after)))
    return np.concatenate([out, plain, into])


def wipe(before: Thumbnails, after: Thumbnails, *, angle: float, softness: float, iris: bool = False) -> Thumbnails:
    """Reveal the second run along a moving edge: straight, at an angle in radians, or a growing circle."""
    rows, columns = np.meshgrid(np.linspace(-1, 1, HEIGHT), np.linspace(-1, 1, WIDTH), indexing="ij")
    place = np.hypot(rows, columns) if iris else rows * np.sin(angle) + columns * np.cos(angle)
    low, high = place.min() - softness, place.max() + softness
    edge = np.linspace(low, high, len(before) + 2)[1:-1, None, None]
    share = np.clip((edge - place) / softness * 0.5 + 0.5, 0, 1).astype(np.float32)[..., None]
    return _mixed(before, after, share)


def _rising(n: int) -> Floats:
    """Return the share of the second of two shots in each of n frames between them, to multiply with pictures."""
    return (np.arange(1, n + 1, dtype=np.float32) / np.float32(n + 1))[:, None, None, None]


def _mixed(before: Thumbnails | float, after: Thumbnails | Floats | float, share: Floats) -> Thumbnails:
    return _rounded(before * (1 - share) + after * share)


def compose_clip(pieces: Sequence[Thumbnails], generator: np.random.Generator, *, name: str) -> Clip:
    """Join random pieces by random transitions, with film-like disturbances in some shots and over the whole clip.

    Pieces (n, 27, 48, 3) are from `shot_pieces`, of different clips if possible; the clip has 25 frames per second.
    """
    chosen = generator.integers(0, len(pieces), _SHOTS)
    shots = [_disturbed(_stretched(pieces[i], generator), generator) for i in chosen]
    film, transitions = [shots[0]], []
    for drawn in shots[1:]:
        shot = _jumped(film[-1], generator) if generator.random() < _JUMP_CUTS else drawn
        first, made, rest = _join(film.pop(), shot, generator)
        film += [first, made]
        start = sum(map(len, film)) - len(made) - 1
        transitions.append((start, start + len(made) + 1))
        film.append(rest)
    thumbnails = _printed(np.concatenate(film), generator)
    times = np.arange(len(thumbnails)) / 25
    return Clip(name=name, times=times, thumbnails=thumbnails, transitions=np.asarray(transitions).reshape(-1, 2))


def compose_montage(pieces: Sequence[Thumbnails], generator: np.random.Generator, *, name: str) -> Clip:
    """Cut random pieces to shots of a few frames, in passages of even or uneven lengths between ordinary shots.

    Pieces are those of `compose_clip`; the clip has 25 frames per second.
    """
    film: list[Thumbnails] = []
    for _ in range(_PASSAGES):
        ordinary = generator.integers(0, len(pieces), generator.integers(1, 4))
        n, usual = int(generator.integers(4, 40)), generator.choice(_FEW_FRAMES)
        even = generator.random() < 0.4
        drawn = np.full(n, usual) if even else np.rint(generator.gamma(4, usual / 4, n))  # a CV of one half
        quick = np.maximum(drawn, 1 if generator.random() < 0.15 else 2).astype(int)
        # Mostly any shot may follow; in some passages two alternate.
        pair = [pieces[i] for i in generator.integers(0, len(pieces), 2)] if generator.random() < 0.15 else []
        film += [_disturbed(_stretched(pieces[i], generator), generator) for i in ordinary]
        for i, length in enumerate(quick):
            shot = _excerpt(pair[i % 2 :][:1] or pieces, length, generator)
            film.append(_jumped(shot, generator) if generator.random() < _JUMP_CUTS else shot)
    repeats = 2 if generator.random() < 0.15 else 1  # 12.5 frames per second, each shown twice
    starts = repeats * np.cumsum([len(shot) for shot in film])[:-1]
    thumbnails = _printed(np.repeat(np.concatenate(film), repeats, axis=0), generator)
    times = np.arange(len(thumbnails)) / 25
    return Clip(name=name, times=times, thumbnails=thumbnails, transitions=np.stack([starts - 1, starts], axis=1))


def _excerpt(pieces: Sequence[Thumbnails], length: int, generator: np.random.Generator) -> Thumbnails:
    piece = pieces[int(generator.integers(0, len(pieces)))]
    return piece[generator.integers(0, max(1, len(piece) - length)) :][:length]


def backwards(clip: Clip) -> Clip:
    """Return a clip played backwards, which doubles the transitions to learn from."""
    n = len(clip.thumbnails)
    return Clip(
        name=f"{clip.name} backwards",
        times=clip.times[-1] - clip.times[::-1],
        thumbnails=clip.thumbnails[::-1],
        transitions=n - 1 - clip.transitions[::-1, ::-1],
    )


def _join(
    before: Thumbnails, after: Thumbnails, generator: np.random.Generator
) -> tuple[Thumbnails, Thumbnails, Thumbnails]:
    """Return the rest of the shot before, the transition's frames (none for a cut) and the rest of the shot after."""
    kind = generator.choice(["cut", "dissolve", "fade", "wipe"], p=[0.5, 0.24, 0.12, 0.14])
    # Each shot keeps a third or more, and at least four frames, for itself.
    room = min(len(before), len(after)) * 2 // 3 - 4
    n = min(round(float(np.exp(generator.uniform(np.log(6), np.log(78))))), room)
    if kind == "cut" or n < 3:
        return before, before[:0], after
    out, into = before[-n:], after[:n]
    if kind == "dissolve":
        made = dissolve(out, into)
    elif kind == "wipe":
        made = wipe(
            out,
            into,
            angle=generator.uniform(0, 2 * np.pi),
            softness=generator.choice([0.02, 0.2, 0.6]),
            iris=generator.random() < 0.2,
        )
    else:
        color = 255.0 if generator.random() < 0.15 else generator.uniform(0, 16)
        made = fade_through(out, into, hold=int(generator.integers(0, 20)), color=color)
    return before[:-n], made, after[n:]


def _jumped(shot: Thumbnails, generator: np.random.Generator) -> Thumbnails:
    """Show the same shot again, closer or mirrored."""
    zoom = generator.uniform(1.0, 1.5)
    height, width = HEIGHT / zoom, WIDTH / zoom
    top, left = generator.uniform(0, HEIGHT - height), generator.uniform(0, WIDTH - width)
    rows = np.clip(np.rint(top + np.arange(HEIGHT) * height / HEIGHT), 0, HEIGHT - 1).astype(int)
    columns = np.clip(np.rint(left + np.arange(WIDTH) * width / WIDTH), 0, WIDTH - 1).astype(int)
    if zoom < 1.08:
        columns = columns[::-1]
    return shot[:, rows[:, None], columns[None, :]]


def _stretched(piece: Thumbnails, generator: np.random.Generator) -> Thumbnails:
    """Lengthen short pieces by playing them back and forth; speed some up, hold their frames or freeze them."""
    while len(piece) < 100:
        piece = np.concatenate([piece, piece[-2:0:-1]])
    start = generator.integers(0, max(1, len(piece) - 160))
    piece = piece[start : start + 160]
    draw = generator.random()
    if draw < 0.1:  # as drawn on twos to fours: each picture is held, and the next may be far from it
        held = int(generator.integers(2, 5))
        return piece[:: int(generator.integers(1, held + 1))].repeat(held, axis=0)[:160]
    if draw < 0.15:
        return piece[np.delete(np.arange(len(piece)), np.arange(4, len(piece), 5))]
    if draw < 0.25:
        return np.repeat(piece[:1], len(piece), axis=0)  # a still
    return piece


def _disturbed(shot: Thumbnails, generator: np.random.Generator) -> Thumbnails:
    """Add a flash, explosion, whip pan, passer-by or change of light to some shots, away from their ends."""
    draw = generator.random()
    if draw < 0.25:
        return _flash(shot, generator)
    if draw < 0.6:
        return _pan(shot, generator)
    if draw < 0.7:
        return _passer_by(shot, generator)
    if draw < 0.8:
        return _relit(shot, generator)
    return shot


def _flash(shot: Thumbnails, generator: np.random.Generator) -> Thumbnails:
    """Brighten or darken frames, all over or around a spot, with or without decay: 1 to 4 flashes or an explosion."""
    light = np.zeros(len(shot), np.float32)
    explodes = generator.random() < 0.3
    for _ in range(1 if explodes else generator.integers(1, 5)):
        at = int(generator.integers(8, len(shot) - 50))
        n = int(generator.integers(12, 41) if explodes else generator.integers(1, 11))
        decay = np.linspace(1, 1 / n, n) if generator.random() < 0.6 else np.ones(n)
        light[at : at + n] = np.maximum(light[at : at + n], decay.astype(np.float32) * generator.uniform(0.3, 1))
    rows, columns = np.meshgrid(np.arange(HEIGHT), np.arange(WIDTH), indexing="ij")
    away = np.hypot(rows - generator.uniform(0, HEIGHT), columns - generator.uniform(0, WIDTH))
    spot = np.exp(-np.square(away / generator.uniform(10, 60))) if generator.random() < 0.6 else np.ones_like(away)
    tint = generator.uniform([0.9, 0.5, 0.2] if explodes else [0.9, 0.7, 0.5], [1, 1, 1]).astype(np.float32)
    dark = generator.random() < 0.15
    target = np.zeros(3, np.float32) if dark else 255 * tint
    share = light[:, None, None, None] * spot.astype(np.float32)[..., None]
    return _mixed(shot, target, share)


def _pan(shot: Thumbnails, generator: np.random.Generator) -> Thumbnails:
    """Pan across the picture and its mirror image, blurred if fast, steadily or a whip, some in steps."""
    n = len(shot)
    vertical = generator.random() < 0.25
    size = HEIGHT if vertical else WIDTH
    speed = np.zeros(n)
    at, length = int(generator.integers(8, n - 40)), int(generator.integers(4, 32))
    if generator.random() < 0.3:
        speed[at:] = generator.uniform(0.01, 0.15) * size
    else:
        speed[at : at + length] = np.hanning(length + 2)[1:-1] * generator.uniform(0.02, 0.35) * size
    held = int(generator.choice([1, 1, 1, 2, 3, 4]))
    offset = np.cumsum(speed)[np.arange(n) // held * held]
    axis = 1 if vertical else 2
    moved = np.empty_like(shot)
    for i in range(n):
        picture = np.concatenate([shot[i], np.flip(shot[i], axis - 1)], axis=axis - 1).astype(np.float32)
        blur = max(1, round(float(speed[i]) * 0.5))
        shifted = np.mean([np.roll(picture, -round(float(offset[i])) - b, axis - 1) for b in range(blur)], axis=0)
        moved[i] = _rounded(shifted.take(range(size), axis=axis - 1))
    return moved


def _passer_by(shot: Thumbnails, generator: np.random.Generator) -> Thumbnails:
    """Move a large plain object across the picture."""
    n = len(shot)
    at, length = int(generator.integers(8, n - 40)), int(generator.integers(5, 32))
    width = generator.uniform(0.3, 1.1) * WIDTH
    columns = np.arange(WIDTH, dtype=np.float32)
    color = generator.uniform(0, 160, 3).astype(np.float32)
    crossed = shot.astype(np.float32)
    flip = generator.random() < 0.5
    for i in range(length):
        left = -width + (WIDTH + width) * (i + 1) / (length + 1)
        cover = np.clip(np.minimum(columns - left, left + width - columns) * 0.5, 0, 1)
        cover = (cover[::-1] if flip else cover)[None, :, None]
        crossed[at + i] = crossed[at + i] * (1 - cover) + color * cover
    return _rounded(crossed)


def _relit(shot: Thumbnails, generator: np.random.Generator) -> Thumbnails:
    """Change the light within the shot: a lamp switched on or off, a cloud, a dip that does not reach black."""
    n = len(shot)
    at, length = int(generator.integers(8, n - 48)), int(generator.integers(1, 40))
    level = generator.uniform(0.4, 1.6)
    ramp = np.ones(n, np.float32)
    if generator.random() < 0.5:
        ramp[at:] = level
        ramp[at : at + length] = np.linspace(1, level, length)
    else:
        ramp[at : at + length] = 1 + (level - 1) * np.hanning(length + 2)[1:-1]
    return _rounded(shot * ramp[:, None, None, None])


def _printed(film: Thumbnails, generator: np.random.Generator) -> Thumbnails:
    """Apply any of grain, flicker, scratches, unsteadiness, black and white and letterbox to a whole film."""
    picture = film.astype(np.float32)
    n = len(picture)
    if generator.random() < 0.35:
        tone = generator.choice([0.0, 0.0, 12.0])
        gray = picture @ np.asarray([0.299, 0.587, 0.114], np.float32)
        picture = np.stack([gray + tone, gray, gray - tone], axis=3)
    old = generator.random() < 0.4
    if old:
        gain = 1 + generator.normal(0, generator.uniform(0.01, 0.12), n).astype(np.float32)
        picture *= gain[:, None, None, None]
        for i in np.flatnonzero(generator.random(n) < generator.uniform(0, 0.2)):
            column, width = generator.integers(0, WIDTH), generator.integers(1, 3)
            picture[i, :, column : column + width] += generator.choice([-80.0, 80.0])
    if old and generator.random() < 0.5:
        for i in np.flatnonzero(generator.random(n) < 0.1):
            picture[i] = np.roll(picture[i], generator.integers(-1, 2), axis=0)
    if generator.random() < 0.5:
        sigma = generator.uniform(0.5, 6)
        picture += generator.normal(0, sigma, picture.shape).astype(np.float32)
    picture = picture * np.float32(generator.uniform(0.5, 1.05))
    if generator.random() < 0.35:
        bar = int(generator.integers(2, 6))
        picture[:, :bar] = 0
        picture[:, -bar:] = 0
    return _rounded(picture)


def _rounded(picture: npt.NDArray[np.floating]) -> Thumbnails:
    rounded: Thumbnails = np.clip(np.rint(picture), 0, 255).astype(np.uint8)
    return rounded
