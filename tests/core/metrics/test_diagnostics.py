"""Diagnostics: what they must find, and how often they accuse a generator that has the very law of the data.

``python tests/core/metrics/test_diagnostics.py 400`` prints what is found of 400 honest generators for each law, and of
40 of each kind that is at fault: the figures of docs/reports.md.
"""

from __future__ import annotations

import collections
import json
import math
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from scipy.stats import binomtest, fisher_exact
from sklearn.metrics import roc_auc_score
from torch import Tensor
from torch.nn.functional import one_hot, softplus

from gansuite.metrics import Estimate, MetricError
from gansuite.metrics.diagnostics import Finding, diagnose, intrinsic_dimension, pull
from gansuite.metrics.diagnostics.collapse import within
from gansuite.metrics.diagnostics.critics import auc
from gansuite.metrics.diagnostics.finding import ALPHA, percent
from gansuite.metrics.diagnostics.memorisation import authentic, below
from gansuite.metrics.diagnostics.nearest import neighbours

Law = Callable[[int, torch.Generator], Tensor]


def normal(d: int) -> Law:
    return lambda n, g: torch.randn(n, d, generator=g)


def torus(m: int) -> Law:
    """m independent circles: flat, without an edge, of dimension m in 2 m coordinates."""

    def law(n: int, g: torch.Generator) -> Tensor:
        angle = torch.rand(n, m, generator=g) * 2 * math.pi
        return torch.cat([angle.cos(), angle.sin()], 1)

    return law


def clusters(k: int, d: int) -> Law:
    def law(n: int, g: torch.Generator) -> Tensor:
        return 10.0 * torch.randint(k, (n, 1), generator=g) * torch.eye(d)[0] + torch.randn(n, d, generator=g)

    return law


def student(n: int, g: torch.Generator) -> Tensor:
    return torch.randn(n, 5, generator=g) / torch.randn(n, 3, generator=g).square().mean(1, keepdim=True).sqrt()


def words(n: int, g: torch.Generator) -> Tensor:
    """200 words, some of them frequent, so that honest samples repeat each other and the training set."""
    return one_hot((200 * torch.rand(n, generator=g) ** 3).long(), 200).float()


LAWS: dict[str, tuple[Law, int]] = {
    "normal, d = 2": (normal(2), 2),
    "normal, d = 20": (normal(20), 20),
    "normal, d = 128, falling spectrum": (lambda n, g: normal(128)(n, g) * torch.arange(1, 129) ** -0.5, 128),
    "Student's t (3), d = 5": (student, 5),
    "flat torus, m = 5": (torus(5), 5),
    "8 modes, d = 2": (clusters(8, 2), 2),
    "200 words": (words, 199),
}


def honest(law: Law, latent: int, n: int, m: int, k: int, seed: int) -> list[Finding]:
    """What is found of a generator and a critic that have nothing to be accused of."""
    g = torch.Generator().manual_seed(seed)
    scores = {"real": torch.randn(n, generator=g), "fake": torch.randn(m, generator=g)}
    scores |= {"train": torch.randn(k, generator=g)}
    return diagnose(law(n, g), law(m, g), law(k, g), critic_scores=scores, latent=latent, seed=seed)


def alarms(law: Law, latent: int, n: int, m: int, k: int, times: int) -> collections.Counter[str]:
    return collections.Counter(f.name for seed in range(times) for f in honest(law, latent, n, m, k, seed))


def draws(d: int, n: int = 200, m: int = 500, k: int = 1000, seed: int = 0) -> tuple[Tensor, Tensor, Tensor]:
    """Held-out, generated and training samples of one normal law."""
    g = torch.Generator().manual_seed(seed)
    return torch.randn(n, d, generator=g), torch.randn(m, d, generator=g), torch.randn(k, d, generator=g)


def named(found: list[Finding]) -> dict[str, Finding]:
    return {finding.name: finding for finding in found}


# Honest generators.


@pytest.mark.parametrize("name", ["normal, d = 20", "Student's t (3), d = 5", "8 modes, d = 2", "200 words"])
def test_an_honest_generator_is_not_accused(name: str) -> None:
    law, latent = LAWS[name]
    times = 25
    found = alarms(law, latent, 60, 60, 200, times)
    for finding, count in found.items():
        # Each test's rate is 1 % at most: 4 of 25 have a chance of 1e-4.
        assert binomtest(count, times, ALPHA, alternative="greater").pvalue > 1e-3, finding


