"""Encoders, decoders and critics of codes."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.priors.latent import Latent
from gansuite_text.codes import CodeSpec
from gansuite_text.networks.code_perceptrons import CodeCritic, CodeGenerator, CodeWindowCritic
from gansuite_text.networks.recurrent_encoder import RecurrentEncoder
from gansuite_text.networks.transformer_autoencoder import TransformerCodes, TransformerDecoder
from gansuite_text.spec import TextSpec

SPEC = TextSpec(6, 5)
X = torch.tensor([[1, 2, 3, 4, 5], [5, 5, 0, 0, 0], [0, 0, 0, 0, 0], [2, 3, 4, 1, 0]])
ENCODERS = [RecurrentEncoder(SPEC, Latent(10)), TransformerCodes(SPEC, Latent(10), width=8, heads=2)]


@pytest.mark.parametrize("encoder", ENCODERS)
def test_relaxed_texts_are_encoded_as_their_tokens_and_rows_alone(encoder: Any) -> None:
    code = encoder(X)
    assert code.shape == (4, 10)
    torch.testing.assert_close(encoder(torch.nn.functional.one_hot(X, 6).float()), code)
    torch.testing.assert_close(encoder(X[1:3]), code[1:3])


def test_a_recurrent_code_is_the_state_at_the_texts_end() -> None:
    encoder = ENCODERS[0]
    states = encoder.rnn(encoder.embedding(X))[0]
    ends = [4, 2, 0, 4]  # the end itself is read
    torch.testing.assert_close(encoder(X), encoder.out(torch.stack([states[i, t] for i, t in enumerate(ends)])))


def test_places_behind_the_end_are_not_looked_at() -> None:
    encoder = ENCODERS[1]
    vectors = encoder.embedding(X[1:2]) + encoder.place
    short = encoder.out(encoder.net(vectors[:, :3]))
    torch.testing.assert_close(encoder(X[1:2]).view(1, 5, 2)[:, :3], short)


def test_the_transformer_writes_step_by_step_what_it_scores_at_once() -> None:
    torch.manual_seed(0)
    decoder = TransformerDecoder(SPEC, Latent(10), width=8, heads=2)
    z = torch.randn(4, 10)
    state, found = decoder.begin(z, None), []
    for t in range(5):
        found.append(decoder.scores(state))
        state = decoder.step(X[:, t], state) if t < 4 else state
    torch.testing.assert_close(torch.stack(found, 1), decoder.logits(X, z), atol=1e-5, rtol=1e-5)
    other = z.clone()
    other[:, 8:] += 1  # the code of the last place is heard from the first token on
    assert (decoder.logits(X, other)[:, 0] != decoder.logits(X, z)[:, 0]).any()
    assert decoder.sample(z, None, Rng(0)).shape == (4, 5)


def test_windows_are_judged_by_one_network_at_every_place() -> None:
    torch.manual_seed(0)
    critic = CodeWindowCritic(CodeSpec(5, 2), units=[7], window=3)
    c = torch.randn(3, 10)
    local = torch.stack([critic.local(c[:, 2 * i : 2 * i + 6]) for i in range(3)]).mean(0).flatten()
    torch.testing.assert_close(critic(c), critic.overall(c) + local)


def test_the_perceptrons_are_those_that_were_asked_for() -> None:
    generator = CodeGenerator(CodeSpec(1, 4), Latent(3), units=[7, 8])
    kinds = [type(layer).__name__ for layer in generator.net]
    assert kinds == ["Linear", "BatchNorm1d", "ReLU", "Linear", "BatchNorm1d", "ReLU", "Linear"]
    assert generator(torch.randn(5, 3)).shape == (5, 4)
    critic = CodeCritic(CodeSpec(1, 4), units=[7, 8])
    assert [type(layer).__name__ for layer in critic.net] == ["Linear", "LeakyReLU", "Linear", "LeakyReLU", "Linear"]
    assert critic.width == 8


def test_options_that_do_not_fit_are_refused() -> None:
    with pytest.raises(UserError, match="do not divide"):
        TransformerCodes(SPEC, Latent(10), width=8, heads=3)
    with pytest.raises(UserError, match="tilgan"):
        TransformerDecoder(SPEC, Latent(0))
