"""Files are whole or absent."""

import os

import pytest

from shotscale.errors import OutputError
from shotscale.files import atomic_path, atomic_write, make_folder, sha256, write_json


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path):
    target = tmp_path / "x.txt"
    target.write_text("old", encoding="utf-8")
    with pytest.raises(RuntimeError, match="midway"), atomic_write(target) as stream:
        stream.write("half")
        raise RuntimeError("midway")
    assert target.read_text(encoding="utf-8") == "old"
    assert os.listdir(tmp_path) == ["x.txt"]


def test_a_written_file_has_ordinary_permissions(tmp_path):
    with atomic_path(tmp_path / "x.bin") as temporary:
        temporary.write_bytes(b"film")
    plain = tmp_path / "plain"
    plain.write_bytes(b"")
    assert (tmp_path / "x.bin").stat().st_mode == plain.stat().st_mode
    assert sha256(tmp_path / "x.bin") == "d0607f7ad2628b2af9158dfba06ce87166e66b15bf68f8f358f9aa27ccb7c321"


def test_no_query_of_tables_reads_an_unfinished_one(tmp_path):
    with atomic_path(tmp_path / "x.parquet") as temporary:
        assert temporary.exists()
        assert not list(tmp_path.glob("*.parquet"))


def test_json_has_no_nan(tmp_path):
    with pytest.raises(ValueError, match="JSON"):
        write_json(tmp_path / "x.json", {"a": float("nan")})
    assert not list(tmp_path.iterdir())


def test_a_file_in_the_place_of_a_folder_is_named(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(OutputError, match="choose another folder"):
        make_folder(tmp_path / "file" / "inside")
    with pytest.raises(OutputError, match="is a folder; give the name of a file"), atomic_write(tmp_path):
        pass
    with pytest.raises(OutputError, match="choose another folder"), atomic_write(tmp_path / "none" / "x.txt"):
        pass