def test_a_wide_or_distant_generator_is_bad_but_not_collapsed() -> None:
    real, fake, train = draws(8)
    assert diagnose(real, 1.2 * fake, train) == []
    assert diagnose(real, fake + 20, train) == []


def test_a_smooth_generator_has_memorised_nothing() -> None:
    # Nearer to the training set than the data themselves, as without the noise of the data, but to none of it.
    real, fake, train = draws(64)
    found = named(diagnose(real, 0.3 * fake, train))
    assert set(found) == {"collapse"}
    assert below(neighbours(0.3 * fake, train)[0][:, 0], neighbours(real, train)[0][:, 0])[0] == 1.0


def test_the_chance_of_a_share_below_a_quantile_is_exact() -> None:
    # n = 19 others: the 5 % quantile is the least of them, and m samples are all above it with chance n / (n + m).
    g = torch.Generator().manual_seed(0)
    m, times = 3, 4000
    none = sum(below(torch.rand(m, generator=g), torch.rand(19, generator=g))[0] == 0 for _ in range(times))
    assert none / times == pytest.approx(19 / 22, abs=4 * math.sqrt(19 / 22 * 3 / 22 / times))
    theirs = torch.arange(1, 20).double()
    assert below(torch.tensor([0.0, 2.0, 3.0]).double(), theirs) == (pytest.approx(1 / 3), pytest.approx(1 - 19 / 22))
    assert below(torch.full((3,), 1.0).double(), theirs) == (0.0, 1.0)  # a tie is not below


# Collapse.


@pytest.mark.parametrize(("d", "level"), [(2, "warning"), (8, "warning")])
def test_a_lost_mode_is_found(d: int, level: str) -> None:
    g = torch.Generator().manual_seed(1)
    found = named(diagnose(clusters(8, d)(400, g), clusters(1, d)(400, g)))
    assert found["collapse"].level == level
    # One mode of eight: an eighth of the volume, and in the plane a root of eight nearer.
    assert found["collapse"].numbers["volume"] == pytest.approx(1 / 8, rel=0.5)
    assert found["collapse"].numbers["distance ratio"] == pytest.approx(8 ** (-1 / d), rel=0.15)
    assert found["collapse"].numbers["p"] == 1 / 400


def test_half_of_the_volume_is_the_bound() -> None:
    real, fake, _ = draws(2, 500, 500)
    assert diagnose(real, 0.8 * fake) == []  # 64 %
    assert named(diagnose(real, 0.6 * fake))["collapse"].level == "note"  # 36 %
    assert named(diagnose(real, 0.4 * fake))["collapse"].level == "warning"  # 16 %


def test_the_distance_within_a_half_is_the_true_one() -> None:
    g = torch.Generator().manual_seed(0)
    pool = torch.randn(60, 3, generator=g).double()
    orders = torch.stack([torch.randperm(60, generator=g) for _ in range(5)])
    own = within(*neighbours(pool, k=32), orders)
    for row, order in zip(own, orders, strict=True):
        for half in (order[:30], order[30:]):
            among = torch.cdist(pool[half], pool[half]).fill_diagonal_(torch.inf).min(1).values
            torch.testing.assert_close(row[half], among)


def test_repeated_samples_are_found_though_few() -> None:
    real, fake, _ = draws(8)
    few = torch.cat([fake[:188], fake[:12]])
    finding = named(diagnose(real, few))["duplicates"]
    assert (finding.level, finding.numbers["repeated"], finding.numbers["repeated real"]) == ("warning", 0.12, 0.0)
    assert "12 % of 200 generated samples" in finding.words
    assert diagnose(real, fake[:200]) == []


def test_one_point_is_a_collapse_and_no_memory() -> None:
    real, fake, train = draws(8)
    found = named(diagnose(real, torch.zeros_like(fake), train))
    assert set(found) == {"duplicates"}
    assert found["duplicates"].numbers["repeated"] == 1.0


# Memorisation.


