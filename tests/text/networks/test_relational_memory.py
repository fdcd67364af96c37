"""The relational memory against its equations, and RelGAN's schedule against what was published."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch
from torch import nn

from gansuite.engine.rng import Rng
from gansuite.estimators.estimator import Relaxation
from gansuite_text.networks.relational_memory import MemoryCore, RelationalMemory
from gansuite_text.spec import TextSpec

NONE = SimpleNamespace(size=0)


def normalised(x, norm):
    mean, variance = x.mean(), x.var(correction=0)
    return (x - mean) / (variance + 1e-5).sqrt() * norm.weight + norm.bias


@pytest.mark.parametrize("slots", [1, 3])
def test_a_step_by_hand(slots):
    """One sample, row by row and head by head."""
    torch.manual_seed(0)
    heads, size = 2, 4
    core = MemoryCore(5, slots, heads, size).double()
    for parameter in core.parameters():
        nn.init.normal_(parameter, std=0.7)
    x, memory = torch.randn(5).double(), torch.randn(slots, heads * size).double()

    read = core.project.weight @ x + core.project.bias
    rows = [*memory, read]
    told = [normalised(core.qkv.weight @ row, core.qkv_norm).view(heads, 3, size) for row in rows]
    found = []
    for i in range(slots):
        seen = []
        for h in range(heads):
            q = told[i][h, 0]
            weights = torch.stack([q @ each[h, 1] / (3 * size) ** 0.5 for each in told]).softmax(0)
            seen.append(sum(w * each[h, 2] for w, each in zip(weights, told, strict=True)))
        row = normalised(memory[i] + torch.cat(seen), core.attended_norm)
        thought = (
            core.think[2].weight @ torch.relu(core.think[0].weight @ row + core.think[0].bias) + core.think[2].bias
        )
        row = normalised(row + thought, core.thought_norm)
        gates = core.gate_of_read.weight @ read + core.gate_of_memory.weight @ torch.tanh(memory[i])
        into, keep = torch.sigmoid(gates[: heads * size]), torch.sigmoid(gates[heads * size :] + 1)
        found.append(into * torch.tanh(row) + keep * memory[i])
    torch.testing.assert_close(core(x[None], memory[None])[0], torch.stack(found), rtol=0, atol=1e-12)


def test_an_empty_memory_has_no_two_slots_alike():
    assert torch.equal(MemoryCore(2, 3, 2, 4).empty(2)[1], torch.eye(8)[:3])


def test_published_sizes():
    with torch.device("meta"):
        network = RelationalMemory(TextSpec(5000, 20, end=None), NONE)
    core = (32 * 512 + 512) + 512 * 1536 + 2 * 1536 + 4 * 512 + 2 * (512 * 512 + 512) + 2 * 512 * 1024
    assert sum(p.numel() for p in network.parameters()) == 5000 * 32 + 32 + core + 512 * 5000 + 5000


def test_the_hard_token_is_heard_and_the_soft_one_shown():
    """RelGAN: what is read next is the argmax of the same perturbed logits, and carries no gradient."""
    torch.manual_seed(0)
    networks = {
        feedback: RelationalMemory(TextSpec(6, 4, end=None), NONE, embedding=4, heads=2, head_size=3, feedback=feedback)
        for feedback in ("hard", "relaxed")
    }
    networks["relaxed"].load_state_dict(networks["hard"].state_dict())
    rows = []

    def choose(logits, rng):
        noise = -(-rng.uniform(*logits.shape).log()).log()
        rows.append(((logits + noise) / 2.0).softmax(-1))
        return rows[-1]

    z = torch.empty(5, 0)
    shown = networks["hard"](z, None, Rng(0), choose)
    assert torch.equal(shown, torch.stack(rows, 1))
    assert (shown.amax(2) < 0.999).all()  # soft
    # Reading the likeliest tokens as a given text gives the logits that were perturbed.
    tokens = shown.argmax(2)
    told, rng = networks["hard"].logits(tokens, z), Rng(0)
    noise = [-(-rng.uniform(5, 6).log()).log() for _ in range(4)]
    torch.testing.assert_close(((told + torch.stack(noise, 1)) / 2.0).softmax(2), shown)
    assert torch.autograd.grad(shown[:, 1:].square().sum(), networks["hard"].embedding.weight, retain_graph=True)[
        0
    ].any()
    assert not torch.equal(networks["relaxed"](z, None, Rng(0), choose), shown)
    # The last row depends on the second choice through the token alone: no gradient by its softness.
    heard = networks["hard"].heard(shown[:, 0])
    assert heard.dtype == torch.int64
    assert not heard.requires_grad
    assert networks["relaxed"].heard(shown[:, 0]) is not None
    assert networks["relaxed"].heard(shown[:, 0]).requires_grad


class Schedule(Relaxation):
    def __init__(self, **options):
        super().__init__()
        vars(self).update(options)

    def choose(self, logits, rng, temperature):
        raise NotImplementedError


def test_the_schedule_as_stated_and_as_published():
    """β = β_max^(i / N): N is the run's length in the paper and the constant 5,000 in the code, so 100 ends at 6.3."""
    stated = Schedule(temperature=1.0, final=0.01)
    published = Schedule(temperature=1.0, final=0.01, over=5000)
    assert 1 / stated.temperature_at(2000, 2000) == pytest.approx(100)
    assert 1 / published.temperature_at(2000, 2000) == pytest.approx(6.31, abs=0.005)
    assert 1 / Schedule(temperature=1.0, final=0.001, over=5000).temperature_at(2000, 2000) == pytest.approx(
        15.8, abs=0.05
    )
    assert 1 / published.temperature_at(3000, 3000) == pytest.approx(15.8, abs=0.05)
    assert stated.temperature_at(0, 2000) == published.temperature_at(0, 2000) == 1.0
