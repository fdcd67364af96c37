"""The auxiliary classifier: torch's cross-entropy on both sides, and who pays it."""

from __future__ import annotations

import pytest
import torch
from torch.nn.functional import cross_entropy

from gansuite.conditioning.auxiliary_classifier import AuxiliaryClassifier
from gansuite.conditioning.auxiliary_classifier import cross_entropy as ours
from gansuite.errors import UserError
from gansuite.objectives.mmd import Mmd
from gansuite.objectives.non_saturating import NonSaturating
from gansuite.objectives.relativistic_average import RelativisticAverage


def test_it_is_the_cross_entropy_of_torch_over_the_rows_with_a_label() -> None:
    torch.manual_seed(0)
    logits, label = torch.randn(9, 4), torch.tensor([0, 3, -1, 2, 1, -1, 0, 0, 2])
    codes = (label[:, None] == torch.arange(4)).float()
    torch.testing.assert_close(ours(logits, codes), cross_entropy(logits, label, ignore_index=-1))
    assert float(ours(logits, torch.zeros(9, 4))) == 0.0


@pytest.mark.parametrize("objective", [NonSaturating(), RelativisticAverage(), Mmd()], ids=lambda o: type(o).__name__)
def test_each_turn_pays_for_the_classes_it_shows(game, draw, objective) -> None:
    weight = 0.3
    played, plain = game([], objective, AuxiliaryClassifier(weight=weight)), draw()
    head, label = played.conditioning.classify, plain["label"]
    costs = {turn: played(turn, plain) for turn in ("critic", "generator")}
    out = costs["critic"].out
    real, fake = (cross_entropy(head(out["features"](out[key])), label) for key in ("real", "fake"))
    torch.testing.assert_close(costs["critic"].parts["class-real"], weight * real)
    torch.testing.assert_close(costs["critic"].parts["class-fake"], weight * fake)
    torch.testing.assert_close(costs["generator"].parts["class-fake"], weight * fake)
    sides = out["real_side"], out["fake_side"]
    torch.testing.assert_close(costs["critic"].value, objective.critic(*sides).mean() + weight * (real + fake))
    played.conditioning.weight = 0.0
    torch.testing.assert_close(costs["generator"].value, played("generator", plain).value + weight * fake)


def test_the_critic_is_not_told_the_class_that_it_has_to_tell(game, draw) -> None:
    played, batch, other = game([], conditioning=AuxiliaryClassifier()), draw(), draw()
    other["label"] = (batch["label"] + 1) % 4
    torch.testing.assert_close(played("critic", batch).out["real_score"], played("critic", other).out["real_score"])


def test_packs_are_refused() -> None:
    with pytest.raises(UserError, match=r"a pack has 2; leave out packing, or choose conditional"):
        AuxiliaryClassifier().check(NonSaturating(), 2)


def test_the_critic_may_learn_from_real_samples_alone(game, draw) -> None:
    batch, objective = draw(), NonSaturating()
    both = game([], objective, AuxiliaryClassifier(weight=0.3))
    real = game([], objective, AuxiliaryClassifier(weight=0.3, learns_from="real"))
    critic = both("critic", batch)
    assert set(real("critic", batch).parts) == {"cost", "class-real"}
    torch.testing.assert_close(real("critic", batch).value, critic.value - critic.parts["class-fake"])
    torch.testing.assert_close(real("generator", batch).value, both("generator", batch).value)
