"""Which estimators stand side by side, with which options, and on how many samples each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gansuite.errors import UserError
from gansuite.plugins.registry import registry
from gansuite.plugins.wording import did_you_mean, show


@dataclass(frozen=True)
class Entrant:
    """An estimator, how many samples it compares, and how the reward is shared out among the choices."""

    label: str
    table: Mapping[str, Any]
    samples: int = 1
    credit: str = "whole"
    only: frozenset[str] = field(default_factory=frozenset)
    """problems that it is for; empty: all that it fits"""


def entrant(
    name: str, about: str = "", samples: int = 1, credit: str = "whole", only: str = "", **options: Any
) -> Entrant:
    """An entrant whose label is its name and what is special about it."""
    label = f"{name} {about}".strip()
    return Entrant(label, {"name": name, **options}, samples, credit, frozenset(only.split()))


SEVERAL = 4  # samples of an estimator that compares them, where nothing else is said
SHORT = "categorical binary density-ratio"
LINEUP: tuple[Entrant, ...] = (
    entrant("reinforce", "none", baseline="none"),
    entrant("reinforce", "ema", baseline="ema"),
    entrant("reinforce", "perfect critic", baseline="critic"),
    *(entrant("reinforce", f"rloo k={k}", k, only=SHORT) for k in (2, 4, 16)),
    *(entrant("reinforce", f"rloo k={k}", k, only="sequence") for k in (4, 17, 65)),
    *(
        entrant("reinforce", f"rollouts N={n}{words}", 1, f"rollouts-{n}{end}", "sequence", baseline="none")
        for end, words in (("", ""), ("-previous", " less previous prefix"))
        for n in (1, 4, 16)
    ),
    entrant("reinforce", "exact Q", 1, "exact", "sequence", baseline="none"),
    entrant("reinforce", "exact advantage", 1, "exact", "sequence", baseline="critic"),
    entrant("ppo", "first move k=4", 4),
    *(entrant("importance-weighted", f"m={m}", m) for m in (4, 16, 64)),
    *(entrant("importance-weighted", f"m={m} not normalised", m, normalise=False) for m in (4, 16, 64)),
    entrant("softmax"),
    *(entrant("gumbel-softmax", f"τ={t:g}", temperature=t) for t in (1.0, 0.5, 0.1)),
    entrant("straight-through"),
    *(entrant("straight-through-gumbel", f"τ={t:g}", temperature=t) for t in (1.0, 0.5)),
    *(entrant("gumbel-rao", f"τ=0.5 S={s}", temperature=0.5, draws=s) for s in (10, 100)),
    *(entrant("gapped-straight-through", f"τ={t:g}", temperature=t) for t in (1.0, 0.5)),
    *(entrant("rebar", f"τ={t:g}", temperature=t) for t in (1.0, 0.5, 0.1)),
    entrant("relax"),
    entrant("relax", "η=1", eta=1.0),
    entrant("arm"),
    entrant("disarm"),
    entrant("local-expectation"),
)


def entrants(names: list[str] | None) -> Iterator[Entrant]:
    """The line-up: all of it and every other estimator that is installed, or those of the given names.

    Raises:
        UserError: no estimator has a name that was given.
    """
    known = [
        entry.component.name if entry.plugin == "core" else entry.address for entry in registry().entries("estimator")
    ]
    for name in names or []:
        if name not in known:
            raise UserError(f"--estimators {show(name)}: no such estimator{did_you_mean(name, known)}")
    for name in names or known:
        own = [each for each in LINEUP if each.table["name"] == name]
        yield from own or [entrant(name, samples=SEVERAL)]
