"""Every recipe of the mode-collapse bench: it is read, its rounds need no host, and it keeps to the bench."""

from __future__ import annotations

from pathlib import Path

import pytest

from gansuite.recipes import read

from .one_round import plays_all_its_turns

FOLDER = Path(__file__).parents[2] / "recipes" / "toy"
BENCH = ("gan", "r1", "pacgan2", "unrolled", "mad-gan", "mode-regularized", "veegan", "wgan-gp", "dragan")
BENCH += ("minibatch-discrimination", "bgan", "m-bgan")
NAMES = [f"{data}-{method}" for data in ("ring", "grid") for method in BENCH]
NAMES += ["ring-tempered", "ring-vae-gan", "ring-ali", "mixture-mad-gan", "stacked-digits"]


@pytest.mark.parametrize("name", [name for name in NAMES if "unrolled" not in name])  # it reads Adam's host-side count
def test_a_round_needs_no_host(name: str) -> None:
    plays_all_its_turns(read(FOLDER / f"{name}.toml", ["data.count=2000", "data.batch_size=8"]))


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith(("stacked", "mixture"))])
def test_methods_differ_by_what_they_are_about(name: str) -> None:
    """The same data, latents, batches and count of modes for all."""
    recipe, base = read(FOLDER / f"{name}.toml"), read(FOLDER / f"{name.partition('-')[0]}-gan.toml")
    assert (recipe.data, recipe.seed, recipe.metrics) == (base.data, base.seed, base.metrics)
