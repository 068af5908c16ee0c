"""Import of Keras files, checked against Keras itself if installed, and against files written without it."""

import os
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import torch
from stand_ins import write_as_keras

from shotscale.errors import WeightsError
from shotscale.network.architectures import TorchRunner, build_network
from shotscale.network.keras_import import import_keras
from shotscale.network.weights import ScaleModel, load_model, save_model

DEPTHS = ["densenet121", "densenet169", "densenet201"]


def random_network(depth: str, classes: int = 3) -> torch.nn.Module:
    torch.manual_seed(7)
    network = build_network(depth, num_classes=classes)
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.2)
            module.running_var.uniform_(0.5, 1.5)
            module.weight.data.uniform_(0.5, 1.5)
            module.bias.data.normal_(0, 0.2)
    return network.eval()


@pytest.mark.parametrize("prefix", ["", "densenet121/", "model_1/densenet121/"])
def test_nested_networks_and_optimizer_weights(tmp_path: Path, prefix: str) -> None:
    network = random_network("densenet121")
    write_as_keras(tmp_path / "model.h5", network, prefix=prefix, optimizer=True)
    state, description = import_keras(tmp_path / "model.h5")
    assert description.architecture == "densenet121"
    assert (description.classes, description.preparation) == (("close", "medium", "long"), "cinescale")
    for name, tensor in network.state_dict().items():
        if not name.endswith("num_batches_tracked"):
            torch.testing.assert_close(state[name], tensor, rtol=0, atol=1e-7)


def test_imported_weights_are_saved_and_used(tmp_path: Path) -> None:
    network = random_network("densenet121")
    write_as_keras(tmp_path / "model.h5", network)
    written = save_model(tmp_path / "own.safetensors", *import_keras(tmp_path / "model.h5"), graph=False)
    model = load_model(tmp_path / "own.safetensors")
    frame = np.random.default_rng(0).integers(0, 256, (90, 160, 3), np.uint8)
    expected = ScaleModel(TorchRunner(network), written).probabilities(model.prepare(frame)[None])
    assert model.probabilities(model.prepare(frame)[None]) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("classes", [2, 7])
def test_another_number_of_classes(tmp_path: Path, classes: int) -> None:
    write_as_keras(tmp_path / "model.h5", random_network("densenet121", classes))
    with pytest.raises(WeightsError, match=f"{classes} classes"):
        import_keras(tmp_path / "model.h5")


def test_files_that_are_something_else(tmp_path: Path) -> None:
    path = tmp_path / "model.h5"
    with pytest.raises(WeightsError, match="no such file"):
        import_keras(path)
    path.write_text("no HDF5")
    with pytest.raises(WeightsError, match="truncated HDF5 file"):
        import_keras(path)
    with h5py.File(path, "w") as file:
        file["model_weights/conv2d_1/kernel:0"] = np.zeros((3, 3, 3, 8), np.float32)
    with pytest.raises(WeightsError, match="not a DenseNet"):
        import_keras(path)
    write_as_keras(path, random_network("densenet121"))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(WeightsError, match="truncated HDF5 file"):
        import_keras(path)


def test_a_missing_and_a_foreign_layer(tmp_path: Path) -> None:
    path = tmp_path / "model.h5"
    write_as_keras(path, random_network("densenet121"))
    with h5py.File(path, "a") as file:
        del file["model_weights/conv3_block2_1_bn"]
    with pytest.raises(WeightsError, match="lacks tensor"):
        import_keras(path)
    write_as_keras(path, random_network("densenet121"))
    with h5py.File(path, "a") as file:
        file["model_weights/dense_2/dense_2/kernel:0"] = np.zeros((3, 3), np.float32)
    with pytest.raises(WeightsError, match="2 layers on top"):
        import_keras(path)


def make_keras(depth: str, *, nested: bool) -> Any:
    os.environ.setdefault("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras", reason="Keras is a development dependency")
    build = {"densenet121": "DenseNet121", "densenet169": "DenseNet169", "densenet201": "DenseNet201"}[depth]
    options = {"weights": None, "input_shape": (125, 224, 3)}
    keras.utils.set_random_seed(1)
    if nested:
        base = getattr(keras.applications, build)(include_top=False, pooling="avg", **options)
        top = keras.layers.Dense(3, activation="softmax", name="dense_1")
        model = keras.Sequential([keras.Input((125, 224, 3)), base, top])
    else:
        model = getattr(keras.applications, build)(classes=3, **options)
    random = np.random.default_rng(5)
    statistics = {"moving_mean": (-0.2, 0.2), "moving_variance": (0.5, 1.5), "gamma": (0.8, 1.2), "beta": (-0.2, 0.2)}
    for variable in model.variables:
        if variable.name in statistics:
            variable.assign(random.uniform(*statistics[variable.name], variable.shape).astype("float32"))
    return model


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.filterwarnings("ignore")
def test_probabilities_are_those_of_keras(tmp_path: Path, depth: str, nested: bool) -> None:
    model = make_keras(depth, nested=nested)
    model.compile(optimizer="adam", loss="categorical_crossentropy")
    path = tmp_path / "model.h5"
    model.save(path)
    state, description = import_keras(path)
    assert description.architecture == depth
    network = build_network(depth, num_classes=3)
    network.load_state_dict(state, strict=False)
    images = np.random.default_rng(3).random((2, 125, 224, 3), dtype=np.float32)
    expected = np.asarray(model.predict(images, verbose=0))
    with torch.inference_mode():
        ours = network.eval()(torch.from_numpy(images).permute(0, 3, 1, 2)).softmax(1).numpy()
    assert ours == pytest.approx(expected, abs=1e-4)
