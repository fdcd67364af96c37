"""What every generator of texts must do: one law, whichever way it is asked for."""

from __future__ import annotations

import itertools
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.priors.none import NoLatent
from gansuite.testing.contracts import every_parameter_learns, quiet_on_global_rng
from gansuite_text.networks.latent_recurrent import LatentRecurrent
from gansuite_text.networks.one_shot import OneShot
from gansuite_text.networks.recurrent import Recurrent
from gansuite_text.networks.relational_memory import RelationalMemory
from gansuite_text.networks.transformer import Transformer
from gansuite_text.spec import TextSpec

MAKE: dict[str, Any] = {
    "relational-memory": lambda spec, prior: RelationalMemory(spec, prior, embedding=6, slots=2, heads=2, head_size=4),
    "latent-recurrent": lambda spec, prior: LatentRecurrent(spec, prior, embedding=6, hidden=5, layers=2),
    "one-shot": lambda spec, prior: OneShot(spec, prior, width=8, blocks=2, kernel=3),
    "transformer": lambda spec, prior: Transformer(spec, prior, layers=2, heads=2, width=8),
}
ONE_BY_ONE = [name for name in MAKE if name != "one-shot"]


def make(name: str, vocabulary: int = 7, length: int = 5, end: int | None = 0, z: int = 2, scale: float = 1.5) -> Any:
    """A generator whose weights are large enough for its law to be far from uniform."""
    torch.manual_seed(0)
    spec = TextSpec(vocabulary, length, end=end)
    network = MAKE[name](spec, SimpleNamespace(size=z))
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.3).mul_(scale)
    return network


def latents(n: int, z: int = 2, seed: int = 0) -> torch.Tensor:
    return Rng(seed, "z").normal(n, z)


def texts(spec: TextSpec, n: int) -> torch.Tensor:
    return spec.tidied(torch.randint(0, spec.vocabulary, (n, spec.length), generator=torch.Generator().manual_seed(3)))


def with_values(network: Any, output: torch.Tensor) -> torch.Tensor:
    """The output, and what the network says of values where it predicts them: a head that nothing else reaches."""
    if not hasattr(network, "values"):
        return output
    return torch.cat([output.flatten(), network.values(texts(network.spec, 6), latents(6)).flatten()])


def stepwise(network: Any, x: torch.Tensor, z: torch.Tensor) -> torch.Tensor:
    """The logits of each token, one state after another."""
    state, found = network.begin(z, None), []
    for t in range(x.shape[1]):
        found.append(network.scores(state))
        if t + 1 < x.shape[1]:
            state = network.step(x[:, t], state)
    return torch.stack(found, 1)


