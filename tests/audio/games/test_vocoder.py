"""The vocoder's game: its three terms by hand, gradients of the published loop, samples, a resumed run, refusals."""

from __future__ import annotations

import copy
from functools import partial
from pathlib import Path
from typing import Any, cast

import pytest
import torch
from safetensors.torch import load_file

import gansuite
from gansuite.build import build
from gansuite.engine import checkpoint
from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.games.game import Draw
from gansuite.games.networks import Networks
from gansuite.objectives.hinge import Hinge
from gansuite.objectives.least_squares import LeastSquares
from gansuite.recipes import read
from gansuite.testing.device import play_on_meta
from gansuite.testing.given import Given
from gansuite_audio.games.vocoder import GALLERY, Vocoder
from gansuite_audio.networks.hifigan import HiFiGANGenerator
from gansuite_audio.networks.hifigan_critic import HiFiGANCritic
from gansuite_audio.networks.wavegan import WaveGANCritic
from gansuite_audio.spec import AudioSpec, SpectrogramSpec

SPEC = AudioSpec(8000, 1, 1024)
CPU = torch.device("cpu")
SMALL = [
    "data.batch_size=4",
    "data.max_files=20",
    "players.generator.dim=8",
    "players.critic.period_dim=1",
    "players.critic.scale_dim=2",
    "train.precision='fp32'",
    "metrics=[]",
]


@pytest.fixture(autouse=True)
def cache(tmp_path_factory, monkeypatch) -> None:
    monkeypatch.setenv("GANSUITE_CACHE", str(tmp_path_factory.getbasetemp() / "vocoder"))


