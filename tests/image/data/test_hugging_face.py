"""Folders of Hugging Face's ``datasets``, as that library writes them (one test has it write them)."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
import torch
from PIL import Image

from gansuite.errors import UserError
from gansuite_image.data.hugging_face import HuggingFace

NAMES = ["dog", "cat"]
FEATURES = {"image": {"_type": "Image"}, "label": {"names": NAMES, "_type": "ClassLabel"}}
ALL = {"train": 1.0}


def draw(n: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (n, 4, 5, 3)).astype(np.uint8)


def png(values: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(values).save(file, "png")
    return file.getvalue()


def table(values: np.ndarray, features: dict[str, Any] | None = FEATURES, **columns: list[Any]) -> pa.Table:
    rows = pa.array(
        [{"bytes": png(x), "path": None} for x in values], pa.struct({"bytes": pa.binary(), "path": pa.string()})
    )
    made = pa.table({"image": rows, "label": [i % 2 for i in range(len(values))]} | columns)
    header = {"huggingface": json.dumps({"info": {"features": features}})}
    return made.replace_schema_metadata(header) if features else made


def save(path: Path, rows: pa.Table) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".parquet":
        parquet.write_table(rows, path)
    else:
        with path.open("wb") as file, pa.ipc.new_stream(file, rows.schema) as stream:
            stream.write_table(rows)


def every(data: HuggingFace, split: str = "train") -> dict[str, torch.Tensor]:
    return data.batch(split, torch.arange(data.count(split)), None)


def same(x: torch.Tensor, values: np.ndarray) -> bool:
    return np.abs(x.numpy() - (values / 127.5 - 1).transpose(0, 3, 1, 2)).max() < 1e-6


def test_a_data_set_in_shards_its_cache_left_out(tmp_path):
    save(tmp_path / "data-00000-of-00002.arrow", table(draw(4)))
    save(tmp_path / "data-00001-of-00002.arrow", table(draw(3, seed=1)))
    save(tmp_path / "cache-12ab.arrow", table(draw(2, seed=2)))
    data = HuggingFace(root=str(tmp_path), split=ALL)
    batch = every(data)
    assert same(batch["data"], np.concatenate([draw(4), draw(3, seed=1)]))
    assert batch["label"].tolist() == [0, 1, 0, 1, 0, 1, 0] and data.spec.labels == ("dog", "cat")  # the header's order
    assert data.names("train")[4] == "data-00001-of-00002 row 000000"


@pytest.mark.parametrize(
    "places",
    [
        ("train/data-00000-of-00001.arrow", "validation/data-00000-of-00001.arrow", "test/data-00000-of-00001.arrow"),
        ("data/train-00000-of-00001.parquet", "data/validation-0.parquet", "data/test-00000-of-00001.parquet"),
    ],
)
def test_splits_are_those_of_folders_and_files(tmp_path, places):
    for i, place in enumerate(places):
        save(tmp_path / place, table(draw(3 + i, seed=i)))
    data = HuggingFace(root=str(tmp_path))
    for i, split in enumerate(("train", "valid", "test")):
        assert same(every(data, split)["data"], draw(3 + i, seed=i))
    assert HuggingFace(root=str(tmp_path), split=ALL).count("train") == 12
    assert HuggingFace(root=str(tmp_path), split=ALL, max_items=5).count("train") == 5


def test_columns_by_name_bytes_alone_paths_and_words(tmp_path):
    values = draw(3)
    (tmp_path / "elsewhere.png").write_bytes(png(values[2]))
    columns = {
        "image": [None] * 3,
        "picture": pa.array([png(x) for x in values], pa.binary()),
        "file": ["elsewhere.png"] * 3,
        "kind": ["b", "a", "b"],
    }
    save(tmp_path / "a.parquet", table(values, None, **columns))
    data = HuggingFace(root=str(tmp_path / "a.parquet"), image="picture", label="kind", split=ALL)
    assert same(every(data)["data"], values) and every(data)["label"].tolist() == [1, 0, 1]
    found = HuggingFace(root=str(tmp_path), image="file", labels="none", split=ALL)
    assert same(every(found)["data"], values[[2, 2, 2]]) and found.spec.labels == ()


def test_rows_without_picture_or_label_are_counted(tmp_path):
    rows = table(draw(5), label=[0, 1, -1, None, 1])
    broken = rows.set_column(
        0, "image", pa.array([{"bytes": png(draw(1)[0]), "path": None}, None, *[{"bytes": b"x", "path": None}] * 3])
    )
    save(tmp_path / "a.arrow", broken.replace_schema_metadata(rows.schema.metadata))
    summary = HuggingFace(root=str(tmp_path), split=ALL).summary
    assert summary["used"] == 1 and summary["skipped"]["reasons"] == {"missing": 1, "no label": 2, "unreadable": 1}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"image": "photo"}, "no column is called 'photo'; there are image, label"),
        ({"image": "label"}, "the column 'label' holds int64, no files of pictures"),
        ({"root": "no"}, "no such folder; name one written by save_to_disk"),
    ],
)
def test_what_is_not_there_is_told_in_one_line(tmp_path, options, message):
    save(tmp_path / "a.arrow", table(draw(2)))
    with pytest.raises(UserError, match=message) as caught:
        HuggingFace(**{"root": str(tmp_path)} | options)
    assert "\n" not in str(caught.value)


def test_folders_without_use(tmp_path):
    with pytest.raises(UserError, match=r"no \.arrow or \.parquet file found"):
        HuggingFace(root=str(tmp_path))
    save(tmp_path / "a.parquet", pa.table({"text": ["a"]}))
    with pytest.raises(UserError, match="no column of pictures among text; name it by image ="):
        HuggingFace(root=str(tmp_path))
    (tmp_path / "a.parquet").write_bytes(b"PAR1 damaged")
    with pytest.raises(UserError, match=r"a\.parquet cannot be read") as caught:
        HuggingFace(root=str(tmp_path))
    assert "\n" not in str(caught.value)
    save(tmp_path / "a.parquet", table(draw(0)))
    with pytest.raises(UserError, match="no rows; name the folder"):
        HuggingFace(root=str(tmp_path))


def test_what_the_library_itself_saves(tmp_path):
    datasets = pytest.importorskip("datasets", reason="the optional package datasets, which writes such folders")
    features = datasets.Features(image=datasets.Image(), label=datasets.ClassLabel(names=NAMES))
    rows = [{"image": Image.fromarray(x), "label": i % 2} for i, x in enumerate(draw(6))]
    datasets.Dataset.from_list(rows, features=features).save_to_disk(tmp_path / "saved", num_shards=2)
    batch = every(HuggingFace(root=str(tmp_path / "saved"), split=ALL))
    assert same(batch["data"], draw(6)) and batch["label"].tolist() == [0, 1] * 3
