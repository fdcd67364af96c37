"""Networks from files: each kind read, each fault told in one line, nothing unpickled."""

from __future__ import annotations

import hashlib
import json
import pickle
import subprocess
import sys
import types
import warnings

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from gansuite.errors import UserError
from gansuite.extractors.classifier import Classifier
from gansuite.extractors.encoder import Encoder
from gansuite.extractors.folder import Folder, save_extractor
from gansuite.metrics.features import Extractor
from gansuite.plugins.registry import registry


class Net(nn.Module):
    def __init__(self, shape: str = "rows") -> None:
        super().__init__()
        self.shape = shape
        self.weight = nn.Parameter(torch.arange(12.0).view(4, 3))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = x.flatten(1) @ self.weight
        return y if self.shape == "rows" else y.sum(1) if self.shape == "flat" else y[:1]


def script(path, net):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.save(torch.jit.script(net), str(path))
    return str(path)


def test_torchscript(tmp_path):
    file, x = script(tmp_path / "net.pt", Net()), torch.arange(8.0).view(2, 2, 2)
    found = Folder(None, path=file)
    assert isinstance(found, Extractor) and (found.name, found.gives) == ("folder[net.pt]", "features")
    assert torch.equal(found(x), Net()(x)) and not found(x).requires_grad
    assert found.fingerprint == hashlib.sha256((tmp_path / "net.pt").read_bytes()).hexdigest()
    assert Folder(None, path=file, output="probabilities").gives == "probabilities"
    assert Folder(None, path=file, sha256=found.fingerprint.upper()).fingerprint == found.fingerprint


