"""Drawn films: the frames show what the truth says."""

import hashlib
import json
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from worn_prints import Explosion, Flicker, Letterbox, Scratches

from shotscale.drawn import (
    SETTINGS,
    BlackAndWhite,
    Camera,
    Cut,
    Dissolve,
    Fade,
    Flash,
    Grain,
    Script,
    Shot,
    Wipe,
    demo_script,
    draw_film,
    draw_frames,
    plan_shots,
)
from shotscale.drawn.people import BODY_HEIGHT, Pose, draw_figure, placement, random_person
from shotscale.errors import OptionError, OutputError
from shotscale.scales import SCALES, ShotScale
from shotscale.tables import read_shots
from shotscale.video import FilmReader

SIZE = (128, 72)
Images = npt.NDArray[np.int64]


def frames(script: Script, *, seed: int = 3, **options: Any) -> Images:
    return np.stack(list(draw_frames(script, seed=seed, size=SIZE, **options))).astype(int)


def steps(images: Images) -> npt.NDArray[np.float64]:
    """Return the mean difference between each frame and the next."""
    return np.abs(np.diff(images, axis=0)).mean(axis=(1, 2, 3))


class TestTransitions:
    def test_a_cut_lies_between_two_frames(self) -> None:
        images = frames([Shot(seconds=0.5), Shot(seconds=0.5, setting="beach", scale=ShotScale.LONG_SHOT)])
        change = steps(images)
        assert change.argmax() == 11
        assert change[11] > 4 * np.delete(change, 11).max()

    def test_a_dissolve_goes_evenly_from_one_to_the_other(self) -> None:
        still = {"frozen": True, "scale": None}
        script = [Shot(seconds=1, **still), Dissolve(0.5), Shot(seconds=1, setting="beach", **still)]
        images, truth = frames(script), plan_shots(script, fps=Fraction(24))[1]
        first, last = (round(t * 24) for t in (truth.transition_start, truth.transition_end))
        assert (first, truth.start_frame, last) == (17, 24, 30)
        change = steps(images)
        assert (change[:first] == 0).all()
        assert (change[first:last] > 0).all()
        assert (change[last:] == 0).all()
        middle = (images[0] + images[-1]) / 2
        assert np.abs((images[23] + images[24]) / 2 - middle).max() < 2

    def test_a_fade_passes_through_black(self) -> None:
        script = [
            Shot(seconds=1, setting="beach", scale=None),
            Fade(1.0, black=0.2),
            Shot(seconds=1, setting="street", scale=None),
        ]
        light = frames(script).mean(axis=(1, 2, 3))
        assert light[24] == 0
        assert (light[12:24] >= light[13:25]).all()
        assert (light[24:36] <= light[25:37]).all()

    @pytest.mark.parametrize("direction", ["left", "right", "down"])
    def test_a_wipe_covers_the_frame(self, direction: Any) -> None:
        still = {"frozen": True, "scale": None}
        script = [Shot(seconds=1, **still), Wipe(0.5, direction), Shot(seconds=1, setting="beach", **still)]
        images = frames(script)
        new = (np.abs(images[24] - images[-1]).sum(axis=2) == 0).mean()
        old = (np.abs(images[24] - images[0]).sum(axis=2) == 0).mean()
        assert 0.35 < new < 0.65
        assert 0.35 < old < 0.65

    @pytest.mark.parametrize(
        "script",
        [[], [Cut()], [Shot(seconds=1), Dissolve()], [Dissolve(), Shot(seconds=1)],
         [Shot(seconds=1), Cut(), Fade(), Shot(seconds=1)], [Shot(seconds=1), Dissolve(3), Shot(seconds=1)],
         [Shot(seconds=0.01)]],
    )  # fmt: skip
    def test_scripts_that_make_no_film(self, script: Script) -> None:
        with pytest.raises(OptionError, match=r"; (add|make)|ends with a shot"):
            plan_shots(script, fps=Fraction(24))

    def test_shots_cover_the_film_whatever_the_frame_rate(self) -> None:
        script = [Shot(seconds=s) for s in (0.33, 0.5, 1.01, 0.21)]
        for fps in (Fraction(24), Fraction(24000, 1001), Fraction(25), Fraction(30)):
            shots = plan_shots(script, fps=fps)
            assert shots[0].start_frame == 0
            assert all(a.end_frame == b.start_frame for a, b in pairwise(shots))
            assert shots[-1].end_frame == len(list(draw_frames(script, seed=1, size=(32, 18), fps=fps)))


