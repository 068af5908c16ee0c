"""``authorship classify --report``: one decode gives the answer and the pictures."""

from collections.abc import Callable
from pathlib import Path

from shotscale.drawn import Shot, draw_film
from shotscale.film import Film
from shotscale.scales import ShotScale

DrawTables = Callable[..., Film]
Run = Callable[..., tuple[int, str, str]]


def test_a_video_gives_a_picture_of_each_shot(tmp_path: Path, run: Run) -> None:
    script = [
        Shot(seconds=2, setting="room", scale=ShotScale.CLOSE_UP),
        Shot(seconds=1.5, setting="beach", scale=ShotScale.LONG_SHOT),
        Shot(seconds=0.4, setting="room", scale=ShotScale.CLOSE_UP),
        Shot(seconds=2, setting="beach", scale=ShotScale.LONG_SHOT),
    ]
    film = draw_film(tmp_path / "<b>tiny.mkv", seed=1, script=script, size=(160, 90)).path
    page = tmp_path / "film.html"
    status, _, err = run("classify", film, "--report", page)
    assert (status, err) == (0, f"authorship: written to {page}\n")
    text = page.read_text(encoding="utf-8")
    assert "&lt;b&gt;tiny.mkv" in text
    assert "<b>tiny" not in text
    assert text.count('id="shot-') >= 2
    tiles = text.count('<li><button type="button" id="shot-')
    assert text.count("data:image/webp") == tiles >= 2


def test_several_films_have_a_page_each(tmp_path: Path, draw_film: DrawTables, run: Run) -> None:
    for name in ("one", "two"):
        draw_film(n_shots=30, name=f"{name}.mkv").save(tmp_path / "films" / name)
    status, _, _ = run("classify", tmp_path / "films", "--report", tmp_path / "pages")
    assert status == 0
    assert sorted(path.name for path in (tmp_path / "pages").iterdir()) == ["index.html", "one.html", "two.html"]
    assert "No pictures: the shots were read" in (tmp_path / "pages" / "one.html").read_text(encoding="utf-8")
    status, _, err = run("classify", tmp_path / "films", "--report", tmp_path / "one.html")
    assert status == 2
    assert "2 films need one page each; give a folder" in err


def test_one_film_into_a_folder_or_a_page(tmp_path: Path, draw_film: DrawTables, run: Run) -> None:
    draw_film(n_shots=30).save(tmp_path / "film")
    (tmp_path / "pages").mkdir()
    assert run("classify", tmp_path / "film", "--report", tmp_path / "pages", "--json")[0] == 0
    assert (tmp_path / "pages" / "film.html").is_file()
    status, _, err = run("classify", tmp_path / "film", "--report", tmp_path / "page.txt")
    assert status == 2
    assert "a report is a page (.html)" in err


def test_the_figure_commands(tmp_path: Path, draw_film: DrawTables, run: Run) -> None:
    for name, asl in (("a", 4.0), ("b", 12.0)):
        draw_film(n_shots=60, asl=asl).save(tmp_path / name)
    for command, arguments in (
        ("map", ["--no-labels"]),
        ("tree", []),
        ("tree", ["--consensus", "--trees", "10"]),
        ("compare", [tmp_path / "b", "--resamples", "100"]),
    ):
        figure = tmp_path / f"{command}.svg"
        assert run(command, tmp_path / "a", *arguments, "-o", figure)[0] == 0
        assert figure.read_text(encoding="utf-8").count("<svg") == 1
        figure.unlink()
        status, _, err = run(command, tmp_path / "a", *arguments, "-o", figure, "--from", "9999")
        assert (status, figure.exists()) == (2, False)
        assert "--from 9999: the film lasts from 0" in err
    status, _, err = run("map", "-o", tmp_path / "map.gif")
    assert status == 2
    assert "figures are .png, .svg, .pdf" in err
    assert "−" not in run("compare", tmp_path / "b", tmp_path / "a", "--resamples", "100")[1].splitlines()[2]
