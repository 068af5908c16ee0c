from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from shotscale.errors import OptionError, TableError, WeightsError
from shotscale.labeled.dataset import (
    ExampleSampler,
    FrameFiles,
    LabeledFrames,
    load_frames,
    read_frames,
    split_groups,
)
from shotscale.network.architectures import Finetuning, build_network, choose_trainable
from shotscale.training.curves import draw_curves, log_table
from shotscale.training.experiment import Plan, run_experiment, write_experiment
from shotscale.training.loop import train
from shotscale.training.recipe import Recipe, StepReport
from shotscale.training.state import scale_loss

TINY = Recipe(
    network="squeezenet1_1", finetuning=Finetuning.SCRATCH, height=48, width=64, steps=6, batch=4, rate=1e-3, seed=3
)


def tiny_frames(n: int = 12) -> LabeledFrames:
    """Return frames whose brightness encodes their class."""
    random = np.random.default_rng(0)
    labels = ["CU", "MS", "ELS"] * (n // 3)
    levels = {"CU": 40, "MS": 128, "ELS": 220}
    images = [np.uint8(np.clip(random.normal(levels[label], 8, (54, 96, 3)), 0, 255)) for label in labels]
    table = pd.DataFrame({"file": "", "scale": labels, "group": range(n), "source": "a", "grayscale": 0})
    table["persons"] = table["faces"] = pd.Series([[] for _ in range(n)], dtype=object)
    from shotscale.labeled.targets import find_subject, frame_target

    subjects = [find_subject(label, persons=[], faces=[]) for label in labels]
    targets = np.asarray([frame_target(label, s, trust=1.0) for label, s in zip(labels, subjects, strict=True)])
    return LabeledFrames(table, images, subjects, targets)


class InterruptedRunError(Exception):
    pass


@pytest.mark.parametrize("network", ["squeezenet1_1", "shufflenet_v2_x0_5"])
def test_an_interrupted_run_ends_in_the_same_weights(tmp_path: Path, network: str) -> None:
    frames, recipe = tiny_frames(), replace(TINY, network=network)
    whole = train(frames, recipe)

    def interrupt(progress: StepReport) -> None:
        if progress.step == 3:
            raise InterruptedRunError

    checkpoint = tmp_path / "checkpoint.pt"
    with pytest.raises(InterruptedRunError):
        train(frames, recipe, checkpoint=checkpoint, report_every=3, on_progress=interrupt)
    steps = []
    resumed = train(frames, recipe, checkpoint=checkpoint, report_every=1, on_progress=lambda p: steps.append(p.step))
    assert steps == [4, 5, 6]
    assert [entry.step for entry in resumed.log] == [3, 4, 5, 6]
    for name, tensor in whole.network.state_dict().items():
        torch.testing.assert_close(resumed.network.state_dict()[name], tensor, rtol=0, atol=1e-6)


def test_training_learns_what_can_be_learnt() -> None:
    recipe = replace(TINY, network="shufflenet_v2_x0_5", steps=40, batch=12, rate=3e-3, average=0.8)
    losses: list[float] = []
    train(tiny_frames(), recipe, report_every=10, on_progress=lambda p: losses.append(p.loss))
    assert losses[-1] < 0.8 * losses[0]


def test_a_checkpoint_of_another_recipe_is_refused(tmp_path: Path) -> None:
    checkpoint = tmp_path / "checkpoint.pt"
    train(tiny_frames(), replace(TINY, steps=1), checkpoint=checkpoint)
    with pytest.raises(WeightsError, match="another recipe"):
        train(tiny_frames(), replace(TINY, steps=2), checkpoint=checkpoint)
    for frames in (tiny_frames(9), tiny_frames()):
        frames.table["file"] = [f"{i}.png" for i in range(len(frames))]
        with pytest.raises(WeightsError, match="other frames, folds or initial weights"):
            train(frames, replace(TINY, steps=1), checkpoint=checkpoint)
    given = build_network(TINY.network, num_classes=7).state_dict()
    with pytest.raises(WeightsError, match="other frames, folds or initial weights"):
        train(tiny_frames(), replace(TINY, steps=1), initial=given, checkpoint=checkpoint)
    checkpoint.write_bytes(b"no checkpoint")
    with pytest.raises(WeightsError, match="not a checkpoint"):
        train(tiny_frames(), TINY, checkpoint=checkpoint)


def test_early_stopping_keeps_the_best_weights() -> None:
    losses = iter([1.0, 0.5, 0.9, 0.8, 0.7, 0.6])
    seen: list[dict[str, torch.Tensor]] = []

    def validate(network: torch.nn.Module) -> dict[str, float]:
        seen.append({name: tensor.clone() for name, tensor in network.state_dict().items()})
        return {"loss": next(losses)}

    result = train(tiny_frames(), replace(TINY, patience=2), validate=validate, validate_every=1)
    assert [progress.step for progress in result.log] == [1, 2, 3, 4]
    for name, tensor in result.network.state_dict().items():
        torch.testing.assert_close(tensor, seen[1][name])


@pytest.mark.parametrize("name", ["vgg16", "alexnet", "googlenet", "densenet121", "mobilenet_v3_small"])
def test_each_finetuning_learns_in_its_layers(name: str) -> None:
    with torch.device("meta"):
        network = build_network(name, num_classes=7)
    choose_trainable(network, Finetuning.LAST)
    last = [n for n, p in network.named_parameters() if p.requires_grad]
    assert len(last) == 2
    choose_trainable(network, Finetuning.FULLY_CONNECTED)
    connected = [n for n, p in network.named_parameters() if p.requires_grad]
    assert set(last) <= set(connected)
    assert len(connected) == {"vgg16": 6, "alexnet": 6, "mobilenet_v3_small": 4}.get(name, 2)
    still = choose_trainable(network, Finetuning.LAST)
    assert all(isinstance(module, torch.nn.BatchNorm2d) for module in still)
    choose_trainable(network, Finetuning.ALL)
    assert all(p.requires_grad for p in network.parameters())


@pytest.mark.parametrize("name", ["alexnet", "googlenet", "efficientnet_lite0"])
def test_networks_of_the_papers_take_a_step(name: str) -> None:
    recipe = replace(TINY, network=name, height=64, width=96, steps=1, batch=2)
    result = train(tiny_frames(), recipe)
    assert np.isfinite(result.log[-1].loss)
    frozen = replace(recipe, finetuning=Finetuning.LAST)
    before = {name: tensor.clone() for name, tensor in result.network.state_dict().items()}
    after = train(tiny_frames(), frozen, initial=before).network.state_dict()
    moved = {name for name in before if not torch.equal(before[name], after[name]) and "num_batches" not in name}
    assert 0 < len(moved) <= 2


def test_googlenet_learns_with_its_side_branches_and_is_kept_without() -> None:
    recipe = replace(TINY, network="googlenet", steps=1, batch=2)
    given = build_network("googlenet", num_classes=7, auxiliary=True).state_dict()  # as in torchvision's files
    assert any(name.startswith("aux1") for name in given)
    result = train(tiny_frames(), replace(recipe, finetuning=Finetuning.ALL), initial=given)
    plain = build_network("googlenet", num_classes=7).state_dict()
    assert result.network.state_dict().keys() == plain.keys()
    beside = train(tiny_frames(), replace(recipe, finetuning=Finetuning.LAST), initial=given).log[0].loss
    assert result.log[0].loss > 1.3 * beside  # three losses, two of them weighted 0.3


def test_pictures_of_a_size_that_a_network_does_not_take() -> None:
    with pytest.raises(OptionError, match="48x64: inception_v3 does not accept this input size"):
        train(tiny_frames(), replace(TINY, network="inception_v3"))


def test_curves_go_on_where_the_first_phase_ended() -> None:
    held = {"loss": 0.9, "accuracy": 0.5, "macro_f1": 0.4}
    log = [StepReport(step, 20, step, 2.0, 1.0, held if step == 20 else {}) for step in (10, 20)]
    table = log_table([*log, StepReport(10, 10, 10, 1.5, 1.0, {})])
    assert table["phase"].tolist() == [1, 1, 2]
    losses, figures = draw_curves(table, title="a run").axes
    assert losses.lines[0].get_xdata().tolist() == [10, 20, 30]
    assert losses.lines[1].get_xdata().tolist() == [20]
    assert [line.get_ydata().tolist() for line in figures.lines[:2]] == [[0.5], [0.4]]
    assert [text.get_text() for text in losses.texts] == ["on all frames"]


def test_finetuning_needs_weights_of_its_network() -> None:
    with pytest.raises(OptionError, match="starts from trained weights"):
        train(tiny_frames(), replace(TINY, finetuning=Finetuning.ALL))
    other = build_network("shufflenet_v2_x0_5", num_classes=7).state_dict()
    with pytest.raises(WeightsError, match="another network"):
        train(tiny_frames(), replace(TINY, finetuning=Finetuning.ALL), initial=other)


def test_the_loss_is_smallest_at_the_target() -> None:
    target = torch.tensor([[0.0, 0.8, 0.2, 0.0, 0.0, 0.0, 0.0]])
    right = (target + 1e-6).log()
    wrong = torch.zeros(1, 7)
    options = {"smoothing": 0.0, "group_weight": 0.5}
    assert scale_loss(right, target, **options) < scale_loss(wrong, target, **options)


def test_groups_stay_on_one_side() -> None:
    groups = [i // 3 for i in range(60)]
    fold = split_groups(groups, folds=5, seed=1)
    assert all(len(set(fold[i : i + 3])) == 1 for i in range(0, 60, 3))
    assert sorted(set(fold.tolist())) == [0, 1, 2, 3, 4]
    assert (fold == split_groups(groups, folds=5, seed=1)).all()


def test_a_split_that_keeps_no_frames_together_is_told(caplog: pytest.LogCaptureFixture) -> None:
    alone, plan = tiny_frames(), Plan(folds=3)
    run_experiment(alone, TINY, plan)
    assert "12 frames in as many groups" in caplog.text
    caplog.clear()
    films = replace(alone, table=alone.table.assign(group=[i // 3 for i in range(12)]))
    figures = run_experiment(films, TINY, plan).figures
    assert not caplog.text
    assert not {"source a", "color", "film stills (every source but web)"} & set(figures)  # each is all frames
    with pytest.raises(OptionError, match="2 groups to split; give frames of more films"):
        run_experiment(replace(alone, table=alone.table.assign(group=[i // 6 for i in range(12)])), TINY, plan)


def test_boxes_are_a_baseline_where_there_are_some_and_no_weights_share_a_log(tmp_path: Path) -> None:
    frames, plan = tiny_frames(), Plan(folds=3)
    faces = [[[0.4, 0.2, 0.2, size, 0.9]] for size in [0.6, 0.3, 0.1] * 4]
    boxed = replace(frames, table=frames.table.assign(faces=pd.Series(faces, dtype=object)))
    done = run_experiment(boxed, TINY, plan)
    assert done.figures["baseline_boxes"]["n"] == 4
    for name in ("net.v1", "net.v2.safetensors"):
        write_experiment(done, TINY, plan, frames=12, weights=tmp_path / name)
    assert {path.name for path in tmp_path.glob("*.log.csv")} == {"net.v1.log.csv", "net.v2.log.csv"}
    assert {path.name for path in tmp_path.glob("*.png")} == {"net.v1.curves.png", "net.v2.curves.png"}


def test_examples_depend_on_seed_and_number_alone() -> None:
    options = {"shares": {}, "balance": 0.5, "augmentation": TINY.augmentation, "height": 48, "width": 64}
    one = ExampleSampler(tiny_frames(), seed=5, **options)
    other = ExampleSampler(tiny_frames(), seed=5, **options)
    one.example(3)
    image, target = one.example(17)
    again, same = other.example(17)
    assert (image == again).all()
    assert (target == same).all()
    assert image.shape == (48, 64, 3)
    assert not (ExampleSampler(tiny_frames(), seed=6, **options).example(17)[0] == image).all()


def test_a_frames_table_is_checked(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "frames.csv"
    path.write_text("file,scale\na.png,XL\n")
    with pytest.raises(TableError, match="XL"):
        read_frames(path)
    path.write_text("file\na.png\n")
    with pytest.raises(TableError, match="lacks the column scale"):
        read_frames(path)
    for boxes in ("[[0, 0", "1", "[[0.1, 0.1, 0.2, 0.5]]", "[[0.5, 0.5, 0.1, 0, 0.9]]", "[[0, 0, 1, NaN, 1]]"):
        path.write_text(f'file,scale,faces\na.png,CU,"{boxes}"\n')
        with pytest.raises(TableError, match=r"JSON list of .* with a size"):
            read_frames(path)
    path.write_text("file,scale,grayscale\na.png,CU,1\nb.png,CU,\n")
    with pytest.raises(TableError, match=r"grayscale = .* in row 2: 1 if gray"):
        read_frames(path)
    path.write_text('file;scale;greyscale;faces\na.png;CU;1;"[[0.1, 0.1, 0.2, 0.5, 0.9]]"\nb.png;CU;0;[]\n')
    assert read_frames(path)["grayscale"].tolist() == [1, 0]
    path.write_text("file,scale,group\na.png,CU,heat\nb.png,CU,\n")
    with pytest.raises(TableError, match="group is empty in row 2"):
        read_frames(path)
    path.write_text("file,scale\na.png,CU\na.png,CU\nb.png,CU\n")
    assert read_frames(path)["group"].tolist() == ["a.png", "a.png", "b.png"]
    path.write_text("file,scale\na.png,IS\nb.png,CU\nc.png,NA\nd.png,FS\n")
    assert read_frames(path)["file"].tolist() == ["b.png"]
    assert "left out, without a place in the order: 3 frames, FS, IS, NA" in caplog.text
    path.write_text("file,scale\na.png,CU\n")
    (tmp_path / "a.png").write_bytes(b"no image")
    with pytest.raises(TableError, match="not an image"):
        load_frames(read_frames(path), tmp_path)


def test_shares_are_those_of_the_examples() -> None:
    frames = tiny_frames()
    frames.table["source"] = ["web"] * 3 + ["stills"] * 6 + ["mini"] * 3
    options = {"balance": 0.5, "augmentation": TINY.augmentation, "height": 48, "width": 64, "seed": 5}

    def drawn(shares: dict[str, float]) -> dict[str, float]:
        weights = np.diff(ExampleSampler(frames, shares=shares, **options)._cumulative, prepend=0.0)
        return pd.Series(weights).groupby(frames.table["source"]).sum().round(6).to_dict()

    assert drawn({"web": 0.5}) == {"web": 0.5, "stills": 0.333333, "mini": 0.166667}
    assert drawn({"web": 0.5, "stills": 0.3, "mini": 0.2}) == {"web": 0.5, "stills": 0.3, "mini": 0.2}
    with pytest.raises(OptionError, match="shares are parts of one whole"):
        replace(TINY, shares={"web": 0.7, "stills": 0.7})
    with pytest.raises(OptionError, match="trust are between 0 and 1"):
        replace(TINY, trust={"web": 2.0})
    with pytest.raises(OptionError, match="a learning rate is positive"):
        replace(TINY, rate=-1.0)


def test_frames_stay_in_memory_up_to_a_limit(tmp_path: Path) -> None:
    from PIL import Image

    for i in range(4):
        Image.fromarray(np.full((6, 8, 3), i, np.uint8)).save(tmp_path / f"{i}.png")
    files = FrameFiles([tmp_path / f"{i}.png" for i in range(4)], keep=2)
    assert [int(image[0, 0, 0]) for image in files] == [0, 1, 2, 3]
    assert [int(image[0, 0, 0]) for image in files[1:3]] == [1, 2]
    assert files[0] is files[0]
    assert files[3] is not files[3]
    table = pd.DataFrame({"file": [f"{i}.png" for i in range(4)], "scale": "CU", "source": "", "group": range(4)})
    table["persons"] = table["faces"] = pd.Series([[] for _ in range(4)], dtype=object)
    taken = load_frames(table, tmp_path).take(np.array([3, 1])).take(np.array([1]))
    assert (len(taken), int(taken.images[0][0, 0, 0])) == (1, 1)
    (tmp_path / "1.png").write_bytes((tmp_path / "1.png").read_bytes()[:45])
    with pytest.raises(TableError, match="not an image"):
        FrameFiles([tmp_path / "1.png"])[0]