@pytest.mark.parametrize("name", ONE_BY_ONE)
def test_logits_of_a_whole_text_are_those_of_its_steps(name):
    network = make(name).double()
    x, z = texts(network.spec, 9), latents(9).double()
    told = network.logits(x, z)
    assert told.std() > 0.3  # there is something to compare
    torch.testing.assert_close(told, stepwise(network, x, z), rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", ONE_BY_ONE)
def test_logits_look_back_and_never_ahead(name):
    network = make(name)
    x, z = texts(network.spec, 9), latents(9)
    other = x.clone()
    other[:, 2] = (x[:, 2] + 1) % network.spec.vocabulary
    one, two = network.logits(x, z), network.logits(other, z)
    assert torch.equal(one[:, :3], two[:, :3])
    assert (one[:, 3:] != two[:, 3:]).any(2).all()


@pytest.mark.parametrize("name", MAKE)
@pytest.mark.parametrize("end", [None, 0])
@pytest.mark.parametrize("alpha", [1.0, 1.7])
def test_samples_are_as_frequent_as_their_probability(name, end, alpha):
    """Over all 27 texts of three tokens, enumerated; with an end, its fillers are no choices."""
    n, v, t = 40_000, 3, 3
    network = make(name, v, t, end)
    z = latents(1)
    with torch.no_grad():
        every = torch.tensor(list(itertools.product(range(v), repeat=t)))
        log_p = (alpha * network.logits(every, z.expand(len(every), -1))).log_softmax(2)
        own = log_p.gather(2, every.unsqueeze(2)).squeeze(2) * network.mask(every)
        exists = (network.spec.tidied(every) == every).all(1)
        p = own.sum(1).exp() * exists
    torch.testing.assert_close(p.sum(), torch.tensor(1.0))
    x = network.sample(z.expand(n, -1), None, Rng(5, "sample"), alpha=alpha)
    number = (x * torch.tensor([v * v, v, 1])).sum(1)
    seen = torch.bincount(number, minlength=len(p)).double() / n
    error = (p.double() * (1 - p) / n).sqrt()
    assert ((seen - p).abs() <= 4.5 * error + 3 / n).all()
    assert p.max() > 1.5 / exists.sum()  # far from uniform


@pytest.mark.parametrize("name", MAKE)
def test_samples_are_a_function_of_the_stream_and_end_once(name):
    network = make(name, 4, 8)
    z = latents(200)
    x = quiet_on_global_rng(lambda: network.sample(z, None, Rng(1)))
    assert x.dtype == torch.int64
    assert torch.equal(x, network(z, None, Rng(1)))
    assert not torch.equal(x, network.sample(z, None, Rng(2)))
    assert torch.equal(x, network.spec.tidied(x))
    mask = network.mask(x)
    assert (mask.sum(1) < 8).any()
    assert (x[~mask] == 0).all()
    assert torch.equal(mask[:, 1:], (x[:, :-1] != 0) & mask[:, :-1])


@pytest.mark.parametrize("name", MAKE)
def test_a_prefix_is_kept_and_gone_on_from(name):
    network = make(name, end=None)
    z, prefix = latents(50), torch.full((50, 2), 3)
    x = network.sample(z, None, Rng(1), prefix=prefix)
    assert (x[:, :2] == 3).all()
    # The same uniform numbers choose the rest as they choose it after a drawn text that begins so.
    free = network.sample(z, None, Rng(1))
    alike = (free[:, :2] == 3).all(1) if name != "one-shot" else torch.ones(50, dtype=torch.bool)
    assert torch.equal(x[alike, 2:], free[alike, 2:])


@pytest.mark.parametrize("name", MAKE)
def test_ends_of_every_beginning(name):
    """Beginnings stay verbatim, and the last token is as frequent as its probability says."""
    network = make(name, 3, 3, end=None)
    x, z, ends = torch.tensor([[1, 2, 0], [2, 0, 1]]), latents(2), 8000
    found = network.continued(x, z, None, Rng(7), ends)
    assert found.shape == (2, 2, ends, 3)
    for begun in (1, 2):
        assert (found[begun - 1, :, :, :begun] == x[:, None, :begun]).all()
    with torch.no_grad():
        p = network.logits(x, z)[:, 2].softmax(1)
    seen = torch.stack([(found[1, :, :, 2] == k).double().mean(1) for k in range(3)], 1)
    assert ((seen - p).abs() <= 4.5 * (p * (1 - p) / ends).sqrt()).all()
    assert (found[0, 0] != found[0, 1]).any()  # each text goes on from its own beginning and latent


@pytest.mark.parametrize("name", MAKE)
def test_one_hot_choices_are_the_sample(name):
    """Choosing one-hot rows by the same numbers gives the text that sampling gives."""
    network = make(name, end=None)
    z = latents(20)
    greedy = lambda logits, rng: torch.nn.functional.one_hot(logits.argmax(-1), logits.shape[-1]).float()  # noqa: E731
    y = network(z, None, Rng(0), greedy)
    assert y.shape == (20, 5, 7)
    told = network.logits(y.argmax(2), z)
    assert torch.equal(told.argmax(2), y.argmax(2))
    assert torch.equal(y.argmax(2), network.sample(z, None, Rng(0), alpha=1e4))


@pytest.mark.parametrize("name", MAKE)
def test_relaxed_choices_have_a_gradient(name):
    network = make(name)
    soft = lambda logits, rng: logits.softmax(-1)  # noqa: E731
    y = quiet_on_global_rng(lambda: network(latents(6), None, Rng(0), soft))
    torch.testing.assert_close(y.sum(2), torch.ones(6, 5))
    every_parameter_learns(network, with_values(network, y[..., 0]))


@pytest.mark.parametrize("name", MAKE)
def test_likelihood_reaches_every_parameter(name):
    network = make(name)
    told = network.logits(texts(network.spec, 6), latents(6)).log_softmax(2)
    every_parameter_learns(network, with_values(network, told))


@pytest.mark.parametrize("name", MAKE)
def test_rows_do_not_know_each_other(name):
    network = make(name).double()
    x, z = texts(network.spec, 6), latents(6).double()
    whole = network.logits(x, z)
    parts = torch.cat([network.logits(x[part], z[part]) for part in (slice(0, 2), slice(2, 6))])
    torch.testing.assert_close(whole, parts, rtol=0, atol=1e-12)
    order = torch.tensor([3, 1, 5, 0, 2, 4])
    torch.testing.assert_close(whole[order], network.logits(x[order], z[order]), rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", MAKE)
def test_the_latent_is_heard(name):
    network = make(name)
    x = texts(network.spec, 6)
    assert (network.logits(x, latents(6)) != network.logits(x, latents(6, seed=1))).any(2).all()


@pytest.mark.parametrize("name", ["relational-memory", "transformer"])
def test_without_a_latent(name):
    network = make(name, z=0)
    assert network.sample(torch.empty(3, 0), None, Rng(0)).shape == (3, 5)
    assert network.logits(texts(network.spec, 3), torch.empty(3, 0)).shape == (3, 5, 7)


@pytest.mark.parametrize("name", ["one-shot", "latent-recurrent"])
def test_what_needs_a_latent_says_so(name):
    with pytest.raises(UserError, match="take the prior normal"):
        make(name, z=0)


def test_the_likeliest_tokens():
    network = make("one-shot", end=None)
    network.likeliest = True
    z = latents(20)
    assert torch.equal(network.sample(z, None, Rng(0)), network.logits(None, z).argmax(2))
    with pytest.raises(ValueError, match="kernel = 4"):
        OneShot(network.spec, SimpleNamespace(size=2), kernel=4)


def test_logits_of_the_places_that_count_are_rows_of_all():
    spec = TextSpec(11, 6)
    generator = Recurrent(spec, NoLatent(spec), embedding=4, hidden=5)
    x = spec.tidied(torch.randint(0, 11, (9, 6), generator=torch.Generator().manual_seed(2)))
    mask, z = spec.mask(x), torch.empty(9, 0)
    assert not mask.all()
    torch.testing.assert_close(generator.logits_at(mask, x, z), generator.logits(x, z)[mask])
