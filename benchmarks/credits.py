"""Measure how titles left in a film affect its attribution, and how often they are found.

    python benchmarks/credits.py                    # both, about three minutes
    python benchmarks/credits.py --films 40         # of each kind of drawn film
    python benchmarks/credits.py --clips CLIPS      # real clips without titles: false detections

The first table adds one shot of titles to each of the 94 films of the built-in reference, for which three figures but
no shots are known: each is taken to run 100 minutes, which with its average gives the number of shots. Each is then
classified with the film itself held out, as `authorship benchmark` does.

The second draws films of each kind: a minute and a half of drawn shots with titles at one end or none, in one of eight
typefaces, with grain and compression, one picture per second, as the analysis sees it. *Noticed* are titles that an
analysis hints at, *left out* those that it is sure of. Right means within two seconds at both ends. The thresholds were
set on films with other seeds and places, but drawn alike, so the figures are optimistic; the only real films are clips
without titles.
"""

import argparse
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib import get_data_path
from PIL import Image, ImageDraw, ImageFont

from authorship.attribution.verdict import DEFAULT_CONFIDENCE
from authorship.models.conformal import prediction_set
from authorship.reference.basis import Basis, fit_basis
from authorship.reference.table import Reference, builtin_reference, transform
from shotscale.credits import SHORTEST, TitleScout, find_titles, sure_titles
from shotscale.drawn import Shot
from shotscale.drawn.backdrops import SETTINGS
from shotscale.drawn.script import Camera
from shotscale.drawn.stage import Stage
from shotscale.evaluation.scores import wilson_interval
from shotscale.scales import SCALES
from shotscale.tables import make_shots
from shotscale.video import FilmReader, film_source

Picture = np.ndarray
Rng = np.random.Generator
SIZE = (480, 270)
FILM_SECONDS = 6000.0
FONTS = [
    Path(get_data_path()) / "fonts" / "ttf" / f"{name}.ttf"
    for name in (
        "DejaVuSans",
        "DejaVuSans-Bold",
        "DejaVuSerif",
        "DejaVuSerif-Bold",
        "DejaVuSerif-Italic",
        "DejaVuSansMono",
        "STIXGeneral",
        "cmr10",
    )
]
WORDS = (
    "Directed by Written Produced Photography Editor Music Costumes Sound Assistant Anna Karlsson Marco Bellini Jean "
    "Dupont Laura Novak Peter Stone Elena Ricci Tamas Varga Ruth Miller Camera Production Manager Script Set Design"
).split()
HELD_OUT = 10_000
NEAR = 2.0  # seconds
PLACES = 12
STOCK = [0]  # the first of the places that are filmed


@dataclass
class Part:
    """A part of a film: one picture per second, the start times of its shots, and whether it is titles."""

    pictures: list[Picture]
    starts: list[float]
    titles: bool = False
    kind: str = "cut"


def font(rng: Rng, height: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONTS[rng.integers(len(FONTS))]), height)


def lines(rng: Rng, n: int) -> list[str]:
    return [" ".join(rng.choice(WORDS, int(rng.integers(1, 4)))) for _ in range(n)]


def written(
    ground: Picture, texts: list[str], face: ImageFont.FreeTypeFont, ink: tuple[int, ...], top: float
) -> Picture:
    picture = Image.fromarray(ground)
    draw = ImageDraw.Draw(picture)
    for row, text in enumerate(texts):
        y = top + row * 1.5 * face.size
        if -face.size < y < SIZE[1] + face.size:
            draw.text((SIZE[0] / 2, y), text, font=face, fill=ink, anchor="mm")
    return np.asarray(picture)


def plain(color: tuple[int, ...]) -> Picture:
    return np.full((SIZE[1], SIZE[0], 3), color, np.uint8)


