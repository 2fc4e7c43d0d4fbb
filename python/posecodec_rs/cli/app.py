"""The typer app `posecodec`: its commands, their progress, their errors.

Nothing of the extra is imported before `main` has seen that it is installed, so the libraries are
imported inside functions here. A new command is one more function in `make_app`, which reads its
arguments and leaves the work to a module of its own.
"""

import functools
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ParamSpec, TypeVar

from posecodec_rs.cli import CommandError

if TYPE_CHECKING:
    import typer

Parameters = ParamSpec("Parameters")
Item = TypeVar("Item")

EXTRA = ("typer", "rich", "matplotlib")
"""What the extra `[cli]` installs."""

BAD_INPUT = 2
"""The exit code for input that a command cannot work with; it is 1 for a missing extra."""

PIPE_WIDTH = 120
"""Columns of a table that goes to a file or a pipe, which have no width of their own."""

SHORT_SECONDS = 1.0
"""Nobody needs to hear of progress outside of a terminal before."""


def main() -> None:
    """Run the command line; the entry point of `posecodec`."""
    missing = [name for name in EXTRA if find_spec(name) is None]
    if missing:
        sys.exit(f"posecodec needs {', '.join(missing)}: pip install 'posecodec-rs[cli]'")
    for stream in (sys.stdout, sys.stderr):
        # A stream that cannot encode "×" gets "?" instead of a traceback.
        getattr(stream, "reconfigure", lambda **_: None)(errors="replace")
    make_app()(prog_name="posecodec")


def make_app() -> "typer.Typer":
    """The app with all its commands."""
    import typer
    from rich.console import Console

    app = typer.Typer(
        name="posecodec",
        help="MMPose's keypoint codecs in Rust, tried from the command line.",
        add_completion=False,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
    )

    @app.callback()
    def posecodec() -> None:
        # Its being there makes typer ask for a command's name even while there is one alone.
        pass

    @app.command()
    @_errors_in_one_line
    def demo(
        annotations: Annotated[
            Path | None,
            typer.Argument(
                metavar="[ANNOTATIONS.json]",
                help="Keypoints in COCO's format: COCO, COCO-WholeBody, CrowdPose and the like.",
                show_default="sample people that come with the package",
            ),
        ] = None,
        body_3d: Annotated[
            Path | None,
            typer.Option(
                metavar="FILE.npz",
                help="Human3.6M frames as MMPose prepares them; with --cameras.",
                show_default="a walking figure, made by formula",
            ),
        ] = None,
        cameras: Annotated[
            Path | None, typer.Option(metavar="FILE.json", help="The cameras of --body-3d.")
        ] = None,
        hands: Annotated[
            Path | None,
            typer.Option(
                metavar="FOLDER",
                help="InterHand2.6M's *_data.json, *_camera.json and *_joint_3d.json.",
                show_default="two open hands, made by formula",
            ),
        ] = None,
        plot: Annotated[
            Path, typer.Option(metavar="FILE", help="Where to save the picture.")
        ] = Path("demo-output/posecodec-demo.png"),
        as_json: Annotated[
            bool, typer.Option("--json", help="Print JSON instead of a table.")
        ] = False,
    ) -> None:
        """Encode and decode annotated people with every codec: a table and a picture."""
        from posecodec_rs.cli import coco, picture, samples_3d
        from posecodec_rs.cli import demo as the_demo

        people = coco.read_annotations(annotations)
        picture.check_path(plot)  # rather now than after the work
        sections = [*the_demo.sections(people), *samples_3d.sections(body_3d, cameras, hands)]
        with _progress(sum(section.work for section in sections)) as counted:
            results = [section.run(counted) for section in sections]
        picture.save(plot, people, sections[0], results[0])
        tables = list(zip(sections, results, strict=True))
        if as_json:
            answer = {section.key: section.as_json(rows) for section, rows in tables}
            source = {"annotations": people.source, "keypoints": people.num_keypoints}
            print(json.dumps({**source, **answer, "picture": str(plot)}, indent=2))
            return
        console = Console(highlight=False)
        if not console.is_terminal:
            console.width = PIPE_WIDTH
        for section, rows in tables:
            console.print(section.table(rows, console.width))
            console.print()
        print(f"Picture: {plot}")

    return app


def _errors_in_one_line(command: Callable[Parameters, None]) -> Callable[Parameters, None]:
    """The command with every `CommandError` said on stderr instead of raised."""

    @functools.wraps(command)
    def wrapped(*args: Parameters.args, **kwargs: Parameters.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except CommandError as error:
            print(f"error: {' '.join(str(error).splitlines())}", file=sys.stderr)
            sys.exit(BAD_INPUT)

    return wrapped


@contextmanager
def _progress(total: int) -> Iterator[Callable[[str, Iterable[Item]], Iterator[Item]]]:
    """A progress bar on stderr; yields what counts items under a name while they are taken.

    Elsewhere than on a terminal it is printed once, at the end, if that took long.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:3.0f} %  {task.fields[rate]:.0f}/s"),
        TimeRemainingColumn(),
        console=console,
        transient=console.is_terminal,
    )
    task = bar.add_task("", total=total, rate=0.0)
    start = time.perf_counter()
    done = 0

    def counted(name: str, items: Iterable[Item]) -> Iterator[Item]:
        nonlocal done
        bar.update(task, description=name)
        for item in items:
            yield item
            done += 1
            seconds = time.perf_counter() - start
            bar.update(task, advance=1, rate=done / seconds)
            if seconds > SHORT_SECONDS:
                bar.start()

    if console.is_terminal:
        bar.start()
    try:
        yield counted
    finally:
        bar.update(task, description="Encoded and decoded")
        if bar.live.is_started:
            bar.stop()
