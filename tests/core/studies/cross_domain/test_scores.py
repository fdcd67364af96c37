"""One measure for all cells of a domain, failures among them, and sentences that say no more than the numbers do."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gansuite.metrics.estimate import Interval
from gansuite.studies.cell import Result
from gansuite.studies.cross_domain import answer, tables
from gansuite.studies.cross_domain.scores import Domain, domains_of
from gansuite.studies.variance import Analysis, two_way

FLOOR, MARGINALS = 2.0, 12.0
Value = Callable[[str, str, int], float]


def result(domain: str, value: float, floor: float | None = None, **more: Any) -> Result:
    """A run whose Fréchet distance is ``value``, and half of whose real samples are covered."""
    metrics = {
        "frechet": {"value": value, "floor": floor, "direction": "min"},
        "density-coverage/coverage": {"value": 0.5, "floor": 0.9, "direction": "max"},
    }
    record = {"parameters": {"generator": 10, "critic": 5}, "batch_size": 4, "draws": {"critic": 6, "generator": 2}}
    seed, status = more.pop("seed", None), more.pop("status", "finished")
    done = metrics if status == "finished" else {}
    return Result("", domain, seed, {"domain": domain, **more}, status, None, 1.5, 2.0, done, record if done else {})


def results(value: Value, n: int = 4, domain: str = "audio") -> list[Result]:
    """A domain's results: the marginals, and the runs of its four cells."""
    runs = [
        result(domain, value(prior, training, seed), prior=prior, training=training, seed=seed)
        for prior in ("generic", "domain")
        for training in ("plain", "technique")
        for seed in range(n)
    ]
    first = result(domain, MARGINALS, FLOOR)
    first.metrics["density-coverage/coverage"]["value"] = 0.1  # type: ignore[index]
    return [first, *runs]


def by_prior(prior: str, training: str, seed: int) -> float:
    """Perceptrons are worse, training does nothing, and runs differ a little."""
    return FLOOR + (9 if prior == "generic" else 1) + 0.1 * seed + (0.01 if training == "plain" else 0.0)


def one(found: list[Result]) -> Domain:
    (domain,) = domains_of(found)
    return domain


def test_a_score_is_0_at_the_floor_and_1_at_the_marginals_for_every_cell() -> None:
    levels = {"generic": FLOOR, "domain": MARGINALS}
    domain = one(results(lambda prior, training, seed: levels[prior] + 5 * (training == "technique")))
    assert domain.scores[:, :, 0].tolist() == [[0, 0.5], [1, 1.5]]
    assert domain.collapsed[:, :, 0].tolist() == [[False, False], [True, True]]
    assert domain.analysed[:, :, 0] == pytest.approx(np.log([[1, 1.5], [2, 2.5]]))
    assert domain.normalised("density-coverage/coverage") == pytest.approx(0.5)  # (0.5 - 0.9) / (0.1 - 0.9)


def test_an_untrained_generators_own_value_has_no_part_in_it() -> None:
    plain, other = results(by_prior), results(by_prior)
    for run in other[1:]:
        run.metrics["frechet"]["untrained"] = 400.0 if run.factors["prior"] == "generic" else 4000.0  # type: ignore[index]
        run.metrics["frechet"]["floor"] = -7.0  # type: ignore[index]
    assert (one(plain).scores == one(other).scores).all()


def test_failed_runs_count_at_the_worst_score_of_the_domain() -> None:
    found = results(lambda prior, training, seed: MARGINALS * 3 if prior == "generic" else FLOOR)
    found[-1] = result("audio", 0.0, prior="domain", training="technique", seed=3, status="failed")
    found[-2].metrics["frechet"]["value"] = math.nan  # type: ignore[index]
    domain = one(found)
    assert domain.scores[1, 1].tolist() == [0, 0, 3.4, 3.4] and domain.n == 4
    assert domain.collapsed[1, 1].tolist() == [False, False, True, True]
    quiet = one(
        [
            *results(lambda *_: FLOOR)[:-1],
            result("audio", 0, prior="domain", training="technique", seed=3, status="failed"),
        ]
    )
    assert quiet.scores.max() == 1  # where nothing is worse than the marginals, as bad as these
    assert "collapsed" in tables.cells([domain]).columns and tables.cells([domain]).rows[3][3] == "2 of 4"


