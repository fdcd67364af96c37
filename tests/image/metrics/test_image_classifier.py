"""The classifier of pictures: what it learns, what its training moves, and translations that it judges."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from gansuite.data.augmentation import Augmentation
from gansuite.data.domains.changed import Changed
from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.extractors.folder import Folder, save_extractor
from gansuite.games.networks import Networks
from gansuite.games.translation.cyclegan import CycleGan
from gansuite.metrics import Subject
from gansuite.metrics.features import Extractor
from gansuite.metrics.models.domain_reached import DomainReached
from gansuite.metrics.models.labels_kept import LabelsKept
from gansuite.objectives.least_squares import LeastSquares
from gansuite.plugins.registry import registry
from gansuite_image.metrics.image_classifier import ImageClassifier, PixelNetwork
from gansuite_image.spec import ImageSpec

pytest.importorskip("sklearn")


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GANSUITE_CACHE", str(tmp_path / "cache"))


def digits(**options):
    from gansuite_image.data.digits import Digits

    return Digits(**options)


def fitted(data, **options):
    found = ImageClassifier(data.spec, **options)
    found.fit(data)
    return found


def test_it_names_98_of_100_held_out_digits():
    data = digits(split={"train": 0.6, "valid": 0.1, "test": 0.3})
    found = fitted(data, output="probabilities")
    batch = data.batch("test", torch.arange(data.count("test")), None)
    p = found(batch["data"])
    right = float((p.argmax(1) == batch["label"]).double().mean())
    assert found.summary["accuracy"] == pytest.approx(right) and right > 0.975
    assert found.summary["n"] > 500 and found.summary["low"] < right < found.summary["high"]
    assert torch.allclose(p.sum(1), torch.ones(len(p)), atol=1e-5)
    assert isinstance(found, Extractor) and found.name == "image-classifier[pixels]"


def test_probabilities_are_those_of_the_hidden_units_and_nothing_is_drawn_from_the_global_generator():
    data, before = digits(), torch.random.get_rng_state()
    p, units = fitted(data, output="probabilities", steps=5), fitted(data, steps=5)
    assert torch.equal(before, torch.random.get_rng_state())
    assert (p.gives, units.gives) == ("probabilities", "features")
    x = data.batch("test", torch.arange(20), None)["data"]
    assert units(x).shape == (20, 64)
    assert torch.allclose(units.net.last(units(x)).softmax(1), p(x), atol=1e-5)
    assert torch.allclose(torch.cat([p(x[:3]), p(x[3:])]), p(x), atol=1e-5)
    others = [fitted(data, steps=5, **each) for each in ({"seed": 1}, {"width": 5}, {"hidden": 7})]
    assert len({each.fingerprint for each in (p, units, *others)}) == 5


def test_training_pictures_are_shifted_and_lose_a_patch():
    x = 1 + torch.rand(40, 2, 16, 24, generator=torch.Generator().manual_seed(0))
    varied = ImageClassifier(ImageSpec(channels=2, height=16, width=24)).varied
    found = varied(x, Rng(0, "masks"))
    lost = found == 0
    assert torch.equal(lost[:, 0], lost[:, 1])  # the same for all channels
    shifts = set()
    for picture, gone, before in zip(found[:, 0], lost[:, 0], x[:, 0], strict=True):
        rows, columns = gone.any(1), gone.any(0)
        assert 0 < int(rows.sum()) <= 4 and 0 < int(columns.sum()) <= 6
        assert torch.equal(gone, rows[:, None] & columns)
        row, column = torch.arange(16), torch.arange(24)
        [shift] = [
            (down, right)
            for down in range(-2, 3)
            for right in range(-3, 4)
            if bool((picture == before[(row + down).clamp(0, 15)][:, (column + right).clamp(0, 23)])[~gone].all())
        ]
        shifts.add(shift)
    assert {down for down, _ in shifts} == set(range(-2, 3)) and {right for _, right in shifts} == set(range(-3, 4))
    assert not torch.equal(varied(x, Rng(1, "masks")), found)


def test_each_channel_is_standardised():
    net = PixelNetwork((3, 8, 8), 3, hidden=8, width=2, seed=0)
    x = torch.randn(50, 3, 8, 8, generator=torch.Generator().manual_seed(0)) * torch.tensor([1.0, 5.0, 0.0]).view(
        3, 1, 1
    )
    net.measure((x - 1).flatten(1))
    found = net.pictures((x - 1).flatten(1))
    assert torch.allclose(found.mean((0, 2, 3)), torch.zeros(3), atol=1e-5)
    assert torch.allclose(found.std((0, 2, 3), correction=0), torch.tensor([1.0, 1.0, 0.0]), atol=1e-4)
    assert net.mean.shape == (3, 1, 1)


@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 28, 20), (4, 65, 64), (1, 128, 128)])
def test_pictures_of_any_size(shape):
    net = PixelNetwork(shape, 5, hidden=16, width=4, seed=0)
    x = torch.zeros(2, shape[0] * shape[1] * shape[2])
    assert net.judged(net.pictures(x)).shape == (2, 5)


def test_kept_in_a_folder_it_needs_no_data_and_what_it_cannot_be_taught(tmp_path):
    data = digits()
    found = fitted(data, output="probabilities", steps=5)
    save_extractor(found, tmp_path / "judge")
    again, x = Folder(data.spec, path=str(tmp_path / "judge")), data.batch("test", torch.arange(9), None)["data"]
    assert again.gives == "probabilities" and torch.equal(again(x), found(x))
    other = registry().bind("extractor", {"name": "image/image-classifier", "hidden": 7}, "[x]").make(data.spec)
    with pytest.raises(UserError, match=r"image-classifier\[pixels\] is not trained: call fit"):
        other(x)
    with pytest.raises(UserError, match="the training split has no labels"):
        fitted(digits(labels="none"))


class Turned(Augmentation):
    """By a quarter, anticlockwise."""

    def changed(self, x, rng):
        return x.rot90(1, (2, 3))


class Turn(nn.Module):
    def __init__(self, quarters):
        super().__init__()
        self.quarters, self.unused = quarters, nn.Parameter(torch.zeros(1))

    def forward(self, x, condition=None, rng=None):
        return x.rot90(self.quarters, (2, 3))


def test_it_judges_translations_of_turned_digits():
    """The true map passes both tests and the identity neither; upside down passes for upright, without its labels."""
    data = Changed(of=digits(split={"train": 0.6, "valid": 0.1, "test": 0.3}), by=[Turned()], paired=False)
    sides = ImageClassifier(data.spec, output="probabilities", steps=100)
    kept, reached = LabelsKept(), DomainReached(classifier=sides)

    def measured(quarters):
        turn, critic = Turn(quarters), nn.Linear(1, 1)
        networks = Networks.fixed(
            {"generator": turn, "inverse": Turn(-quarters), "critic": critic, "inverse_critic": critic}, data.spec
        )
        game = CycleGan(networks, None, data.spec.space, objective=LeastSquares()).eval()
        game.furnish(data)
        subject = Subject(game, data, "test", 400, torch.device("cpu"))
        return kept(subject), reached(subject)

    (kept_right, right), (kept_wrong, wrong), (kept_idle, idle) = measured(-1), measured(1), measured(0)
    assert kept_right.value > 0.96 and abs(kept_right.value - kept_right.floor) < 0.03
    assert right.value > 0.95 and right.floor > 0.95
    assert kept_wrong.high < 0.6 and kept_idle.high < 0.6 and idle.high < 0.1
    assert idle.value == idle.extras["sources"] == right.extras["sources"]
    assert wrong.value > 0.9  # nothing was taught to the classifier but lying digits and upright ones
    assert kept_right.extras["classifier"]["accuracy"] > 0.97
    assert [judge.name for judge in kept.trained.values()] == ["image-classifier[pixels]"]