def cards(
    rng: Rng, seconds: int, grounds: Callable[[int], Picture], ink: tuple[int, ...], *, fades: bool = False
) -> Part:
    """Draw cards of four to six seconds; with `fades` each begins and ends at half brightness."""
    pictures, starts = [], []
    while len(pictures) < seconds:
        starts.append(float(len(pictures)))
        face = font(rng, int(rng.integers(13, 24)))
        texts = lines(rng, int(rng.integers(1, 5)))
        shown = int(rng.integers(4, 7))
        for second in range(shown):
            ground = grounds(len(pictures))
            picture = written(ground, texts, face, ink, SIZE[1] / 2 - 0.75 * len(texts) * face.size)
            if fades and second in (0, shown - 1):
                picture = (picture * 0.5).astype(np.uint8)
            pictures.append(picture)
    return Part(pictures, starts if not fades else starts[:1], titles=True)


def crawl(rng: Rng, seconds: int, grounds: Callable[[int], Picture], ink: tuple[int, ...]) -> Part:
    face = font(rng, int(rng.integers(9, 13)))
    texts, speed = lines(rng, 400), rng.uniform(15, 40)
    pictures = [written(grounds(s), texts, face, ink, SIZE[1] * 0.8 - speed * s) for s in range(seconds)]
    return Part(pictures, [0.0], titles=True, kind="fade")


@cache
def stage(place: int, setting: str) -> Stage:
    """Draw one of the places of a setting, with or without a person."""
    rng = np.random.default_rng([place, list(SETTINGS).index(setting)])
    shot = Shot(
        seconds=60.0,
        scale=SCALES[rng.integers(len(SCALES))] if rng.random() < 0.85 else None,
        setting=setting,
        look=int(rng.integers(1000)),
        person=int(rng.integers(50)),
        angle=float(rng.uniform(0.1, 0.9)),
        across=float(rng.uniform(0.3, 0.7)),
        camera=Camera(str(rng.choice(["still", "still", "pan", "shake", "zoom in"]))),  # type: ignore[arg-type]
    )
    return Stage(shot, size=SIZE, seed=place, index=0)


def filmed(rng: Rng, shots: int, *, low: float = 2.0, high: float = 7.0, setting: str | None = None) -> Part:
    """Film shots in random places, of which each setting has `PLACES`, numbered from `STOCK[0]`."""
    pictures: list[Picture] = []
    starts = []
    for _ in range(shots):
        starts.append(float(len(pictures)))
        place = stage(int(rng.integers(PLACES)) + STOCK[0], setting or str(rng.choice(list(SETTINGS))))
        begin = rng.uniform(0, 10)
        pictures += [place.picture(begin + second) for second in range(int(np.ceil(rng.uniform(low, high))))]
    return Part(pictures, starts)


def over(rng: Rng, part: Part) -> Part:
    """Write credits over filmed shots, each for three seconds."""
    pictures = []
    for second, picture in enumerate(part.pictures):
        if second % 3 == 0:
            texts, face = lines(rng, int(rng.integers(1, 3))), font(rng, int(rng.integers(13, 20)))
            top = SIZE[1] * rng.uniform(0.3, 0.8)
        pictures.append(written(picture, texts, face, (245, 245, 240), top))
    return Part(pictures, part.starts)


def faded(part: Part) -> Part:
    """Fade the last two seconds to black."""
    pictures = part.pictures
    pictures[-2], pictures[-1] = (pictures[-2] * 0.6).astype(np.uint8), (pictures[-1] * 0.15).astype(np.uint8)
    return part


def black(seconds: int) -> Part:
    return Part([plain((0, 0, 0))] * seconds, [0.0], titles=True, kind="fade")


def logo(rng: Rng) -> Part:
    """Draw seven seconds of a growing company logo."""
    color = tuple(int(v) for v in rng.integers(90, 255, 3))
    pictures = []
    for second in range(7):
        picture = Image.fromarray(plain((12, 16, 40)))
        radius = 30 + 8 * second
        box = (SIZE[0] / 2 - radius, 120 - radius, SIZE[0] / 2 + radius, 120 + radius)
        ImageDraw.Draw(picture).ellipse(box, fill=color)
        pictures.append(np.asarray(picture))
    return Part(pictures, [0.0], titles=True)


