from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import scipy.signal
import torch

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.plugins.registry import registry
from gansuite_audio.augmentations.augmentation import augmented
from gansuite_audio.augmentations.gain import Gain
from gansuite_audio.augmentations.invertible import OPERATIONS
from gansuite_audio.augmentations.noise import Noise, pink
from gansuite_audio.augmentations.polarity import Polarity
from gansuite_audio.augmentations.shift import Shift
from gansuite_audio.augmentations.speed import Speed
from gansuite_audio.data.drums import Drums
from gansuite_audio.spec import AudioSpec

N, LENGTH = 400, 1024
SPEC = AudioSpec(16000, 2, LENGTH)
KINDS = {
    "gain": Gain,
    "polarity": Polarity,
    "shift": Shift,
    "circular": lambda **how: Shift(fill="circular", **how),
    "speed": Speed,
    "noise": Noise,
    "pink": lambda **how: Noise(colour="pink", **how),
}


@pytest.fixture(autouse=True)
def cache(tmp_path_factory, monkeypatch) -> Path:
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("GANSUITE_CACHE", str(folder))
    return folder


def sounds(n: int = N, channels: int = 2, length: int = LENGTH) -> torch.Tensor:
    x = torch.randn(n, channels, length, generator=torch.Generator().manual_seed(3))
    return x / x.abs().amax((1, 2), keepdim=True)


def decibels(x: torch.Tensor) -> torch.Tensor:
    return 20 * x.log10()


def made(kind: str, **how):
    augmentation = KINDS[kind](**how)
    augmentation.bind(SPEC)
    return augmentation


# ------------------------------------------------------------------------------------------------------------ each kind


def test_gain_is_uniform_in_decibels_and_one_for_all_channels():
    x = sounds()
    ratio = made("gain", low=-20.0, high=-5.0)(x, Rng(0)) / x
    assert torch.allclose(ratio, ratio[:, :1, :1].expand_as(ratio), rtol=1e-4)
    level = decibels(ratio[:, 0, 0]).sort().values
    # The distance of the empirical law from the uniform one (Kolmogorov, 1 %).
    assert ((level + 20) / 15 - (torch.arange(N) + 0.5) / N).abs().max() < 1.63 / math.sqrt(N)


def test_polarity_turns_half_of_them():
    x = sounds()
    y = made("polarity")(x, Rng(0))
    turned = (y == -x).all(-1).all(-1)
    assert torch.equal(y[~turned], x[~turned]) and abs(turned.float().mean() - 0.5) < 0.1


@pytest.mark.parametrize("kind", ["shift", "circular"])
def test_shifts_are_whole_frames_with_both_ends(kind):
    x, most = sounds(), 10
    y = made(kind, seconds=most / SPEC.rate)(x, Rng(0))
    found = []
    for before, after in zip(x.numpy(), y.numpy(), strict=True):
        for s in range(-most, most + 1):
            moved = np.roll(before, s, -1)
            if kind == "shift":
                moved[:, slice(0, s) if s > 0 else slice(LENGTH + s, None)] = 0
            if np.array_equal(moved, after):
                found.append(s)
    assert len(found) == N and set(found) == set(range(-most, most + 1)) and abs(np.mean(found)) < 1