@pytest.mark.parametrize("d", [8, 64])
def test_copies_are_found_with_and_without_noise(d: int) -> None:
    real, fake, train = draws(d)
    g = torch.Generator().manual_seed(3)
    taken = train[torch.randint(len(train), (500,), generator=g)]
    exact = named(diagnose(real, taken, train))
    assert exact["copies"].numbers["copies"] == 1.0
    assert exact["copies"].numbers["copies held-out"] == 0.0
    assert exact["memorisation"].numbers["authentic"] == 0.0
    noisy = named(diagnose(real, taken + 0.1 * fake, train))
    assert noisy["memorisation"].numbers["nearer"] == 1.0
    assert "copies" not in noisy


def test_a_fifth_by_heart_is_found() -> None:
    real, fake, train = draws(8)
    fake[:100] = train[:100] + 0.05 * fake[:100]
    finding = named(diagnose(real, fake, train))["memorisation"]
    assert finding.numbers["singled out"] == pytest.approx(0.2 + 0.8 * 0.05, abs=0.03)
    assert finding.numbers["authentic"] < finding.numbers["authentic held-out"] - 0.05


def test_a_discrete_law_repeats_its_training_set_honestly() -> None:
    g = torch.Generator().manual_seed(0)
    real, fake, train = words(200, g), words(200, g), words(400, g)
    assert diagnose(real, fake, train) == []
    unseen = one_hot(torch.arange(200), 200).float()  # now held-out words are seldom in the training set
    assert set(named(diagnose(unseen, train[:200], train))) >= {"copies"}


def test_authentic_is_further_than_the_training_samples_are_apart() -> None:
    train = torch.tensor([[0.0], [1.0], [3.0]])  # apart from the next by 1, 1 and 2
    x = torch.tensor([[0.1], [2.2], [-1.5], [9.0]])  # from the nearest by 0.1, 0.8, 1.5 and 6
    assert authentic(*neighbours(x, train, k=2), train) == 0.5


def test_a_collapse_beside_one_training_sample_is_no_memory() -> None:
    real, fake, train = draws(8)
    assert set(named(diagnose(real, train[3] + 0.01 * fake, train))) == {"collapse"}


def test_a_training_set_that_repeats_itself_is_repeated_by_heart_all_the_same() -> None:
    real, fake, train = draws(8)
    found = named(diagnose(real, train[:500] + 0.05 * fake, train.repeat(3, 1)))
    assert found["memorisation"].numbers["singled out"] == 1.0


def test_copies_are_held_against_those_held_out_by_fishers_test() -> None:
    real, fake, train = draws(8)
    real[:20], fake[:120] = train[:20], train[100:220]
    finding = named(diagnose(real, fake, train))["copies"]
    truth = fisher_exact([[120, 380], [20, 180]], alternative="greater")
    assert finding.numbers["p"] == pytest.approx(truth.pvalue, rel=1e-9)
    real[:40] = train[:40]  # 20 % against 24 %
    assert "copies" not in named(diagnose(real, fake, train))


# The critic.


def scores(**means: float) -> dict[str, Tensor]:
    g = torch.Generator().manual_seed(0)
    return {name: mean + torch.randn(400, generator=g) for name, mean in means.items()}


def critic(**scored: Tensor) -> dict[str, Finding]:
    real, fake, train = draws(4)
    return named(diagnose(real, fake, train, critic_scores=scored))


def test_auc_against_scikit_learn_with_ties() -> None:
    g = torch.Generator().manual_seed(0)
    above, under = (torch.randint(6, (n,), generator=g).double() for n in (70, 31))
    truth = roc_auc_score([1] * 70 + [0] * 31, torch.cat([above, under]).numpy())
    assert auc(above, under) == pytest.approx(truth, abs=1e-12)
    assert auc(torch.zeros(3).double(), torch.zeros(2).double()) == 0.5


def test_ranks_alone_count() -> None:
    tame = scores(real=1.0, fake=0.0, train=4.0)
    wild = {name: (x**3 + 10 * x) * 1e6 for name, x in tame.items()}
    assert set(critic(**tame)) == {"overfit"}
    assert critic(**tame)["overfit"].numbers == critic(**wild)["overfit"].numbers


