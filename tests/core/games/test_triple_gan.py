"""Triple-GAN: its three costs against the paper's by hand, its memory, and moons with ten labels."""

from __future__ import annotations

import copy
import math
from functools import partial
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, one_hot, softplus

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.games.game import Draw
from gansuite.games.networks import Networks
from gansuite.games.triple_gan import TripleGan
from gansuite.objectives.feature_matching import FeatureMatching
from gansuite.objectives.minimax import Minimax
from gansuite.objectives.non_saturating import NonSaturating
from gansuite.objectives.relativistic import Relativistic
from gansuite.penalties.r1 import R1
from gansuite.priors.normal import Normal
from gansuite.testing.toy import Critic, Generator, PointsSpec

SPEC = PointsSpec(labels=("upper", "lower"))


class Deep(Critic):
    """Two hidden layers."""

    def __init__(self, spec: Any, *, width: int) -> None:
        super().__init__(spec, width=width)
        self.trunk.extend([nn.Linear(width, width), nn.LeakyReLU(0.2)])


def make(objective: Any = None, width: int = 16, critic: type[Critic] = Critic, **options: Any) -> TripleGan:
    prior = Normal(SPEC, size=2)
    makers: dict[str, Any] = {
        "generator": (("spec", "prior"), partial(Generator, width=width)),
        "critic": (("spec",), partial(critic, width=width)),
        "classifier": (("spec",), partial(critic, width=width)),
    }
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return TripleGan(
            Networks(SPEC, prior, makers), prior, SPEC.space, objective=objective or Minimax(), **options
        ).double()


def draw_of(label: list[int], seed: int = 0) -> Draw:
    rng, n = Rng(seed, "draw"), len(label)
    batches = {"data": rng.normal(n, 2).double(), "prior": rng.normal(n, 2).double(), "label": torch.tensor(label)}
    return Draw(batches, partial(Rng, seed))


def remember(game: TripleGan, draw: Draw) -> None:
    with torch.no_grad():
        game.after("critic", draw, game("critic", draw).out)


def test_the_costs_are_those_of_the_paper() -> None:
    """All rows labelled: eq. 4 and 5 with y averaged exactly, written out with log D and log(1 - D)."""
    game, draw = make(alpha=0.3, pseudo=0.2), draw_of([0, 1, 1, 0, 1])
    x, y = draw["data"], one_hot(draw["label"], 2).double()
    fake = game.generator(torch.cat([draw["prior"], y], 1))

    def d(samples: Tensor, codes: Tensor) -> Tensor:
        return game.critic(torch.cat([samples, codes], 1)).sigmoid()

    c = game.head(game.classifier.features(x)).softmax(1)
    pairs = torch.stack([d(x, torch.eye(2).double()[k].expand(5, 2)) for k in range(2)], 1)
    against = (c * (1 - pairs).log()).sum(1).mean()
    critic = d(x, y).log().mean() + 0.3 * against + 0.7 * (1 - d(fake, y)).log().mean()
    torch.testing.assert_close(game("critic", draw).value, -critic)
    torch.testing.assert_close(game("generator", draw).value, 0.7 * (1 - d(fake, y)).log().mean())
    told = cross_entropy(game.head(game.classifier.features(x)), draw["label"])
    pseudo = cross_entropy(game.head(game.classifier.features(fake)), draw["label"])
    torch.testing.assert_close(game("classifier", draw).value, told + 0.3 * against + 0.2 * pseudo)


def test_at_the_truth_the_critic_is_blind_and_nobody_moves() -> None:
    """With p = p_G = p_C the best critic is 1/2 everywhere, and its cost 2 log 2 (theorem 3.3)."""

    class Blind(Critic):
        def forward(self, x: Tensor, condition: object = None, rng: object = None) -> Tensor:
            return 0.0 * super().forward(x)

    prior = Normal(SPEC, size=2)
    networks = {
        "generator": Generator(SPEC, Normal(SPEC, size=4)),
        "critic": Blind(PointsSpec(4)),
        "classifier": Critic(SPEC),
    }
    game = TripleGan(Networks.fixed(networks, SPEC, prior), prior, SPEC.space, objective=Minimax()).double()
    assert game("critic", draw_of([0, 1, -1, 1])).value.item() == pytest.approx(2 * math.log(2))


def test_rows_without_a_label_count_as_data_but_not_as_pairs() -> None:
    game, draw = make(), draw_of([0, -1, 1, -1])
    cost = game("critic", draw)
    scores = game.critic(torch.cat([draw["data"][[0, 2]], torch.eye(2).double()], 1))
    torch.testing.assert_close(cost.parts["labelled"], softplus(-scores).mean())
    other = draw_of([0, -1, 1, -1])
    other["data"][1] += 1
    assert game("critic", other).parts["labelled"] == cost.parts["labelled"]
    assert game("critic", other).parts["classified"] != cost.parts["classified"]
    assert game("critic", draw_of([-1] * 4)).parts["labelled"] == 0
    told = cross_entropy(game.classify(draw["data"][[0, 2]]), torch.tensor([0, 1]))
    torch.testing.assert_close(game("classifier", draw).parts["labelled"], told)
    assert game("classifier", draw_of([-1] * 4)).parts["labelled"] == 0


