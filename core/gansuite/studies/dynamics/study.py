"""``gansuite study dynamics``: which training rules converge near an equilibrium, and how fast."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, ClassVar

from annotated_types import Ge, Gt, Le, Lt

from gansuite.errors import UserError
from gansuite.recipes import read
from gansuite.studies.cell import Cell, Result
from gansuite.studies.dynamics.portrait import portrait, radii
from gansuite.studies.dynamics.system import STRENGTHS, Method, Order, Setting, System
from gansuite.studies.grid import Factors, Grid, cells_of, read_grid
from gansuite.studies.study import Findings, Study
from gansuite.studies.table import Table, Value

KEPT_BACK = ("trajectory", "field")  # points of the pictures
NOT_SHARED = {"strength": tuple(STRENGTHS), "noise": ("instance-noise",), "unroll": ("unrolled",)}


class Dynamics(Study):
    """Eigenvalues of one round of training, differentiated at the equilibrium of two systems of two numbers.

    Every method is an ordinary recipe on the Dirac-GAN (all data at 0, G(z) = θ, D(x) = ψ x) and on the variance
    system (data N(0, s²), G(z) = θ z, D(x) = ψ x²). Where the largest modulus of the eigenvalues λ of
    ∂(θ', ψ')/∂(θ, ψ) is below 1 the method converges, by that factor a round. Where a round has no derivative, or a
    constraint is met only away from the equilibrium, a trajectory from (1, 1) decides. Without options the whole table
    is made.

    Args:
        system: dirac or variance; absent: dirac where a method is named, else both.
        method: the loss, penalty, critic input or rule under test; absent: all. Its loss is the logistic one
            (minimax) where it names none.
        dynamics: simultaneous or alternating moves; absent: both.
        h: learning rate of both players; absent: 0.2.
        strength: γ of r1, r2, gradient-penalty and dragan (charged γ/2) or of consensus, or the bound of
            weight-clipping; absent: that of the paper's figures.
        noise: standard deviation of instance-noise; absent: 0.7.
        unroll: steps that unrolled looks ahead, at the rate h; absent: 5.
        n_critic: moves of the critic in a round.
        momentum: of both players' steps.
        delay: rounds by which all gradients are late.
        objective: another loss under the method.
        sd: s of the variance system; absent: 1.3.

    Source: Mescheder, Geiger & Nowozin (2018), sections 2 to 4; momentum: Gidel et al. (2019).
    """

    title = "Training dynamics"
    instant: ClassVar[bool] = True

    def __init__(
        self,
        scale: str,
        *,
        system: System | None = None,
        method: Method | None = None,
        dynamics: Order | None = None,
        h: Annotated[float, Gt(0), Le(100)] | None = None,
        strength: Annotated[float, Ge(0)] | None = None,
        noise: Annotated[float, Ge(0)] | None = None,
        unroll: Annotated[int, Gt(0), Le(1000)] | None = None,
        n_critic: Annotated[int, Gt(0), Le(1000)] | None = None,
        momentum: Annotated[float, Gt(-1), Lt(1)] | None = None,
        delay: Annotated[int, Ge(0), Le(100)] | None = None,
        objective: str | None = None,
        sd: Annotated[float, Gt(0)] | None = None,
    ) -> None:
        given = {"system": system, "method": method, "dynamics": dynamics, "h": h, "strength": strength}
        given |= {"noise": noise, "unroll": unroll, "n_critic": n_critic, "momentum": momentum, "delay": delay}
        self.given = {
            name: value for name, value in (given | {"objective": objective, "sd": sd}).items() if value is not None
        }
        for name, methods in NOT_SHARED.items():
            if method is not None and name in self.given and method not in methods:
                raise UserError(f"--{name}: {method} has none; it is an option of {', '.join(methods)}")
        if method is not None:
            self.given.setdefault("system", "dirac")
        self.scale = scale

    def cells(self) -> list[Cell]:
        grids = read_grid(Path(__file__).with_name("dynamics.toml"), self.scale)
        if self.given:
            fixed: Factors = {name: [value] for name, value in self.given.items()}
            grids = [Grid(task=grids[0].task, factors={**grids[0].factors, **fixed})]
        cells = [cell for grid in grids for cell in cells_of(grid)]
        for cell in cells:
            read(Setting(**cell.arguments).resolved().recipe())  # what is wrong is told before any work
        return cells

    def findings(self, results: Sequence[Result]) -> Findings:
        records = [dict(result.record) for result in results if result.finished]
        failures = [f"{result.label} failed: {result.reason}" for result in results if not result.finished]
        asked = "method" in self.given
        data = [{k: v for k, v in record.items() if asked or k not in KEPT_BACK} for record in records]
        for row in data:
            row.pop("field", None)
        plain = [record for record in records if not record["momentum"] and not record["delay"]]
        pictures = {"radii": radii(plain)} if plain else {}
        pictures |= {name: portrait(group) for name, group in groups(plain)}
        return Findings(tabulate(records, failures), [*answer(records), *failures], data, pictures, failures)


def groups(records: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    """The records of each portrait: a method on a system, at one rate and number of moves."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    rates = {(record["h"], record["n_critic"]) for record in records}
    for record in records:
        name = f"{record['system']}-{record['method']}"
        if len(rates) > 1:
            name += f"-h{record['h']:g}-n{record['n_critic']}"
        found.setdefault(name, []).append(record)
    yield from found.items()


