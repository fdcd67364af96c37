"""Bad input: one line, the place, the remedy, exit code 2, nothing lost."""

from __future__ import annotations

import wave
from pathlib import Path

import pytest
import torch

HERE = Path(__file__).parent
RING = str(HERE / "ring.toml")
DRUMS = ("run", "wavegan", "--set", "data.length=4096")

SETTINGS = [
    ("train.stepz=3", "[train]", "has no option 'stepz'", "did you mean 'steps'?"),
    ("players.critic.widht=3", "[players.critic]", "'widht'", "did you mean 'width'?"),
    ("trian.steps=3", "no table", '"trian"', "did you mean 'train'?"),
    ("game.objective=hinje", "[game] objective", "no such objective", "did you mean 'hinge'?"),
    ("data.name=rign", "[data]", "no such dataset", "did you mean 'ring'?"),
    ("train.steps=true", "[train] steps = true", "should be a valid integer"),
    ('train.steps="32"', '[train] steps = "32"', "should be a valid integer"),
    ("train.steps=1.5", "[train] steps = 1.5", "should be a valid integer"),
    ("train.steps=0", "[train] steps = 0", "should be greater than 0"),
    ("players.generator.width={}", "[players.generator] width = {}", "should be a valid integer"),
    ("train.precision=fp8", '[train] precision = "fp8"', "'fp32', 'bf16', 'fp64' or 'auto'"),
    ("prior.size=inf", "prior.size=inf", "finite"),
    ('dynamics={name="alternating",moves={critic=1}}', "[dynamics] moves", "generator = 1"),
    ("metrics[3].n=8", "--set metrics[3].n=8", "1 entries"),
    ("train.steps", "--set train.steps", "table.option=VALUE"),
    ("train.steps=[1", "--set train.steps=[1", "no TOML"),
    ("nowhere.steps=3", '"nowhere"', "no table"),
    ("data.name=far", "dataset 'toyring/far' needs no_such_package", "not installed", "pip install"),
    ("plugin=nowhere", 'plugin = "nowhere"', "no such plugin"),
]


@pytest.fixture(autouse=True)
def nothing_lost(tmp_path: Path):
    """A mistake leaves no run behind it."""
    yield
    assert not (tmp_path / "runs").exists()


def told(done, *parts: str) -> None:
    assert done.code == 2 and done.out == "", done
    assert done.line.startswith("error: "), done.err
    assert all(part in done.line for part in parts), done.line


@pytest.mark.parametrize(("setting", "parts"), [(setting, parts) for setting, *parts in SETTINGS])
def test_settings(setting: str, parts: list[str], toy) -> None:
    told(toy("run", RING, "--set", setting), *parts)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ('plugin = "toyring"\n[data\n', ("mine.toml", "line 2, column 6")),
        ('plugin = "toyring"\nplugin = "x"\n', ("mine.toml", "line 2")),
        ('plugin = "toyring"\n', ("no table [data]", "add one")),
        ('plugin = "toyring"\ndata = "ring"\n', ("no table [players]", "add one")),
        ('plugin = "toyring"\ndata = "ring"\nplayers = { critic = "mlp" }\n', ("[players.generator]",)),
        ('extends = "nowhere.toml"\n', ("nowhere",)),
        ("\x00", ("mine.toml", "line 1, column 1")),
    ],
)
def test_recipes(text: str, parts: tuple[str, ...], toy, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(text)
    told(toy("run", "mine.toml"), *parts)


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (("run", "nowhere/ring.toml"), ("nowhere/ring.toml", "no such recipe file")),
        (("run",), ("name a recipe", "--resume RUN")),
        (("run", RING, "--resume", "x"), ("--resume x", "leave out the recipe")),
        (("run", "--resume", "x", "--out", "y"), ("--resume x", "leave out --out y")),
        (("run", "--resume", "x"), ("x: no such folder",)),
        (("run", "--resume", "."), ("not a run", "recipe.toml")),
        (("sample", "."), ("not a run",)),
        (("evaluate", "x"), ("x: no such folder",)),
        (("evaluate", "x", "--metrics", "kad,,"), ("--metrics kad,,", "commas")),
        (("report", "."), ("not a run",)),
        (("cite", "."), ("not a run",)),
        (("check", "rnig"), ('"rnig"', "no such recipe")),
        (("run", RING, "--device", "gpu"), ("--device gpu", "this machine has cpu")),
        (("run", RING, "--device", "meta"), ("--device meta", "this machine has cpu")),
        (("run", RING, "--out", "/proc/nowhere"), ("--out /proc/nowhere", "cannot be written", "another folder")),
        (("run", RING, "--out", "file"), ("--out file", "a file of that name exists")),
        (("run", RING, "--out", "file/inner"), ("--out file/inner", "cannot be written")),
        (("run", RING, "--out", "full"), ("--out full", "not empty", "name a new one")),
        (("schema", "--out", "/proc/nowhere"), ("--out /proc/nowhere", "cannot be written")),
    ],
)
def test_words(words: tuple[str, ...], parts: tuple[str, ...], toy, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "precious.txt").write_text("mine")
    told(toy(*words), *parts)
    assert (tmp_path / "full" / "precious.txt").read_text() == "mine"