def sounds(n=3, seed=0, spec=SPEC):
    return 0.2 * torch.randn(n, *spec.shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def made(spec=SPEC, **options: Any) -> Vocoder:
    options = {"objective": LeastSquares(), "window": 256, "hop": 64, "bands": 20} | options
    torch.manual_seed(0)
    source = SpectrogramSpec(spec.rate, spec.channels, options["bands"], spec.length // options["hop"])
    generator = HiFiGANGenerator(spec, source, version="v3", dim=8, strides=[8, 8])
    critic = HiFiGANCritic(spec, period_dim=2, scale_dim=4, scales=2, periods=[2, 3])
    networks = Networks.fixed({"generator": generator, "critic": critic}, spec)
    return Vocoder(networks, None, spec.space, **options).double().eval()


def draw(**batches):
    return Draw(batches, partial(Rng, 0, "test"))


def test_costs_by_hand():
    """HiFi-GAN's equations 1 to 8, sum by sum: no halves, weights 2 and 45."""
    game, x = made(), sounds()
    with torch.no_grad():
        y = game.generator(game.mel(x), None, None)
        real, fake = game.critic.judge(x), game.critic.judge(y)
        adversarial = sum(((1 - scores) ** 2).mean() for scores, _ in fake)
        feature = sum(
            (a - b).abs().mean() for (_, p), (_, q) in zip(real, fake, strict=True) for a, b in zip(p, q, strict=True)
        )
        mel = (game.mel(x) - game.mel(y)).abs().mean()
        critic = sum(((1 - a) ** 2).mean() + (b**2).mean() for (a, _), (b, _) in zip(real, fake, strict=True))
        cost = game.cost_generator(draw(data=x))
        torch.testing.assert_close(cost.value, adversarial + 2 * feature + 45 * mel)
        torch.testing.assert_close(2 * cost.parts["adversarial"], adversarial)
        torch.testing.assert_close(cost.parts["feature"], feature)
        torch.testing.assert_close(cost.parts["mel"], mel)
        torch.testing.assert_close(game.cost_critic(draw(data=x)).value, critic)
    assert len(real) == 4 and sum(len(maps) for _, maps in real) == 2 * 6 + 2 * 8


def test_the_mel_error_is_of_the_whole_range():
    """The input may end lower than what is compared (8 kHz of 11 in the paper)."""
    game, x = made(high=3000.0), sounds()
    assert made().heard is made(high=4000.0).mel or made().heard.filters.shape == game.heard.filters.shape
    assert game.mel.filters.shape == game.heard.filters.shape == (20, 129)
    top = torch.linspace(0, 4000, 129) > 3000
    assert not game.mel.filters[:, top].any() and game.heard.filters[:, top].any()
    whole = made(AudioSpec(22050, 1, 1024), window=512)
    assert not whole.mel.filters[:, torch.linspace(0, 11025, 257) > 8000].any()
    y = game.vocode(x)
    torch.testing.assert_close(game.error(x, y), (game.heard(x) - game.heard(y)).abs().mean((1, 2, 3)))


def upstream(game: Vocoder, x: torch.Tensor) -> list[torch.Tensor]:
    """The generator's gradients as in train.py: one backward pass through all that there is."""
    for parameter in game.parameters():
        parameter.requires_grad_(True).grad = None
    y = game.generator(game.mel(x), None, None)
    real, fake = game.critic.judge(x), game.critic.judge(y)
    feature = sum(
        (a - b).abs().mean() for (_, p), (_, q) in zip(real, fake, strict=True) for a, b in zip(p, q, strict=True)
    )
    adversarial = sum(((1 - scores) ** 2).mean() for scores, _ in fake)
    (adversarial + 2 * feature + 45 * (game.mel(x) - game.mel(y)).abs().mean()).backward()
    assert all(each.grad is not None and each.grad.abs().sum() > 0 for each in game.critic.parameters())
    return [each.grad for each in game.generator.parameters()]  # pyright: ignore[reportReturnType]


def test_the_gradients_of_the_published_loop_without_its_waste():
    game, x = made(), sounds()
    expected = upstream(copy.deepcopy(game), x)
    game.critic.requires_grad_(False)
    parameters = list(game.generator.parameters())
    found = torch.autograd.grad(game.cost_generator(draw(data=x)).value, parameters)
    for ours, theirs in zip(found, expected, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-10, atol=1e-13)


def test_what_the_engine_records():
    """On the generator's turn nothing is kept of D(x); on the critic's nothing of the generator."""
    experiment = build(read("hifigan", [*SMALL, "data.length=1024"]), CPU)
    engine, game = experiment.engine, cast(Any, experiment.game)
    seen: list[list[bool]] = []
    judge = game.critic.judge

    def noted(x):
        judgements = judge(x)
        seen.append([each.requires_grad for _, maps in judgements for each in maps])
        return judgements

    game.critic.judge = noted
    turns = {turn.name: turn for turn in experiment.stages[0].turns}
    engine.gradients(turns["generator"], engine.draw(turns["generator"]))
    real, fake = seen
    assert not any(real) and all(fake)
    engine.attend("critic")
    assert not game.generated(engine.draw(turns["critic"])).requires_grad


def test_other_objectives_and_weights():
    game, x = made(objective=Hinge(), adversarial=1.0, feature=10.0, mel=0.0), sounds()  # MelGAN's terms
    with torch.no_grad():
        real, fake = game.critic.judge(x), game.critic.judge(game.vocode(x))
        cost = game.cost_generator(draw(data=x))
        expected = -sum(scores.mean() for scores, _ in fake) + 10 * cost.parts["feature"]
        torch.testing.assert_close(cost.value, expected)
        hinge = sum((1 - a).relu().mean() + (1 + b).relu().mean() for (a, _), (b, _) in zip(real, fake, strict=True))
        torch.testing.assert_close(game.cost_critic(draw(data=x)).value, hinge)


def test_samples_are_held_out_recordings_without_the_data():
    game = made()
    test = sounds(80, 1)
    game.furnish(Given(SPEC, train=sounds(5), valid=test[:0], test=test))
    kept = [i * 80 // GALLERY for i in range(GALLERY)]
    torch.testing.assert_close(game.gallery, game.mel(test[kept]))
    with torch.no_grad():
        some = game.sample(20, Rng(0, "sample"))
        vocoded = game.vocode(test[kept])
        apart = torch.cdist(some.flatten(1), vocoded.flatten(1))
        assert (apart.min(1).values < 1e-5).all() and apart.argmin(1).unique().numel() == 20
        many = torch.cdist(game.sample(2 * GALLERY, Rng(1, "sample")).flatten(1), vocoded.flatten(1)).argmin(1)
        assert (many.bincount(minlength=GALLERY) == 2).all()
    other = made()
    other.load_state_dict(game.state_dict())
    assert torch.equal(other.sample(20, Rng(0, "sample")), game.sample(20, Rng(0, "sample")))
    game.furnish(Given(SPEC, train=test[:10], valid=test[:0], test=test[:0]))
    torch.testing.assert_close(game.gallery[:7], game.mel(test[:1]).expand(7, -1, -1, -1))


def test_recordings_of_any_length_are_vocoded():
    game, x = made(), torch.cat([sounds(2), sounds(2, 1)], 2)
    with torch.no_grad():
        assert torch.equal(game.sample(2, Rng(0, "any"), game.condition(x, 2)), game.vocode(x))
    for wrong in (x[..., :-1], x[:1], x.expand(2, 2, 2048)):
        with pytest.raises(UserError, match=r"condition: waveforms \[2, 1, a multiple of 64\] wanted"):
            game.condition(wrong, 2)
    with pytest.raises(UserError, match="no conditioning"):
        game.condition("seven", 2)


def test_stereo():
    spec = AudioSpec(8000, 2, 1024)
    game, x = made(spec), sounds(3, 0, spec)
    assert game.vocode(x).shape == x.shape
    assert game.cost_generator(draw(data=x)).value.isfinite()


def test_a_step_needs_no_host():
    experiment = play_on_meta(read("hifigan", [*SMALL, "data.length=1024"]))
    notes = experiment.engine.ledger.notes
    assert {"critic/cost", "generator/adversarial", "generator/feature", "generator/mel"} <= set(notes)
    assert all(value.device.type == "meta" for values in notes.values() for value in values)


def test_bf16_is_near_fp32():
    """Scores and mels are not rounded: the gradient points the same way."""
    gradients = []
    for precision in ("fp32", "bf16"):
        experiment = build(read("hifigan", [*SMALL, "data.length=1024"]), CPU)
        engine = experiment.engine
        engine.precision = precision
        (turn,) = [turn for turn in experiment.stages[0].turns if turn.name == "generator"]
        found = engine.gradients(turn, engine.draw(turn))
        gradients.append(torch.cat([each.flatten() for each in found if each is not None]))
        assert all(value.dtype == torch.float32 for values in engine.ledger.notes.values() for value in values)
    assert torch.cosine_similarity(*gradients, dim=0) > 0.95


def test_a_resumed_run_is_the_run_that_was_never_stopped(tmp_path: Path):
    steps = [
        "train.steps=4",
        "train.checkpoint_every=2",
        "train.sample_every=4",
        "train.samples=4",
        "train.ema={half_life=2}",
    ]
    recipe = read("hifigan", [*SMALL, "data.length=1024", *steps])
    whole, stopped = (gansuite.run(recipe, out=tmp_path / name, device="cpu").folder for name in ("whole", "stopped"))
    last = stopped / "checkpoints" / checkpoint.name(4)
    for file in last.iterdir():
        file.unlink()
    last.rmdir()
    gansuite.resume(stopped, device="cpu")
    first, second = (
        load_file(folder / "checkpoints" / checkpoint.name(4) / checkpoint.FILES[0]) for folder in (whole, stopped)
    )
    assert first.keys() == second.keys() and any(key.endswith("gallery") for key in first)
    assert all(torch.equal(first[key], second[key]) for key in first)
    assert torch.equal(gansuite.load(whole, "cpu").sample(5, 3), gansuite.load(stopped, "cpu").sample(5, 3))


def test_what_cannot_be_played():
    with pytest.raises(UserError, match=r"length = 1024 is no multiple of hop = 96 beyond window = 256; choose 1056"):
        Vocoder(Networks.fixed({}, SPEC), None, SPEC.space, window=256, hop=96)
    with pytest.raises(UserError, match=r"length = 1024 is no multiple of hop = 256 beyond window = 1024; choose 1280"):
        Vocoder(Networks.fixed({}, SPEC), None, SPEC.space)
    picture = SpectrogramSpec(8000, 1, 64, 16)
    with pytest.raises(UserError, match=r"it makes waveforms; leave \[representation\] out"):
        Vocoder(Networks.fixed({}, picture), None, SPEC.space)
    plain = {"generator": torch.nn.Identity(), "critic": WaveGANCritic(SPEC, dim=1)}
    with pytest.raises(UserError, match="matches feature maps; choose hifigan or multi-scale"):
        Vocoder(Networks.fixed(plain, SPEC), None, SPEC.space, window=256, hop=64, bands=20)
    with pytest.raises(UserError, match="prices every score by itself; take least-squares or hinge"):
        read("hifigan", ['game.objective="relativistic-average"'])
    with pytest.raises(UserError, match="strides"):
        build(read("hifigan", ["players.generator.strides=[8,8]"]), CPU)
