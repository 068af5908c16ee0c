"""A shot set up for filming: setting, figures and camera, ready to render any moment."""

import math

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from shotscale.drawn.backdrops import SETTINGS
from shotscale.drawn.effects import Picture
from shotscale.drawn.people import Person, Placement, Pose, draw_figure, placement, random_person
from shotscale.drawn.script import Camera, Shot
from shotscale.errors import OptionError
from shotscale.scales import SCALES, ShotScale

_NEARNESS = dict(zip(SCALES, (3.2, 2.6, 2.1, 1.7, 1.35, 1.1, 1.0), strict=True))
"""Magnification of the setting behind a figure at each scale, as by a longer lens; chosen by eye."""

_DEFOCUS = dict(zip(SCALES, (0.016, 0.012, 0.008, 0.004, 0.0015, 0.0, 0.0), strict=True))
"""Blur of the setting behind a figure at each scale, in frame heights; chosen by eye."""

_BACKDROP_ZOOM = 1.5  # a setting is wider than the frame, so that shots of one place differ
_TALK_SECONDS = 0.125  # length of a syllable
_STRIDES = 8  # pictures per stride cycle, each drawn once
# How much wider and taller than the frame the plate of each move is, in frame sizes; chosen by eye.
_TRAVEL = {"pan": (0.6, 0.0), "whip": (1.4, 0.0), "tilt": (0.0, 0.14), "shake": (0.09, 0.09)}
_WHIP_SECONDS = 0.25  # a whip pan in a film takes a few frames
_SMEAR = 0.03  # motion blur is visible above this speed, in frame widths per 1/24 s


