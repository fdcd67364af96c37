"""Perceptrons of choices: a policy without any knowledge of the domain, in a game of texts and of graphs."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.estimators.policy import Policy
from gansuite.spaces import ChoiceSpace, TensorSpace
from gansuite_toy.networks.choices import ChoiceCritic, ChoiceGenerator

PLACES, KINDS = 5, 3


class Words:
    """Words of five letters out of three; 0 ends a word."""

    shape = (PLACES,)
    space = ChoiceSpace(KINDS, "words")

    def mask(self, x: Tensor) -> Tensor:
        return torch.ones(x.shape[:2], dtype=torch.bool)

    def tidied(self, x: Tensor) -> Tensor:
        return x * ((x == 0).cumsum(1) == 0)


PRIOR: Any = SimpleNamespace(size=4)


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)


def test_the_generator_is_a_policy_whose_choices_depend_on_the_latent_alone() -> None:
    generator = ChoiceGenerator(Words(), PRIOR, width=8)
    z = torch.randn(6, 4)
    assert isinstance(generator, Policy) and generator.factorised and generator.alternatives == KINDS
    first = generator.logits(torch.zeros(6, PLACES, dtype=torch.int64), z)
    assert first.shape == (6, PLACES, KINDS) and torch.equal(first, generator.logits(None, z))


def test_samples_follow_the_softmax_of_the_logits_and_are_tidied() -> None:
    generator = ChoiceGenerator(Words(), PRIOR, width=8)
    z = torch.randn(1, 4).expand(20_000, 4)
    x = generator.sample(z, None, Rng(1))
    p = generator.logits(None, z[:1]).softmax(2)[0, 0]
    shares = torch.bincount(x[:, 0], minlength=KINDS) / len(x)
    assert shares.tolist() == pytest.approx(p.tolist(), abs=0.012)
    ended = x[:, 0] == 0
    assert ended.any() and not x[ended].any()
    assert torch.equal(x, generator(z, rng=Rng(1)))
    begun = generator.sample(z[:9], None, Rng(1), prefix=torch.full((9, 2), 2))
    assert (begun[:, :2] == 2).all()
    likeliest = generator.sample(z[:9], None, Rng(2), alpha=1e6)
    assert (likeliest[:, 0] == p.argmax()).all()


def test_a_gradient_passes_through_what_is_chosen() -> None:
    generator, critic = ChoiceGenerator(Words(), PRIOR, width=8), ChoiceCritic(Words(), width=8)
    y = generator(torch.randn(3, 4), rng=Rng(0), choose=lambda logits, rng: logits.softmax(-1))
    critic(y).sum().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in generator.parameters())


def test_the_critic_scores_numbers_and_their_one_hot_rows_alike() -> None:
    critic = ChoiceCritic(Words(), width=8)
    x = torch.randint(KINDS, (7, PLACES))
    rows = torch.nn.functional.one_hot(x, KINDS).float()
    assert torch.allclose(critic(x), critic(rows)) and critic(x).shape == (7,)
    assert torch.allclose(critic(x), critic.head(critic.features(x)))
    moved = x.roll(1, dims=1)
    assert not torch.allclose(critic(moved), critic(x))  # it knows of no place that it is like another one


def test_a_code_is_read_beside_the_sample() -> None:
    spec: Any = Words()
    spec.codes = 2
    critic, x = ChoiceCritic(spec, width=8), torch.randint(KINDS, (7, PLACES))
    assert not torch.allclose(critic(x, torch.zeros(7, 2)), critic(x, torch.ones(7, 2)))


def test_numbers_and_priors_without_a_latent_are_refused() -> None:
    numbers: Any = SimpleNamespace(shape=(2,), space=TensorSpace())
    with pytest.raises(UserError, match="toy/mlp"):
        ChoiceCritic(numbers)
    with pytest.raises(UserError, match="toy/mlp"):
        ChoiceGenerator(numbers, PRIOR)
    with pytest.raises(UserError, match="latent"):
        ChoiceGenerator(Words(), SimpleNamespace(size=0))


@pytest.mark.parametrize("data", ["text", "graph"])
def test_it_plays_in_a_game_of_another_domain(data: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip(f"gansuite_{data}", reason="its samples are what is learnt here")
    from gansuite import api
    from gansuite.recipes import read

    monkeypatch.setenv("GANSUITE_CACHE", str(tmp_path / "cache"))
    source, size = {"text": ("text/wgan-gp-text", "prior.size=8"), "graph": ("graph/adjacency", "prior.node=2")}[data]
    recipe = read(
        source,
        [
            size, "metrics=[]", "train.steps=2", "train.samples=2", "game.objective='non-saturating'",
            "game.estimator='straight-through-gumbel'", "game.penalties=[{name='r1'}]",
            "players.generator.name='toy/choice-mlp'", "players.critic.name='toy/choice-mlp'",
        ],
    )  # fmt: skip
    run = api.run(recipe, out=tmp_path / "run", device="cpu")
    assert run.step == 2 and all(path.exists() for path in api.sample(run.folder, 3, seed=0))
