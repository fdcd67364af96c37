"""What each dynamics draws, in which order it moves, and how often: the defects of other suites as tests."""

from __future__ import annotations

import pytest
import torch

from gansuite.dynamics.alternating import Alternating
from gansuite.dynamics.consensus import Consensus
from gansuite.dynamics.extragradient import Extragradient
from gansuite.dynamics.gated import Gated
from gansuite.dynamics.generator_first import GeneratorFirst
from gansuite.dynamics.optimistic import Optimistic
from gansuite.dynamics.simultaneous import Simultaneous
from gansuite.dynamics.snapshots import Snapshots
from gansuite.dynamics.stale import Stale
from gansuite.dynamics.unrolled import Unrolled
from gansuite.errors import UserError
from gansuite.objectives.non_saturating import NonSaturating
from gansuite.objectives.wasserstein import Wasserstein
from gansuite.penalties.gradient_penalty import GradientPenalty
from gansuite.penalties.weight_clipping import WeightClipping


def record(engine) -> tuple[list[str], list]:
    """Names of the moves and the draws they were made on, as they happen."""
    moves, draws = [], []
    move, draw = engine.move, engine.draw
    engine.move = lambda turn, g: (moves.append(turn.name), move(turn, g))[1]
    engine.draw = lambda *turns, stream=None: (draws.append(draw(*turns, stream=stream)), draws[-1])[1]
    return moves, draws


def weights(engine) -> dict[str, torch.Tensor]:
    return {name: p.detach().clone() for name, p in engine.game.named_parameters()}


@pytest.mark.parametrize("k", [1, 2, 3, 5])
def test_moves_per_round_are_what_the_recipe_says(gan, k: int) -> None:
    """torchgan gives 1, 1, 3, 2, 4.8 critic moves for 1..5 where two losses count together."""
    engine, turns = gan(Wasserstein(), moves={"critic": k, "generator": 1})
    moves, draws = record(engine)
    for _ in range(3):
        Alternating().round(engine, turns)
    assert moves == (["critic"] * k + ["generator"]) * 3
    batches = [draw["data"] for draw in draws if "data" in draw]
    latents = [draw["prior"] for draw in draws]
    assert not any(torch.equal(a, b) for i, a in enumerate(batches) for b in batches[:i])  # vegans reuses one batch
    assert not any(torch.equal(a, b) for i, a in enumerate(latents) for b in latents[:i])


def test_order_of_moves_is_the_order_of_the_recipe(gan) -> None:
    engine, turns = gan(Wasserstein(), moves={"generator": 1, "critic": 2})
    moves, _ = record(engine)
    Alternating().round(engine, turns)
    assert moves == ["generator", "critic", "critic"]


def test_simultaneous_moves_all_from_one_point_on_one_draw(gan) -> None:
    engine, turns = gan(NonSaturating())
    before = {name: p.detach().clone() for name, p in engine.game.named_parameters()}
    moves, draws = record(engine)
    Simultaneous().round(engine, turns)
    assert moves == ["critic", "generator"]
    assert len(draws) == 1
    after = {name: p.detach().clone() for name, p in engine.game.named_parameters()}
    engine.game.load_state_dict(before)
    for turn in turns:  # plain descent from the same point, by hand
        (player,) = turn.players
        engine.attend(player)
        value = engine.cost(turn, draws[0]).value
        parameters = dict(engine.game.get_submodule(player).named_parameters(prefix=player))
        slopes = torch.autograd.grad(value, list(parameters.values()))
        for (name, _), slope in zip(parameters.items(), slopes, strict=True):
            torch.testing.assert_close(after[name], before[name] - 0.1 * slope, rtol=1e-6, atol=1e-7)


def test_alternating_generator_sees_the_moved_critic(gan) -> None:
    """The second gradient differs from the one at the starting point."""
    engine, turns = gan(NonSaturating())
    first = engine.gradients(turns[1], engine.draw(turns[1]))
    engine, turns = gan(NonSaturating())
    seen = []
    gradients = engine.gradients
    engine.gradients = lambda turn, draw: (seen.append(gradients(turn, draw)), seen[-1])[1]
    Alternating().round(engine, turns)
    assert not torch.allclose(first[0], seen[1][0])