def test_altered_missing_and_foreign_files(tmp_path):
    file = script(tmp_path / "net.pt", Net())
    known = Folder(None, path=file).fingerprint
    content = bytearray((tmp_path / "net.pt").read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "net.pt").write_bytes(content)
    with pytest.raises(UserError, match=rf"its sha256 is [0-9a-f]{{64}}, not {known}: the files were altered"):
        Folder(None, path=file, sha256=known)
    with pytest.raises(UserError, match="there is no such file or folder"):
        Folder(None, path=str(tmp_path / "nothing"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match=r"neither extractor\.json nor config\.json"):
        Folder(None, path=str(tmp_path / "empty"))


class Bomb:
    def __reduce__(self):
        return (exec, ("import gansuite; gansuite.exploded = True",))


def test_nothing_is_unpickled(tmp_path):
    import gansuite

    for name, write in (
        ("a.pt", lambda path: torch.save(Bomb(), path)),
        ("b.pt", lambda path: path.write_bytes(pickle.dumps(Bomb()))),
    ):
        write(tmp_path / name)
        with pytest.raises(UserError, match="is no TorchScript file"):
            Folder(None, path=str(tmp_path / name))
    model = tmp_path / "model"
    model.mkdir()
    (model / "config.json").write_text("{}")
    torch.save(Bomb(), model / "pytorch_model.bin")
    with pytest.raises(UserError, match="its weights are not safetensors"):
        Folder(None, path=str(model))
    assert not hasattr(gansuite, "exploded")


@pytest.mark.parametrize(("shape", "told"), [("flat", r"it gives \[2\], not one row"), ("one", "1 rows for 2 samples")])
def test_an_output_of_the_wrong_shape(tmp_path, shape, told):
    found = Folder(None, path=script(tmp_path / "net.pt", Net(shape)))
    with pytest.raises(UserError, match=told):
        found(torch.zeros(2, 4))
    with pytest.raises(UserError, match=r"it cannot take these samples: .*shapes cannot be multiplied"):
        found(torch.zeros(2, 5))


def test_a_folder_hashes_to_what_the_shell_says(tmp_path, blobs):
    data = blobs(count=200)
    found = Classifier(data.spec, steps=20)
    found.fit(data)
    folder = save_extractor(found, tmp_path / "mine")
    (folder / "Notes.md").write_text("b")
    line = subprocess.run(
        "LC_ALL=C sha256sum * | sha256sum", shell=True, cwd=folder, capture_output=True, text=True, check=True
    ).stdout.split()[0]
    assert Folder(data.spec, path=str(folder)).fingerprint == line
    (folder / ".hidden").write_text("not counted")
    assert Folder(data.spec, path=str(folder), sha256=line).fingerprint == line


@pytest.mark.parametrize("kind", ["classifier", "probabilities", "encoder", "stacked"])
def test_a_trained_extractor_goes_into_a_folder_and_comes_back(kind, tmp_path, blobs):
    data = blobs(count=200)

    def bound(**table):
        return registry().bind("extractor", table, "[here]").make(data.spec)

    base = {"name": "random-projection", "size": 6, "seed": 3}
    found = {
        "classifier": lambda: bound(name="classifier", steps=20, hidden=5, base=base),
        "probabilities": lambda: bound(name="classifier", steps=20, output="probabilities"),
        "encoder": lambda: bound(name="encoder", steps=20, size=3, hidden=9),
        "stacked": lambda: bound(name="classifier", steps=20, base={"name": "encoder", "size": 3, "steps": 20}),
    }[kind]()
    with pytest.raises(UserError, match="is not trained"):
        save_extractor(found, tmp_path / "mine")
    found.fit(data)
    folder = save_extractor(found, tmp_path / "mine")
    back, x = Folder(data.spec, path=str(folder)), data.parts["test"]["data"]
    assert torch.equal(back(x), found(x)) and back.gives == found.gives
    assert not hasattr(back, "fit")  # it needs no data
    noted = json.loads((folder / "extractor.json").read_text())
    assert noted["summary"] == found.summary and noted["fingerprint"] == found.fingerprint
    weights = load_file(folder / "weights.safetensors")
    name = "net.first" if kind != "encoder" else "net.layers.0.weight"
    weights[name][0] += 1
    save_file(weights, folder / "weights.safetensors")
    assert not torch.equal(Folder(data.spec, path=str(folder))(x), found(x))  # the weights there are the ones used
    assert Folder(data.spec, path=str(folder)).fingerprint != back.fingerprint


def test_a_folder_with_faults(tmp_path, blobs):
    data = blobs(count=200)
    found = Encoder(data.spec, steps=20, size=3)
    found.fit(data)
    folder = save_extractor(found, tmp_path / "mine")
    weights = load_file(folder / "weights.safetensors")

    def told(match):
        with pytest.raises(UserError, match=match) as caught:
            Folder(data.spec, path=str(folder))
        assert "\n" not in str(caught.value)

    save_file({name: each for name, each in weights.items() if "layers.2" not in name}, folder / "weights.safetensors")
    told("cannot be read: it lacks")
    save_file({**weights, "net.layers.5.weight": torch.zeros(2, 2)}, folder / "weights.safetensors")
    told("cannot be read: .*size mismatch")
    (folder / "weights.safetensors").write_bytes(b"junk")
    told("cannot be read")
    (folder / "weights.safetensors").unlink()
    told(r"weights\.safetensors is missing")
    (folder / "extractor.json").write_text('{"extractor": {"name": "core/classfier"}}')
    told(r"extractor\.json.*classfier")
    (folder / "extractor.json").write_text('{"extractor": {"name": "core/identity"}}')
    told("identity has no weights")
    (folder / "extractor.json").write_text("[]")
    told("write .*extractor")
    (folder / "extractor.json").write_text("{")
    told("cannot be read")


def test_an_object_as_base_cannot_be_written_down(tmp_path, blobs):
    from gansuite.extractors.identity import Identity

    data = blobs(count=200)
    found = Encoder(data.spec, steps=20, base=Identity())
    found.fit(data)
    with pytest.raises(UserError, match="an object of yours"):
        save_extractor(found, tmp_path / "mine")


class Model(nn.Module):
    """What ``from_pretrained`` gives, in small: hidden states [n, places, d] or [n, d, h, w]."""

    def __init__(self, asked: str) -> None:
        super().__init__()
        self.main_input_name = asked

    def forward(self, **given):
        x = given[self.main_input_name].float()
        states = x[..., None] * torch.tensor([1.0, 2.0]) if x.dim() == 2 else x
        return types.SimpleNamespace(last_hidden_state=states)


def transformers_folder(tmp_path, monkeypatch, asked):
    seen = {}

    def from_pretrained(path, **options):
        seen.update(options, path=path)
        return Model(asked)

    fake = types.SimpleNamespace(AutoModel=types.SimpleNamespace(from_pretrained=from_pretrained))
    monkeypatch.setitem(sys.modules, "transformers", fake)
    (tmp_path / "config.json").write_text("{}")
    save_file({"w": torch.zeros(1)}, tmp_path / "model.safetensors")
    return Folder(None, path=str(tmp_path)), seen


def test_transformers_hidden_states_are_averaged_over_place(tmp_path, monkeypatch):
    found, seen = transformers_folder(tmp_path, monkeypatch, "input_ids")
    assert seen == {
        "path": str(tmp_path),
        "local_files_only": True,
        "trust_remote_code": False,
        "use_safetensors": True,
    }
    assert found(torch.tensor([[1, 3], [5, 5]])).tolist() == [[2, 4], [5, 10]]
    sound, _ = transformers_folder(tmp_path, monkeypatch, "input_values")
    assert sound(torch.tensor([[[1.0, 3.0], [3.0, 5.0]]])).tolist() == [[3, 6]]  # channels, then time
    picture, _ = transformers_folder(tmp_path, monkeypatch, "pixel_values")
    assert picture(torch.arange(8.0).view(1, 2, 2, 2)).tolist() == [[1.5, 5.5]]


def test_transformers_that_is_not_installed(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "transformers", None)
    (tmp_path / "config.json").write_text("{}")
    save_file({"w": torch.zeros(1)}, tmp_path / "model.safetensors")
    with pytest.raises(UserError, match="needs transformers, which is not installed: pip install transformers"):
        Folder(None, path=str(tmp_path))