BLACK, WHITE = (0, 0, 0), (235, 235, 230)


def on(color: tuple[int, ...]) -> Callable[[int], Picture]:
    return lambda _: plain(color)


def still(rng: Rng) -> Callable[[int], Picture]:
    picture = filmed(rng, 1).pictures[0]
    return lambda _: picture


def night(rng: Rng) -> list[Part]:
    return [filmed(rng, 2, low=12, high=25, setting="night")]


CLOSING: dict[str, Callable[[Rng], list[Part]]] = {
    "none": lambda _: [],
    "none, a fade to black": lambda _: [black(3)],
    "none, ends at night": night,
    "none, ends on a long take": lambda r: [filmed(r, 1, low=40, high=50)],
    "none, ends on a frozen picture": lambda r: [Part([filmed(r, 1).pictures[-1]] * 14, [])],
    "'The End' alone": lambda r: [Part(cards(r, 4, on(BLACK), WHITE).pictures[:4], [0.0])],
    "crawl on black": lambda r: [crawl(r, 35, on(BLACK), WHITE)],
    "crawl on a color": lambda r: [crawl(r, 35, on((20, 30, 70)), WHITE)],
    "crawl over a still picture": lambda r: [crawl(r, 35, still(r), (250, 250, 250))],
    "cards, white on black": lambda r: [cards(r, 30, on(BLACK), WHITE)],
    "cards, fading": lambda r: [cards(r, 30, on(BLACK), WHITE, fades=True)],
    "cards, black on white": lambda r: [cards(r, 30, on((236, 234, 228)), (15, 15, 15))],
    "cards, red or blue on black": lambda r: [cards(r, 30, on(BLACK), ((210, 20, 20), (40, 70, 230))[r.integers(2)])],
    "cards over a still picture": lambda r: [cards(r, 30, still(r), (250, 250, 250))],
    "over moving pictures": lambda r: [over(r, filmed(r, 6))],
    "over moving pictures, then a crawl": lambda r: [over(r, filmed(r, 3)), crawl(r, 35, on(BLACK), WHITE)],
    "a crawl, then a sign": lambda r: [crawl(r, 30, on(BLACK), WHITE), logo(r)],
    "black alone": lambda _: [black(15)],
}
OPENING: dict[str, Callable[[Rng], list[Part]]] = {
    "cards, white on black": lambda r: [cards(r, 25, on(BLACK), WHITE)],
    "cards, black on white": lambda r: [cards(r, 25, on((236, 234, 228)), (15, 15, 15))],
    "black, then fading cards": lambda r: [black(4), cards(r, 25, on(BLACK), WHITE, fades=True)],
    "a sign, then cards": lambda r: [logo(r), cards(r, 25, on(BLACK), WHITE)],
    "cards over a still picture": lambda r: [cards(r, 25, still(r), (250, 250, 250))],
    "over moving pictures": lambda r: [over(r, filmed(r, 6))],
    "a title alone": lambda r: [Part(cards(r, 4, on(BLACK), WHITE).pictures[:4], [0.0])],
    "opens at night": night,
}


def compressed(picture: Picture, rng: Rng, *, grain: float, quality: int) -> Picture:
    noisy = np.clip(picture + rng.normal(scale=grain, size=picture.shape[:2])[..., None], 0, 255).astype(np.uint8)
    stream = io.BytesIO()
    Image.fromarray(noisy).save(stream, "JPEG", quality=quality)
    return np.asarray(Image.open(stream))


