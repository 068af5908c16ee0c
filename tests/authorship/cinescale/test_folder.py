"""A small imitation of the published folder, with each of its faults."""

import unicodedata
from pathlib import Path

import numpy as np
import pytest

from authorship.cinescale import FEWEST_SECONDS, CineScale, read_coding, read_folder
from authorship.cinescale.films import film_from_coding, find_coded
from authorship.features import measure_film
from authorship.opening import open_film
from shotscale.errors import FilmError, TableError

LIST = (
    "\ufeffYear;director;name;English name (North America);BW\n"
    "1966;Bergman;Persona;Persona;x\n"
    "1957;Antonioni;Il grido;The cry;x\n"
    "1982;Antonioni;Identificazione di una donna;Identification of a Woman;\n"
    "1953;Fellini;I Vitelloni;I vitelloni;x\n"
    "1957;Bergman;Smultronstallet;Wild Strawberries;x\n"
    "2000;Tarr;Werckmeister harmoniak;Werckmeister Harmonies;x\n"
    "1983;Scorsese;The King of Comedy;The King of Comedy;\n"
)


def clock(second: int) -> str:
    return f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"


def write(folder: Path, stem: str, times: list[int], codes: list[int]) -> Path:
    """Write a coding as published: an unnamed index column, clock times, codes."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = "".join(f"{i},{clock(time)},{code}\n" for i, (time, code) in enumerate(zip(times, codes, strict=True)))
    path = folder / f"{stem}.csv"
    path.write_text(f",time,shotscale\n{rows}", encoding="utf-8")
    return path


@pytest.fixture
def published(tmp_path: Path) -> Path:
    root = tmp_path / "cinescale"
    n = 400
    codes = np.random.default_rng(0).integers(1, 8, n).tolist()
    write(root / "Bergman", "1966_bergman_-_persona", list(range(n)), codes)
    write(root / "Antonioni", "1957_antonioni_-_il_grido", [], [])
    write(root / "Antonioni", "1982_antonioni_-_identificazione_di_una_donna", list(range(n)), [9] * n)
    write(root / "Fellini", "1953_fellini_-_i_vitelloni", [*range(250), *range(150)], codes)
    write(root / "Bergman", "1957_bergman_-_smultronstallet", list(range(n + 100)), [*codes, *[9] * 100])
    write(root / "Scorsese", "1983_scorsese_-_the_king_of_comedy", [*range(200), 199, *range(202, n + 1)], codes)
    write(root / "Godard", "1985_godard_-_detective", list(range(5971)), (codes * 15)[:5971])
    write(root / "Godard", "1967_godard_-_weekend", list(range(n)), [1] * (FEWEST_SECONDS - 1) + [0] * (n - 299))
    write(root / "Godard", "1963_godard_-_le_mepris", [0, 1], [1, 2]).write_text("time,shotscale\n0,77\n")
    (root / "list.csv").write_text(LIST, encoding="utf-8")
    (root / "README.txt").write_text("codes", encoding="utf-8")
    return root


def reasons(found: CineScale) -> dict[str, str]:
    return {film.film_id: film.left_out for film in found.left_out}


def notes(found: CineScale) -> dict[str, str]:
    return {film.film_id: "; ".join(film.notes) for film in found.films}


def test_each_fault_is_named_and_the_film_used_or_left_out(published: Path) -> None:
    found = read_folder(published)
    assert [film.film_id for film in found.films] == [
        "1953_fellini_-_i_vitelloni",
        "1957_bergman_-_smultronstallet",
        "1966_bergman_-_persona",
        "1983_scorsese_-_the_king_of_comedy",
        "1985_godard_-_detective",
    ]
    why = reasons(found)
    assert why["1957_antonioni_-_il_grido"] == "the file has a header and no rows"
    assert "code 9" in why["1982_antonioni_-_identificazione_di_una_donna"]
    assert why["1967_godard_-_weekend"].startswith(f"a scale for {FEWEST_SECONDS - 1} seconds")
    assert "77" in why["1963_godard_-_le_mepris"]
    told = notes(found)
    assert told["1966_bergman_-_persona"] == ""
    assert "times go back" in told["1953_fellini_-_i_vitelloni"]
    assert "last 100 s" in told["1957_bergman_-_smultronstallet"]
    assert "duplicate" in told["1983_scorsese_-_the_king_of_comedy"]
    assert "row 5971" in told["1985_godard_-_detective"]
    assert found.without_coding == ("Werckmeister harmoniak (2000)",)


def test_what_is_used_can_be_measured(published: Path) -> None:
    films = {film.film_id: film for film in read_folder(published).films}
    for film in films.values():
        assert (np.diff(film.track["time"]) > 0).all()
    assert films["1953_fellini_-_i_vitelloni"].track["time"].iloc[-1] == 399
    assert len(films["1957_bergman_-_smultronstallet"].track) == 400
    persona = films["1966_bergman_-_persona"]
    assert (persona.director, persona.title, persona.year, persona.black_and_white) == (
        "Ingmar Bergman",
        "Persona",
        1966,
        True,
    )
    assert films["1985_godard_-_detective"].black_and_white is None


def test_the_summary_is_a_line_per_matter(published: Path) -> None:
    lines = read_folder(published).describe()
    assert lines[0].endswith("9 codings found, 5 used, 4 left out")
    assert sum("left out:" in line for line in lines) == 4
    assert any("1 film of list.csv has no coding here: Werckmeister" in line for line in lines)
    assert all("\n" not in line for line in lines)


def test_a_folder_without_its_manifest(published: Path) -> None:
    (published / "list.csv").unlink()
    found = read_folder(published)
    assert len(found.films) == 5
    assert {film.black_and_white for film in found.films} == {None}
    assert found.films[2].director == "Ingmar Bergman"


@pytest.mark.parametrize(
    ("content", "message"), [("a,b\n1,2\n", "lacks the column year"), ("\xff\xfe", "not a UTF-8 table")]
)
def test_a_manifest_that_is_none(published: Path, content: str, message: str) -> None:
    (published / "list.csv").write_bytes(content.encode("latin-1"))
    with pytest.raises(TableError, match=message):
        read_folder(published)


def test_folders_that_hold_nothing(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="not a folder"):
        read_folder(tmp_path / "none")
    with pytest.raises(TableError, match="holds no coding"):
        read_folder(tmp_path)
    write(tmp_path, "1957_antonioni_-_il_grido", [], [])
    with pytest.raises(
        TableError, match=r"no coding can be used; 1957_antonioni_-_il_grido\.csv: the file has a header"
    ):
        read_folder(tmp_path)


def test_one_coding_is_a_film(published: Path) -> None:
    path = published / "Bergman" / "1966_bergman_-_persona.csv"
    film = film_from_coding(path)
    assert film.shots is None
    assert film.scales_coded
    assert film.seconds == 400
    assert np.isnan(measure_film(film)["average_shot_length"])
    assert open_film(path).scales_coded
    with pytest.raises(FilmError, match="a coding has no shots"):
        _ = film.shot_table
    with pytest.raises(TableError, match="no rows; give a coding"):
        read_coding(published / "Antonioni" / "1957_antonioni_-_il_grido.csv")


def test_a_film_is_found_by_title_or_by_its_file(published: Path) -> None:
    found = read_folder(published)
    assert find_coded(found, "wild strawberries").film_id == "1957_bergman_-_smultronstallet"
    assert find_coded(found, "1966_bergman_-_persona.csv").title == "Persona"
    with pytest.raises(FilmError, match="no usable film matches"):
        find_coded(found, "Il grido")


@pytest.mark.parametrize("listed", [False, True])
def test_spellings_of_a_director_are_one(listed: bool, tmp_path: Path) -> None:
    n = FEWEST_SECONDS
    for form, year in (("NFC", 1962), ("NFD", 1965), ("NFD", 1977)):
        stem = unicodedata.normalize(form, f"{year}_agnès_varda_-_film_{year}")
        write(tmp_path, stem, list(range(n)), [2] * n)
    if listed:
        rows = ["Year;director;name", "1962;agnès varda;Film 1962", "1965;Agnès Varda;Film 1965"]
        rows.append(unicodedata.normalize("NFD", "1977;Agnès  Varda;Film 1977"))
        (tmp_path / "list.csv").write_text("\n".join(rows), encoding="utf-8")
    found = read_folder(tmp_path)
    assert [film.director for film in found.films] == ["Agnès Varda"] * 3
    assert ("  'agnès varda' was taken for Agnès Varda." in found.describe()) == listed
