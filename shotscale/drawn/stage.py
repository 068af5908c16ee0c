"""A shot set up before the camera: backdrop, figure and camera, ready to give the picture of any moment."""

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from shotscale.drawn import exteriors, interiors
from shotscale.drawn.backdrops import Backdrop
from shotscale.drawn.figure import Placement, draw_figure, placement
from shotscale.drawn.people import Person, Pose, random_person
from shotscale.drawn.script import Camera, Shot
from shotscale.errors import OptionError
from shotscale.scales import SCALES, ShotScale

__all__ = ["SETTINGS", "Stage"]

SETTINGS: dict[str, Callable[[tuple[int, int], np.random.Generator], Backdrop]] = {
    "room": interiors.room,
    "corridor": interiors.corridor,
    "bar": interiors.bar,
    "train": interiors.train,
    "street": exteriors.street,
    "night": exteriors.night,
    "park": exteriors.park,
    "beach": exteriors.beach,
    "mountains": exteriors.mountains,
    "field": exteriors.field,
}
"""The settings that can be drawn; ``"title"`` and ``"black"`` are known besides."""

_NEARNESS = dict(zip(SCALES, (3.2, 2.6, 2.1, 1.7, 1.35, 1.1, 1.0), strict=True))
"""How much a setting is magnified behind a figure at each scale."""

_DEFOCUS = dict(zip(SCALES, (0.016, 0.012, 0.008, 0.004, 0.0015, 0.0, 0.0), strict=True))
"""Blur of the setting behind a figure at each scale, in frame heights."""

_BACKDROP_ZOOM = 1.5
_TALK_SECONDS = 0.125
_STRIDE_PHASES = 8
_WHIP_SECONDS = 0.25

Picture = npt.NDArray[np.uint8]


class Stage:
    """A shot ready to be filmed.

    Parameters
    ----------
    shot : Shot
    size : (int, int)
        Width and height of the frame in pixels.
    seed : int
        Of the film: places and persons of one number look alike throughout it.
    index : int
        Of the shot in its film.
    """

    def __init__(self, shot: Shot, *, size: tuple[int, int], seed: int, index: int) -> None:
        self._shot = shot
        self._size = size
        self._rng = np.random.default_rng([seed, 3, index])
        self._path = CameraPath(shot.camera, size=size, seconds=shot.seconds, seed=[seed, 4, index])
        self._set = _Set(shot, plate=self._path.plate, seed=seed)
        self._actors = self._cast(seed) if shot.scale is not None and shot.setting not in ("title", "black") else []

    def picture(self, time: float) -> Picture:
        """Return what the camera sees at a time in seconds from the shot's beginning, uint8 (height, width, 3).

        Times before the beginning and after the end are allowed: transitions need them.
        """
        moment = 0.0 if self._shot.frozen else time
        plate = self._set.picture(moment)
        for actor in self._actors:
            actor.paste(plate, moment)
        return self._path.look(plate, moment)

    def _cast(self, seed: int) -> list["Actor"]:
        """Return the figures: one, and at the end of a whip a second."""
        shot, (width, height) = self._shot, self._size
        assert shot.scale is not None
        place = placement(shot.scale, self._rng)
        whip = shot.camera.move == "whip"
        spots = [(shot.person, 0.0), (shot.person + 1, float(self._path.travel))] if whip else [(shot.person, None)]
        return [
            Actor(
                random_person(np.random.default_rng([seed, 2, person])),
                shot,
                place=place,
                frame=(width, height),
                path=self._path,
                anchor=anchor,
                light=self._set.light,
                rng=self._rng,
            )
            for person, anchor in spots
        ]