def tabulate(records: Sequence[Mapping[str, Any]], failures: Sequence[str]) -> Table:
    """A row a setting; options that no setting uses have no column."""
    options = ("strength", "noise", "unroll", "n_critic", "momentum", "delay", "sd")
    plain = Setting().resolved().as_dict()
    used = [name for name in options if any(record[name] not in (None, plain[name]) for record in records)]
    rows: list[list[Value]] = [
        [
            f"{record['system']} {record['method']}",
            record["dynamics"],
            record["h"],
            *(record[name] for name in used),
            roots(record["eigenvalues"]),
            None if record["spectral_radius"] is None else f"{record['spectral_radius']:.5f}",
            record["converges"],
            record["evidence"],
        ]
        for record in records
    ]
    error = max((record["error"] for record in records if record["error"] is not None), default=0.0)
    notes = [
        "Eigenvalues of the Jacobian of one round at the equilibrium, the two largest; below radius 1 it converges. "
        f"Error of the differences: at most {error:.0e} in an entry of a Jacobian."
    ]
    return Table(["", "moves", "h", *used, "eigenvalues", "radius", "converges", "by"], rows, [*notes, *failures])


def roots(pairs: Sequence[Sequence[float]]) -> str | None:
    """The two largest eigenvalues in words."""
    if not pairs:
        return None
    (a, b), *rest = pairs
    return f"{a:.5f} ± {abs(b):.5f}i" if b else ", ".join(f"{real:.5f}" for real, _ in [(a, b), *rest][:2])


def answer(records: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Who converges, on each system and under each order of moves; and the fastest."""
    settings = dict.fromkeys((r["system"], r["dynamics"]) for r in records if not r["momentum"] and not r["delay"])
    for system, order in settings:
        group = [
            r
            for r in records
            if (r["system"], r["dynamics"]) == (system, order) and not r["momentum"] and not r["delay"]
        ]
        good = [record for record in group if record["converges"]]
        names = ", ".join(dict.fromkeys(record["method"] for record in good)) or "none"
        sentence = f"On the {system} system with {order} moves {len(good)} of {len(group)} settings converge: {names}."
        known = [record for record in good if record["spectral_radius"] is not None]
        if len(known) > 1:
            best = min(known, key=lambda record: record["spectral_radius"])
            sentence += f" The fastest is {best['method']} at h = {best['h']:g}, radius {best['spectral_radius']:.5f}."
        yield sentence
    for name in ("momentum", "delay"):
        for record in records:
            if record[name]:
                verdict = "converges" if record["converges"] else "does not converge"
                yield (
                    f"{record['method']} with {record['dynamics']} moves and {name} {record[name]:g} {verdict}:"
                    f" radius {record['spectral_radius']:.5f}."
                )
    yield f"Nothing here is sampled: n = {len(records)} settings, each with one exact round; intervals do not apply."
