"""Sphinx: MyST pages, furo, and what is generated from the code itself (docs/ext/gansuite_docs.py)."""

from __future__ import annotations

import sys
from pathlib import Path

import gansuite

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "ext"))

project = "gansuite"
author = "The gansuite authors"
copyright = "2026, The gansuite authors"
version = release = gansuite.__version__

extensions = ["myst_parser", "sphinxcontrib.bibtex", "gansuite_docs"]
exclude_patterns = ["_build", "examples", "ext"]
nitpicky = True
smartquotes_action = "qe"  # no dashes from --set

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath", "smartquotes"]
myst_heading_anchors = 3

bibtex_bibfiles = [
    "../core/gansuite/plugins/references.bib",
    "../plugins/gansuite_audio/references.bib",
    "../plugins/gansuite_graph/references.bib",
    "../plugins/gansuite_image/references.bib",
    "../plugins/gansuite_text/references.bib",
]

html_math_renderer = "mathml"
html_theme = "furo"
html_title = "gansuite"
html_static_path = ["_static"]
html_css_files = ["gansuite.css"]
html_show_sphinx = False
html_copy_source = False
