"""What every conditioning shares: codes of labels, known and unknown, and the conditions that people ask for."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch
from torch import Tensor

from gansuite.conditioning.auxiliary_classifier import AuxiliaryClassifier
from gansuite.conditioning.conditional import Conditional
from gansuite.conditioning.projection import Projection
from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.games.game import Draw
from gansuite.objectives.relativistic_average import RelativisticAverage
from gansuite.testing.toy import PointsSpec

ALL = [Conditional, AuxiliaryClassifier, Projection]


def bound(*labels: str) -> Conditional:
    conditioning = Conditional()
    conditioning.bind(PointsSpec(labels=labels))
    return conditioning


def test_a_code_is_the_label_as_one_hot_vector_and_0_where_it_is_unknown() -> None:
    codes = bound("a", "b", "c").one_hot(torch.tensor([2, -1, 0]))
    assert codes.tolist() == [[0, 0, 1], [0, 0, 0], [1, 0, 0]]


def test_conditions_by_name_number_row_and_code() -> None:
    conditioning = bound("cat", "dog", "7", "0")
    assert conditioning.chosen("dog", 2).tolist() == [[0, 1, 0, 0]] * 2
    assert conditioning.chosen(1, 1).tolist() == [[0, 1, 0, 0]]
    assert conditioning.chosen("0", 1).tolist() == [[0, 0, 0, 1]], "a name goes before a number"
    assert conditioning.chosen(["7", 0, "cat"], 3).argmax(1).tolist() == [2, 3, 0]
    assert conditioning.chosen(torch.tensor([1, 2]), 2).argmax(1).tolist() == [1, 2]
    codes = torch.rand(3, 4)
    assert conditioning.chosen(codes, 3) is codes


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("dgo", r"no label 'dgo'; did you mean 'dog'\? labels: cat, dog$"),
        (2, "no label '2'; labels: cat, dog$"),
        (-1, "no label '-1'"),
        (["cat"] * 2, "2 labels for 3 samples"),
    ],
    ids=["misspelt", "beyond", "negative", "too few"],
)
def test_conditions_that_do_not_exist(condition: object, words: str) -> None:
    with pytest.raises(UserError, match=words):
        bound("cat", "dog").chosen(condition, 3)


def test_the_first_dozen_of_many_labels_is_listed() -> None:
    with pytest.raises(UserError, match=r"no label 'x'; labels: 0, 1, 2, .*, 11, \.\.\. \(13 in all\)$"):
        bound(*map(str, range(13))).chosen("x", 1)
    with pytest.raises(UserError, match=r"no label 'x'; labels: 0, 1, 2, .*, 11$"):
        bound(*map(str, range(12))).chosen("x", 1)


def test_a_game_without_conditioning_has_no_condition(game) -> None:
    with pytest.raises(UserError, match="no conditioning"):
        game([]).condition("a", 3)


@pytest.mark.parametrize("kind", ALL)
def test_data_without_labels_are_refused(kind) -> None:
    with pytest.raises(UserError, match="no labels"):
        kind().bind(PointsSpec())
    with pytest.raises(UserError, match="no labels"):
        kind().bind(SimpleNamespace())


@pytest.mark.parametrize("kind", ALL)
def test_data_of_one_class_are_refused_by_its_name(kind) -> None:
    with pytest.raises(UserError, match="all data is of the class 'three'"):
        kind().bind(SimpleNamespace(labels=("three",)))


def test_labels_are_drawn_as_often_as_training_has_seen_them(game, draw) -> None:
    played, n = game([], conditioning=Conditional()), 20_000
    uniform = played.conditioning.chance(n, Rng(0, "x")).mean(0)
    torch.testing.assert_close(uniform, torch.full((4,), 0.25), atol=4 * (0.19 / n) ** 0.5, rtol=0)
    batch = draw(8)
    batch["label"] = torch.tensor([0, 3, 3, 3, -1, -1, 1, 0])
    with torch.no_grad():
        played.after("critic", batch, played("critic", batch).out)
    assert played.conditioning.counts.tolist() == [2, 1, 0, 3]
    seen = played.conditioning.chance(n, Rng(0, "x")).mean(0)
    torch.testing.assert_close(seen, torch.tensor([2, 1, 0, 3]) / 6, atol=4 * (0.25 / n) ** 0.5, rtol=0)
    assert float(seen[2]) == 0


def test_both_players_read_the_code(game, draw) -> None:
    played, batch = game([], conditioning=Conditional()), draw()
    codes = torch.nn.functional.one_hot(batch["label"], 4).double()
    fake = played.generator(torch.cat([batch["prior"], codes], 1))
    out = played("critic", batch).out
    torch.testing.assert_close(out["fake"], fake)
    torch.testing.assert_close(out["real_score"], played.critic(torch.cat([batch["data"], codes], 1)))
    torch.testing.assert_close(out["fake_score"], played.critic(torch.cat([fake, codes], 1)))
    torch.testing.assert_close(out["score"](fake), out["fake_score"])
    assert out["features"](batch["data"]).shape == (12, 32)
    torch.testing.assert_close(played("generator", batch).out["generator"](batch["prior"]), fake)


@pytest.mark.parametrize("kind", ALL)
def test_unlabelled_rows_train_and_samples_follow_the_condition(game, draw, kind) -> None:
    played, batch = game([], conditioning=kind()), draw()
    batch["label"] = torch.where(torch.arange(12) < 6, batch["label"], -1)
    for turn, player in (("critic", "critic"), ("generator", "generator")):
        assert played(turn, batch).value.isfinite()
        assert len(played.owned(player)) == (2 if player == "critic" else 1)
    rng: list[Tensor] = []
    for label in ("a", "b"):
        rows = played.condition(label, 5)
        rng.append(played.sample(5, Rng(0, "s"), rows))
    assert not torch.equal(*rng)
    assert played.sample(5, Rng(0, "s")).shape == (5, 2)


@pytest.mark.parametrize("kind", ALL)
def test_ranks_gather_what_the_objective_compares_and_keep_their_codes(game, draw, kind) -> None:
    """Two ranks with equal rows: the averages of the relativistic objective stay, and so does each cost."""
    played, alone = game([], RelativisticAverage(), kind()), draw()
    both = Draw(dict(alone), alone.rng, gather=lambda x: torch.cat([x, x]))
    for turn in played.turns:
        torch.testing.assert_close(played(turn, both).value, played(turn, alone).value)
    out = played("critic", both).out
    assert len(out["real_score"]) == 12 and len(out["real_side"]) == 24
    with torch.no_grad():
        played.after("critic", both, out)
    assert float(played.conditioning.counts.sum()) == 24
