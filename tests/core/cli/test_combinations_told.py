"""What cannot be combined, and values without a meaning: one line with the reason, code 2, nothing trained."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

HERE = Path(__file__).parent
RING = str(HERE / "ring.toml")
MEAN = 'game.objective="relativistic-average"'

ON_POINTS = {
    "no move of the critic": (
        ["dynamics.moves={critic=0,generator=1}"],
        "[dynamics] moves.critic = 0",
        "greater than 0",
    ),
    "an unknown player moves": (
        ['dynamics={name="alternating",moves={critc=1,generator=1}}'],
        "[dynamics] moves",
        "no turn \"critc\"; did you mean 'critic'?",
    ),
    "no unrolled step": (['dynamics={name="unrolled",steps=0}'], "[dynamics] steps = 0", "greater than 0"),
    "packs and the batch": (
        ['game.inputs=[{name="packing",m=3}]'],
        "[game]: packing 3 samples does not divide [data] batch_size = 4",
    ),
    "a pack of one": (['game.inputs=[{name="packing",m=1}]'], "[game] inputs[0].m = 1", "greater than 1"),
    "one pack and pairs": (
        ['game.inputs=[{name="packing",m=4}]', 'game.objective="mmd"'],
        "[game]: mmd compares pairs of samples",
        "at least 2",
    ),
    "an odd batch and halves": (["data.batch_size=5", 'game.objective="optimal-transport"'], "even batch_size"),
    "labels that are not there": (['game.conditioning="conditional"'], "[game]", "no labels", "labelled dataset"),
    "smoothing a comparison": (
        ['game.inputs=["label-smoothing"]', MEAN],
        "[game]: inputs: label-smoothing",
        "one cost for both",
        "leave it out",
    ),
    "smoothing both sides away": (
        ['game.inputs=[{name="label-smoothing",real=0.5,fake=0.5}]'],
        "swaps the sides; stay below 1",
    ),
    "flipping every other label": (['game.inputs=[{name="label-flipping",share=0.5}]'], "less than 0.5"),
    "noise with two ends": (
        ['game.inputs=[{name="instance-noise",until=5,half_life=3.0}]'],
        "[game] inputs[0]: instance-noise",
        "until or half_life",
    ),
    "augmentation by a score without a sign": (
        ['game.inputs=["adaptive-augmentation"]', 'game.objective="wasserstein"'],
        "[game]: inputs: adaptive-augmentation",
        "choose non-saturating",
    ),
    "an operation that nobody knows": (
        ['game.inputs=[{name="adaptive-augmentation",operations=["rotaton"]}]'],
        "no operation 'rotaton'",
        "did you mean 'rotation'?",
    ),
    "a class of packs": (
        ['game.inputs=["packing"]', 'game.conditioning="auxiliary-classifier"'],
        "[game]: conditioning: auxiliary-classifier",
        "a pack has 2; leave out packing",
    ),
    "a code of packs": (
        ['game.inputs=["packing"]', 'game.conditioning={name="info-gan"}'],
        "[game]: conditioning: info-gan",
        "leave out packing",
    ),
    "no code": (['game.conditioning={name="info-gan",categories=[]}'], "[game] conditioning: info-gan without a code"),
    "a projection on energies": (
        ['game.conditioning="projection"', 'game.objective="began"'],
        "[game]: conditioning: projection",
        "energies are positive",
    ),
    "a projection that nobody reads": (['game.conditioning="projection"', 'game.objective="mmd"'], "does not read"),
    "mixed batches in a plain game": (['game.objective="mixed-batch"'], "[game]: ", "play the game batch-gan"),
    "three players and comparisons": (
        ['game={name="triple-gan",objective="relativistic"}', 'players.classifier="mlp"'],
        "[game]: triple-gan",
        "judges each alone",
    ),
    "a missing player": (['game={name="triple-gan"}'], "[players.classifier]", "needs"),
    "a penalty of no weight's sign": (
        ['game.penalties=[{name="r1",weight=-1.0}]'],
        "[game] penalties[0].weight",
        "greater than or equal to 0",
    ),
}


@pytest.fixture(autouse=True)
def nothing_is_trained(tmp_path: Path):
    """A refusal leaves no run behind it."""
    yield
    assert not (tmp_path / "runs").exists()


def told(done, *parts: str) -> None:
    assert done.code == 2 and done.out == "", done
    assert done.line.startswith("error: "), done.err
    assert all(part in done.line for part in parts), done.line


def settings(words: list[str]) -> list[str]:
    return [word for setting in words for word in ("--set", setting)]


@pytest.mark.parametrize("case", ON_POINTS)
def test_points(case: str, toy) -> None:
    words, *parts = ON_POINTS[case]
    told(toy("run", RING, *settings(words)), *parts)


@pytest.fixture
def brackets(cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Runs on strings of tokens, of the toy plugin."""
    monkeypatch.setenv("GANSUITE_PLUGINS", "toy")
    (tmp_path / "brackets.toml").write_text(
        """
        plugin = "toy"
        data = { name = "counting", form = "brackets", count = 200, batch_size = 8 }
        players = { generator = "mlp", critic = "mlp" }
        game = { name = "gan" }
        train = { steps = 2 }
        """
    )
    return lambda *words: cli("run", "brackets.toml", *settings(list(words)))