class CameraPath:
    """Where the camera looks on a plate that is larger than the frame.

    Parameters
    ----------
    camera : Camera
    size : (int, int)
        Of the frame.
    seconds : float
        Length of the shot.
    seed : list of int
    """

    def __init__(self, camera: Camera, *, size: tuple[int, int], seconds: float, seed: list[int]) -> None:
        self._camera = camera
        self._seconds = seconds
        self._size = size
        rng = np.random.default_rng(seed)
        self._backwards = bool(rng.random() < 0.5)
        self._phases = rng.uniform(0, 2 * np.pi, (2, 3))
        width, height = size
        extra = {"pan": (0.6, 0), "whip": (1.4, 0), "tilt": (0, 0.14), "shake": (0.09, 0.09)}.get(camera.move, (0, 0))
        self.travel = round(width * extra[0] * camera.amount)
        self.plate = (width + self.travel, height + round(height * extra[1] * camera.amount))

    @property
    def follows(self) -> bool:
        """Whether the figure goes along with the camera."""
        return self._camera.move == "pan"

    def corner(self, time: float) -> tuple[float, float]:
        """Return the upper left corner of what is seen, in pixels of the plate."""
        free = (self.plate[0] - self._size[0], self.plate[1] - self._size[1])
        if self._camera.move == "shake":
            return self._trembling(time, free)
        share = self._progress(time)
        return free[0] * share, free[1] * share

    def look(self, plate: Image.Image, time: float) -> Picture:
        """Return the frame that is seen at a time, uint8 (height, width, 3)."""
        width, height = self._size
        left, top = self.corner(time)
        if self._camera.move.startswith("zoom"):
            part = 0.2 * self._camera.amount * self._progress(time, forwards=self._camera.move == "zoom in")
            zoomed = (width * part / 2, height * part / 2, width * (1 - part / 2), height * (1 - part / 2))
            return np.asarray(plate.resize(self._size, Image.Resampling.BICUBIC, box=zoomed))
        speed = abs(self.corner(time + 1 / 48)[0] - self.corner(time - 1 / 48)[0])
        if speed > 0.03 * width:
            return self._smeared(plate, left, speed)
        if self.plate == self._size:
            return np.asarray(plate)
        return np.asarray(
            plate.resize(self._size, Image.Resampling.BILINEAR, box=(left, top, left + width, top + height))
        )

    def _progress(self, time: float, *, forwards: bool | None = None) -> float:
        """Return how far the move has come, 0 to 1."""
        if self._camera.move == "whip":
            return float(np.clip((time - self._seconds / 2) / _WHIP_SECONDS + 0.5, 0, 1))
        if self.plate == self._size and forwards is None:
            return 0.0
        share = float(np.clip(time / self._seconds, 0, 1))
        forwards = not self._backwards if forwards is None else forwards
        return share if forwards else 1 - share

    def _trembling(self, time: float, free: tuple[int, int]) -> tuple[float, float]:
        waves = [
            sum(math.sin(f * time + p) for f, p in zip((5.1, 9.7, 17.3), axis, strict=True)) for axis in self._phases
        ]
        return (0.5 + waves[0] / 6) * free[0], (0.5 + waves[1] / 6) * free[1]

    def _smeared(self, plate: Image.Image, left: float, speed: float) -> Picture:
        """Return the average of what passes while the shutter is open, half of the time."""
        width, height = self._size
        last = self.plate[0] - width
        offsets = np.clip(left + np.linspace(-0.25, 0.25, 7) * speed, 0, last).astype(int)
        array = np.asarray(plate, np.uint16)
        total = np.zeros((height, width, 3), np.uint16)
        for x in offsets:
            total += array[:height, x : x + width]
        return (total // len(offsets)).astype(np.uint8)


class Actor:
    """A figure on the plate: where it is and what it does at each moment."""

    def __init__(
        self,
        person: Person,
        shot: Shot,
        *,
        place: Placement,
        frame: tuple[int, int],
        path: CameraPath,
        anchor: float | None,
        light: tuple[float, float, float],
        rng: np.random.Generator,
    ) -> None:
        assert shot.scale is not None
        self._person, self._shot, self._path, self._anchor = person, shot, path, anchor
        self._light = light
        self._side = 1 if rng.random() < 0.5 else -1
        self._phase = float(rng.uniform(0, 2 * math.pi))
        self._talk = rng.integers(0, 12, 64)
        self._head = place.head_height * frame[1]
        far = shot.scale in (ShotScale.LONG_SHOT, ShotScale.EXTREME_LONG_SHOT)
        self._walks = path.follows or (far and bool(rng.random() < 0.7))
        self._frame = frame
        self._crown = place.crown_y * frame[1] + (path.plate[1] - frame[1]) / 2
        half = min(1.75 * self._head, 0.62 * frame[0])
        top = max(0, int(self._crown - 0.2 * self._head))
        bottom = min(path.plate[1], int(self._crown + 7.9 * self._head) + 1)
        self._sprite_size = (2 * int(half) + 2, max(1, bottom - top))
        self._top = top
        self._sprites: dict[Pose, Image.Image] = {}

    def paste(self, plate: Image.Image, time: float) -> None:
        """Put the figure on the plate."""
        sprite = self._sprite(self._pose(time))
        x = self._x(time) - sprite.width / 2
        sway = 0.012 * self._head * math.sin(1.7 * time + self._phase)
        plate.paste(sprite, (round(x + sway), self._top), sprite)

    def _x(self, time: float) -> float:
        width = self._frame[0]
        if self._anchor is not None:
            return self._anchor + self._shot.across * width
        if self._path.follows:
            return self._path.corner(time)[0] + self._shot.across * width
        margin = (self._path.plate[0] - width) / 2
        walked = self._side * 0.9 * self._head * (time - self._shot.seconds / 2) if self._walks else 0.0
        return margin + self._shot.across * width + walked

    def _pose(self, time: float) -> Pose:
        shot = self._shot
        if self._walks:
            step = int(time * 8 + self._phase) % _STRIDE_PHASES
            stride = round(math.sin(2 * math.pi * step / _STRIDE_PHASES), 3)
            return Pose(turn=0.8 * self._side, stride=stride * 0.9, light=self._side)
        state = int(self._talk[int(time / _TALK_SECONDS) % len(self._talk)])
        near = shot.scale in (ShotScale.EXTREME_CLOSE_UP, ShotScale.CLOSE_UP, ShotScale.MEDIUM_CLOSE_UP)
        lift = (1 + math.sin(1.3 * time + self._phase)) / 2
        gesture = 0.0 if near else round(4 * lift**2) / 4
        mouth = (0.0, 0.0, 0.0, 0.4, 0.4, 0.9, 0.9, 0.0, 0.4, 0.9, 0.0, 0.0)[state]
        if not near:
            mouth = 0.6 if mouth else 0.0
        return Pose(turn=shot.turn, mouth=mouth, blink=state == 10, gesture=gesture, light=self._side)

    def _sprite(self, pose: Pose) -> Image.Image:
        if pose not in self._sprites:
            sprite = draw_figure(
                self._person,
                pose,
                size=self._sprite_size,
                crown=(self._sprite_size[0] / 2, self._crown - self._top),
                head_height=self._head,
                oversampling=2 if self._head > 60 else 4,
            )
            if self._light != (1.0, 1.0, 1.0):
                red, green, blue, alpha = sprite.split()
                lit = [
                    band.point([min(255, round(v * gain)) for v in range(256)])
                    for band, gain in zip((red, green, blue), self._light, strict=True)
                ]
                sprite = Image.merge("RGBA", (*lit, alpha))
            self._sprites[pose] = sprite
        return self._sprites[pose]


class _Set:
    """The part of a setting that is on the plate, with what moves in it."""

    def __init__(self, shot: Shot, *, plate: tuple[int, int], seed: int) -> None:
        self._plate = plate
        self.light = (1.0, 1.0, 1.0)
        self._movers: list[tuple[Image.Image, float, float, float]] = []
        self._ripple: tuple[int, int] | None = None
        self._wide = 1.0
        if shot.setting in ("title", "black"):
            self._base = _title(shot.title if shot.setting == "title" else "", plate)
            return
        if shot.setting not in SETTINGS:
            raise OptionError(
                f"{shot.setting!r}: not a setting; the settings are {', '.join([*SETTINGS, 'title', 'black'])}"
            )
        self._build(shot, seed)

    def _build(self, shot: Shot, seed: int) -> None:
        rng = np.random.default_rng([seed, 1, list(SETTINGS).index(shot.setting), shot.look])
        width, height = self._plate
        backdrop = SETTINGS[shot.setting]((round(width * _BACKDROP_ZOOM), round(height * _BACKDROP_ZOOM)), rng)
        near = 1.0 if shot.scale is None else _NEARNESS[shot.scale]
        whole_w, whole_h = backdrop.image.size
        w, h = whole_w / near, whole_h / near
        left = (whole_w - w) * shot.angle
        # What is behind a head is the wall at its height, behind a whole body the ground too.
        top = (whole_h - h) * 0.35
        blur = 0.0 if shot.scale is None else _DEFOCUS[shot.scale] * height
        scale = width / w
        box = (left, top, left + w, top + h)
        self._base = backdrop.image.resize(self._plate, Image.Resampling.BICUBIC, box=box)
        if blur > 0.3:
            self._base = self._base.filter(ImageFilter.GaussianBlur(blur))
        self.light = backdrop.light
        self._wide = whole_w * scale
        for mover in backdrop.movers:
            size = (max(1, round(mover.sprite.width * scale)), max(1, round(mover.sprite.height * scale)))
            sprite = mover.sprite.resize(size, Image.Resampling.BILINEAR)
            if blur > 0.3:
                sprite = sprite.filter(ImageFilter.GaussianBlur(blur))
            x, y = (mover.x * whole_w - left) * scale, (mover.y * whole_h - top) * scale
            self._movers.append((sprite, x, y, mover.speed * self._wide))
        if backdrop.ripple is not None:
            edges = [int(np.clip((edge * whole_h - top) * scale, 0, height)) for edge in backdrop.ripple]
            self._ripple = (edges[0], edges[1])

    def picture(self, time: float) -> Image.Image:
        """Return the plate without figures at a time, a picture that may be painted on."""
        plate = self._base.copy()
        if self._ripple is not None and self._ripple[1] > self._ripple[0]:
            plate = self._rippled(plate, time)
        for sprite, x, y, speed in self._movers:
            at = x
            if speed:
                period = self._wide + sprite.width
                at = (x + speed * time + sprite.width) % period - sprite.width
            if at < self._plate[0] and at + sprite.width > 0:
                plate.paste(sprite, (round(at), round(y)), sprite)
        return plate

    def _rippled(self, plate: Image.Image, time: float) -> Image.Image:
        assert self._ripple is not None
        first, last = self._ripple
        array = np.asarray(plate).copy()
        rows = np.arange(first, last)
        moved = rows + np.rint(2.0 * np.sin(0.35 * rows + 2.6 * time)).astype(int)
        array[first:last] = array[np.clip(moved, first, last - 1)]
        return Image.fromarray(array)


def _title(words: str, size: tuple[int, int]) -> Image.Image:
    """Return white words on black."""
    picture = Image.new("RGB", size)
    if words:
        font = ImageFont.load_default(size=max(8, size[1] // 9))
        draw = ImageDraw.Draw(picture)
        draw.multiline_text(
            (size[0] / 2, size[1] / 2), words, font=font, fill=(228, 224, 212), anchor="mm", align="center"
        )
    return picture
