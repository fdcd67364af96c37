from __future__ import annotations

import gansuite_toy.plugin
from gansuite.testing import check_plugin


def test_the_plugin_keeps_its_promises():
    assert check_plugin(gansuite_toy.plugin) == []