class TestFigures:
    @pytest.mark.parametrize("scale", SCALES, ids=lambda scale: scale.abbreviation)
    def test_the_frame_cuts_the_body_where_the_scale_says(self, scale: ShotScale) -> None:
        """Head heights from the crown to the frame's lower edge, and headroom, as in the definitions."""
        rng = np.random.default_rng(0)
        for _ in range(50):
            place = placement(scale, rng)
            lowest = (1 - place.crown_y) / place.head_height
            bounds = {"ECU": (0.5, 1.0), "CU": (1.1, 1.7), "MCU": (1.8, 2.5), "MS": (2.7, 3.6), "MLS": (4.5, 6.0),
                      "LS": (BODY_HEIGHT, 10), "ELS": (BODY_HEIGHT, 30)}[scale.abbreviation]  # fmt: skip
            assert bounds[0] <= lowest <= bounds[1]
            if scale is ShotScale.EXTREME_CLOSE_UP:
                assert place.crown_y < 0
            elif scale is not ShotScale.CLOSE_UP:
                assert 0 < place.crown_y < 0.8
            if scale is ShotScale.EXTREME_LONG_SHOT:
                assert BODY_HEIGHT * place.head_height < 1 / 3

    def test_scales_are_ordered_by_the_head(self) -> None:
        rng = np.random.default_rng(1)
        heads = [np.mean([placement(scale, rng).head_height for _ in range(30)]) for scale in SCALES]
        assert heads == sorted(heads, reverse=True)

    def test_the_whole_body_stands_where_it_is_put(self) -> None:
        person = random_person(np.random.default_rng(2))
        alpha = np.asarray(draw_figure(person, Pose(), size=(200, 400), crown=(100, 20), head_height=48))[..., 3]
        rows, columns = np.flatnonzero(alpha.any(axis=1)), np.flatnonzero(alpha.any(axis=0))
        assert abs(rows[0] - 20) < 6
        assert abs(rows[-1] - (20 + BODY_HEIGHT * 48)) < 18
        assert abs((columns[0] + columns[-1]) / 2 - 100) < 10

    @pytest.mark.parametrize(
        "pose", [Pose(mouth=1.0), Pose(blink=True), Pose(turn=0.8), Pose(gesture=1.0), Pose(stride=0.9)]
    )
    def test_poses_differ(self, pose: Pose) -> None:
        person = random_person(np.random.default_rng(2))
        options: dict[str, Any] = {"size": (200, 400), "crown": (100, 20), "head_height": 48}
        resting = np.asarray(draw_figure(person, Pose(), **options)).astype(int)
        assert np.abs(np.asarray(draw_figure(person, pose, **options)) - resting).sum() > 500

    @pytest.mark.parametrize("scale", SCALES, ids=lambda scale: scale.abbreviation)
    def test_a_figure_is_seen_at_every_scale(self, scale: ShotScale) -> None:
        """With another person only the figure changes, and it fills as much of the frame as its scale requires."""
        one, other = (
            next(draw_frames([Shot(seconds=0.05, scale=scale, setting="beach", person=who)], seed=3, size=(320, 180)))
            for who in (0, 1)
        )
        differs = (np.abs(one.astype(int) - other).max(axis=2) > 12).mean()
        assert differs > {"ECU": 0.3, "CU": 0.15, "MCU": 0.1, "MS": 0.06, "MLS": 0.03, "LS": 0.01}.get(
            scale.abbreviation, 0.0005
        )
        assert differs < 0.02 or scale is not ShotScale.EXTREME_LONG_SHOT