def test_a_critic_that_is_certain() -> None:
    told = scores(real=20.0, fake=-20.0, train=20.0)
    assert critic(**told)["saturated"].level == "note"
    minimax = pull(lambda s: -softplus(s), told["real"], told["fake"])
    gentle = pull(lambda s: softplus(-s), told["real"], told["fake"])
    assert critic(**told, pull=minimax)["saturated"].level == "warning"
    assert "stands still" in critic(**told, pull=minimax)["saturated"].words
    assert critic(**told, pull=gentle)["saturated"].level == "note"
    assert critic(**scores(real=2.0, fake=-2.0, train=2.0)) == {}  # an AUC of 0.998
    few = {name: x[:49] for name, x in told.items()}
    assert critic(**few) == {}


def test_pull_is_the_ratio_of_slopes() -> None:
    real, fake = torch.tensor([1.0, 3.0, 9.0]), torch.tensor([-8.0, -2.0, 0.0])
    assert float(pull(lambda s: -s, real, fake)) == 1.0
    slope = torch.sigmoid(torch.tensor([-2.0, 3.0], dtype=torch.float64))
    assert float(pull(lambda s: -softplus(s), real, fake)) == pytest.approx(float(slope[0] / slope[1]))
    assert float(pull(lambda s: (s - 1) ** 2, real, fake)) == 3 / 2
    assert not torch.is_grad_enabled() or fake.grad is None


def test_a_critic_that_knows_its_data_by_heart() -> None:
    finding = critic(**scores(real=0.0, fake=0.0, train=2.0))["overfit"]
    assert finding.level == "warning"
    assert "no better than generated" in finding.words
    assert finding.numbers["auc train over held-out"] == pytest.approx(0.921, abs=0.03)  # Phi(2 / sqrt 2)
    assert critic(**scores(real=2.0, fake=0.0, train=3.0))["overfit"].level == "note"
    assert critic(**scores(real=2.0, fake=0.0, train=2.1)) == {}
    few = {name: x[:55] for name, x in scores(real=0.0, fake=0.0, train=0.85).items()}
    assert auc(few["train"], few["real"]) > 0.6
    assert critic(**few) == {}  # so far by chance


def test_what_is_absent_is_not_judged() -> None:
    assert critic(**scores(real=0.0, train=5.0)) == {}
    assert set(critic(**scores(real=9.0, fake=-9.0))) == {"saturated"}


def test_scores_that_are_not_finite() -> None:
    bad = scores(real=0.0, fake=0.0)
    bad["fake"][3] = torch.nan
    with pytest.raises(MetricError, match="critic scores: those of fake are not finite"):
        critic(**bad)


# The dimension.


def swiss_roll(n: int, g: torch.Generator) -> Tensor:
    t = 1.5 * math.pi * (1 + 2 * torch.rand(n, generator=g))
    return torch.stack([t * t.cos(), 21 * torch.rand(n, generator=g), t * t.sin()], 1)


def sphere(n: int, g: torch.Generator) -> Tensor:
    x = torch.randn(n, 4, generator=g)
    return torch.cat([x / x.norm(dim=1, keepdim=True), torch.zeros(n, 6)], 1)


@pytest.mark.parametrize(
    ("law", "m", "bias"),
    [(torus(1), 1, 0.02), (torus(2), 2, 0.02), (swiss_roll, 2, 0.03), (sphere, 3, 0.05), (normal(5), 5, 0.05),
     (clusters(8, 2), 2, 0.03), (normal(10), 10, 0.1)],
)  # fmt: skip
def test_known_manifolds(law: Law, m: int, bias: float) -> None:
    values = [intrinsic_dimension(law(400, torch.Generator().manual_seed(s))).value for s in range(12)]
    error = np.std(values, ddof=1) / math.sqrt(len(values))
    assert abs(np.mean(values) / m - 1) < bias + 3 * error / m


def test_the_interval_covers_the_truth() -> None:
    n, times = 120, 150
    found = [intrinsic_dimension(torus(2)(n, torch.Generator().manual_seed(seed))) for seed in range(times)]
    assert 0.91 <= sum(each.low <= 2 <= each.high for each in found) / times <= 0.985
    # Shared neighbours make it wider than that of as many independent points, by a root of 1.5 or so.
    width = np.mean([math.log(each.high / each.low) for each in found])
    assert 1.12 < width / (2 * 1.96 / math.sqrt(0.9 * n)) < 1.3


