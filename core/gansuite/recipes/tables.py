"""The settings of a run that belong to no component: each a table of the recipe, every number bounded."""

from __future__ import annotations

from typing import Annotated, Literal

from annotated_types import Ge, Gt, Le
from pydantic import BaseModel, ConfigDict, Field

Count = Annotated[int, Gt(0), Le(10**9)]


class Table(BaseModel):
    """A strict table: no unknown key, no coercion, finite numbers only."""

    model_config = ConfigDict(
        strict=True, extra="forbid", frozen=True, allow_inf_nan=False, use_attribute_docstrings=True
    )


class Head(Table):
    """The keys above the first table."""

    name: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    """name of the run's folder; the file's name where it is absent"""
    plugin: str | None = None
    """plugin whose components may be named without a prefix"""
    seed: Annotated[int, Ge(0), Le(2**63 - 1)] = 0
    """the one seed from which all randomness is derived"""


class DataTable(Table):
    """What ``[data]`` holds besides the dataset's options."""

    batch_size: Annotated[int, Gt(0), Le(2**20)] = 32
    """samples of a batch, over all processes together"""


class PlayerTable(Table):
    """What ``[players.NAME]`` holds besides its network's options, its optimiser and its schedule."""

    clip: Annotated[float, Gt(0)] | None = None
    """largest norm of the player's gradient, over all its parameters; absent: any"""


class DynamicsTable(Table):
    """What ``[dynamics]`` holds besides the rule's options."""

    moves: dict[str, Annotated[int, Gt(0), Le(10**4)]] | None = None
    """how often each turn is played in a round, in the order of play; absent: once each"""


class MetricTable(Table):
    """What one of ``[[metrics]]`` holds besides the metric's options and its extractor."""

    every: Count | None = None
    """steps between two evaluations; absent: at the end only"""
    n: Annotated[int, Ge(4), Le(10**7)] | None = None
    """number of samples, real and generated alike; absent: that of [evaluation]"""


class Ema(Table):
    """The trailing average of the parameters that samples and metrics use."""

    half_life: Annotated[float, Gt(0), Le(1e12)]
    """steps after which a past value counts half"""


class Train(Table):
    """``[train]``: how long, how precisely, and what is written on the way."""

    steps: Count = 1000
    """rounds of the game"""
    seconds: Annotated[float, Gt(0), Le(10**9)] | None = None
    """budget of CPU time for the rounds, all parts of a resumed run together, without evaluation and writing, on the
    thread that trains: the run ends, finished, at the step that uses it up, if ``steps`` do not end it before;
    schedules and stages go by ``steps``"""
    precision: Literal["fp32", "bf16", "fp64", "auto"] = "fp32"
    """arithmetic of the networks, under penalties too; scores, norms, optimisers and metrics stay in fp32; auto: bf16
    where the device computes in it; fp64: everything in double, for studies of dynamics"""
    checkpoint_every: Count = 500
    """steps between two checkpoints; the last step always makes one"""
    keep: Annotated[int, Gt(0), Le(10**6)] = 3
    """number of newest checkpoints that are kept"""
    log_every: Count = 25
    """steps between two lines of metrics.jsonl with the terms of the objective"""
    sample_every: Count = 500
    """steps between two sets of samples; the last step always makes one"""
    samples: Annotated[int, Gt(0), Le(10**4)] = 16
    """number of samples in a set"""
    ema: Ema | None = None
    """trailing average of the parameters; absent: none"""
    on_nan: Literal["stop", "skip"] = "stop"
    """what a loss that is not finite does: end the run at the last good checkpoint, or skip the move and count it"""


class Published(Table):
    """``[published]``: what a paper reports for this system, shown beside our own figures by ``gansuite compare``."""

    source: Annotated[str, Field(min_length=1, max_length=200)]
    """the paper, and the table in it"""
    values: dict[str, float | tuple[float, Annotated[float, Ge(0)]]]
    """figure of each metric by our name for it; a pair is a figure and the ± that the source gives"""


class Evaluation(Table):
    """``[evaluation]``: which real samples metrics compare with."""

    split: Literal["train", "valid", "test"] = "test"
    """part of the dataset"""
    n: Annotated[int, Ge(4), Le(10**7)] = 1000
    """number of samples of a metric that names none; fewer where the split holds fewer"""
