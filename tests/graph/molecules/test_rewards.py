"""Rewards against MolGAN's formulas, taken straight from RDKit."""

from __future__ import annotations

import math
import sys

import numpy as np
import pytest
import torch
from rdkit import Chem, DataStructs
from rdkit.Chem import QED, Crippen, rdFingerprintGenerator
from rdkit.Contrib.SA_Score import sascorer

from gansuite.errors import UserError
from gansuite_graph.molecules import rdkit_bridge
from gansuite_graph.molecules.identity import identities
from gansuite_graph.molecules.notation import smiles_of
from gansuite_graph.molecules.rewards import NAMES, Rewards
from gansuite_graph.molecules.scores import bump
from gansuite_graph.molecules.valence import valid
from gansuite_graph.spec import GraphSpec

from .qm9_molecules import SPEC, perturbed, some


def batch() -> torch.Tensor:
    x = perturbed(some(60, 5), 5)
    return torch.cat([x, x[:7], *[x[:3]] * 5])


def remapped(value: float, worst: float, best: float) -> float:
    return float(np.clip((value - worst) / (best - worst), 0, 1))


def mols(x: torch.Tensor) -> list[Chem.Mol | None]:
    return [None if text is None else Chem.MolFromSmiles(text) for text in smiles_of(SPEC, x)]


def test_scores_on_molgans_scales():
    x = batch()
    found = Rewards(SPEC, ["qed", "logp", "sa"]).parts(x)
    assert not valid(SPEC, x).all()
    for i, mol in enumerate(mols(x)):
        if mol is None:
            assert all(value[i] == 0 for value in found.values())
            continue
        assert found["qed"][i].item() == pytest.approx(QED.qed(mol), rel=1e-6)
        logp = remapped(Crippen.MolLogP(mol), -2.12178879609, 6.0429063424)
        assert found["logp"][i].item() == pytest.approx(logp, rel=1e-6)
        assert found["sa"][i].item() == pytest.approx(remapped(sascorer.calculateScore(mol), 5, 1.5), abs=1e-6)


def test_natural_products_and_diversity():
    x, training = some(30, 6), some(400, 7)
    x = x[valid(SPEC, x)]
    rewards = Rewards(SPEC, ["np", "diversity"], training=training)
    found = rewards.parts(x)
    from rdkit.Contrib.NP_Score import npscorer

    from gansuite_graph.molecules.scores import natural_model

    circular = rdFingerprintGenerator.GetMorganGenerator(radius=4, fpSize=2048)
    assert len(rewards.others) >= 98  # of 100, but for what has a charge
    for i, mol in enumerate(mols(x)):
        natural = npscorer.scoreMol(mol, natural_model())
        assert found["np"][i].item() == pytest.approx(remapped(natural, -3, 1), abs=1e-6)
        near = DataStructs.BulkTanimotoSimilarity(circular.GetFingerprint(mol), rewards.others)
        assert found["diversity"][i].item() == pytest.approx(remapped(1 - np.mean(near), 0.9, 0.945), abs=1e-5)


def test_what_needs_no_rdkit():
    x = batch()
    training = identities(SPEC, x[valid(SPEC, x)][:5])
    found = Rewards(SPEC, ["validity", "uniqueness", "novelty"], training).parts(x)
    texts, good = smiles_of(SPEC, x), valid(SPEC, x)
    known = set([text for text in texts if text][:5])
    for i, text in enumerate(texts):
        assert found["validity"][i].item() == bool(good[i]) == (text is not None)
        expected = 0.0 if text is None else min(1.0, 0.75 + 1 / texts.count(text))
        assert found["uniqueness"][i].item() == pytest.approx(expected)
        assert found["novelty"][i].item() == (text is not None and text not in known)
    assert (found["uniqueness"][good] < 1).any()


def test_the_drug_candidate():
    x = batch()
    training = identities(SPEC, x[valid(SPEC, x)][:5])
    parts = Rewards(SPEC, ["logp", "sa", "novelty", "drug-candidate"], training).parts(x)
    novel = parts["novelty"]
    for i in valid(SPEC, x).nonzero().flatten().tolist():
        logp = parts["logp"][i].item()
        low, high = 0.210, 0.945
        rounded = math.exp(-((logp - (low if logp <= low else high)) ** 2) / 0.025) if not low < logp < high else 1.0
        expected = (rounded + parts["sa"][i].item() + novel[i].item() + (1 - novel[i].item()) * 0.3) / 4
        assert parts["drug-candidate"][i].item() == pytest.approx(expected, abs=1e-5)
    assert (bump(0.5), bump(0.945)) == (1.0, 1.0) and bump(1.0) == pytest.approx(math.exp(-(0.055**2) / 0.025))


def test_the_reward_is_the_product():
    x = batch()
    rewards = Rewards(SPEC, ["validity", "uniqueness", "qed"])
    parts = rewards.parts(x)
    product = parts["validity"] * parts["uniqueness"] * parts["qed"]
    assert torch.equal(rewards(x), product) and rewards(x).dtype == torch.float32
    assert torch.equal(Rewards(SPEC, [])(x), torch.ones(len(x)))


def test_rdkit_is_asked_once_about_each_valid_molecule():
    x = batch()
    different = len(identities(SPEC, x[valid(SPEC, x)]).unique())
    rewards = Rewards(SPEC, ["qed"])
    first = rewards(x)
    assert rewards.asked == different
    assert torch.equal(rewards(x.flip(0)).flip(0), first) and rewards.asked == different
    small = Rewards(SPEC, ["qed"], room=5)
    assert torch.equal(small(x), first) and len(small.kept) == 5


def test_what_is_refused(monkeypatch):
    with pytest.raises(UserError, match=f"rewards: 'beauty' is none; there are {', '.join(NAMES)}"):
        Rewards(SPEC, ["beauty"])
    with pytest.raises(UserError, match="novelty and drug-candidate need the training molecules"):
        Rewards(SPEC, ["novelty"])
    with pytest.raises(UserError, match="diversity needs training molecules"):
        Rewards(SPEC, ["diversity"])
    with pytest.raises(UserError, match="no molecules"):
        Rewards(GraphSpec(4), ["validity"])
    monkeypatch.setitem(sys.modules, "rdkit", None)
    monkeypatch.setattr(rdkit_bridge, "available", lambda: False)
    x = some(20)
    assert torch.equal(Rewards(SPEC, ["validity", "uniqueness"])(x), valid(SPEC, x).float())
    with pytest.raises(UserError, match=r"the reward 'qed' needs RDKit: pip install 'gansuite\[molecules\]'"):
        Rewards(SPEC, ["qed"])
