"""Plugins in their own distributions, good and bad, each in a fresh process."""

from __future__ import annotations

import pytest

GOOD = """
@hookimpl
def gansuite_components():
    yield Component("prior", "good", "good:Good", "a good prior")
    yield Component("prior", "absent", "good:Good", "needs what is not there", ("no_such_package",))

@hookimpl
def gansuite_commands():
    return [Command("greet", "good:greet", "says hello")]

@hookimpl
def gansuite_observers(run):
    return [("seen", run)]

class Good:
    def __init__(self, spec, *, size: int = 3):
        self.size = size
"""
BAD = {
    "bad-import": ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
    "bad-exit": ("raise SystemExit('leaving')", "SystemExit: leaving"),
    "bad-argument": (
        "@hookimpl\ndef gansuite_components(no_such_argument):\n    return []",
        "no_such_argument",
    ),
    "bad-body": ("@hookimpl\ndef gansuite_components():\n    return [1 / 0]", "ZeroDivisionError"),
    "bad-hook": ("@hookimpl\ndef gansuite_componets():\n    return []", "did you mean 'gansuite_components'?"),
    "bad-kind": (
        "@hookimpl\ndef gansuite_components():\n    return [Component('pior', 'x', 'a:b', 's')]",
        "unknown kind",
    ),
    "bad-type": ("@hookimpl\ndef gansuite_components():\n    return ['prior']", "is no Component"),
    "bad-twice": (
        "@hookimpl\ndef gansuite_components():\n    return [Component('prior', 'x', 'a:b', 's')] * 2",
        "offered twice",
    ),
}
RECORDS = "print(json.dumps({r['name']: r for r in registry().records()}))"


@pytest.fixture
def crowd(distribution):
    """One good plugin among the bad ones, one made for another gansuite, one that takes a name."""
    distribution("good", GOOD)
    for name, (code, _) in BAD.items():
        distribution(name, code)
    distribution("too-new", "raise RuntimeError('imported')", requires=("gansuite>=99",))
    clash = "@hookimpl\ndef gansuite_components():\n    return [Component('prior', 'good', 'clash:X', 'the same name')]"
    distribution("clash", clash, version="2.5")


def test_every_bad_plugin_is_told_in_a_line_and_harms_nothing(crowd, ask):
    answer = ask(RECORDS)
    assert answer.code == 0
    assert "Traceback" not in answer.stderr
    records = answer.json
    for name, (_, reason) in BAD.items():
        assert records[name]["status"] == "broken", name
        assert reason in records[name]["reason"]
        assert records[name]["components"] == 0
        told = [line for line in answer.stderr.splitlines() if line.startswith(f"plugin {name} ({name} 1.0) is broken")]
        assert len(told) == 1
    assert records["good"]["status"] == "ok"
    assert records["good"]["components"] == 2
    assert records["good"]["hooks"] == ["gansuite_commands", "gansuite_components", "gansuite_observers"]
    assert records["good"]["missing"] == {"prior absent": "needs no_such_package: pip install no_such_package"}
    assert records["core"]["components"] >= 20
    assert records["audio"]["status"] == "ok"


def test_incompatible_version_is_not_imported_and_the_remedy_is_told(crowd, ask):
    record = ask(RECORDS).json["too-new"]
    assert record["status"] == "incompatible"
    assert "requires gansuite>=99" in record["reason"]
    assert "pip install" in record["reason"]
    assert "imported" not in record["reason"]


def test_one_component_name_of_two_plugins_names_both_with_versions(crowd, ask):
    answer = ask("""
        from gansuite.errors import UserError
        for plugin in (None, "good", "clash", "audio"):
            try:
                print(registry().find("prior", "good", plugin).address)
            except UserError as error:
                print(error)
        print(registry().find("prior", "clash/good").address)
    """)
    anywhere, inside, other, elsewhere, address = answer.stdout.splitlines()
    assert "good (good 1.0)" in anywhere
    assert "clash (clash 2.5)" in anywhere
    assert (inside, other, address) == ("good/good", "clash/good", "clash/good")
    assert "did you mean 'clash/good'" in elsewhere
    assert "'good' is also offered by clash (clash 2.5)" in " ".join(ask(RECORDS).json["good"]["notes"])