def test_labelled_rows_are_kept_newest_first_and_used_again() -> None:
    game = make(memory=3)
    first, second = draw_of([-1, 0, -1, 1]), draw_of([1, -1, -1, 0], seed=1)
    remember(game, first)
    assert torch.equal(game.kept_samples[:2], first["data"][[1, 3]])
    assert game.kept_codes.tolist() == [[1, 0], [0, 1], [0, 0]]
    labelled = game.labelled(second)
    assert torch.equal(labelled.samples, torch.cat([second["data"][[0, 3]], first["data"][[1, 3]]]))
    assert labelled.known.tolist() == [1, 1, 1, 1]
    remember(game, second)
    assert torch.equal(game.kept_samples, torch.cat([second["data"][[0, 3]], first["data"][[1]]]))
    assert {"kept_samples", "kept_codes"} <= set(game.state_dict())


def test_each_turn_moves_its_player_alone_and_penalties_see_labelled_rows() -> None:
    game = make(penalties=[R1()])
    assert game.turns == ("critic", "generator", "classifier")
    assert [len(game.owned(player)) for player in game.turns] == [2, 1, 2]
    draw = draw_of([0, 1, -1, 0])
    cost = game("critic", draw, game.terms())
    assert cost.value.isfinite() and cost.out["score"](cost.out["real"]).shape == (4,)
    (used,) = torch.autograd.grad(game("classifier", draw).value, game.head.weight)
    assert used.abs().sum() > 0
    assert game.draws("classifier") == ("data", "prior")


@pytest.mark.parametrize(
    "objective", [Relativistic(), FeatureMatching(critic=NonSaturating())], ids=["pairs", "features"]
)
def test_costs_that_are_no_sum_over_single_scores_are_refused(objective: Any) -> None:
    with pytest.raises(UserError, match="judges each alone"):
        TripleGan.check({"objective": objective}, 8)


def test_a_classifier_without_features_is_refused() -> None:
    class Opaque(nn.Module):
        def forward(self, x: Tensor, condition: object = None, rng: object = None) -> Tensor:
            return x.sum(1)

    prior = Normal(SPEC, size=2)
    networks = {"generator": Generator(SPEC, prior), "critic": Critic(SPEC), "classifier": Opaque()}
    with pytest.raises(UserError, match="classifier's features"):
        TripleGan(Networks.fixed(networks, SPEC, prior), prior, SPEC.space, objective=Minimax())


def moons(n: int, rng: Rng) -> tuple[Tensor, Tensor]:
    """Two interleaved half circles."""
    label, angle = rng.integers(0, 2, n), rng.uniform(n, high=math.pi).double()
    upper, lower = torch.stack([angle.cos(), angle.sin()], 1), torch.stack([1 - angle.cos(), 0.5 - angle.sin()], 1)
    points = torch.where(label[:, None] == 0, upper, lower) - torch.tensor([0.5, 0.25])
    return points + rng.normal(n, 2, scale=0.1).double(), label


def test_with_ten_labels_it_classifies_moons_better_than_supervised_training() -> None:
    """Ten of five hundred points have a label; held-out accuracy of both classifiers, from the same start."""
    (points, label), (held_out, truth) = moons(500, Rng(2, "train")), moons(1000, Rng(2, "test"))
    known = torch.cat([(label == k).nonzero()[:5, 0] for k in range(2)])
    masked = torch.full_like(label, -1)
    masked[known] = label[known]
    game = make(NonSaturating(), width=64, critic=Deep, penalties=[R1(weight=0.1)])
    network, head = copy.deepcopy(game.classifier), copy.deepcopy(game.head)
    weights = [*network.parameters(), *head.parameters()]
    optimizer = torch.optim.Adam(weights, lr=3e-3)
    for _ in range(300):
        cost = cross_entropy(head(network.features(points[known])), label[known])
        for parameter, gradient in zip(weights, torch.autograd.grad(cost, weights, allow_unused=True), strict=True):
            parameter.grad = gradient
        optimizer.step()
    supervised = (head(network.features(held_out)).argmax(1) == truth).double().mean()

    moved = {turn: [p for module in game.owned(turn) for p in module.parameters()] for turn in game.turns}
    optimizers = {turn: torch.optim.Adam(moved[turn], lr=3e-3, betas=(0.0, 0.99)) for turn in game.turns}
    for index in range(300):
        for turn in game.turns:
            rng = partial(Rng, 0, turn, index=index)
            rows = rng("data").integers(0, 500, 64)
            prior = game.prior.sample(64, rng("prior")).double()
            draw = Draw({"data": points[rows], "label": masked[rows], "prior": prior}, rng)
            cost = game(turn, draw, game.terms() if turn == "critic" else [])
            gradients = torch.autograd.grad(cost.value, moved[turn], allow_unused=True)
            for parameter, gradient in zip(moved[turn], gradients, strict=True):
                parameter.grad = gradient
            optimizers[turn].step()
            with torch.no_grad():
                game.after(turn, draw, cost.out)
    found = (game.classify(held_out).argmax(1) == truth).double().mean()
    assert float(found) > float(supervised) + 0.05, (found, supervised)
