"""One rank of test_distributed.py: plays rounds, then writes what it has."""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from torch import Tensor, nn

sys.path.insert(0, str(Path(__file__).parents[1]))
from conftest import make_gan

from gansuite.dynamics.alternating import Alternating
from gansuite.dynamics.consensus import Consensus
from gansuite.dynamics.extragradient import Extragradient
from gansuite.dynamics.unrolled import Unrolled
from gansuite.engine.ranks import Ranks
from gansuite.engine.rng import Rng
from gansuite.objectives.relativistic_average import RelativisticAverage
from gansuite.objectives.wasserstein import Wasserstein
from gansuite.penalties.gradient_penalty import GradientPenalty

CASES = {
    "gradient-penalty": lambda: (Wasserstein(), [GradientPenalty()], None),
    "relativistic": lambda: (RelativisticAverage(), [], None),
    "relativistic-penalty": lambda: (RelativisticAverage(), [GradientPenalty()], None),
    "unused-head": lambda: (Wasserstein(), [GradientPenalty()], Headed()),
    "random-rows": lambda: (Wasserstein(), [GradientPenalty()], Drawing()),
    "unrolled": lambda: (RelativisticAverage(), [GradientPenalty()], None),
    "consensus": lambda: (RelativisticAverage(), [GradientPenalty()], None),
    "extragradient": lambda: (RelativisticAverage(), [], None),
}
DYNAMICS = {"unrolled": lambda: Unrolled(steps=3), "consensus": Consensus, "extragradient": Extragradient}


class Headed(nn.Module):
    """A critic with a head that this cost does not use: DDP hangs or drops gradients here."""

    def __init__(self) -> None:
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(3)
            self.body, self.unused = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1)), nn.Linear(2, 3)

    def forward(self, x: Tensor, condition: None = None, rng: object = None) -> Tensor:
        return self.body(x).squeeze(1)


class Drawing(nn.Module):
    """A critic that draws a number for each row (as phase shuffle by sample does): the row's own on every rank."""

    def __init__(self) -> None:
        super().__init__()
        self.net = Headed().body

    def forward(self, x: Tensor, condition: None = None, rng: Rng | None = None) -> Tensor:
        noise = torch.zeros(len(x), 2) if rng is None else rng.normal(len(x), 2)
        return self.net(x + noise).squeeze(1)


def play(case: str, ranks: Ranks) -> dict[str, Tensor]:
    """First gradients, weights after 10 rounds of 3 + 1 Adam moves, samples, and what the ledger says."""
    objective, penalties, critic = CASES[case]()
    engine, turns = make_gan(
        objective,
        penalties,
        moves={"critic": 3, "generator": 1},
        # An eps as tiny as usual would make whole steps of rounding errors where a gradient is 0.
        optimizer=lambda p: torch.optim.Adam(p, lr=1e-3, betas=(0.5, 0.9), eps=1e-2),
        ranks=ranks,
        critic=critic,
    )
    found: dict[str, Tensor] = {}
    for turn in turns:
        gradients = engine.gradients(turn, engine.draw(turn))
        for i, g in enumerate(gradients):
            found[f"gradient/{turn.name}/{i}"] = torch.zeros(0) if g is None else g
    engine.counts.clear()
    engine.ledger.read()
    dynamics = DYNAMICS.get(case, Alternating)()
    for _ in range(10):
        dynamics.round(engine, turns)
    found |= {f"weight/{n}": p.detach().clone() for n, p in engine.game.state_dict().items()}
    found |= {f"term/{n}": torch.tensor(v) for n, v in engine.ledger.read().items()}
    found["samples"] = engine.game.sample(16, Rng(0, "sample")).detach()
    return found


if __name__ == "__main__":
    ranks = Ranks.join(torch.device("cpu"))
    torch.save({case: play(case, ranks) for case in CASES}, f"{sys.argv[1]}/{ranks.rank}.pt")
    ranks.leave()