def judged(opening: str | None, closing: str | None, seed: int) -> dict[str, bool]:
    """Draw a film and compare what was found with its true ends."""
    rng = np.random.default_rng([seed, 19])
    before = OPENING[opening](rng) if opening else []
    after = CLOSING[closing](rng) if closing else []
    body = filmed(rng, 20)
    if after and after[0].kind == "fade":
        body = faded(body)
    pictures, starts, kinds = [], [], []
    begin = end = None
    for part in (*before, body, *after):
        if not part.titles and begin is None:
            begin = float(len(pictures))
        starts += [len(pictures) + start for start in part.starts]
        kinds += [part.kind] + ["cut"] * (len(part.starts) - 1) if part.starts else []
        pictures += part.pictures
        end = end if part.titles else float(len(pictures))
    total = float(len(pictures))
    assert begin is not None
    assert end is not None
    scout, grain, quality = TitleScout(), rng.uniform(0, 4), int(rng.integers(55, 92))
    for second, picture in enumerate(pictures):
        scout.push(float(second), compressed(picture, rng, grain=grain, quality=quality))
    signs, shots = scout.finish(), make_shots(starts, total, kinds=["start", *kinds[1:]])
    begin, end = begin if begin >= SHORTEST else 0.0, end if total - end >= SHORTEST else total
    noticed, left_out = find_titles(signs, shots), sure_titles(signs, shots)
    return {
        "right": max(abs(noticed[0] - begin), abs(noticed[1] - end)) <= NEAR,
        "too_much": noticed[0] - begin > NEAR or noticed[1] - end < -NEAR,
        "left_out": left_out != (0.0, total),
        "lost": left_out[0] - begin > NEAR or left_out[1] - end < -NEAR,
    }


def detection(n_films: int, first: int) -> pd.DataFrame:
    """Judge films of each kind."""
    rows, STOCK[0] = [], first
    kinds = [(None, name) for name in CLOSING] + [(name, None) for name in OPENING]
    for number, (opening, closing) in enumerate(kinds):
        for film in range(n_films):
            name = f"closing: {closing}" if closing else f"opening: {opening}"
            rows.append({"kind": name, **judged(opening, closing, first + 1000 * number + film)})
    return pd.DataFrame(rows)


def print_detection(found: pd.DataFrame) -> None:
    print(
        "| titles | films | noticed, right | noticed, film in it | left out | left out, film in it |",
        "|---|---|---|---|---|---|",
        sep="\n",
    )
    columns = ["right", "too_much", "left_out", "lost"]
    for kind, of_kind in (*found.groupby("kind", sort=False), ("all", found)):
        print(f"| {kind} | {len(of_kind)} | " + " | ".join(f"{of_kind[name].mean():.2f}" for name in columns) + " |")
    n = len(found)
    for name, told in (("noticed and right", "right"), ("left out and some of the film lost", "lost")):
        k = int(found[told].sum())
        low, high = wilson_interval(k, n)
        print(f"\n{name}: {k / n:.3f} of {n} films ({low:.3f} to {high:.3f})", end="")
    print("\n")


def print_clips(folder: Path) -> None:
    """Print what is taken for text, and what would be left out, in real clips without titles."""
    seconds, text, noticed, left_out = 0, 0, [], []
    clips = sorted(path for path in folder.iterdir() if path.suffix in (".mkv", ".mp4"))
    for clip in clips:
        scout = TitleScout()
        with film_source(clip) as source, FilmReader(source, samples_per_second=1) as reader:
            for sample in (sample for batch in reader for sample in batch.samples):
                scout.push(sample.time, sample.image)
        signs = scout.finish()
        whole = make_shots([0.0], float(signs.times[-1]) + 1)
        seconds, text = seconds + len(signs.times), text + int(signs.text.sum())
        noticed += [clip.name] * (find_titles(signs, whole) != (0.0, whole["end"].iloc[-1]))
        left_out += [clip.name] * (sure_titles(signs, whole) != (0.0, whole["end"].iloc[-1]))
    print(f"{len(clips)} clips of {folder.name}: {text} of {seconds} pictures, one a second, were taken for text")
    for what, names in (("titles were noticed in", noticed), ("something was left out of", left_out)):
        print(f"{what} {len(names)} ({', '.join(names) or 'none'})")


