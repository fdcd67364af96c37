"""Filling blanks: given tokens stay, and the fillings come as often as their probability says."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
import torch
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.priors.latent import Latent
from gansuite.priors.none import NoLatent
from gansuite_text.networks.infilling import Infilling
from gansuite_text.networks.infilling_critic import InfillingCritic
from gansuite_text.spec import TextSpec


def make(vocabulary: int = 3, length: int = 3, end: int | None = None) -> Any:
    torch.manual_seed(0)
    spec = TextSpec(vocabulary, length, end=end)
    return Infilling(spec, NoLatent(spec), embedding=4, hidden=5)


def nothing(n: int) -> Tensor:
    return torch.empty(n, 0)


@pytest.mark.parametrize("end", [None, 0])
def test_writing_step_by_step_gives_the_logits_of_the_whole(end: int | None) -> None:
    generator = make(6, 5, end)
    x = generator.spec.tidied(torch.randint(0, 6, (7, 5), generator=torch.Generator().manual_seed(1)))
    context = torch.where(torch.arange(5) % 2 == 0, 6, x)
    for codes in (None, context):
        state, found = generator.begin(nothing(7), codes), []
        for t in range(5):
            found.append(generator.scores(state))
            if t < 4:
                state = generator.step(x[:, t], state)
        torch.testing.assert_close(torch.stack(found, 1), generator.logits(x, nothing(7), codes))


@pytest.mark.parametrize("context", [[3, 3, 3], [3, 2, 3], [1, 3, 3], [3, 3, 0]])
@pytest.mark.parametrize("end", [None, 0])
def test_fillings_come_as_often_as_their_probability_says(end: int | None, context: list[int]) -> None:
    generator, n, given = make(end=end), 10_000, torch.tensor(context)
    fits = [x for x in product(range(3), repeat=3) if all(c in (3, v) for c, v in zip(context, x, strict=True))]
    kept = {tuple(generator.spec.tidied(torch.tensor([x]))[0].tolist()) for x in fits}
    every = torch.tensor(sorted(x for x in kept if all(c in (3, v) for c, v in zip(context, x, strict=True))))
    log_p = generator.logits(every, nothing(len(every)), given.expand(len(every), 3)).log_softmax(-1)
    chosen = generator.mask(every) & (given == 3)
    p = (log_p.gather(2, every.unsqueeze(2)).squeeze(2) * chosen).sum(1).exp()
    torch.testing.assert_close(p.sum(), torch.tensor(1.0))  # an end before a given word would be lost here
    x = generator.sample(nothing(n), given.expand(n, 3), Rng(0))
    counts = (x.unsqueeze(1) == every).all(2).sum(0)
    assert counts.sum() == n
    assert ((counts - n * p).square() / (n * p)).sum() < len(every) + 5 * (2 * len(every)) ** 0.5


@pytest.mark.parametrize("end", [None, 0])
def test_given_tokens_are_kept_word_for_word(end: int | None) -> None:
    generator = make(6, 8, end)
    random = torch.Generator().manual_seed(3)
    x = generator.spec.tidied(torch.randint(0, 6, (200, 8), generator=random))
    context = torch.where(torch.rand(200, 8, generator=random) < 0.5, 6, x)
    for alpha in (1.0, 0.1):
        filled = generator.sample(nothing(200), context, Rng(1), alpha=alpha)
        assert ((filled == context) | (context == 6)).all()
        assert not (filled == 6).any()
    ends = generator.continued(x[:5], nothing(5), context[:5], Rng(1), 2)
    assert ((ends == context[:5, None]) | (context[:5, None] == 6))[..., 1:].all() or end is None


def test_a_prompt_is_read_before_anything_is_written() -> None:
    generator, prompt = make(6, 5), torch.tensor([[4, 2]]).expand(3, 2)
    x = generator.sample(nothing(3), None, Rng(2), prefix=prompt)
    context = torch.tensor([[4, 2, 6, 6, 6]]).expand(3, 5)
    assert torch.equal(x, generator.sample(nothing(3), context, Rng(2)))
    assert (x[:, :2] == prompt).all()


def test_attention_is_a_weighted_mean_of_what_was_read() -> None:
    text = make(6, 5).text
    keys, _ = text.read(torch.tensor([[6, 1, 2, 6, 3]]))
    h = torch.randn(1, 1, 5, generator=torch.Generator().manual_seed(0))
    score = torch.stack([h[0, 0] @ text.match.weight.t() @ k for k in keys[0]])
    heard = (score.softmax(0).unsqueeze(1) * keys[0]).sum(0)
    expected = (text.combine.weight @ torch.cat([heard, h[0, 0]]) + text.combine.bias).tanh()
    torch.testing.assert_close(text.attended(h, keys)[0, 0], expected)


def critic_of(length: int = 5) -> Any:
    torch.manual_seed(1)
    return InfillingCritic(TextSpec(6, length), embedding=4, hidden=5, dropout=0.5)


def test_the_critic_judges_a_token_by_what_stands_before_it_and_all_that_was_given() -> None:
    critic, x = critic_of(), torch.tensor([[1, 2, 3, 4, 5]])
    context = torch.tensor([[6, 6, 3, 6, 5]])
    scores = critic(x, context)
    later = x.clone()
    later[:, 3] = 1
    torch.testing.assert_close(critic(later, context)[:, :3], scores[:, :3])
    assert not torch.equal(critic(later, context)[:, 3], scores[:, 3])
    other = torch.tensor([[6, 6, 3, 6, 6]])
    assert (critic(x, other) != scores).all()


def test_the_critic_takes_relaxed_tokens_and_rows_alone() -> None:
    critic, x = critic_of(), torch.tensor([[1, 2, 3, 4, 5], [5, 5, 0, 1, 2]])
    context = torch.where(x > 3, x, 6)
    relaxed = torch.nn.functional.one_hot(x, 6).float()
    torch.testing.assert_close(critic(relaxed, context), critic(x, context))
    torch.testing.assert_close(critic(x[1:], context[1:]), critic(x, context)[1:])
    assert not torch.equal(critic(x, context, Rng(0)), critic(x, context))  # drop-out has a stream of its own


def test_a_latent_is_refused() -> None:
    with pytest.raises(UserError, match="no latent"):
        Infilling(TextSpec(3, 3), Latent(2))
