"""The option ``files``: two data sets in one folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from gansuite.data.domains.two_datasets import TwoDatasets
from gansuite.errors import UserError
from gansuite_audio.data.folder import Folder

FSDD = {"labels": "name", "label_pattern": "fsdd", "length": 500, "split": {"train": 1.0}}
NAMES = ["0_george_0.wav", "1_george_0.wav", "1_jackson_0.wav", "2_jackson_0.wav", "old/2_george_3.wav"]


@pytest.fixture
def both(root, sound) -> Path:
    for seed, name in enumerate(NAMES):
        sound(name, 500, seed=seed)
    return root


def test_a_pattern_takes_its_files_and_no_others(both) -> None:
    def names(pattern: str) -> list[str]:
        return Folder(root=str(both), length=500, split={"train": 1.0}, files=pattern).names("train")

    assert names("*") == NAMES
    assert names("*_george_*") == [NAMES[0], NAMES[1], NAMES[4]]
    assert names("old/*") == [NAMES[4]]
    assert names("[01]_*_0.wav") == NAMES[:3]


def test_it_is_part_of_the_data_sets_identity(both) -> None:
    one, other = (Folder(root=str(both), files=f"*_{who}_*", **FSDD) for who in ("george", "jackson"))
    assert one.fingerprint != other.fingerprint
    assert one.spec.labels == ("0", "1", "2") and other.spec.labels == ("1", "2")
    assert one.summary["files"] == 3 and other.summary["skipped"]["count"] == 0


def test_what_it_leaves_out_is_not_missing_from_a_table(both) -> None:
    (both / "table.csv").write_text("file,label\n" + "".join(f"{name},x\n" for name in [*NAMES, "3_george_9.wav"]))
    data = Folder(root=str(both), length=500, labels="csv", csv="table.csv", files="*_george_*", split={"train": 1.0})
    assert data.summary["skipped"]["reasons"] == {"missing": 1}


def test_a_pattern_without_a_file_is_told(both) -> None:
    with pytest.raises(UserError, match=r"files = '\*_lucas_\*' fits none of 5 sounds, as '0_george_0.wav'"):
        Folder(root=str(both), files="*_lucas_*")


def test_two_speakers_are_two_domains_with_the_digits_as_classes(both) -> None:
    source, target = (Folder(root=str(both), files=f"*_{who}_*", **FSDD) for who in ("george", "jackson"))
    data = TwoDatasets(source=source, target=target)
    assert data.spec.source == source.spec and data.spec.labels == ("1", "2")
    batch = data.batch("train", torch.tensor([0, 1]), None)
    assert batch["label"].tolist() == [0, 1] and batch["content"].tolist() == [-1, 0]  # "0" is no class of the target
    assert np.array_equal(batch["source"].numpy(), source.batch("train", torch.tensor([0, 1]), None)["data"].numpy())