@pytest.mark.skipif(torch.cuda.device_count() > 7, reason="this machine has a cuda:7")
def test_a_device_that_does_not_exist(toy) -> None:
    told(toy("run", RING, "--device", "cuda:7"), "--device cuda:7", "this machine has cpu")


@pytest.mark.parametrize(
    ("file", "parts"),
    [
        ("nofile.py", ("there is no such file",)),
        ("wrong.py", ("no module named",)),
        ("json.py", ("rename",)),
    ],
)
def test_plugin_files(file: str, parts: tuple[str, ...], cli, tmp_path: Path) -> None:
    (tmp_path / "wrong.py").write_text("import nowhere_to_be_found")
    (tmp_path / "json.py").touch()
    done = cli("list", "--plugin", file)
    line = done.err.splitlines()[-1].lower()
    assert done.code == 2 and line.startswith(f"error: --plugin {file}") and all(part in line for part in parts), line


def test_a_run_is_protected(toy, run: Path) -> None:
    before = {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}
    told(toy("run", RING, "--out", "ring"), "--out ring", "gansuite run --resume ring")
    told(toy("sample", "ring", "--out", "/proc/nowhere"), "--out /proc/nowhere", "another folder")
    told(toy("sample", "ring", "--out", "ring/recipe.toml"), "--out ring/recipe.toml", "another folder")
    told(toy("evaluate", "ring", "--metrics", "frehcet"), '"frehcet"', "did you mean 'frechet'?")
    told(
        toy("run", "--resume", "ring", "--set", "players.generator.width=5"),
        "does not fit",
        "(4,)",
        "(5,)",
        "[players]",
    )
    assert {path: path.read_bytes() for path in run.rglob("*") if path.is_file()} == before


def test_resume_with_a_changed_architecture(toy, run: Path) -> None:
    recipe = run / "recipe.toml"
    recipe.write_text(recipe.read_text().replace("width = 4", "width = 6"))
    before = {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}
    told(toy("run", "--resume", "ring"), "checkpoint does not fit the recipe", "(1, 4)", "(1, 6)", "new run")
    told(toy("sample", "ring"), "checkpoint does not fit the recipe")
    assert {path: path.read_bytes() for path in run.rglob("*") if path.is_file()} == before


@pytest.fixture
def sounds(cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The command line with the audio plugin, beside a folder of text and one of sounds that are too short."""
    pytest.importorskip("soundfile", reason="the audio plugin's packages are not installed")
    monkeypatch.setenv("GANSUITE_PLUGINS", "audio")
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "read.me").touch()
    (tmp_path / "short").mkdir()
    with wave.open(str(tmp_path / "short" / "a.wav"), "wb") as file:
        file.setparams((1, 2, 16000, 0, "NONE", ""))
        file.writeframes(bytes(range(200)))
    return cli


@pytest.mark.parametrize(
    ("settings", "parts"),
    [
        (("data.root=nowhere",), ("'nowhere'", "no such folder", ".wav")),
        ((), ("[data]", "root")),
        (("data.root=texts",), ("'texts'", "no audio found", ".wav .flac .ogg")),
        (("data.root=short", "data.short=error"), ("'short'", "a.wav is too short", 'set short = "pad"')),
        (("data.root=short", "data.short=skip"), ("'short'", "none of the 1 audio files", "1 short")),
    ],
)
def test_data(settings: tuple[str, ...], parts: tuple[str, ...], sounds) -> None:
    words = [word for setting in ("data.name=folder", *settings) for word in ("--set", setting)]
    told(sounds(*DRUMS, *words), "[data]", *parts)


def test_registered_recipes_are_guessed(sounds) -> None:
    told(sounds("run", "wavegna"), "did you mean 'wavegan'?")
    told(sounds("run", "elsewhere/wavegan.toml"), "elsewhere/wavegan.toml", "did you mean 'wavegan'")
