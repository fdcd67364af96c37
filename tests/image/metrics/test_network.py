"""A network of the user's own: what its pictures go through, its name, and what is refused."""

from __future__ import annotations

import hashlib
import warnings

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from gansuite.errors import UserError
from gansuite.metrics.evaluation import Evaluator
from gansuite.metrics.plan import Plan
from gansuite.metrics.statistics.frechet_distance import Frechet
from gansuite.plugins.registry import registry
from gansuite.testing.given import Given
from gansuite_image.metrics.network import DEVIATION, MEAN, Network
from gansuite_image.metrics.random_cnn import RandomCNN
from gansuite_image.spec import ImageSpec

GREY, COLOUR = ImageSpec(channels=1, height=8, width=8), ImageSpec(channels=3, height=20, width=12)


class Means(nn.Module):
    """Mean and spread of each channel."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x.flatten(2)
        return torch.cat([x.mean(2), x.std(2)], 1)


@pytest.fixture
def file(tmp_path):
    place = tmp_path / "inception_v3.pt"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.script(Means()).save(str(place))
    return place


def pictures(spec, n=5, seed=0):
    return torch.rand(n, *spec.shape, generator=torch.Generator().manual_seed(seed)) * 2 - 1


def test_values_are_rounded_and_scaled_as_asked(file):
    x = pictures(GREY)
    levels = np.rint((x.numpy() + 1) * 127.5)
    for scale, expected in {
        "bytes": levels,
        "zero-to-one": levels / 255,
        "minus-one-to-one": levels / 127.5 - 1,
        "imagenet": (levels / 255 - np.array(MEAN).reshape(3, 1, 1)) / np.array(DEVIATION).reshape(3, 1, 1),
    }.items():
        found = Network(GREY, path=str(file), size=None, scale=scale).prepared(x)
        assert found.shape == (5, 3, 8, 8)
        np.testing.assert_allclose(found, np.broadcast_to(expected, found.shape), atol=2e-5 * max(1, expected.max()))
    exact = Network(GREY, path=str(file), size=None, scale="minus-one-to-one", quantise=False, channels=1)
    torch.testing.assert_close(exact.prepared(x), x)


@pytest.mark.parametrize(("mode", "size"), [("bilinear", 33), ("bicubic", 33), ("bilinear", 7), ("bicubic", 7)])
def test_resizing_is_pillows(file, mode, size):
    """Which smooths what it shrinks; Pillow's own rounding is half a level."""
    image = pytest.importorskip("PIL.Image")
    x = pictures(COLOUR, 1)
    net = Network(COLOUR, path=str(file), size=size, interpolation=mode, scale="bytes")
    for channel in range(3):
        grey = image.fromarray(np.rint((x[0, channel].numpy() + 1) * 127.5).astype(np.float32))
        expected = np.asarray(grey.resize((size, size), getattr(image.Resampling, mode.upper())))
        np.testing.assert_allclose(net.prepared(x)[0, channel], expected.clip(0, 255), atol=0.01)
    if size < 12:
        rough = Network(COLOUR, path=str(file), size=size, interpolation=mode, scale="bytes", antialias=False)
        assert (rough.prepared(x) - net.prepared(x)).abs().max() > 20


def test_features_are_the_networks_and_settings_move_the_fingerprint(file):
    x = pictures(COLOUR)
    net = Network(COLOUR, path=str(file), size=None, scale="zero-to-one")
    torch.testing.assert_close(net(x), Means()(net.prepared(x)))
    assert net.name == "inception_v3.pt" and net.gives == "features"
    same = {"size": None, "scale": "zero-to-one"}
    changes = [{}, {"size": 30}, {"scale": "bytes"}, {"quantise": False}, {"interpolation": "bicubic"}]
    changes += [{"antialias": False}, {"output": "probabilities"}]
    nets = [Network(COLOUR, path=str(file), **{**same, **change}) for change in changes]
    assert nets[0].fingerprint == net.fingerprint and len({each.fingerprint for each in nets}) == len(changes)


def test_a_distance_is_named_after_the_file(file):
    data = Given(GREY, train=pictures(GREY, 40), test=pictures(GREY, 40, 1))
    net = registry().bind("extractor", {"name": "image/network", "path": str(file), "size": 20}, "[x]").make(GREY)
    plans = [Plan(Frechet(), each, n=30) for each in (net, RandomCNN(GREY))]
    found = Evaluator(data, plans).evaluate(lambda n, seed: pictures(GREY, n, seed % 1000), 1)
    assert [each.name for each in found] == ["frechet@inception_v3.pt", "frechet@random-cnn"]
    assert [each.extractor.split("@")[0] for each in found] == ["inception_v3.pt", "random-cnn"]
    assert found[0].extractor.endswith(net.fingerprint[:12])


@pytest.mark.parametrize("suffix", [".safetensors", ".pth"])
def test_weights_of_torchvision(tmp_path, suffix):
    models = pytest.importorskip("torchvision.models")
    with torch.random.fork_rng():
        torch.manual_seed(3)
        truth = models.shufflenet_v2_x0_5()
    truth.eval()
    place = tmp_path / f"net{suffix}"
    if suffix == ".pth":
        torch.save(truth.state_dict(), place)
    else:
        save_file(truth.state_dict(), place)
    before, x = torch.get_rng_state(), pictures(COLOUR)
    net = Network(COLOUR, path=str(place), architecture="shufflenet_v2_x0_5", size=48)
    p = Network(COLOUR, path=str(place), architecture="shufflenet_v2_x0_5", size=48, output="probabilities")
    assert torch.equal(before, torch.get_rng_state())
    with torch.no_grad():
        logits = truth(net.prepared(x))
        assert net(x).shape == (5, 1024)
        torch.testing.assert_close(truth.fc(net(x)), logits)
        torch.testing.assert_close(p(x), logits.softmax(1))
    assert not any(each.requires_grad for each in net.parameters())


def test_what_is_refused(tmp_path, file):
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    Network(GREY, path=str(file), sha256=digest)
    with pytest.raises(UserError, match="the files were altered"):
        Network(GREY, path=str(file), sha256="0" * 64)
    with pytest.raises(UserError, match="there is no such file"):
        Network(GREY, path=str(tmp_path / "none.pt"))
    with pytest.raises(UserError, match="pictures of 4 channels cannot be given to a network of 3"):
        Network(GREY.widened(4), path=str(file))
    with pytest.raises(UserError, match='scale = "imagenet" is of three channels'):
        Network(GREY, path=str(file), channels=1)
    pytest.importorskip("torchvision")
    with pytest.raises(UserError, match="torchvision knows no 'inception'"):
        Network(GREY, path=str(file), architecture="inception")
    with pytest.raises(UserError, match="the file was altered"):
        Network(GREY, path=str(file), architecture="resnet18", sha256="0" * 64)
    other = tmp_path / "other.safetensors"
    save_file({"weight": torch.zeros(3)}, other)
    with pytest.raises(UserError, match="is not of torchvision's shufflenet_v2_x0_5"):
        Network(GREY, path=str(other), architecture="shufflenet_v2_x0_5")
    pickled = tmp_path / "whole.pth"
    torch.save(Means(), pickled)
    with pytest.raises(UserError, match="holds no weights that can be read safely"):
        Network(GREY, path=str(pickled), architecture="shufflenet_v2_x0_5")
    torch.save([torch.zeros(2)], pickled)
    with pytest.raises(UserError, match="holds no tensors by name"):
        Network(GREY, path=str(pickled), architecture="shufflenet_v2_x0_5")
