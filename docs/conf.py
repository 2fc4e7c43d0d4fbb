"""Configures Sphinx for `make docs`. The pages are Markdown and can be read without it."""

import sys
from pathlib import Path

import posecodec_rs
import tomllib

sys.path.insert(0, str(Path(__file__).parent))
import codec_differences
import folded_fields
from stub import load_stub

project = "posecodec_rs"
author = copyright = "the posecodec_rs developers"
version = release = posecodec_rs.__version__

load_stub("posecodec_rs._core", __version__=version)

extensions = [
    "myst_parser",  # pages in Markdown
    "sphinx.ext.autodoc",  # references from the package's docstrings
    "sphinx.ext.napoleon",  # which are in Google's style
    "sphinx_copybutton",  # a button next to each block of code
]
copybutton_prompt_text = "$ "  # copies commands without their prompt and output
html_theme = "furo"
html_title = f"posecodec_rs {version}"
html_copy_source = False
html_static_path = ["style.css"]
html_css_files = ["style.css"]
html_theme_options = {"footer_icons": []}
# Links to the repository and to the source of each page, once pyproject.toml has the address.
project_urls = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())["project"]
if repository := project_urls.get("urls", {}).get("Repository"):
    html_theme_options |= {
        "source_repository": repository,
        "source_branch": "main",
        "source_directory": "docs/",
    }

# `[the crate](crate:posecodec/index.html)` links to what `cargo doc` wrote into the site's folder.
myst_url_schemes = {"http": None, "https": None, "crate": {"url": "crate/{{path}}"}}
myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence"]

default_role = "py:obj"  # `build` in a docstring is a link

# Long signatures have one parameter per line, and types are shown by their last name.
maximum_signature_line_length = 80
python_trailing_comma_in_multi_line_signatures = False
python_use_unqualified_type_names = True
autodoc_member_order = "bysource"
autodoc_mock_imports = ["torch"]  # not in the environment of the documentation

# Every name in the reference must be a link, except names of other packages: no network is needed.
nitpicky = True
nitpick_ignore_regex = [
    ("py:.*", r"(np|npt|numpy|torch|typing|collections)\..*"),
    (
        "py:.*",
        "bool|dicts?|dtype|float|ints?|list|None|set|str|tuple|type|arrays?|tensors|sequence|optional",
    ),
    ("py:.*", r"\d arrays"),
    # Private, in the signature of something public.
    ("py:.*", r".*_patching\.Patches|.*_deferred\.DeferredTargets"),
    ("py:.*", "Any|Iterable|Literal|Mapping|NoReturn|Sequence|Tensor"),
]


def setup(app: object) -> None:
    """Add what the pages need."""
    codec_differences.setup(app)
    folded_fields.setup(app)