def test_the_analysis_is_of_the_logarithm_and_the_ranks_are_of_all_runs() -> None:
    domain = one(results(by_prior))
    assert domain.analysis == two_way(np.log1p(domain.scores), ("prior", "training"))
    assert domain.analysis.sources[0].share.value > 0.9
    order = np.sort(np.argsort(np.argsort(domain.scores.ravel()))[:8])
    assert order.tolist() == list(range(8, 16))  # every perceptron ranks behind every other run
    assert domain.of_ranks.sources[0].eta == pytest.approx(16 * 16 / np.square(np.arange(16) - 7.5).sum())


def test_the_sentences_say_which_factor_is_larger_and_where_neither_is() -> None:
    rng = np.random.default_rng(0)
    by_training = results(lambda p, t, s: FLOOR + (9 if t == "plain" else 1) + 0.1 * s, domain="text")
    noise = results(lambda *_: FLOOR + float(rng.uniform(1, 9)), domain="graph")
    found = domains_of([*results(by_prior), *by_training, *noise])
    first, *each = answer.sentences(found)
    assert first.startswith("The prior accounts for more of the variance than the training in audio; the training")
    assert "more than the prior in text; neither is told from the other in graph (48 runs, 4 a cell" in first
    assert "n = 4 a cell" in each[0] and "Best is domain technique" in each[0] and "worst generic plain" in each[0]
    (warning,) = answer.warnings(found)
    assert "Only 4 runs a cell" in warning and "one data set" in warning
    assert not list(answer.warnings(domains_of(results(by_prior, n=10))))


@pytest.mark.parametrize(("gap", "side"), [((0.3, 0.1, 0.5), "prior"), ((-0.3, -0.5, -0.1), "training")])
def test_a_factor_is_larger_only_beyond_the_interval(gap: tuple[float, float, float], side: str) -> None:
    value, low, high = gap
    assert answer.verdict(Analysis([], Interval(value, low, high), 4)) == side
    assert answer.verdict(Analysis([], Interval(value, min(low, -0.4), max(high, 0.4)), 4)) == ""


def test_p_values_are_corrected_over_all_domains() -> None:
    found = domains_of([*results(by_prior), *results(by_prior, domain="text")])
    raw = [s.p for domain in found for s in domain.analysis.sources[:3]]
    adjusted = [p for row in tables.corrected(found) for p in row]
    assert raw[0] is not None and adjusted[0] == pytest.approx(6 * raw[0])
    assert len(adjusted) == 6 and all(p is not None and p <= 1 for p in adjusted)


def test_a_domain_without_its_reference_is_left_out_and_no_domain_is_no_error() -> None:
    found = results(by_prior)
    failed = result("audio", 0.0, status="failed")
    assert domains_of([failed, *found[1:]]) == [] == domains_of([])
    assert tables.shares([]).rows == [] and list(answer.sentences([])) == []


def test_tables_and_pictures_have_a_place_for_every_domain() -> None:
    found = domains_of([*results(by_prior), *results(by_prior, domain="text")])
    assert [row[0] for row in tables.shares(found).rows] == ["audio", "text"]
    spent = tables.cells(found).rows[0]
    assert spent[4:7] == [10, 5, 32]  # parameters, and (6 + 2) batches of 4 samples
    assert len(tables.sources(found).rows) == 16
    for picture in (tables.heat(found), tables.dots(found)):
        assert picture.lstrip().startswith("<svg") and "audio" in picture and "text" in picture
