"""Domain adaptation: its costs, and labels that arrive where only the samples were moved."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch.nn.functional import cross_entropy, softplus

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.games.translation.domain_adaptation import DomainAdaptation
from gansuite.objectives.non_saturating import NonSaturating

from .domains import LABELS, POINTS, Domain, Function, descend, draw_of, game_of

SPEC = Domain((2,), LABELS, Domain((2,), LABELS))


def test_the_costs_are_those_of_the_paper():
    game = game_of(DomainAdaptation, NonSaturating(), SPEC, task=3.0)
    label = Rng(0).integers(0, 3, 8)
    draw = draw_of(SPEC, source_label=label)
    made = game.generator(draw["source"])
    told, told_source = (game.head(game.classifier.features(each)) for each in (made, draw["source"]))
    fooled = softplus(-game.critic(made)).mean()
    torch.testing.assert_close(game("generator", draw).value, fooled + 3 * cross_entropy(told, label))
    wanted = cross_entropy(told, label) + cross_entropy(told_source, label)
    torch.testing.assert_close(game("classifier", draw).value, wanted)


def test_labels_arrive_where_the_samples_are_moved_to():
    def blobs(step: int, n: int = 64) -> Any:
        rng = Rng(3, "blobs", index=step)
        label = rng.integers(0, 2, n)
        place = torch.tensor([[-1.0, 0.0], [1.0, 0.0]]).double()
        source = rng.normal(n, 2, scale=0.2).double() + place[label]
        return draw_of(SPEC, n=n, index=step, source=source, source_label=label)

    held, right = blobs(999), {}
    for name, map in {"adapted": lambda x: x.flip(1), "source": lambda x: x}.items():
        game = game_of(DomainAdaptation, NonSaturating(), SPEC)
        game.generator = Function(map)
        descend(game, {"classifier": 1}, blobs, 150, 1e-2)
        told = game.classify(held["source"].flip(1)).argmax(1)  # the other domain has its blobs at (0, -1) and (0, 1)
        right[name] = float((told == held["source_label"]).double().mean())
    assert right["adapted"] > 0.95
    assert right["source"] < 0.9


def test_sources_without_labels_are_refused():
    with pytest.raises(UserError, match="labelled sources"):
        game_of(DomainAdaptation, NonSaturating(), POINTS)
