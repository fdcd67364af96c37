"""Looking into a trained model for its report: what the critic looks at, and where the latent leads."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.interpretation.saliency import saliency
from gansuite.runs import Run
from gansuite.sampling.latents import Latents
from gansuite.sampling.traversals import Directions, traversals
from gansuite.showcase.translations import Translated, pairs

ROWS = 6  # of each traversal
ENTRIES = 1 << 25  # of a Jacobian, beyond which its directions are not looked for unasked


def looked_at(run: Run, made: Translated, codes: Tensor | None, seed: int) -> dict[str, Tensor]:
    """|dD/dx| of each sample, summed over its channels."""
    if run.representation is not None:
        return {}  # the critic sees no samples of the domain
    game: Any = run.game
    with run.at_rest():
        x = made.samples if game.judges_samples else pairs(run, made)
        (found,) = saliency(game, x, Rng(seed, "saliency", device=run.engine.device), condition=codes)
    return {"saliency": found[:, : made.samples.shape[1]].sum(1)}


def traversed(run: Run, made: Translated, codes: Tensor | None, seed: int) -> dict[str, Tensor]:
    """Rows of samples along the steepest directions of the latent, and through all codes beside it."""
    latents = Latents(run, seed, "traversals")
    count = min(ROWS, latents.prior.size)
    steep = made.samples[0].numel() * latents.prior.size <= ENTRIES
    kinds: list[Directions] = ["codes"] if latents.code() is not None else []
    kinds.insert(0, "jacobian" if steep else "axes")
    found: dict[str, Tensor] = {}
    for kind in kinds:
        rows = traversals(latents, count, directions=kind, code=latents.code(), most=True)
        found |= {f"traversals/{kind}/{i:02d}": row for i, row in enumerate(rows)}
    return found


INSIGHTS = {"saliency": looked_at, "traversals": traversed}
"""What a domain's ``insights`` may name; its panels draw them."""