class TestSettingsAndCameras:
    @pytest.mark.parametrize("setting", [*SETTINGS, "title", "black"])
    def test_every_setting_draws_and_repeats_itself(self, setting: str) -> None:
        script = [Shot(seconds=0.2, setting=setting, title="Two\nlines")]
        first, second = frames(script), frames(script)
        assert np.array_equal(first, second)
        assert (first.mean() == 0) == (setting == "black")

    def test_an_unknown_setting_is_refused(self) -> None:
        with pytest.raises(OptionError, match="'moon': not a setting"):
            frames([Shot(seconds=1, setting="moon")])

    def test_looks_and_seeds_differ(self) -> None:
        one, other = (frames([Shot(seconds=0.05, look=look)])[0] for look in (0, 1))
        assert np.abs(one - other).mean() > 5
        seeded = frames([Shot(seconds=0.05)], seed=4)[0]
        assert np.abs(one - seeded).mean() > 5

    @pytest.mark.parametrize("move", ["pan", "tilt", "zoom in", "zoom out", "shake", "whip"])
    def test_cameras_move_without_a_cut(self, move: Any) -> None:
        script = [Shot(seconds=2, setting="street", scale=ShotScale.LONG_SHOT, camera=Camera(move))]
        change = steps(frames(script))
        assert change.mean() > 0.5
        if move != "whip":
            assert change.max() < 6 * np.median(change) + 2

    def test_a_frozen_shot_does_not_move(self) -> None:
        assert (steps(frames([Shot(seconds=1, frozen=True, setting="beach")])) == 0).all()
        assert (steps(frames([Shot(seconds=1, setting="beach")])) > 0).any()


class TestEffects:
    def test_a_flash_is_bright_and_short(self) -> None:
        light = frames([Shot(seconds=1, effects=(Flash(0.5, 1 / 24),))]).mean(axis=(1, 2, 3))
        assert light.argmax() == 12
        assert light[12] > light[11] + 60
        assert abs(light[15] - light[11]) < 5

    def test_an_explosion_rises_and_dies_down(self) -> None:
        light = frames([Shot(seconds=2, effects=(Explosion(0.5, 1.0),))]).mean(axis=(1, 2, 3))
        assert light[12:24].max() > light[:11].max() + 20
        assert abs(light[40] - light[5]) < 5

    def test_black_and_white(self) -> None:
        images = frames([Shot(seconds=0.1, effects=(BlackAndWhite(),))])
        assert (images[..., 0] == images[..., 1]).all()
        assert (images[..., 1] == images[..., 2]).all()

    def test_grain_has_its_strength(self) -> None:
        script = [Shot(seconds=0.2, frozen=True, setting="room", scale=None)]
        noise = frames(script, effects=[Grain(6.0)]) - frames(script)
        assert noise.std() == pytest.approx(6, rel=0.25)
        assert not np.array_equal(noise[0], noise[1])

    def test_flicker_changes_the_light_of_whole_frames(self) -> None:
        still = [Shot(seconds=1, frozen=True)]
        light = frames(still, effects=[Flicker(0.1)]).mean(axis=(1, 2, 3))
        assert light.std() / light.mean() == pytest.approx(0.1, rel=0.5)

    def test_scratches_touch_little_of_the_picture(self) -> None:
        still = [Shot(seconds=1, frozen=True)]
        touched = (np.abs(frames(still, effects=[Scratches()]) - frames(still)).sum(axis=3) > 0).mean()
        assert 0.001 < touched < 0.25

    def test_letterbox_blackens_the_bars(self) -> None:
        image = frames([Shot(seconds=0.1, effects=(Letterbox(2.39),), setting="beach")])[0]
        bar = round((72 - 128 / 2.39) / 2)
        assert image[:bar].max() == 0
        assert image[72 - bar :].max() == 0
        assert image[bar : 72 - bar].mean() > 20
        assert frames([Shot(seconds=0.1, effects=(Letterbox(4 / 3),))])[0][:, :15].max() == 0


