"""The two systems and the methods, as ordinary recipes.

Mescheder, Geiger & Nowozin, "Which Training Methods for GANs do actually Converge?", ICML 2018. The Dirac-GAN: data at
0, G(z) = θ, D(x) = ψ x, equilibrium (0, 0). The variance system, whose laws have densities: data N(0, s²), G(z) = θ z
with z ~ N(0, 1), D(x) = ψ x², equilibrium (s, 0).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from gansuite.errors import UserError

System = Literal["dirac", "variance"]
Order = Literal["simultaneous", "alternating"]
Method = Literal[
    "minimax",
    "non-saturating",
    "wasserstein",
    "hinge",
    "weight-clipping",
    "gradient-penalty",
    "dragan",
    "instance-noise",
    "r1",
    "r2",
    "consensus",
    "unrolled",
    "extragradient",
]

# The loss of methods that do not name one is the logistic one, "minimax".
OBJECTIVES = {
    **{name: name for name in ("minimax", "non-saturating", "wasserstein", "hinge")},
    "weight-clipping": "wasserstein",
    "gradient-penalty": "wasserstein",
}
# Settings of the paper's figures. A penalty of strength γ is charged γ/2 E(‖∇D‖ - 1)², or γ/2 E‖∇D‖² by R1 and R2.
STRENGTHS = {"weight-clipping": 1.0, "gradient-penalty": 0.7, "dragan": 0.7, "r1": 0.3, "r2": 0.3, "consensus": 1.0}
NOISE, STEPS, DEVIATION = 0.7, 5, 1.3
RULES = ("consensus", "unrolled", "extragradient")
# A norm has no derivative where it is 0, which is the equilibrium; and a projection is felt away from it only.
JUDGED_BY_TRAJECTORY = ("weight-clipping", "gradient-penalty", "dragan")


@dataclass(frozen=True)
class Setting:
    """One method on one system, with everything that its update depends on."""

    system: System = "dirac"
    method: Method = "minimax"
    dynamics: Order = "simultaneous"
    h: float = 0.2
    strength: float | None = None
    noise: float | None = None
    unroll: int | None = None
    n_critic: int = 1
    momentum: float = 0.0
    delay: int = 0
    objective: str | None = None
    sd: float | None = None

    def resolved(self) -> Setting:
        """The setting with the defaults of its method; what the method does not have is None.

        Raises:
            UserError: parts that cannot be combined.
        """
        rule = self.method in RULES
        if rule and self.delay:
            raise UserError(f"--delay {self.delay}: {self.method} is a rule of its own; delay one of the other methods")
        noise = (NOISE if self.noise is None else self.noise) if self.method == "instance-noise" else None
        strength = STRENGTHS.get(self.method)
        return Setting(
            self.system,
            self.method,
            self.dynamics,
            self.h,
            strength if strength is None or self.strength is None else self.strength,
            noise,
            (self.unroll or STEPS) if self.method == "unrolled" else None,
            self.n_critic,
            self.momentum,
            self.delay,
            self.objective or OBJECTIVES.get(self.method, "minimax"),
            (DEVIATION if self.sd is None else self.sd) if self.system == "variance" else None,
        )

    def as_dict(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)

    @property
    def equilibrium(self) -> tuple[float, float]:
        """(θ, ψ)."""
        return (self.sd or 0.0, 0.0)

    @property
    def laws(self) -> frozenset[str]:
        """What is random in the costs."""
        found = {"data", "prior"} if self.system == "variance" else set()
        found |= {"noise"} if self.noise else set()
        return frozenset(found | ({"place"} if found and self.method in ("gradient-penalty", "dragan") else set()))

    def recipe(self) -> dict[str, Any]:
        """The tables of an ordinary recipe."""
        sd = self.sd or 0.0
        optimizer = {"name": "sgd", "lr": self.h, "momentum": self.momentum}
        networks = ("point", "slope") if self.system == "dirac" else ("scale", "quadratic")
        return {
            "plugin": "toy",
            "data": {"name": "dirac", "sd": sd, "batch_size": 1, "count": 10},
            "prior": {"name": "normal", "size": 1},
            "players": {
                "generator": {"name": networks[0], "optimizer": optimizer},
                "critic": {"name": networks[1], "optimizer": optimizer},
            },
            "game": {"name": "gan", "objective": self.objective, "penalties": self.penalties, "inputs": self.inputs},
            "dynamics": {**self.rule, "moves": {"generator": 1, "critic": self.n_critic}},
            "train": {"precision": "fp64"},
        }

    @property
    def penalties(self) -> list[dict[str, Any]]:
        if self.method == "weight-clipping":
            return [{"name": self.method, "bound": self.strength}]
        if self.method in ("r1", "r2"):  # which halve it themselves
            return [{"name": self.method, "weight": self.strength}]
        if self.method in ("gradient-penalty", "dragan"):
            return [{"name": self.method, "weight": (self.strength or 0.0) / 2}]
        return []

    @property
    def inputs(self) -> list[dict[str, Any]]:
        return [{"name": "instance-noise", "scale": self.noise}] if self.noise else []

    @property
    def rule(self) -> dict[str, Any]:
        if self.method == "consensus":
            return {"name": "consensus", "strength": self.strength, "order": self.dynamics}
        if self.method == "unrolled":
            return {"name": "unrolled", "steps": self.unroll, "order": self.dynamics}
        if self.method == "extragradient":
            return {"name": "extragradient", "order": self.dynamics}
        if self.delay:
            return {"name": "stale", "delay": self.delay, "order": self.dynamics}
        return {"name": self.dynamics}
