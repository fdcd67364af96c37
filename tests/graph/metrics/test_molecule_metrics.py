"""Validity, uniqueness, novelty and scores of generated molecules, counted by hand."""

from __future__ import annotations

import sys

import numpy as np
import pytest
import torch
from rdkit import Chem
from rdkit.Chem import QED, Crippen
from scipy.stats import wasserstein_distance

from gansuite.errors import UserError
from gansuite.games.game import Game
from gansuite.metrics.metric import MetricError
from gansuite.metrics.models.points import share, student
from gansuite.metrics.subject import Subject
from gansuite.testing.given import Given
from gansuite_graph.metrics.molecule_scores import MoleculeScores
from gansuite_graph.metrics.molecules import Molecules
from gansuite_graph.molecules import rdkit_bridge
from gansuite_graph.molecules.notation import parse, rows
from gansuite_graph.spec import GraphSpec

SPEC = GraphSpec(9, ("C", "N", "O", "F"), ("single", "double", "triple", "aromatic"), molecular=True)
KNOWN = ["CCO", "CCN", "c1ccccc1", "CC=O", "C#N", "CF", "NCO", "COC"]
HELD_OUT = ["CC", "CCC", "OCC", "CCCC", "c1cc[nH]c1", "CCF", "OCCO", "C=CC"]


def of(*smiles):
    """Rows; a blank one is two atoms without a bond."""
    x = torch.zeros(len(smiles), 45, dtype=torch.int64)
    x[:, :2] = 1
    for i, text in enumerate(smiles):
        if text:
            x[i] = rows(SPEC, [parse(text, "own")])[0]
    return x


class Maker(Game):
    """Gives one list of molecules when drawn from, and another by the likeliest types."""

    players, turns = {}, ()

    def __init__(self, likely, likeliest):
        super().__init__(SPEC.space)
        self.of = {1.0: likely, float("inf"): likeliest}

    def sample(self, n, rng, condition=None, *, alpha=1.0):
        found = self.of[alpha]
        return found[torch.arange(n) % len(found)]


class Plain(Maker):
    """One that has no temperature."""

    def sample(self, n, rng, condition=None):
        return super().sample(n, rng)


def subject(game, n=8, split="test"):
    return Subject(game, Given(SPEC, train=of(*KNOWN), test=of(*HELD_OUT)), split, n, torch.device("cpu"))


def bound(metric):
    metric.bind(SPEC)
    return metric


LIKELY = of("CCO", "OCC", "C1=CC=CC=C1", "CCCO", "CCCO", "c1cc[nH]c1", "", "")
LIKELIEST = of("CCCO", "CCCO", "CCCO", "")


def test_counts_both_ways():
    found = {each.name: each for each in bound(Molecules())(subject(Maker(LIKELY, LIKELIEST)))}
    # Six are valid; ethanol, benzene, propanol and pyrrole differ; the first two are training molecules.
    assert found["molecules/valid"].value == 6 / 8
    assert found["molecules/unique"].value == 4 / 6
    assert found["molecules/novel"].value == 2 / 4
    assert found["molecules"].value == pytest.approx(6 / 8 * 4 / 6 * 2 / 4) == 2 / 8
    assert found["molecules/rdkit-valid"].value == 5 / 8  # pyrrole's hydrogen is not told
    assert (found["molecules/unique"].low, found["molecules/unique"].high) == (share(4, 6).low, share(4, 6).high)
    assert found["molecules/argmax-valid"].value == 6 / 8 and found["molecules/argmax-unique"].value == 1 / 6
    assert found["molecules/argmax"].value == 1 / 8 and found["molecules/argmax-novel"].value == 1.0
    assert "likeliest" in found["molecules/argmax"].extras["drawing"]
    assert next(iter(found)) == "molecules"


def test_floor_and_untrained():
    untrained = subject(Maker(of("", "", "", "CC"), of("")))
    found = {e.name: e for e in bound(Molecules())(subject(Maker(LIKELY, LIKELIEST)), untrained=untrained)}
    assert found["molecules/valid"].floor == 1.0 and found["molecules/rdkit-valid"].floor == 7 / 8
    assert found["molecules/novel"].floor == 7 / 8 and found["molecules"].floor == 7 / 8  # OCC is CCO
    assert found["molecules/valid"].untrained == 2 / 8 and found["molecules/argmax-valid"].untrained == 0
    assert found["molecules/argmax-unique"].untrained is None  # of none
    assert bound(Molecules())(subject(Maker(LIKELY, LIKELIEST), split="train"))[0].floor is None


def test_no_valid_molecule_and_no_temperature():
    found = bound(Molecules())(subject(Plain(of(""), of(""))))
    assert [each.name for each in found] == [
        f"molecules{part}" for part in ("", "/valid", "/unique", "/novel", "/rdkit-valid")
    ]
    assert all(each.value == 0 for each in found) and "no valid molecule" in found[2].extras["warning"]


def test_without_rdkit(monkeypatch):
    monkeypatch.setitem(sys.modules, "rdkit", None)
    monkeypatch.setattr(rdkit_bridge, "available", lambda: False)
    found = {each.name: each.value for each in bound(Molecules())(subject(Maker(LIKELY, LIKELIEST)))}
    assert found["molecules/valid"] == 6 / 8 and not any("rdkit" in name for name in found)
    with pytest.raises(UserError, match=r"metric molecule-scores needs RDKit: pip install 'gansuite\[molecules\]'"):
        MoleculeScores()


def test_scores_of_valid_molecules():
    made = ["CCO", "OCC", "C1=CC=CC=C1", "CCCO", "CCCO", "c1cc[nH]c1"]
    metric = bound(MoleculeScores(scores=("qed", "logp")))
    found = {each.name: each for each in metric(subject(Maker(LIKELY, LIKELIEST)))}
    qed, logp = (np.array([score(Chem.MolFromSmiles(s)) for s in made]) for score in (QED.qed, Crippen.MolLogP))
    held = np.array([QED.qed(Chem.MolFromSmiles(s)) for s in HELD_OUT])
    known = np.array([QED.qed(Chem.MolFromSmiles(s)) for s in KNOWN])
    assert found["molecule-scores/qed"].value == pytest.approx(qed.mean(), rel=1e-9)
    assert found["molecule-scores/qed"].low == pytest.approx(student(qed).low)
    assert found["molecule-scores/logp"].value == pytest.approx(logp.mean(), rel=1e-9)
    assert found["molecule-scores/qed"].floor == pytest.approx(held.mean())
    distance = found["molecule-scores/qed-distance"]
    assert distance.value == pytest.approx(wasserstein_distance(qed, held)) and distance.low < distance.value
    assert distance.floor == pytest.approx(wasserstein_distance(known, held))
    assert found["molecule-scores/qed"].extras["valid"] == 6
    assert len(metric.kept) == len({*KNOWN, *HELD_OUT, "CCCO"}) - 1  # OCC is CCO; each is scored once


def test_too_few_valid_molecules():
    with pytest.raises(MetricError, match="3 of 8 generated molecules are valid: train on, or leave it out"):
        bound(MoleculeScores())(subject(Maker(of("CC", "CO", "CN", *[""] * 5), of(""))))


@pytest.mark.parametrize("metric", [Molecules, MoleculeScores])
def test_graphs_that_are_no_molecules(metric):
    with pytest.raises(MetricError, match="judges molecules, and the samples are none"):
        metric().bind(GraphSpec(5))
