"""The recipes of the comparison across domains: alike but for the domain, and playable with each of its objectives."""

from __future__ import annotations

import pytest

from gansuite.recipes import Recipe, read
from gansuite.testing.device import play_on_meta

DOMAINS = ("audio", "text", "graph", "image")
OBJECTIVES = ("non-saturating", "least-squares", "hinge", "wasserstein", "relativistic-average")
TINY = {"audio": ["players.generator.dim=2", "players.critic.dim=2"], "text": ["data.batch_size=4"]}


def recipe(domain: str, objective: str = "non-saturating") -> Recipe:
    return read(f"cross-domain-{domain}", [f"game.objective='{objective}'", *TINY.get(domain, [])])


@pytest.mark.parametrize("domain", DOMAINS)
def test_all_are_measured_alike(domain: str) -> None:
    found = recipe(domain)
    assert found.plugin == domain
    names = [plan.metric.entry.component.name for plan in found.metrics]
    assert names[:3] == ["frechet", "precision-recall", "density-coverage"]
    every = found.metrics[0].every
    assert every is not None and found.train.steps == 10 * every, "ten points of a learning curve"


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_objective_is_all_that_differs(domain: str) -> None:
    tables = [recipe(domain, objective).as_dict() for objective in OBJECTIVES]
    assert len({str(table["game"].pop("objective")) for table in tables}) == len(OBJECTIVES)
    assert all(table == tables[0] for table in tables)
    assert tables[0]["game"]["penalties"][0]["name"] == "r1"


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("domain", DOMAINS)
def test_a_round_of_each_is_played(domain: str, objective: str) -> None:
    notes = play_on_meta(recipe(domain, objective), rounds=1).engine.ledger.notes
    assert {"critic/cost", "critic/r1", "generator/cost"} <= set(notes)
