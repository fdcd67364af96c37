"""Transformers: against the library's own language model, and from folders that lack something."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.testing.contracts import quiet_on_global_rng
from gansuite_text.networks.transformer import Transformer
from gansuite_text.networks.transformer_critic import TransformerCritic
from gansuite_text.spec import TextSpec

NONE = SimpleNamespace(size=0)
SPEC = TextSpec(11, 6, end=None)


def made(spec=SPEC, **options):
    torch.manual_seed(0)
    return Transformer(spec, NONE, **{"layers": 2, "heads": 2, "width": 8} | options)


def tokens(n=5, t=6):
    return torch.randint(0, 11, (n, t), generator=torch.Generator().manual_seed(0))


def test_equal_to_the_librarys_own_language_model():
    """Fed with a token in the place of the first vector, the logits are those of GPT2LMHeadModel."""
    network, x, z = made(), tokens(), torch.empty(5, 0)
    with torch.no_grad():
        network.start.copy_(network.embeddings[7])
        own = network.logits(x, z)
        theirs = network.model(input_ids=torch.cat([torch.full((5, 1), 7), x[:, :-1]], 1), use_cache=False).logits
    torch.testing.assert_close(own, theirs, rtol=0, atol=1e-6)


def test_kept_keys_and_values_change_nothing():
    network, x, z = made().double(), tokens(), torch.empty(5, 0)
    state, found = network.begin(z, None), []
    for t in range(6):
        assert state[1].shape == (5, 2, t + 1, 4)  # rows first, so that rows can be chosen
        found.append(network.scores(state))
        state = network.step(x[:, t], state) if t < 5 else state
    torch.testing.assert_close(torch.stack(found, 1), network.logits(x, z), rtol=0, atol=1e-12)


def test_a_state_is_not_changed_by_going_on_from_it():
    """Several ends go on from one beginning."""
    network, z = made(), torch.empty(3, 0)
    state = network.begin(z, None)
    before = [part.clone() for part in state]
    one = network.step(torch.tensor([1, 2, 3]), state)
    network.step(torch.tensor([4, 5, 6]), state)
    assert all(torch.equal(a, b) for a, b in zip(before, state, strict=True))
    wide = tuple(part.repeat_interleave(2, 0)[1::2] for part in state)
    again = network.step(torch.tensor([1, 2, 3]), wide)
    assert all(torch.equal(a, b) for a, b in zip(one, again, strict=True))


@pytest.mark.parametrize("network", [made(), TransformerCritic(SPEC, layers=1, heads=2, width=8)])
def test_the_library_draws_no_number(network):
    """Its drop-out would come from the global generator, and the rewards would be noisy."""
    network.train()
    assert all(module.p == 0 for module in network.modules() if isinstance(module, torch.nn.Dropout))
    call = (
        (lambda: network.logits(tokens(), torch.empty(5, 0))) if hasattr(network, "step") else lambda: network(tokens())
    )
    assert torch.equal(quiet_on_global_rng(call), call())


def test_sizes():
    assert made().model.config.n_positions == 6
    assert made(context=32).model.config.n_positions == 32
    with pytest.raises(UserError, match="width = 10 cannot be shared by 4 heads; give a multiple of 4"):
        made(width=10, heads=4)
    with pytest.raises(UserError, match="cannot be shared"):
        TransformerCritic(SPEC, width=10, heads=4)


def test_a_folder_of_the_library(tmp_path):
    network = made()
    network.model.save_pretrained(tmp_path)
    other = Transformer(SPEC, NONE, folder=str(tmp_path))
    with torch.no_grad():
        other.start.copy_(network.start)
    x, z = tokens(), torch.empty(5, 0)
    torch.testing.assert_close(other.logits(x, z), network.logits(x, z))
    assert torch.equal(other.sample(z, None, Rng(0)), network.sample(z, None, Rng(0)))


def test_a_folder_with_drop_out_and_a_first_token(tmp_path):
    from transformers import GPT2Config, GPT2LMHeadModel

    config = GPT2Config(vocab_size=11, n_positions=8, n_embd=8, n_layer=1, n_head=2, bos_token_id=4, eos_token_id=4)
    torch.manual_seed(0)
    GPT2LMHeadModel(config).save_pretrained(tmp_path)
    network = Transformer(SPEC, NONE, folder=str(tmp_path))
    assert torch.equal(network.start, network.embeddings[4])
    call = lambda: network.train().logits(tokens(), torch.empty(5, 0))  # noqa: E731
    assert torch.equal(call(), call())


def test_an_encoder_from_a_folder(tmp_path):
    critic = TransformerCritic(SPEC, layers=1, heads=2, width=8)
    critic.model.save_pretrained(tmp_path)
    other = TransformerCritic(SPEC, folder=str(tmp_path))
    with torch.no_grad():
        other.out.load_state_dict(critic.out.state_dict())
    torch.testing.assert_close(other(tokens()), critic(tokens()))


def test_folders_that_do_not_do(tmp_path):
    def attempt(spec=SPEC):
        Transformer(spec, NONE, folder=str(tmp_path / "model"))

    with pytest.raises(UserError, match="there is no such folder"):
        attempt()
    made().model.save_pretrained(tmp_path / "model")
    with pytest.raises(UserError, match=r"vocabulary has 11 tokens and the data's 12; give"):
        attempt(TextSpec(12, 6))
    with pytest.raises(UserError, match="reads 6 tokens and texts have 9"):
        attempt(TextSpec(11, 9))
    weights = tmp_path / "model" / "model.safetensors"
    kept = weights.read_bytes()
    weights.write_bytes(kept[:100])
    with pytest.raises(UserError, match="cannot be read"):
        attempt()
    weights.unlink()
    with pytest.raises(UserError, match=r"\*\.safetensors is missing; write it with save_pretrained"):
        attempt()
    (tmp_path / "model" / "config.json").unlink()
    with pytest.raises(UserError, match=r"config\.json is missing"):
        attempt()


def test_models_of_another_kind_are_refused(tmp_path):
    from transformers import BertConfig, BertForMaskedLM, BertModel

    sizes = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 8}
    config = BertConfig(vocab_size=11, max_position_embeddings=6, **sizes)
    BertForMaskedLM(config).save_pretrained(tmp_path / "masked")
    with pytest.raises(UserError, match="looks ahead; take a causal one"):
        Transformer(SPEC, NONE, folder=str(tmp_path / "masked"))
    assert TransformerCritic(SPEC, folder=str(tmp_path / "masked"))(tokens()).shape == (
        5,
    )  # without a pooler: as needed
    BertModel(config).save_pretrained(tmp_path / "encoder")
    with pytest.raises(UserError, match="its weights lack"):
        Transformer(SPEC, NONE, folder=str(tmp_path / "encoder"))


def test_a_tokenizer_of_other_numbers_is_refused(tmp_path):
    from tokenizers import Tokenizer, models

    words = [f"w{i}" for i in range(11)]
    one, two = (
        Tokenizer(models.WordLevel({w: i for i, w in enumerate(order)}, "w1")) for order in (words, words[::-1])
    )
    made().model.save_pretrained(tmp_path)
    one.save(str(tmp_path / "tokenizer.json"))
    Transformer(TextSpec(11, 6, tokenizer=one.to_str()), NONE, folder=str(tmp_path))
    with pytest.raises(UserError, match="its tokenizer numbers other tokens"):
        Transformer(TextSpec(11, 6, tokenizer=two.to_str()), NONE, folder=str(tmp_path))
    with pytest.raises(UserError, match="its tokenizer numbers other tokens"):
        TransformerCritic(TextSpec(11, 6, tokenizer=two.to_str()), folder=str(tmp_path))
