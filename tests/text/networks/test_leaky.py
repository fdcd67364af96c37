"""The leaky generator: what it overhears, what it aims at, and that writing and judging a text are one model."""

from __future__ import annotations

from copy import deepcopy
from itertools import product
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.functional import cosine_similarity

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.priors.none import NoLatent
from gansuite_text.networks.convolutional import Convolutional
from gansuite_text.networks.leaky import Leak, Leaky, aimed, intrinsic
from gansuite_text.spec import TextSpec


def make(vocabulary: int = 3, length: int = 3, end: int | None = None, step: int = 2) -> Any:
    torch.manual_seed(0)
    spec = TextSpec(vocabulary, length, end=end)
    critic = Convolutional(spec, embedding=6, widths=[1, 2], channels=5, dropout=0.5)
    return Leaky(spec, Leak(0, critic), embedding=5, hidden=6, manager=7, goal=4, step=step)


def texts(n: int, spec: TextSpec) -> Tensor:
    x = torch.randint(0, spec.vocabulary, (n, spec.length), generator=torch.Generator().manual_seed(1))
    return spec.tidied(x)


@pytest.mark.parametrize("end", [None, 0])
def test_a_beginning_is_heard_as_the_text_with_nothing_behind_it(end: int | None) -> None:
    generator = make(5, 4, end)
    x = texts(6, generator.spec)
    told = generator.told(x)
    for b in range(5):
        padded = x.clone()
        padded[:, b:] = 0
        torch.testing.assert_close(told.features[:, b], generator.leak.critic.features(padded))
    assert not told.features.requires_grad


def test_goals_are_directions_and_the_worker_follows_the_last_few() -> None:
    generator = make(5, 6, None, step=2)
    x = texts(4, generator.spec)
    told = generator.told(x)
    torch.testing.assert_close(told.goals.norm(dim=-1), torch.ones(4, 6))
    written = torch.cat([generator.start.expand(4, 1, -1), generator.embedding(x[:, :-1])], 1)
    u = generator.worker(written)[0]
    table = generator.out.weight.view(5, 4, 7)  # vocabulary, numbers of w, units of the worker and one
    for b in range(6):
        w = generator.squeeze(told.goals[:, max(b - 1, 0) : b + 1].sum(1))
        matrix = torch.einsum("vkh,nh->nvk", table[..., :-1], u[:, b]) + table[..., -1]
        torch.testing.assert_close(told.logits[:, b], (matrix @ w.unsqueeze(-1)).squeeze(-1))


@pytest.mark.parametrize("end", [None, 0])
def test_writing_step_by_step_gives_the_logits_of_the_whole(end: int | None) -> None:
    generator = make(5, 6, end, step=3)
    x = texts(7, generator.spec)
    state, found = generator.begin(torch.empty(7, 0), None), []
    for t in range(6):
        found.append(generator.scores(state))
        if t < 5:
            state = generator.step(x[:, t], state)
    torch.testing.assert_close(torch.stack(found, 1), generator.logits(x, torch.empty(7, 0)))


@pytest.mark.parametrize("end", [None, 0])
def test_texts_come_as_often_as_their_probability_says(end: int | None) -> None:
    generator, n = make(end=end), 20_000
    every = torch.tensor(
        sorted({tuple(generator.spec.tidied(torch.tensor([x]))[0].tolist()) for x in product(range(3), repeat=3)})
    )
    log_p = generator.logits(every, torch.empty(len(every), 0)).log_softmax(-1)
    log_p = log_p.gather(2, every.unsqueeze(2)).squeeze(2).masked_fill(~generator.mask(every), 0)
    p = log_p.sum(1).exp()
    torch.testing.assert_close(p.sum(), torch.tensor(1.0))
    x = generator.sample(torch.empty(n, 0), None, Rng(0))
    counts = (x.unsqueeze(1) == every).all(2).sum(0)
    chi_square = ((counts - n * p).square() / (n * p)).sum()
    assert chi_square < len(every) + 5 * (2 * len(every)) ** 0.5


def test_ends_keep_their_beginnings() -> None:
    generator = make(5, 4, 0)
    x = generator.sample(torch.empty(3, 0), None, Rng(2))
    ends = generator.continued(x, torch.empty(3, 0), None, Rng(1), 2)
    for b in range(1, 4):
        assert (ends[b - 1, ..., :b] == x[:, None, :b]).all()


def test_the_cosines_are_those_of_the_paper() -> None:
    generator = make(5, 6, None, step=2)
    told = generator.told(texts(4, generator.spec))
    f, g = told.features, told.goals
    for b in range(6):
        expected = cosine_similarity(f[:, min(b + 2, 6)] - f[:, b], g[:, b], dim=-1)
        torch.testing.assert_close(aimed(told, 2)[:, b], expected)
        terms = [
            cosine_similarity(f[:, b + 1] - f[:, b + 1 - i], g[:, b + 1 - i], dim=-1) for i in (1, 2) if b + 1 >= i
        ]
        torch.testing.assert_close(intrinsic(told, 2)[:, b], sum(terms) / 2)


def test_each_half_has_the_gradient_of_its_own_output_alone() -> None:
    generator = make(5, 4)
    told = generator.told(texts(3, generator.spec))
    halves = {"manager": ("manager", "aim"), "worker": ("worker", "embedding", "start", "squeeze", "out")}
    for output, half in ((told.logits, "worker"), (aimed(told, 2), "manager")):
        generator.zero_grad()
        output.square().sum().backward()
        moved = {
            name.partition(".")[0] for name, p in generator.named_parameters() if p.grad is not None and p.grad.any()
        }
        assert moved == set(halves[half])
    assert all(p.grad is None for p in generator.leak.critic.parameters())


def test_the_critic_is_neither_owned_nor_copied() -> None:
    generator = make()
    assert not any("critic" in name for name, _ in generator.named_parameters())
    assert deepcopy(generator).leak.critic is generator.leak.critic


def test_what_cannot_be_heard_is_refused() -> None:
    spec = TextSpec(3, 3)
    with pytest.raises(UserError, match="leakgan"):
        Leaky(spec, NoLatent(spec))
    with pytest.raises(UserError, match="no latent"):
        Leaky(spec, Leak(2, Convolutional(spec, widths=[1], channels=2)))
    generator = make()
    with pytest.raises(UserError, match="take reinforce"):
        generator(torch.empty(2, 0), None, Rng(0), lambda logits, rng: logits.softmax(-1))