def test_generator_first(gan) -> None:
    engine, turns = gan(Wasserstein(), moves={"critic": 2, "generator": 3})
    moves, _ = record(engine)
    GeneratorFirst().round(engine, turns)
    GeneratorFirst(first="critic").round(engine, turns)
    assert moves == ["generator"] * 3 + ["critic"] * 4 + ["generator"] * 3


@pytest.mark.parametrize(
    ("rule", "passes", "moves"),
    [
        (Simultaneous(), 1, {"critic": 1, "generator": 1}),
        (Consensus(), 1, {"critic": 1, "generator": 1}),
        (Consensus(order="alternating"), 6, {"critic": 5, "generator": 1}),
        (Extragradient(), 2, {"critic": 1, "generator": 1}),
        (Optimistic(), 1, {"critic": 1, "generator": 1}),
        (Stale(delay=2), 1, {"critic": 1, "generator": 1}),
        (Unrolled(steps=4), 6, {"critic": 1, "generator": 1}),
        (Unrolled(steps=4), 10, {"critic": 5, "generator": 1}),
        (Snapshots(queue=3, every=1, opponents="drawn"), 2, {"critic": 1, "generator": 1}),
    ],
)
def test_forward_passes_of_a_round(gan, rule, passes: int, moves: dict[str, int]) -> None:
    """Players that move from one point share one pass of the generator."""
    engine, turns = gan(NonSaturating(), moves=moves)
    calls = []
    engine.game.generator.register_forward_hook(lambda *a: calls.append(1))
    rule.round(engine, turns)
    assert len(calls) == passes


def test_a_look_ahead_leaves_the_moves_batches_alone(gan) -> None:
    """Each of them is drawn from a stream of its own, so a penalty that is due each k-th time stays due then."""
    penalty = GradientPenalty(every=3)
    seen = []
    for rule in (Alternating(), Unrolled(steps=4)):
        engine, turns = gan(NonSaturating(), [penalty], moves={"critic": 2, "generator": 1})
        rule.round(engine, turns)
        rule.round(engine, turns)
        seen.append([engine.draw(turn)["prior"] for turn in turns])
        assert len(engine.ledger.notes["critic/gradient-penalty"]) == 2  # moves 0 and 3 of 4
    assert all(torch.equal(a, b) for a, b in zip(*seen, strict=True))


def test_nobody_moves_on_a_look_ahead(gan) -> None:
    """One note and one memory for each move, whatever was looked at in between."""
    for rule in (Unrolled(steps=3), Extragradient(), Consensus(), Snapshots(every=1), Stale(delay=2), Optimistic()):
        engine, turns = gan(NonSaturating())
        remembered = []
        engine.game.after = lambda turn, draw, out, seen=remembered: seen.append(turn)
        for _ in range(3):
            rule.round(engine, turns)
        assert remembered == ["critic", "generator"] * 3, rule
        assert {name: len(notes) for name, notes in engine.ledger.notes.items()} == {
            "critic/cost": 3,
            "generator/cost": 3,
        }


def test_optimistic_adam_is_that_of_the_paper(gan) -> None:
    """theta ← theta - 2 h m̂_t / (root + e) + h m̂_(t-1) / (root' + e), for three rounds by hand."""
    adam = {"lr": 0.01, "betas": (0.5, 0.9)}
    engine, turns = gan(NonSaturating(), optimizer=lambda p: torch.optim.Adam(p, **adam))
    rule, gradients_of = Optimistic(), engine.gradients_of
    seen = []
    engine.gradients_of = lambda *a: (seen.append(gradients_of(*a)), seen[-1])[1]
    x = engine.players["critic"].parameters[0].detach().clone()
    m, s, last = torch.zeros_like(x), torch.zeros_like(x), None
    for t in range(1, 4):
        rule.round(engine, turns)
        g = seen[-1][0][0]
        m, s = 0.5 * m + 0.5 * g, 0.9 * s + 0.1 * g * g
        step = -0.01 * (m / (1 - 0.5**t)) / ((s / (1 - 0.9**t)).sqrt() + 1e-8)
        x = x + step if last is None else x + 2 * step - last
        last = step
        torch.testing.assert_close(engine.players["critic"].parameters[0].detach(), x, rtol=1e-4, atol=1e-6)