@pytest.mark.parametrize("name", ["gradient-penalty", "dragan", "r1", "r2"])
def test_a_gradient_of_tokens(name: str, brackets) -> None:
    told(brackets(f'game.penalties=["{name}"]'), "[game]: penalties:", name, "integers (tokens)", "leave it out")


@pytest.mark.parametrize("name", ["instance-noise", "adaptive-augmentation"])
def test_noise_on_tokens(name: str, brackets) -> None:
    told(brackets(f'game.inputs=["{name}"]'), f"[game]: inputs: {name}", "tokens", "leave it out")


def test_batch_normalisation_in_a_penalised_critic_is_warned_of(brackets, tmp_path: Path) -> None:
    words = [
        "data.one_hot=true",
        'players.critic.norm="batch"',
        'game.penalties=["r1"]',
        "metrics=[]",
        "train.samples=2",
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        done = brackets(*words)
    assert done.code == 0, done.err
    assert "warning: [game] penalties: r1 takes each sample's gradient by itself, and batch normalisation" in done.err
    (tmp_path / "runs").rename(tmp_path / "done")


def test_a_label_of_a_run_without_labels(toy, run: Path) -> None:
    told(toy("sample", "ring", "--label", "dog"), "this model has no conditioning", "leave the label out")


def test_labels_of_a_conditional_run(cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANSUITE_PLUGINS", "toy")
    (tmp_path / "moons.toml").write_text(
        """
        plugin = "toy"
        data = { name = "moons", count = 200, batch_size = 8 }
        players = { generator = { name = "mlp", width = 4 }, critic = { name = "mlp", width = 4 } }
        game = { name = "gan", conditioning = "conditional" }
        train = { steps = 2, samples = 2 }
        """
    )
    assert cli("run", "moons.toml", "--out", "moons").code == 0
    told(cli("sample", "moons", "--label", "uper"), "no label 'uper'", "did you mean 'upper'?")
    told(cli("sample", "moons", "--label", "2"), "no label '2'", "labels: upper, lower")
    by_name, by_number, other, any_label = (
        cli("sample", "moons", "-n", "2", *words).out.splitlines()
        for words in (("--label", "lower"), ("--label", "1"), ("--label", "upper"), ())
    )
    assert [len(files) for files in (by_name, by_number, other, any_label)] == [2] * 4
    assert by_name[0].startswith("moons/drawn/seed-0-lower/") and any_label[0].startswith("moons/drawn/seed-0/")
    contents = [Path(files[0]).read_bytes() for files in (by_name, by_number, other)]
    assert contents[0] == contents[1] != contents[2]
