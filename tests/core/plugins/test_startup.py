"""Listing what is there stays cheap: counted in modules, not by the clock."""

from __future__ import annotations

HEAVY = {"torch", "numpy", "pydantic", "rich", "transformers", "librosa", "matplotlib", "scipy", "soundfile"}
BUDGET = 260


def test_listing_components_imports_nothing_heavy(ask):
    answer = ask("""
        import gansuite.cli
        import gansuite.cli.program
        entries = [entry.as_dict() for entry in registry().entries()]
        records = registry().records()
        registry().commands()
        print(json.dumps([len(entries), len(sys.modules), sorted(sys.modules)]))
    """)
    assert answer.code == 0, answer.stderr
    entries, modules, names = answer.json
    assert entries > 30
    assert not HEAVY & set(names)
    assert modules <= BUDGET