def test_two_distributions_under_one_plugin_name(distribution, ask):
    distribution("first", GOOD, plugin="ecg", version="1.1")
    distribution("second", GOOD, plugin="ecg", version="2.2")
    answer = ask("""
        from gansuite.errors import UserError
        print([p.status for p in registry().plugins if p.name == "ecg"])
        try:
            registry().plugin("ecg", 'plugin = "ecg"')
        except UserError as error:
            print(error)
    """)
    assert answer.code == 0, answer.stderr
    statuses, line = answer.stdout.splitlines()
    assert statuses == "['broken', 'broken']"
    assert "first 1.1" in line
    assert "second 2.2" in line


def test_the_name_of_the_core_is_taken(distribution, ask):
    distribution("usurper", GOOD, plugin="core")
    records = ask("print(json.dumps([r for r in registry().records() if r['name'] == 'core']))").json
    assert [record["status"] for record in records] == ["ok", "broken"]


def test_strict_raises(crowd, ask):
    answer = ask(RECORDS, GANSUITE_STRICT_PLUGINS="1")
    assert answer.code != 0
    assert "while plugin bad-argument" in answer.stderr


def test_switches(crowd, ask):
    records = ask(RECORDS, GANSUITE_PLUGINS="good").json
    assert {name for name, record in records.items() if record["status"] == "ok"} == {"core", "good"}
    assert records["audio"]["status"] == "disabled"
    none = ask("configure(installed=False)\n" + RECORDS).json
    assert {name for name, record in none.items() if record["status"] == "ok"} == {"core"}
    assert ask(RECORDS, GANSUITE_PLUGINS="").json["good"]["status"] == "disabled"
    absent = ask(RECORDS, GANSUITE_PLUGINS="goood")
    assert "'goood', which is not installed" in absent.stderr
    assert "trace: good.gansuite_components -> 2" in ask(RECORDS, GANSUITE_TRACE_PLUGINS="1").stderr


def test_commands_and_observers_are_called_one_by_one(distribution, ask):
    distribution("good", GOOD)
    distribution("later", "@hookimpl\ndef gansuite_observers(run):\n    raise RuntimeError('late')")
    distribution("rival", "@hookimpl\ndef gansuite_commands():\n    return [Command('greet', 'rival:x', 's')]")
    answer = ask("""
        print(sorted(registry().commands(reserved=["run"])), registry().commands()["greet"].target)
        print(registry().observers("the run"))
        print([(r["name"], r["status"], r["notes"]) for r in registry().records() if r["name"] in ("later", "rival")])
    """)
    assert answer.code == 0, answer.stderr
    commands, observers, records = answer.stdout.splitlines()
    assert commands == "['greet'] good:greet"
    assert "('seen', 'the run')" in observers
    assert "('later', 'broken'" in records
    assert "command 'greet' is already offered by good (good 1.0)" in records
    assert "RuntimeError: late" in answer.stderr


def test_a_plugin_from_a_file(tmp_path, ask):
    path = tmp_path / "my_gan.py"
    path.write_text(
        "from gansuite.plugins import Component, hookimpl\n"
        "class Thing:\n    def __init__(self, spec, *, size: int = 7): self.size = size\n"
        "@hookimpl\ndef gansuite_components():\n    return [Component('prior', 'thing', 'my_gan:Thing', 'a thing')]\n"
    )
    code = f"""
        configure(files=[{str(path)!r}])
        print(registry().bind("prior", {{"name": "my_gan/thing", "size": 9}}, "[prior]").make(None).size)
    """
    answer = ask(code)
    assert answer.stdout.strip() == "9", answer.stderr


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("absent.py", None, "there is no such file"),
        ("audio.py", "", "is the name of gansuite"),
        ("json.py", "", "is a module's name"),
        ("broken.py", "1 / 0", "ZeroDivisionError"),
        ("syntax.py", "def", "SyntaxError"),
        ("leaves.py", "raise SystemExit", "SystemExit"),
    ],
)
def test_a_file_that_is_no_plugin_is_the_users_mistake(tmp_path, ask, name, text, told):
    path = tmp_path / name
    if text is not None:
        path.write_text(text)
    answer = ask(f"""
        from gansuite.errors import UserError
        try:
            configure(files=[{str(path)!r}])
        except UserError as error:
            print(error)
    """)
    assert answer.code == 0, answer.stderr
    assert told in answer.stdout
    assert len(answer.stdout.splitlines()) == 1


def test_unreadable_metadata_of_one_distribution(distribution, ask):
    distribution("good", GOOD)
    folder = distribution("mangled", "")
    (folder / "mangled-1.0.dist-info" / "entry_points.txt").write_text("[gansuite]\nno equals sign\n")
    answer = ask(RECORDS)
    assert answer.json["good"]["status"] == "ok"
    assert "cannot be read" in answer.stderr