class TestFilms:
    @pytest.mark.parametrize(
        ("codec", "name"), [("libx264", "a.mp4"), ("mpeg4", "a.mkv"), ("ffv1", "a.mkv"), ("libvpx-vp9", "a.webm")]
    )
    def test_the_same_seed_gives_the_same_bytes(self, tmp_path: Path, codec: str, name: str) -> None:
        sums = []
        for folder in ("one", "two"):
            (tmp_path / folder).mkdir()
            path = tmp_path / folder / name
            film = draw_film(path, seed=1, script=[Shot(seconds=0.5), Shot(seconds=0.4)], size=SIZE, codec=codec)
            sums.append(hashlib.sha256(path.read_bytes()).hexdigest())
        assert sums[0] == sums[1]
        with FilmReader(path) as reader:
            n = sum(len(batch.times) for batch in reader)
        assert n == film.n_frames == 22
        assert reader.end == pytest.approx(film.duration, abs=0.002)

    def test_truth_is_a_shot_table(self, tmp_path: Path) -> None:
        script = [
            Shot(seconds=1, effects=(Flash(0.5),)),
            Dissolve(0.5),
            Shot(seconds=1, camera=Camera("pan")),
            Shot(seconds=0.5),
        ]
        seen = []
        film = draw_film(
            tmp_path / "f.mkv",
            seed=1,
            script=script,
            size=SIZE,
            progress=lambda done, total: seen.append((done, total)),
        )
        table = read_shots(tmp_path / "f.shots.csv")
        assert table["kind"].tolist() == ["start", "dissolve", "cut"]
        assert table["end"].iloc[-1] == pytest.approx(film.duration)
        truth = json.loads((tmp_path / "f.truth.json").read_text())
        assert [shot["scale"] for shot in truth["shots"]] == ["MS"] * 3
        assert [event["kind"] for event in truth["events"]] == ["flash", "pan"]
        assert seen == [(1.0, 2.5), (2.0, 2.5)]

    def test_errors_leave_no_file(self, tmp_path: Path) -> None:
        script = [Shot(seconds=0.2)]
        with pytest.raises(OptionError, match="'h266': not a codec"):
            draw_film(tmp_path / "f.mkv", seed=1, script=script, codec="h266")
        with pytest.raises(OptionError, match=r"\.webm: cannot be written with mpeg4"):
            draw_film(tmp_path / "f.webm", seed=1, script=script, size=SIZE, codec="mpeg4")
        with pytest.raises(OutputError, match="cannot be written"):
            draw_film(tmp_path / "nowhere" / "f.mkv", seed=1, script=script, size=SIZE)
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("seed", range(5))
    def test_the_demo_is_what_it_promises(self, seed: int) -> None:
        shots = plan_shots(demo_script(seed), fps=Fraction(24))
        assert len(shots) >= 40
        assert shots[-1].end >= 180
        kinds = [shot.kind for shot in shots]
        assert kinds.count("dissolve") >= 3
        assert kinds.count("fade") >= 3
        assert kinds.count("cut") >= 25
        assert {shot.scale for shot in shots} == {scale.abbreviation for scale in SCALES} | {"NA"}
        assert {shot.camera for shot in shots} >= {"pan", "shake", "zoom in", "zoom out", "whip", "still"}
        flashes = [effect for shot in shots for effect in shot.shot.effects if isinstance(effect, Flash)]
        assert len(flashes) == 2
        assert any(shot.shot.frozen for shot in shots)