def test_optimism_keeps_constraints(gan) -> None:
    engine, turns = gan(Wasserstein())
    engine.players["critic"].projections = [WeightClipping(bound=0.05).project]
    rule = Optimistic()
    for _ in range(4):
        rule.round(engine, turns)
        assert all(float(p.detach().abs().max()) < 0.05 + 1e-6 for p in engine.players["critic"].parameters)


def test_past_opponents_are_averaged_or_drawn(gan) -> None:
    """The gradient against a queue is the mean of those against each; drawn, it is one of them."""
    engine, turns = gan(NonSaturating())
    rule = Snapshots(queue=2, every=2)
    pasts = []
    for i in range(6):
        pasts += [weights(engine)] if i % 2 == 0 else []
        rule.round(engine, turns)
    kept = [{name: past[name] for name in point} for past, point in zip(pasts[1:], rule.queue, strict=True)]
    assert all(torch.equal(a[n], b[n]) for a, b in zip(kept, rule.queue, strict=True) for n in b)
    generator = turns[1]
    draw, now = engine.draw(generator), weights(engine)
    engine.attend("generator")
    found = engine.descent(generator, draw, rule.cost(engine, generator, draw))
    each = []
    for past in (now, *kept):
        critic = {name: x for name, x in past.items() if name.startswith("critic.")}
        engine.game.load_state_dict({**now, **critic})
        each.append(engine.gradients(generator, draw))
    for g, *parts in zip(found, *each, strict=True):
        torch.testing.assert_close(g, torch.stack(parts).mean(0), rtol=1e-5, atol=1e-7)
    engine.game.load_state_dict(now)
    rule.drawn, counted = True, set()
    for _ in range(40):
        draw = engine.draw(generator)
        drawn = engine.descent(generator, draw, rule.cost(engine, generator, draw))[0]
        for i, past in enumerate((now, *kept)):
            critic = {name: x for name, x in past.items() if name.startswith("critic.")}
            if torch.allclose(
                drawn,
                torch.autograd.grad(engine.cost(generator, draw, critic).value, engine.parameters(generator))[0],
                atol=1e-9,
            ):
                counted.add(i)
    assert counted == {0, 1, 2}


def test_a_stale_gradient_is_that_of_old_parameters(gan) -> None:
    engine, turns = gan(NonSaturating())
    rule, points = Stale(delay=2), []
    _, draws = record(engine)
    for _ in range(5):
        points.append(weights(engine))
        rule.round(engine, turns)
    after = weights(engine)
    engine.game.load_state_dict(points[2])
    expected = engine.gradients_of(turns, draws[4])
    for turn, gradients in zip(turns, expected, strict=True):
        for name, g in zip(engine.names(turn), gradients, strict=True):
            torch.testing.assert_close(after[name], points[4][name] - 0.1 * g, rtol=1e-5, atol=1e-7)


