"""PacGAN: what is packed with what, and why it tells mode collapse."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import pytest
import torch
from torch import Tensor

from gansuite.conditioning.conditional import Conditional
from gansuite.conditioning.projection import Projection
from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.games.gan import Gan
from gansuite.inputs.packing import Packing
from gansuite.objectives.mmd import Mmd
from gansuite.objectives.non_saturating import NonSaturating
from gansuite.spaces import TensorSpace


def law(atoms: Tensor, m: int) -> dict[tuple[float, ...], Fraction]:
    """The law of packs of m independent draws from equally likely atoms, by packing every one of them."""
    every = torch.cartesian_prod(*[atoms] * m).reshape(-1, 1)
    packs = Packing(m=m).samples(every, True, TensorSpace(), Rng(0), 0) if m > 1 else every
    counts = Counter(map(tuple, packs.tolist()))
    return {pack: Fraction(count, len(packs)) for pack, count in counts.items()}


def total_variation(atoms: Tensor, others: Tensor, m: int) -> Fraction:
    p, q = law(atoms, m), law(others, m)
    return sum((abs(p.get(x, Fraction(0)) - q.get(x, Fraction(0))) for x in {*p, *q}), Fraction(0)) / 2


def test_packs_tell_mode_collapse_from_a_slanted_law() -> None:
    """U[0, 1] on ten cells; one law lacks two of them, the other has .6 and 1.4 of the density on its halves
    (Lin et al. 2018, figure 4)."""
    target, collapsed = torch.arange(10.0), torch.arange(2.0, 10.0)
    slanted = torch.cat([torch.arange(5.0).repeat(3), torch.arange(5.0, 10.0).repeat(7)])
    assert [total_variation(target, law, 1) for law in (collapsed, slanted)] == [Fraction(1, 5), Fraction(1, 5)]
    assert [total_variation(target, law, 2) for law in (collapsed, slanted)] == [Fraction(9, 25), Fraction(6, 25)]


def test_the_critic_reads_m_samples_and_their_labels(game, draw) -> None:
    assert game([Packing(m=3)]).critic.trunk[0].in_features == 6
    conditional = game([Packing(m=2), Packing(m=3)], conditioning=Conditional())
    assert conditional.critic.trunk[0].in_features == 6 * (2 + 4)
    out = conditional("critic", draw()).out
    assert out["real"].shape == (2, 12) and out["score"](out["real"]).shape == (2,)
    batch = draw()
    codes = torch.nn.functional.one_hot(batch["label"], 4).double()
    expected = torch.cat([batch["data"].reshape(2, 12), codes.reshape(2, 24)], 1)
    torch.testing.assert_close(conditional.critic(expected), out["real_score"])


def test_projection_adds_up_over_a_pack(game, draw) -> None:
    played, batch = game([Packing(m=2)], conditioning=Projection()), draw()
    out = played("critic", batch).out
    features = played.critic.features(batch["data"].reshape(6, 4))
    embedded = played.conditioning.embed.weight.T.reshape(2, 4, -1)
    pairs = batch["label"].reshape(6, 2)
    expected = played.critic.head(features) + sum(
        (embedded[place][pairs[:, place]] * features).sum(1) for place in range(2)
    )
    torch.testing.assert_close(out["real_score"], expected)


def test_rows_may_change_places_with_their_packs(game, draw) -> None:
    played, batch = game([Packing(m=2)]), draw()
    order = torch.tensor([4, 5, 0, 1, 10, 11, 2, 3, 8, 9, 6, 7])
    moved = draw()
    moved.update({key: value[order] for key, value in batch.items()})
    torch.testing.assert_close(played("critic", moved).value, played("critic", batch).value)


@pytest.mark.parametrize(
    ("objective", "batch_size", "reason"),
    [(NonSaturating(), 7, "does not divide"), (Mmd(), 2, "at least 2")],
    ids=["indivisible", "one pack"],
)
def test_batches_without_packs_are_refused(objective, batch_size: int, reason: str) -> None:
    options = {"objective": objective, "inputs": [Packing(m=2)], "conditioning": None}
    with pytest.raises((UserError, ValueError), match=reason):
        Gan.check(options, batch_size)