class Stage:
    """A shot ready to be filmed; places and people with the same number look the same throughout a film."""

    def __init__(self, shot: Shot, *, size: tuple[int, int], seed: int, index: int) -> None:
        self._shot = shot
        self._path = CameraPath(shot.camera, size=size, seconds=shot.seconds, seed=[seed, 4, index])
        self._set = _Set(shot, plate=self._path.plate, seed=seed)
        rng = np.random.default_rng([seed, 3, index])
        peopled = shot.scale is not None and shot.setting in SETTINGS
        self._actors = self._cast(size, seed, rng) if peopled else []

    def picture(self, time: float) -> Picture:
        """Return the frame at a time in seconds from the start of the shot, uint8 (height, width, 3).

        Times before the start and after the end are allowed: transitions need them.
        """
        moment = 0.0 if self._shot.frozen else time
        plate = self._set.picture(moment)
        for actor in self._actors:
            actor.paste(plate, moment)
        return self._path.look(plate, moment)

    def _cast(self, size: tuple[int, int], seed: int, rng: np.random.Generator) -> list["_Actor"]:
        """Return the figures: one, and a second at the end of a whip pan."""
        shot, path = self._shot, self._path
        assert shot.scale is not None
        place = placement(shot.scale, rng)
        spots = [0, path.travel] if shot.camera.move == "whip" else [path.travel // 2]
        people = [random_person(np.random.default_rng([seed, 2, shot.person + n])) for n in range(len(spots))]
        return [
            _Actor(person, shot, place=place, frame=size, path=path, spot=spot, rng=rng)
            for person, spot in zip(people, spots, strict=True)
        ]


class _Actor:
    """A figure on the plate: its position and pose at each moment."""

    def __init__(
        self,
        person: Person,
        shot: Shot,
        *,
        place: Placement,
        frame: tuple[int, int],
        path: "CameraPath",
        spot: int,
        rng: np.random.Generator,
    ) -> None:
        self._person, self._shot, self._path, self._spot, self._width = person, shot, path, spot, frame[0]
        self._side = 1 if rng.random() < 0.5 else -1
        self._phase = float(rng.uniform(0, 2 * math.pi))
        self._talk = rng.integers(0, 12, 64)
        far = shot.scale in (ShotScale.LONG_SHOT, ShotScale.EXTREME_LONG_SHOT)
        self._followed = shot.camera.move == "pan"
        self._walks = self._followed or (far and bool(rng.random() < 0.7))
        self._head = head = place.head_height * frame[1]
        crown = place.crown_y * frame[1] + (path.plate[1] - frame[1]) / 2
        self._top = max(0, int(crown - 0.2 * head))
        bottom = min(path.plate[1], int(crown + 7.9 * head) + 1)
        self._sprite_size = (2 * int(min(1.75 * head, 0.62 * frame[0])) + 2, max(1, bottom - self._top))
        self._crown = (self._sprite_size[0] / 2, crown - self._top)
        self._sprites: dict[Pose, Image.Image] = {}

    def paste(self, plate: Image.Image, time: float) -> None:
        """Paste the figure onto the plate."""
        sprite = self._sprite(self._pose(time))
        sway = 0.012 * self._head * math.sin(1.7 * time + self._phase)
        plate.paste(sprite, (round(self._x(time) - sprite.width / 2 + sway), self._top), sprite)

    def _x(self, time: float) -> float:
        spot = self._path.corner(time)[0] if self._followed else self._spot
        walks = self._walks and not self._followed and self._shot.camera.move != "whip"
        walked = self._side * 0.9 * self._head * (time - self._shot.seconds / 2) if walks else 0.0
        return spot + self._shot.across * self._width + walked

    def _pose(self, time: float) -> Pose:
        if self._walks:
            step = int(time * 8 + self._phase) % _STRIDES
            return Pose(turn=0.8 * self._side, stride=0.9 * round(math.sin(2 * math.pi * step / _STRIDES), 3))
        state = int(self._talk[int(time / _TALK_SECONDS) % len(self._talk)])
        near = self._shot.scale in SCALES[:3]
        lift = (1 + math.sin(1.3 * time + self._phase)) / 2
        gesture = 0.0 if near else round(4 * lift**2) / 4
        mouth = (0.0, 0.0, 0.0, 0.4, 0.4, 0.9, 0.9, 0.0, 0.4, 0.9, 0.0, 0.0)[state]
        return Pose(turn=self._shot.turn, mouth=mouth, blink=state == 10, gesture=gesture)

    def _sprite(self, pose: Pose) -> Image.Image:
        if pose not in self._sprites:
            self._sprites[pose] = draw_figure(
                self._person,
                pose,
                size=self._sprite_size,
                crown=self._crown,
                head_height=self._head,
                oversampling=2 if self._head > 60 else 4,
            )
        return self._sprites[pose]


class _Set:
    """The part of a setting that is on the plate, with its moving objects."""

    def __init__(self, shot: Shot, *, plate: tuple[int, int], seed: int) -> None:
        self._plate = plate
        self._movers: list[tuple[Image.Image, float, float, float]] = []
        self._wide = 1.0
        if shot.setting in ("title", "black"):
            self._base = _title(shot.title if shot.setting == "title" else "", plate)
        elif shot.setting in SETTINGS:
            self._build(shot, seed)
        else:
            known = ", ".join([*SETTINGS, "title", "black"])
            raise OptionError(f"{shot.setting!r}: not a setting; the settings are {known}")

    def _build(self, shot: Shot, seed: int) -> None:
        rng = np.random.default_rng([seed, 1, list(SETTINGS).index(shot.setting), shot.look])
        width, height = self._plate
        backdrop = SETTINGS[shot.setting]((round(width * _BACKDROP_ZOOM), round(height * _BACKDROP_ZOOM)), rng)
        near = 1.0 if shot.scale is None else _NEARNESS[shot.scale]
        blur = 0.0 if shot.scale is None else _DEFOCUS[shot.scale] * height
        whole_w, whole_h = backdrop.image.size
        w, h = whole_w / near, whole_h / near
        # Behind a head is the wall at its height; behind a whole body, the ground as well.
        left, top, scale = (whole_w - w) * shot.angle, (whole_h - h) * 0.35, width / w
        base = backdrop.image.resize(self._plate, Image.Resampling.BICUBIC, box=(left, top, left + w, top + h))
        self._base = base.filter(ImageFilter.GaussianBlur(blur))
        self._wide = whole_w * scale
        for mover in backdrop.movers:
            size = (max(1, round(mover.sprite.width * scale)), max(1, round(mover.sprite.height * scale)))
            sprite = mover.sprite.resize(size).filter(ImageFilter.GaussianBlur(blur))
            x, y = (mover.x * whole_w - left) * scale, (mover.y * whole_h - top) * scale
            self._movers.append((sprite, x, y, mover.speed * self._wide))

    def picture(self, time: float) -> Image.Image:
        """Return a copy of the plate at a time, without figures, that may be painted on."""
        plate = self._base.copy()
        for sprite, x, y, speed in self._movers:
            at = (x + speed * time + sprite.width) % (self._wide + sprite.width) - sprite.width
            if at < self._plate[0]:
                plate.paste(sprite, (round(at), round(y)), sprite)
        return plate


def _title(words: str, size: tuple[int, int]) -> Image.Image:
    """Return white text on black."""
    picture = Image.new("RGB", size)
    font = ImageFont.load_default(size=max(8, size[1] // 9))
    middle = (size[0] / 2, size[1] / 2)
    ImageDraw.Draw(picture).multiline_text(middle, words, font=font, fill=(228, 224, 212), anchor="mm", align="center")
    return picture


class CameraPath:
    """Where the camera points at each moment.

    `travel` is how far it moves sideways and `plate` the size of the picture that it moves over, in pixels.
    """

    def __init__(self, camera: Camera, *, size: tuple[int, int], seconds: float, seed: list[int]) -> None:
        self._move, self._amount, self._seconds, self._size = camera.move, camera.amount, seconds, size
        rng = np.random.default_rng(seed)
        self._backwards = bool(rng.random() < 0.5)
        self._phases = rng.uniform(0, 2 * np.pi, (2, 3))
        across, down = _TRAVEL.get(camera.move, (0.0, 0.0))
        self.travel = round(size[0] * across * camera.amount)
        self.plate = (size[0] + self.travel, size[1] + round(size[1] * down * camera.amount))

    def corner(self, time: float) -> tuple[float, float]:
        """Return the upper left corner of the view, in pixels of the plate."""
        free = (self.plate[0] - self._size[0], self.plate[1] - self._size[1])
        x, y = self._trembling(time) if self._move == "shake" else (self._progress(time),) * 2
        return free[0] * x, free[1] * y

    def look(self, plate: Image.Image, time: float) -> Picture:
        """Return the frame at a time, uint8 (height, width, 3)."""
        width, height = self._size
        left, top = self.corner(time)
        box = (left, top, left + width, top + height)
        if self._move.startswith("zoom"):
            share = self._progress(time)
            cut = 0.1 * self._amount * (share if self._move == "zoom in" else 1 - share)
            box = (width * cut, height * cut, width * (1 - cut), height * (1 - cut))
        speed = abs(self.corner(time + 1 / 48)[0] - self.corner(time - 1 / 48)[0])
        if speed > _SMEAR * width:
            return self._smeared(plate, left, speed)
        return np.asarray(plate.resize(self._size, Image.Resampling.BICUBIC, box=box))

    def _progress(self, time: float) -> float:
        """Return the position along the move, 0 to 1."""
        if self._move == "whip":
            return float(np.clip((time - self._seconds / 2) / _WHIP_SECONDS + 0.5, 0, 1))
        share = float(np.clip(time / self._seconds, 0, 1))
        return 1 - share if self._backwards and not self._move.startswith("zoom") else share

    def _trembling(self, time: float) -> tuple[float, float]:
        x, y = (
            sum(math.sin(f * time + p) for f, p in zip((5.1, 9.7, 17.3), axis, strict=True)) for axis in self._phases
        )
        return 0.5 + x / 6, 0.5 + y / 6

    def _smeared(self, plate: Image.Image, left: float, speed: float) -> Picture:
        """Return the average of the views that pass while the shutter is open, half of the time."""
        width, height = self._size
        offsets = np.clip(left + np.linspace(-0.25, 0.25, 7) * speed, 0, self.travel).astype(int)
        array = np.asarray(plate)
        return np.asarray(np.mean([array[:height, x : x + width] for x in offsets], axis=0), np.uint8)