class Told(torch.nn.Module):
    """A critic that scores the real ring above 0, and generated points as it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.shift, self.width, self.says = torch.nn.Parameter(torch.zeros(())), 1, 1.0

    def forward(self, x: torch.Tensor, condition: None = None, rng: object = None) -> torch.Tensor:
        real = (x.norm(dim=1) - 1).abs() < 0.2
        return torch.where(real, 1.0, self.says * torch.ones(())) + 0 * self.shift * x.sum(1)


@pytest.mark.parametrize("policy", ["stop", "skip"])
def test_the_gate_rests_whom_it_should(gan, policy: str) -> None:
    """Accuracy 1: the critic rests from the next round on, and wakes after a batch that it gets wrong."""
    critic = Told()
    engine, turns = gan(
        NonSaturating(), [GradientPenalty()], critic=critic, moves={"critic": 2, "generator": 1}, on_nan=policy
    )
    with torch.no_grad():
        engine.game.generator.net[2].bias.fill_(30.0)  # far from the ring
    rule, played = Gated(high=0.8, low=0.5), []
    moves, _ = record(engine)
    for says in (-1.0, -1.0, 1.0, -1.0, -1.0):
        critic.says = says
        moves.clear()
        rule.round(engine, turns)
        played.append((float(rule.accuracy), list(moves)))
    both = ["critic", "critic", "generator"]
    assert played == [
        (1.0, both),  # nothing is known yet
        (1.0, ["generator"]),  # 1 >= high: the critic only looks
        (0.5, ["generator"]),  # and sees that it is wrong now
        (1.0, ["critic", "critic"]),  # .5 <= low: the generator rests
        (1.0, ["generator"]),
    ]


def test_a_gate_reads_the_device_once_a_round(gan, monkeypatch) -> None:
    engine, turns = gan(NonSaturating(), moves={"critic": 3, "generator": 2})
    rule = Gated(high=1.0, low=0.0)
    rule.round(engine, turns)
    reads, read = [], torch.Tensor.__float__
    monkeypatch.setattr(torch.Tensor, "__float__", lambda x: (reads.append(1), read(x))[1])
    for _ in range(4):
        rule.round(engine, turns)
    assert len(reads) == 4


def test_reuse_moves_the_generator_on_what_the_critic_has_seen(gan) -> None:
    """Critic by hand on a shared draw, then the generator on the same latents against the moved critic."""
    engine, turns = gan(NonSaturating(), moves={"critic": 3, "generator": 1})
    by_hand, theirs = gan(NonSaturating(), moves={"critic": 3, "generator": 1})
    passes = []
    engine.game.generator.register_forward_hook(lambda *_: passes.append(1))
    moves, draws = record(engine)
    for _ in range(2):
        Alternating(reuse=True).round(engine, turns)
        critic, generator = theirs
        for _ in range(2):
            by_hand.move(critic, by_hand.gradients(critic, by_hand.draw(critic)))
        draw = by_hand.draw(critic, generator)
        for turn in theirs:
            by_hand.move(turn, by_hand.gradients(turn, draw))
    assert moves == ["critic", "critic", "critic", "generator"] * 2
    assert len(draws) == len(passes) == 6  # one for each critic move, none for the generator's
    after, expected = weights(engine), weights(by_hand)
    for name in expected:
        torch.testing.assert_close(after[name], expected[name], rtol=0, atol=0)


def test_reuse_with_a_penalty_gives_the_generator_no_part_of_it(gan) -> None:
    engine, turns = gan(Wasserstein(), [GradientPenalty()])
    by_hand, theirs = gan(Wasserstein(), [GradientPenalty()])
    Alternating(reuse=True).round(engine, turns)
    draw = by_hand.draw(*theirs)
    for turn in theirs:
        by_hand.move(turn, by_hand.gradients(turn, draw))
    after, expected = weights(engine), weights(by_hand)
    for name in expected:
        torch.testing.assert_close(after[name], expected[name], rtol=0, atol=0)


def test_reuse_hands_the_critics_side_no_graph_of_the_generator(gan) -> None:
    """Whoever keeps what the critic has seen, a pool or a statistic, keeps numbers alone."""
    engine, turns = gan(NonSaturating())
    seen, after = [], engine.game.after
    engine.game.after = lambda turn, draw, out: (seen.append((turn, out["fake"].requires_grad)), after(turn, draw, out))
    Alternating(reuse=True).round(engine, turns)
    assert seen == [("critic", False), ("generator", True)]


@pytest.mark.parametrize("moves", [{"generator": 1, "critic": 1}, {"critic": 1, "generator": 1, "classifier": 1}])
def test_reuse_wants_a_critic_and_then_a_generator(moves) -> None:
    with pytest.raises(UserError, match="reuse = true: the generator moves on what the critic has seen"):
        Alternating(reuse=True).check({}, moves)
    Alternating(reuse=True).check({}, {"critic": 5, "generator": 1})
    Alternating().check({}, moves)
