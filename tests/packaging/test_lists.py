"""The lists that a new plugin must appear in, compared with what is in plugins/."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PACKAGES = sorted(path.name for path in (ROOT / "plugins").iterdir() if path.is_dir() and path.name != "__pycache__")
NAMES = [package.removeprefix("gansuite_") for package in PACKAGES]
TOOL = PROJECT["tool"]
CONTRACTS = {contract["name"]: contract for contract in TOOL["importlinter"]["contracts"]}


def test_plugins_are_packages_named_after_us():
    # The folder is on sys.path of an editable install: nothing else may lie in it.
    assert PACKAGES
    assert all(re.fullmatch(r"gansuite_[a-z0-9]+", package) for package in PACKAGES)
    for package in PACKAGES:
        for file in ("__init__.py", "plugin.py", "py.typed"):
            assert (ROOT / "plugins" / package / file).is_file(), f"{package} lacks {file}"


LISTS = {
    "packages of the wheel": [
        Path(path).name
        for path in TOOL["hatch"]["build"]["targets"]["wheel"]["packages"]
        if path.startswith("plugins/")
    ],
    "entry points": [target.partition(".")[0] for target in PROJECT["project"]["entry-points"]["gansuite"].values()],
    "extras": [f"gansuite_{extra}" for extra in PROJECT["project"]["optional-dependencies"] if extra in NAMES],
    "import-linter's root packages": [name for name in TOOL["importlinter"]["root_packages"] if name != "gansuite"],
    "import-linter: the core knows no plugin": CONTRACTS["The core knows no plugin"]["forbidden_modules"],
    "import-linter: plugins know only the core": CONTRACTS["Plugins know only the core"]["modules"],
    "coverage": [name for name in TOOL["coverage"]["run"]["source"] if name != "gansuite"],
    "isort's first party": [
        name for name in TOOL["ruff"]["lint"]["isort"]["known-first-party"] if name not in ("gansuite", "gansuite_ecg")
    ],
    "jaxtyping's packages": [
        name
        for option in TOOL["pytest"]["addopts"]
        if option.startswith("--jaxtyping-packages=")
        for name in option.partition("=")[2].split(",")
        if name.startswith("gansuite_")
    ],
}


@pytest.mark.parametrize("name", LISTS)
def test_every_plugin_is_in_every_list(name: str):
    assert sorted(LISTS[name]) == PACKAGES


def test_an_entry_point_has_the_name_of_its_plugin():
    assert PROJECT["project"]["entry-points"]["gansuite"] == {
        name: f"{package}.plugin" for name, package in zip(NAMES, PACKAGES, strict=True)
    }


def test_all_means_every_plugin():
    (everything,) = PROJECT["project"]["optional-dependencies"]["all"]
    extras = everything.removeprefix("gansuite[").removesuffix("]").split(",")
    assert set(NAMES) <= set(extras) <= set(PROJECT["project"]["optional-dependencies"])


def test_ignored_folders_are_anchored():
    # hatchling obeys .gitignore: a bare "data/" or "runs/" would silently drop core/gansuite/data from the wheel.
    patterns = [line for line in (ROOT / ".gitignore").read_text().split("\n") if line and not line.startswith("#")]
    unanchored = [line for line in patterns if not line.startswith("/") and line not in ("__pycache__/", "*.egg-info/")]
    folders = {path.name for top in ("core", "plugins") for path in (ROOT / top).rglob("*") if path.is_dir()}
    assert not {line.strip("/") for line in unanchored} & folders
    assert not unanchored or unanchored == [".venv/"]


def test_nothing_of_the_code_is_ignored():
    files = [str(path.relative_to(ROOT)) for top in ("core", "plugins", "recipes") for path in (ROOT / top).rglob("*")]
    files = [file for file in files if "__pycache__" not in file]
    try:
        done = subprocess.run(
            ["git", "check-ignore", "--stdin"], input="\n".join(files), capture_output=True, text=True, cwd=ROOT
        )
    except FileNotFoundError:
        pytest.skip("git is not installed")
    if done.returncode == 128:
        pytest.skip("this is no checkout")
    assert done.stdout == ""


LIGHT = [
    *(ROOT / "core/gansuite/cli").glob("*.py"),
    *(ROOT / "core/gansuite/plugins").glob("*.py"),
    *(ROOT / "core").rglob("__init__.py"),
    *(ROOT / "plugins").rglob("__init__.py"),
    *(ROOT / "plugins").glob("*/plugin.py"),
]
BANNED = set(TOOL["ruff"]["lint"]["flake8-tidy-imports"]["banned-module-level-imports"])


def test_the_light_modules_import_nothing_heavy():
    # Ruff says so too, where its pattern of files is right; this says that the pattern is.
    heavy = {"numpy", "pydantic", "rich", "torch", "torchaudio"}
    assert heavy <= BANNED
    for path in LIGHT:
        for node in ast.parse(path.read_text()).body:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            found = {name.partition(".")[0] for name in names} & BANNED
            assert not found, f"{path.relative_to(ROOT)}:{node.lineno} imports {found}"


def test_the_wheel_holds_everything():
    wheels = sorted((ROOT / "dist").glob("gansuite-*.whl"))
    if not wheels:
        pytest.skip("no wheel in dist/: make dist")
    with zipfile.ZipFile(wheels[-1]) as wheel:
        inside = set(wheel.namelist())
    expected = {
        str(path.relative_to(ROOT / top))
        for top in ("core", "plugins")
        for path in (ROOT / top).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    expected |= {
        f"gansuite/_recipes/{path.relative_to(ROOT / 'recipes')}" for path in (ROOT / "recipes").rglob("*.toml")
    }
    assert not expected - inside, "files that the wheel lacks"
    assert any(name.endswith("licenses/LICENSE") for name in inside)
    assert any(name.endswith("licenses/NOTICE") for name in inside)
    strays = {name.partition("/")[0] for name in inside if ".dist-info/" not in name}
    assert strays == {"gansuite", *PACKAGES}


def test_the_documents_are_there():
    for name in ("README.md", "CHANGELOG.md", "CITATION.cff", "CONTRIBUTING.md", "SECURITY.md", "LICENSE", "NOTICE"):
        assert (ROOT / name).stat().st_size > 200, name
    version = re.search(r'__version__ = "(.+)"', (ROOT / "core/gansuite/__init__.py").read_text())
    assert version
    assert f"\nversion: {version[1]}\n" in (ROOT / "CITATION.cff").read_text()
    assert re.search(rf"^## \[?{re.escape(version[1])}\b", (ROOT / "CHANGELOG.md").read_text(), re.M)