def test_the_fit_by_hand() -> None:
    # Independent ratios, as distances from far-apart pairs: the sum over the censored sample is Gamma(r) / m.
    x = torch.randn(100, 3, generator=torch.Generator().manual_seed(0)).double()
    near = torch.cdist(x, x).fill_diagonal_(torch.inf).topk(2, largest=False).values
    ratio = np.sort(np.log((near[:, 1] / near[:, 0]).numpy()))
    assert intrinsic_dimension(x).value == pytest.approx(89 / (ratio[:90].sum() + 10 * ratio[89]), rel=1e-9)
    assert intrinsic_dimension(x, discard=0.0).value == pytest.approx(99 / ratio.sum(), rel=1e-9)


def test_invariances_of_the_dimension() -> None:
    g = torch.Generator().manual_seed(0)
    x = torch.randn(200, 3, generator=g).double()
    turn = torch.linalg.qr(torch.randn(3, 3, generator=g).double()).Q
    whole = intrinsic_dimension(x)
    for same in (7 * x @ turn + 1000, x[torch.randperm(200, generator=g)], torch.cat([x, x]), x.numpy()):
        found = intrinsic_dimension(same)
        assert (found.value, found.low) == (pytest.approx(whole.value, rel=1e-6), pytest.approx(whole.low, rel=1e-6))


def test_a_wider_level_is_wider() -> None:
    x = draws(3)[0]
    narrow, wide = intrinsic_dimension(x, level=0.5), intrinsic_dimension(x, level=0.99)
    assert wide.low < narrow.low < narrow.value == wide.value < narrow.high < wide.high


@pytest.mark.parametrize(
    ("x", "words"),
    [
        (torch.zeros(30, 2), "1 different rows are too few"),
        (torch.eye(40), "one distance, as on a grid"),
        (torch.cartesian_prod(torch.arange(8.0), torch.arange(8.0)), "as on a grid"),
        (torch.full((30, 2), torch.nan), "not finite"),
        (torch.zeros(30), "one row per sample"),
    ],
)
def test_what_has_no_dimension(x: Tensor, words: str) -> None:
    with pytest.raises(MetricError, match=words):
        intrinsic_dimension(x)
    with pytest.raises(MetricError, match="discard"):
        intrinsic_dimension(torch.randn(30, 2, generator=torch.Generator().manual_seed(0)), discard=1.0)


def test_a_latent_that_is_too_small() -> None:
    real, fake, _ = draws(6, 400, 400)
    finding = named(diagnose(real, fake, latent=2))["narrow-latent"]
    assert finding.level == "warning"
    assert "the latent has 2" in finding.words
    assert finding.numbers["low"] > 4.5
    assert diagnose(real, fake, latent=6) == []
    assert diagnose(real, fake) == []


# What is told, and how.


def estimate(name: str, value: float = 1.0, **extras: Any) -> Estimate:
    return Estimate(name, value, 0.0, 2.0, 50, 50, "by hand", extras=extras)


def test_the_warnings_of_metrics_are_told_once() -> None:
    real, fake, _ = draws(2)
    few = "n <= d (50 samples, 64 features)"
    found = diagnose(
        real, fake, estimates=[estimate("a", warning=few), estimate("b", warning=[few, "more"]), estimate("c"),
                               estimate("d", math.nan, warning="features that are not finite")]
    )  # fmt: skip
    assert [(f.name, f.words) for f in found] == [
        ("caution", f"a, b: {few}."),
        ("caution", "b: more."),
        ("not-measured", "d: features that are not finite."),
    ]


def test_samples_that_are_not_finite_are_a_finding() -> None:
    real, fake, train = draws(2)
    fake[:5] = torch.inf
    (found,) = diagnose(real, fake, train)
    assert (found.name, found.level, found.numbers["share"]) == ("not-finite", "warning", 0.01)


def test_few_samples_are_told() -> None:
    real, fake, train = draws(2, 19, 500)
    assert [(f.name, f.level) for f in diagnose(real, fake, train)] == [("few-samples", "note")]


def test_warnings_come_first_and_everything_is_json() -> None:
    real, fake, train = draws(2, 400, 400)
    found = diagnose(real, 0.6 * fake, train, critic_scores=scores(real=0.0, fake=0.0, train=2.0))
    assert [f.level for f in found] == ["warning", "note"]
    told = json.loads(json.dumps([f.as_dict() for f in found], allow_nan=False))
    assert set(told[0]) == {"name", "level", "words", "numbers"}
    assert Finding("a", "note", "b", {"x": math.nan}).as_dict()["numbers"] == {"x": None}


