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
from typing import TYPE_CHECKING, Annotated, ParamSpec, Protocol, TypeVar

from posecodec_rs.cli import CommandError

if TYPE_CHECKING:
    import typer
    from rich.console import Console

Parameters = ParamSpec("Parameters")
Item = TypeVar("Item")


class Counted(Protocol):
    """Counts items under a name while they are taken."""

    def __call__(
        self, name: str, items: Iterable[Item], weigh: Callable[[Item], float] = ...
    ) -> Iterator[Item]:
        """An item counts as one, or as much as it weighs."""


EXTRA = ("typer", "rich", "matplotlib", "pycocotools")
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

    source = typer.Argument(
        metavar="[ANNOTATIONS.json]",
        help="Keypoints in COCO's format: COCO, COCO-WholeBody, CrowdPose and the like.",
        show_default="sample people that come with the package",
    )
    json_flag = typer.Option("--json", help="Print JSON instead of a table.")
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
        annotations: Annotated[Path | None, source] = None,
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
        as_json: Annotated[bool, json_flag] = False,
    ) -> None:
        """Encode and decode annotated people with every codec: a table and a picture."""
        from posecodec_rs.cli import coco, drawing, picture, samples_3d
        from posecodec_rs.cli import demo as the_demo

        people = coco.read_annotations(annotations)
        drawing.check_path(plot)  # rather now than after the work
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
        console = _console()
        for section, rows in tables:
            console.print(section.table(rows, console.width))
            console.print()
        print(f"Picture: {plot}")

    @app.command()
    @_errors_in_one_line
    def roundtrip(
        annotations: Annotated[Path | None, source] = None,
        codec: Annotated[
            list[str] | None,
            typer.Option(
                metavar="CODEC",
                help="A top-down codec, with arguments if need be: 'MSRAHeatmap(unbiased=True)'. "
                "What it leaves out is as in MMPose's configs. Can be given several times.",
                show_default="every one",
            ),
        ] = None,
        input_size: Annotated[
            str, typer.Option(metavar="WxH", help="The network's input, in pixels.")
        ] = "192x256",
        heatmap_size: Annotated[
            list[str] | None,
            typer.Option(
                metavar="WxH",
                help="The heatmap, in cells. Can be given several times.",
                show_default="48x64, 72x96 and 96x128",
            ),
        ] = None,
        use_udp: Annotated[
            bool | None,
            typer.Option(
                "--use-udp/--no-use-udp",
                help="Whether to crop as MMPose's TopdownAffine does with `use_udp`.",
                show_default="for UDPHeatmap alone, as in MMPose's configs",
            ),
        ] = None,
        oks_sigmas: Annotated[
            str | None,
            typer.Option(
                "--sigmas",
                metavar="S1,S2,...",
                help="OKS's sigmas of the file's keypoints, or one for all.",
                show_default="those of COCO, CrowdPose or COCO-WholeBody, by the keypoints",
            ),
        ] = None,
        plot: Annotated[
            Path | None, typer.Option(metavar="FILE", help="Save a plot: AP and errors by size.")
        ] = None,
        as_json: Annotated[bool, json_flag] = False,
    ) -> None:
        """What a codec alone costs: everyone encoded and decoded, the error and the OKS AP."""
        from posecodec_rs.cli import coco, drawing
        from posecodec_rs.cli.roundtrip import candidates, plots, sigmas, work

        size = candidates.parse_size("--input-size", input_size)
        sizes = [candidates.parse_size("--heatmap-size", each) for each in heatmap_size or []]
        compared = candidates.candidates(codec or [], size, sizes, use_udp)
        if plot is not None:
            drawing.check_path(plot)
        people = coco.read_annotations(annotations)
        whole = work.Work(people, size, sigmas.choose(people, oks_sigmas))
        with _progress(whole.people(compared)) as counted:
            report = whole.run(compared, counted)
        if plot is not None:
            plots.save(plot, report)
        if as_json:
            print(json.dumps({**report.as_json(), "plot": plot and str(plot)}, indent=2))
            return
        console = _console()
        console.print(report.table(console.width))
        if plot is not None:
            print(f"Plot: {plot}")

    @app.command()
    @_errors_in_one_line
    def bench(
        plot: Annotated[
            Path | None, typer.Option(metavar="FILE", help="Where to save a picture.")
        ] = None,
        as_json: Annotated[bool, json_flag] = False,
        quick: Annotated[
            bool, typer.Option("--quick", help="Measure for a second or two.")
        ] = False,
    ) -> None:
        """Time every operation of every codec, and MMPose's beside it where it is installed."""
        from posecodec_rs.cli import drawing
        from posecodec_rs.cli.bench import measure, operations, report, table
        from posecodec_rs.cli.bench import plot as the_plot

        if plot is not None:
            drawing.check_path(plot)  # rather now than after the work
        everything = list(operations.operations())
        effort = measure.QUICK if quick else measure.THOROUGH
        with _progress(len(everything), "Measured") as counted:
            result = report.Report.of(everything, counted, effort)
        if plot is not None:
            the_plot.save(plot, result)
        if as_json:
            print(json.dumps(result.as_json(), indent=2))
            return
        console = _console()
        console.print(table.table(result, console.width))
        if plot is not None:
            print(f"Picture: {plot}")

    return app


def _console() -> "Console":
    """Where tables go."""
    from rich.console import Console

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = PIPE_WIDTH
    return console


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
def _progress(total: int, done_what: str = "Encoded and decoded") -> Iterator[Counted]:
    """A progress bar on stderr; yields what counts items under a name while they are taken.

    Elsewhere than on a terminal it is printed once, at the end, if that took long.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:3.0f} %  {task.fields[rate]}/s"),
        TimeRemainingColumn(),
        console=console,
        transient=console.is_terminal,
        redirect_stdout=False,  # commands silence it for a while, and get theirs back
    )
    task = bar.add_task("", total=total, rate="0")
    start = time.perf_counter()
    done = 0.0

    def counted(
        name: str, items: Iterable[Item], weigh: Callable[[Item], float] = lambda _: 1
    ) -> Iterator[Item]:
        nonlocal done
        bar.update(task, description=name)
        for item in items:
            yield item
            done += weigh(item)
            seconds = time.perf_counter() - start
            rate = done / seconds
            shown = f"{rate:,.{0 if rate >= 10 else 1}f}"
            bar.update(task, completed=done, rate=shown)
            if seconds > SHORT_SECONDS:
                bar.start()

    if console.is_terminal:
        bar.start()
    try:
        yield counted
        bar.update(task, completed=total)
    finally:
        bar.update(task, description=done_what)
        if bar.live.is_started:
            bar.stop()
