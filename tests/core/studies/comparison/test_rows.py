"""What a comparison reads off its runs."""

from __future__ import annotations

from gansuite.recipes.tables import Published
from gansuite.studies.cell import Result
from gansuite.studies.comparison.rows import Row, metrics_of
from gansuite.studies.comparison.tables import tabulate
from gansuite.studies.comparison.words import answer
from gansuite.studies.statistics import Mean


def runs(label: str, **metrics: list[float | None]) -> list[Result]:
    """Finished runs with these values of each metric; modes are to be many, all else little."""
    count = len(next(iter(metrics.values())))
    return [
        Result(
            "x",
            label,
            seed,
            {},
            "finished",
            cpu_seconds=2.0 + seed,
            metrics={
                name: {"value": values[seed], "direction": "max" if name == "modes" else "min"}
                for name, values in metrics.items()
            },
            record={"steps": 100},
        )
        for seed in range(count)
    ]


PAPER = Published.model_validate_json('{"source": "A paper", "values": {"rkl": [0.07, 0.03], "fid": 3}}')
ROWS = [
    Row("plain", runs("plain", modes=[6.0, 7.0, 5.0], rkl=[0.5, 0.4, 0.6])),
    Row("pac", runs("pac", modes=[8.0, 8.0, 8.0], rkl=[0.01, None, 0.02]), PAPER),
]


def test_the_best_is_named_with_its_interval_and_told_from_the_next_or_not():
    names, directions = metrics_of(ROWS)
    assert (names, directions) == (["modes", "rkl", "fid"], {"modes": "max", "rkl": "min"})
    modes, rkl = answer(ROWS, names, directions)
    assert modes.startswith("modes: pac has the highest mean, 8 ± 0 (n = 3), but cannot be told from the next, plain")
    assert rkl.startswith("rkl: pac has the lowest mean, 0.015 ± 0.064 (n = 2), and is told from the next, plain")
    one = [Row("a", runs("a", modes=[1.0])), Row("b", runs("b", modes=[2.0]))]
    (sentence,) = answer(one, ["modes"], directions)
    assert sentence == "modes: b has the highest mean, 2 (n = 1); with one run each nothing is said about the next, a."
    tied = [Row(name, runs(name, modes=values)) for name, values in (("a", [2.0]), ("b", [1.0]), ("c", [2.0]))]
    assert list(answer(tied, ["modes"], directions)) == ["modes: a, c share the highest mean, 2."]


def test_a_value_that_is_not_finite_is_left_out_and_told():
    names, directions = metrics_of(ROWS)
    table = tabulate(ROWS, names, directions, [])
    assert list(table.columns) == ["", "modes ↑", "rkl ↓", "fid", "steps", "CPU-s", "runs"]
    plain, pac, published = table.rows
    assert isinstance(pac[2], Mean)
    assert (pac[2].n, plain[3], pac[4], pac[6]) == (2, None, 100, 3)
    assert list(published) == ["  published: A paper", None, "0.07 ± 0.03", "3", None, None, None]
    assert "pac: rkl is missing or not finite in 1 of 3 runs." in table.notes
    head, first, *_ = table.csv().splitlines()
    assert head.startswith(",modes ↑,modes ↑ low,modes ↑ high,modes ↑ n,rkl ↓,")
    assert first.startswith("plain,6.0,")
    lines = table.markdown().splitlines()
    assert len({len(line) for line in lines[:5]}) == 1
