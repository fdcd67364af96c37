"""Dynamics of the core."""

from __future__ import annotations

from gansuite.plugins.component import Component


def dynamics(name: str, target: str, summary: str, reference: str, *aliases: str) -> Component:
    return Component("dynamics", name, f"gansuite.dynamics.{target}", summary, reference=reference, aliases=aliases)


COMPONENTS: tuple[Component, ...] = (
    dynamics(
        "alternating",
        "alternating:Alternating",
        "players move one after the other, each seeing the last move",
        "goodfellow2014generative",
    ),
    dynamics(
        "simultaneous",
        "simultaneous:Simultaneous",
        "players move at once, from the same point",
        "mescheder2017numerics",
    ),
    dynamics(
        "generator-first",
        "generator_first:GeneratorFirst",
        "alternating moves in the other order: max-min instead of min-max",
        "goodfellow2016nips",
    ),
    dynamics(
        "unrolled",
        "unrolled:Unrolled",
        "the generator descends against the critic as it would be K steps later",
        "metz2017unrolled",
    ),
    dynamics(
        "consensus",
        "consensus:Consensus",
        "players also descend the norm of the joint gradient field",
        "mescheder2017numerics",
    ),
    dynamics(
        "extragradient",
        "extragradient:Extragradient",
        "a trial step, then the move along the gradients found there",
        "gidel2019variational",
    ),
    dynamics(
        "optimistic",
        "optimistic:Optimistic",
        "each step counts twice and takes back the one before",
        "daskalakis2018training",
    ),
    dynamics(
        "averaged",
        "averaged:Averaged",
        "another rule's moves; samples come from the average of the weights",
        "yazici2019unusual",
    ),
    dynamics(
        "snapshots",
        "snapshots:Snapshots",
        "each player answers a queue of past opponents besides the present one",
        "grnarova2018online",
        "chekhov",
    ),
    dynamics(
        "stale",
        "stale:Stale",
        "gradients at the parameters of some rounds ago, as in asynchronous training",
        "dean2012large",
        "asynchronous",
    ),
    dynamics(
        "gated",
        "gated:Gated",
        "the critic rests while it is too accurate, the generator while it is not accurate enough",
        "berthelot2017began",
        "balance",
    ),
)
