"""The entry point of `posecodec`."""

import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typer

EXTRA = ("typer", "rich", "matplotlib", "pycocotools")
"""The packages of the extra `[cli]`."""


def main() -> None:
    """Run the command line."""
    missing = [name for name in EXTRA if find_spec(name) is None]
    if missing:
        sys.exit(f"posecodec needs {', '.join(missing)}: pip install 'posecodec-rs[cli]'")
    for stream in (sys.stdout, sys.stderr):
        # A stream that cannot encode "×" gets "?" instead of a traceback.
        getattr(stream, "reconfigure", lambda **_: None)(errors="replace")
    make_app()(prog_name="posecodec")


def make_app() -> "typer.Typer":
    """The app with all its commands; it needs the extra."""
    from posecodec_rs.cli.commands import app

    return app
