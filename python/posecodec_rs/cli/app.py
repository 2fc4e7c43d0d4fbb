"""The typer app ``posecodec``: its commands, its exit codes, its errors.

Nothing here imports the extra's libraries before `main` has seen that they are there.
"""

import functools
import sys
from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING, ParamSpec

from posecodec_rs.cli import CommandError

if TYPE_CHECKING:
    import typer

Parameters = ParamSpec("Parameters")

EXTRA = ("typer", "rich", "matplotlib")
"""What the commands import beside NumPy."""

BAD_INPUT = 2
"""The exit code for input that a command cannot work with; a missing extra is 1."""


def main() -> None:
    """Run the command line; the entry point of ``posecodec``."""
    missing = [name for name in EXTRA if find_spec(name) is None]
    if missing:
        sys.exit(f"posecodec needs {', '.join(missing)}: pip install 'posecodec-rs[cli]'")
    for stream in (sys.stdout, sys.stderr):
        # A terminal or pipe that knows no "×" gets a "?", not a traceback.
        getattr(stream, "reconfigure", lambda **_: None)(errors="replace")
    make_app()(prog_name="posecodec")


def make_app() -> "typer.Typer":
    """The app with every command. A new command is a function of its own module and a line here."""
    import typer

    from posecodec_rs.cli.demo import demo

    app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
    # With a callback, a single command still goes by its name.
    app.callback(help="MMPose's keypoint codecs in Rust, tried from the command line.")(_nothing)
    app.command()(_errors_in_one_line(demo))
    return app


def _nothing() -> None:
    pass


def _errors_in_one_line(command: Callable[Parameters, None]) -> Callable[Parameters, None]:
    """The command with every `CommandError` said on stderr instead of raised."""

    @functools.wraps(command)
    def wrapped(*args: Parameters.args, **kwargs: Parameters.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except CommandError as error:
            print(f"error: {error}", file=sys.stderr)
            sys.exit(BAD_INPUT)

    return wrapped