def test_speed_is_uniform_in_semitones():
    x = torch.sin(2 * math.pi * 0.1 * torch.arange(LENGTH)).expand(N, 1, -1)
    y = made("speed", low=-3.0, high=1.0)(x, Rng(0))
    spectrum = torch.fft.rfft(y[:, 0, : LENGTH // 2] * torch.hann_window(LENGTH // 2), 1 << 15).abs()
    semitones = 12 * torch.log2(spectrum.argmax(1) / (1 << 15) / 0.1)
    assert abs(semitones.min() + 3) < 0.1 and abs(semitones.max() - 1) < 0.1 and abs(semitones.mean() + 1) < 0.2


@pytest.mark.parametrize("kind", ["noise", "pink"])
def test_noise_has_the_ratio_that_was_asked_for(kind):
    x = sounds(length=16384, n=40) * torch.logspace(-3, 0, 40)[:, None, None]
    noise = made(kind, low=12.0, high=12.0)(x, Rng(0)) - x
    ratio = decibels(x.square().mean((1, 2)).sqrt() / noise.square().mean((1, 2)).sqrt())
    assert abs(ratio.mean() - 12) < 0.1 and (ratio - 12).abs().max() < (0.3 if kind == "noise" else 2)
    spread = made(kind, low=0.0, high=30.0)(x, Rng(1)) - x
    wide = decibels(x.square().mean((1, 2)).sqrt() / spread.square().mean((1, 2)).sqrt())
    assert wide.min() < 4 and wide.max() > 26
    silence = torch.zeros(2, 1, LENGTH)
    assert torch.equal(made(kind)(silence, Rng(0)), silence)


@pytest.mark.parametrize("length", [4096, 4095])
def test_pink_noise_falls_by_three_decibels_an_octave(length):
    x = pink(torch.randn(400, length, generator=torch.Generator().manual_seed(0)))
    assert abs(x.square().mean() - 1) < 0.02 and x.mean(1).abs().max() < 1e-5
    frequency, power = scipy.signal.periodogram(x.numpy(), detrend=False)  # pyright: ignore[reportArgumentType] - scipy takes it
    slope = np.polyfit(np.log2(frequency[4:-1]), 10 * np.log10(power.mean(0)[4:-1]), 1)[0]
    assert abs(slope + 10 * math.log10(2)) < 0.05


@pytest.mark.parametrize("length", [4, 5])
def test_pink_noise_of_a_few_frames_has_the_variance_of_many(length):
    x = pink(torch.randn(200_000, length, generator=torch.Generator().manual_seed(0)))
    assert abs(x.square().mean() - 1) < 0.02


# ---------------------------------------------------------------------------------------------------------- all kinds


@pytest.mark.parametrize("kind", KINDS)
def test_a_function_of_the_rng_that_changes_the_share_it_is_told(kind):
    x = sounds()
    y = made(kind, probability=0.3)(x, Rng(5))
    assert torch.equal(y, made(kind, probability=0.3)(x, Rng(5))) and y.shape == x.shape
    assert not torch.equal(y, made(kind, probability=0.3)(x, Rng(6)))
    changed = (y != x).flatten(1).any(1).float().mean()
    assert abs(changed - 0.3) < 0.1
    if kind != "polarity":
        assert (made(kind, probability=1.0)(x, Rng(5)) != x).flatten(1).any(1).float().mean() > 0.95


@pytest.mark.parametrize("kind", KINDS)
def test_rows_on_two_ranks_are_those_of_one(kind):
    x, each = sounds(8), made(kind)
    halves = [each(x[4 * rank : 4 * rank + 4], Rng(2, shard=(rank, 2))) for rank in range(2)]
    assert torch.allclose(torch.cat(halves), each(x, Rng(2)), atol=1e-6)


def test_what_leaves_full_scale_is_made_quieter_without_clipping():
    x = sounds(50)
    loud = augmented(x, [made("gain", low=6.0, high=6.0)], Rng(0))
    assert torch.allclose(loud, x, atol=1e-6)  # peak 1 before, so peak 1 after
    quiet = augmented(x / 4, [made("gain", low=6.0, high=6.0)], Rng(0))
    assert torch.allclose(quiet, x / 4 * 10 ** (6 / 20), atol=1e-6)


@pytest.mark.parametrize("kind", [Gain, Noise, Speed])
def test_a_range_the_wrong_way_round_is_refused(kind):
    with pytest.raises(UserError, match=r"low = 3 is above high = 2; write the smaller one as low"):
        kind(low=3.0, high=2.0)


@pytest.mark.parametrize(("seconds", "frames"), [(1e-6, 0), (0.064, 1024)])
def test_a_shift_of_nothing_or_of_everything_is_refused(seconds, frames):
    with pytest.raises(UserError, match=rf"shift: seconds = {seconds:g} is {frames} frames; choose 1 to 1023"):
        made("shift", seconds=seconds)


# ------------------------------------------------------------------------------------------------------- in data sets


def test_only_batches_with_numbers_are_augmented_and_the_fingerprint_tells():
    plain = Drums(max_files=20, length=2048, split={"train": 1.0})
    data = Drums(max_files=20, length=2048, split={"train": 1.0}, augment=[Gain(low=-9.0, high=-9.0), Polarity()])
    index = torch.arange(20)
    still = plain.batch("train", index, None)["data"]
    assert torch.equal(data.batch("train", index, None)["data"], still)
    assert torch.equal(plain.batch("train", index, Rng(0))["data"], still)
    moved = data.batch("train", index, Rng(0))["data"]
    assert torch.allclose(moved.abs(), still.abs() * 10 ** (-9 / 20), atol=1e-6)
    assert (moved * still).sum((1, 2)).sign().unique().tolist() == [-1, 1]
    prints = {plain.fingerprint, data.fingerprint, Drums(max_files=20, length=2048, augment=[Polarity()]).fingerprint}
    assert len(prints) == 3


def test_a_recipe_names_them_with_options():
    changes = ["polarity", {"name": "gain", "low": -6.0}, {"name": "shift", "fill": "circular"}, "speed", "noise"]
    bound = registry().bind("dataset", {"name": "drums", "max_files": 4, "augment": changes}, "[data]", plugin="audio")
    made = bound.make().augment
    assert [type(each) for each in made] == [Polarity, Gain, Shift, Speed, Noise]
    assert (made[1].low, made[1].high, made[2].fill) == (-6.0, 0.0, "circular")
    with pytest.raises(UserError, match=r"augment\[0\]\.name = \"gian\": no such augmentation; did you mean 'gain'"):
        registry().bind("dataset", {"name": "drums", "augment": [{"name": "gian"}]}, "[data]", plugin="audio")


def test_every_kind_is_planned_on_the_meta_device():
    data = Drums(max_files=4, length=2048, split={"train": 1.0}, augment=[kind() for kind in KINDS.values()])
    batch = data.to("meta").batch("train", torch.zeros(3, dtype=torch.long, device="meta"), Rng(0, device="meta"))
    assert batch["data"].shape == (3, 1, 2048) and batch["data"].device.type == "meta"


# ------------------------------------------------------------------------------------------------------- for the critic


def test_the_critic_s_operations_are_offered_and_have_gradients():
    assert list(SPEC.augmentations) == ["shift", "sign", "gain", "noise"]
    for name, operation in OPERATIONS.items():
        x = sounds(64).requires_grad_()
        y = operation(x, Rng(0))
        assert y.shape == x.shape and not torch.equal(y, x), name
        (gradient,) = torch.autograd.grad(y.square().sum(), x)
        assert (gradient != 0).any(-1).all(), name


def test_the_critic_s_gain_is_log_normal_and_its_noise_known():
    x = sounds(2000)
    level = decibels((OPERATIONS["gain"](x, Rng(0)) / x)[:, 0, 0])
    assert abs(level.mean()) < 0.3 and abs(level.std() - 3) < 0.2
    noise = OPERATIONS["noise"](x, Rng(0)) - x
    assert abs(noise.std() / 0.01 - 1) < 0.01
