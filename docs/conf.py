"""Configures Sphinx for `make docs`. The pages are Markdown and can be read without it."""

import sys
from pathlib import Path

import posecodec_rs

sys.path.insert(0, str(Path(__file__).parent))
from stub import load_stub

project = "posecodec_rs"
author = "the posecodec_rs authors"
copyright = "MMPose, whose behavior this package follows, is © OpenMMLab; both are Apache-2.0"
version = release = posecodec_rs.__version__

load_stub("posecodec_rs._core", __version__=version)

extensions = [
    "myst_parser",  # pages in Markdown
    "sphinx.ext.autodoc",  # references from the package's docstrings
    "sphinx.ext.napoleon",  # which are in Google's style
]
html_theme = "furo"
html_title = f"posecodec_rs {version}"
html_copy_source = False
html_static_path = ["style.css"]
html_css_files = ["style.css"]

# `[the crate](crate:posecodec/index.html)` links to what `cargo doc` wrote into the site's folder.
myst_url_schemes = {"http": None, "https": None, "crate": {"url": "crate/{{path}}"}}
myst_heading_anchors = 3

default_role = "py:obj"  # `build` in a docstring is a link

# Long signatures have one parameter per line, and types are shown by their last name.
maximum_signature_line_length = 80
python_trailing_comma_in_multi_line_signatures = False
python_use_unqualified_type_names = True
autodoc_member_order = "bysource"

# Every name in the reference must be a link, except names of other packages: no network is needed.
nitpicky = True
nitpick_ignore_regex = [
    ("py:.*", r"(np|npt|numpy|torch|typing|collections)\..*"),
    (
        "py:.*",
        "bool|dicts?|float|ints?|list|None|set|str|tuple|type|arrays?|tensors|sequence|optional",
    ),
    ("py:.*", r"\d arrays"),
    ("py:.*", "Any|Iterable|Literal|Mapping|NoReturn|Sequence|Tensor"),
]