def with_shot(features: pd.DataFrame, seconds: float) -> pd.DataFrame:
    """Return the figures of films after adding one shot; `features` has average, median and deviation."""
    mean, sd = features["average_shot_length"], features["shot_length_sd"]
    n = np.maximum((FILM_SECONDS / mean).round(), 2)
    average = (n * mean + seconds) / (n + 1)
    squares = (n - 1) * sd**2 + n * (mean - average) ** 2 + (seconds - average) ** 2
    deviation, median = np.sqrt(squares / n), features["median_shot_length"]
    return features.assign(
        average_shot_length=average,
        shot_length_sd=deviation,
        shot_length_cv=deviation / average,
        median_to_mean=median / average,
    )


def at_speed(features: pd.DataFrame, factor: float) -> pd.DataFrame:
    lengths = ["average_shot_length", "median_shot_length", "shot_length_sd"]
    return features.assign(**{name: features[name] * factor for name in lengths})


def bases(reference: Reference) -> Iterator[tuple[int, Basis]]:
    """Yield each film's row number with a basis fitted without it."""
    for work in np.unique(reference.works):
        out = reference.works == work
        basis = fit_basis(reference.some(~out))
        for row in np.flatnonzero(out):
            yield int(row), basis


def harm(changes: dict[str, Callable[[pd.DataFrame], pd.DataFrame]]) -> None:
    """Print how changed films are attributed by bases fitted to unchanged ones."""
    reference = builtin_reference()
    asked: dict[str, list[tuple[str, bool, bool, bool]]] = {name: [] for name in changes}
    for row, basis in bases(reference):
        for name, change in changes.items():
            values = transform(change(reference.features.iloc[[row]])[list(basis.features)])
            p = basis.model.probabilities(values)[0]
            rank, typical = basis.calibration.likelihood_ranks(p), basis.calibration.typicality_ranks(values)[0]
            remains = prediction_set(rank, typical, p, confidence=DEFAULT_CONFIDENCE)
            truth = basis.candidates.index(str(reference.labels[row]))
            asked[name].append((str(reference.labels[row]), p.argmax() == truth, remains[truth], remains.sum() == 1))
    print(
        "| films | accuracy | director remains at 80 % | one name remains | right when named | worst director |",
        "|---|---|---|---|---|---|",
        sep="\n",
    )
    for name, rows in asked.items():
        table = pd.DataFrame(rows, columns=["director", "right", "covered", "named"]).astype({"right": bool})
        named = table[table["named"]]
        worst = table.groupby("director")["covered"].mean().astype(float)
        print(
            f"| {name} | {table['right'].mean():.3f} | {table['covered'].mean():.3f} | {table['named'].mean():.3f} | "
            f"{named['right'].mean():.3f} | {worst.idxmin()} {worst.min():.2f} |"
        )
    print()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--films", type=int, default=20, help="drawn, of each kind")
    parser.add_argument("--first", type=int, default=HELD_OUT, help="seed of the first")
    parser.add_argument("--found", action="store_true", help="the second table alone")
    parser.add_argument("--clips", type=Path, help="instead, what is taken for titles in real clips of this folder")
    options = parser.parse_args()
    if options.clips is not None:
        print_clips(options.clips)
        return
    if not options.found:
        harm(
            {
                "as they are": lambda features: features,
                "with a shot of titles of 240 s": lambda features: with_shot(features, 240.0),
                "with one of 360 s": lambda features: with_shot(features, 360.0),
                "at PAL speed": lambda features: at_speed(features, 24 / 25),
            }
        )
    print_detection(detection(options.films, options.first))


if __name__ == "__main__":
    main()