def test_a_function_of_its_arguments_alone() -> None:
    real, fake, train = draws(3)
    state = torch.get_rng_state()
    first = diagnose(real, 0.5 * fake, train, seed=1)
    assert first == diagnose(real.numpy(), 0.5 * fake.numpy(), train.numpy(), seed=1)
    assert torch.equal(state, torch.get_rng_state())
    assert [f.name for f in first] == [f.name for f in diagnose(real + 1e4, 0.5 * fake + 1e4, train + 1e4, seed=1)]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"fake": torch.zeros(30)}, "fake features have shape"),
        ({"train": torch.zeros(30, 3)}, "train features have 3 dimensions and real ones 2"),
        ({"real": torch.full((30, 2), torch.nan)}, "real features are not finite"),
        ({"train": torch.full((30, 2), torch.inf)}, "train features are not finite"),
    ],
)
def test_bad_input_is_refused(change: dict[str, Tensor], words: str) -> None:
    with pytest.raises(MetricError, match=words):
        diagnose(**{"real": torch.zeros(30, 2), "fake": torch.zeros(30, 2), "train": torch.zeros(30, 2)} | change)


def test_percent() -> None:
    assert [percent(x) for x in (0.0, 0.004, 0.12, 0.994, 1.0)] == [
        "0 %",
        "less than 1 %",
        "12 %",
        "more than 99 %",
        "100 %",
    ]


def test_neighbours_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    from gansuite.metrics.diagnostics import nearest

    x, y, _ = draws(5, 50, 70)
    y[7] = x[3]
    whole = neighbours(x.double(), y.double(), k=3)
    monkeypatch.setattr(nearest, "ROOM", 200)
    for one, other in zip(whole, neighbours(x.double(), y.double(), k=3), strict=True):
        torch.testing.assert_close(one, other)
    truth = torch.cdist(x.double(), y.double(), compute_mode="donot_use_mm_for_euclid_dist").topk(3, largest=False)
    torch.testing.assert_close(whole[0], truth.values)
    assert torch.equal(whole[1], truth.indices)
    assert float(whole[0][3, 0]) == 0.0


def guilty() -> dict[str, Callable[[Tensor, Tensor, torch.Generator], Tensor]]:
    """Generators that are at fault, from honest samples and the training set."""

    def copied(train: Tensor, m: int, g: torch.Generator) -> Tensor:
        return train[torch.randint(len(train), (m,), generator=g)]

    return {
        "0.9 times as wide": lambda fake, train, g: 0.9 * fake,
        "0.7 times as wide": lambda fake, train, g: 0.7 * fake,
        "0.3 times as wide": lambda fake, train, g: 0.3 * fake,
        "1.2 times as wide": lambda fake, train, g: 1.2 * fake,
        "one point": lambda fake, train, g: 0 * fake,
        "50 points": lambda fake, train, g: copied(fake[:50], len(fake), g),
        "copies": lambda fake, train, g: copied(train, len(fake), g),
        "copies with noise of 0.1": lambda fake, train, g: copied(train, len(fake), g) + 0.1 * fake,
        "a fifth copies, noise of 0.05": lambda fake, train, g: torch.cat(
            [fake[len(fake) // 5 :], copied(train, len(fake) // 5, g) + 0.05 * fake[: len(fake) // 5]]
        ),
    }


if __name__ == "__main__":
    torch.set_num_threads(1)
    times = int(sys.argv[1])
    for name, (law, latent) in LAWS.items():
        for n, m, k in ((50, 50, 200), (200, 1000, 2000)):
            print(f"honest; {name}; {n} held-out, {m} generated, {k} training:", end=" ")
            print(dict(alarms(law, latent, n, m, k, times)), "of", times, flush=True)
    for name, spoilt in guilty().items():
        for d in (2, 8, 64):
            count: collections.Counter[str] = collections.Counter()
            for seed in range(times // 10):
                real, fake, train = draws(d, seed=seed)
                fake = spoilt(fake, train, torch.Generator().manual_seed(seed))
                count.update(f"{f.name} ({f.level})" for f in diagnose(real, fake, train, seed=seed))
            print(f"{name}; d = {d}: {dict(count)} of {times // 10}", flush=True)
