"""The typer app `posecodec`: its commands, their options and their errors.

Libraries of the extra are imported inside functions, after `main` has checked that they are
installed. A command parses its options in `make_app` and calls a module of its own.
"""

import json
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from posecodec_rs import __version__
from posecodec_rs.cli import CommandError

if TYPE_CHECKING:
    import typer

EXTRA = ("typer", "rich", "matplotlib", "pycocotools")
"""The packages of the extra `[cli]`."""


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
    from typer.core import TyperCommand, TyperGroup

    def without_type(params: list[Any]) -> list[Any]:
        """The parameters; the help shows no type for flags."""
        for param in params:
            if getattr(param, "is_flag", False):
                param.metavar = ""
        return params

    class Command(TyperCommand):
        def get_params(self, ctx: Any) -> list[Any]:
            return without_type(super().get_params(ctx))

    class Group(TyperGroup):
        """Prints every `CommandError` in one line on stderr."""

        def get_params(self, ctx: Any) -> list[Any]:
            return without_type(super().get_params(ctx))

        def invoke(self, ctx: Any) -> Any:
            try:
                return super().invoke(ctx)
            except CommandError as error:
                print(f"error: {' '.join(str(error).splitlines())}", file=sys.stderr)
                sys.exit(error.exit_code)

    def codec_names(incomplete: str) -> list[str]:
        """The codecs of `roundtrip`, for completion."""
        from posecodec_rs.cli.codecs.top_down import BY_CODEC

        return [name for name in BY_CODEC if name.lower().startswith(incomplete.lower())]

    source = typer.Argument(
        metavar="[ANNOTATIONS.json]",
        help="Keypoints in COCO's format: COCO, COCO-WholeBody, CrowdPose and others.",
        show_default="a sample that comes with the package",
    )
    category_option = typer.Option(
        "--category",
        metavar="NAME",
        help="The category to read, by name or id.",
        show_default="all",
    )
    json_flag = typer.Option("--json", help="Print JSON instead of a table.")
    app = typer.Typer(
        name="posecodec",
        cls=Group,
        help="MMPose's keypoint codecs in Rust, on your annotations.",
        no_args_is_help=True,
        context_settings={"help_option_names": ["-h", "--help"]},
        pretty_exceptions_enable=False,
    )

    def print_version(requested: bool) -> None:
        if requested:
            print(f"posecodec {__version__}")
            raise typer.Exit

    @app.callback()
    def posecodec(
        version: Annotated[
            bool,
            typer.Option(
                "--version", callback=print_version, is_eager=True, help="Print the version."
            ),
        ] = False,
    ) -> None:
        pass

    @app.command(cls=Command)
    def demo(
        annotations: Annotated[Path | None, source] = None,
        body_3d: Annotated[
            Path | None,
            typer.Option(
                metavar="FILE.npz",
                help="Human3.6M frames as MMPose prepares them; with --cameras.",
                show_default="a synthetic walking figure",
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
                show_default="two synthetic hands",
            ),
        ] = None,
        category: Annotated[str | None, category_option] = None,
        plot: Annotated[
            Path, typer.Option(metavar="FILE", help="Where to save the figure.")
        ] = Path("demo-output/posecodec-demo.png"),
        as_json: Annotated[bool, json_flag] = False,
    ) -> None:
        """Encode and decode annotated keypoints with every codec: tables and a figure."""
        from posecodec_rs.cli import coco, console, demo_figure, drawing
        from posecodec_rs.cli.demo import Demo, sections, sections_3d

        people = coco.read_annotations(annotations, category)
        drawing.check_path(plot)  # before the work, not after it
        tables = [*sections(people), *sections_3d(body_3d, cameras, hands)]
        with console.ProgressBar(sum(section.steps for section in tables)) as progress:
            result = Demo.of(people, tables, progress)
        demo_figure.save(plot, people, tables[0], result.results[tables[0].key])
        console.finish(result, plot, as_json=as_json)

    @app.command(cls=Command)
    def roundtrip(
        annotations: Annotated[Path | None, source] = None,
        codec: Annotated[
            list[str] | None,
            typer.Option(
                metavar="CODEC",
                help="Top-down codec, optionally with arguments: 'MSRAHeatmap(unbiased=True)'. "
                "Unset arguments use the values of MMPose's configs. Repeatable.",
                show_default="all",
                autocompletion=codec_names,
            ),
        ] = None,
        input_size: Annotated[
            str, typer.Option(metavar="WxH", help="The network's input, in pixels.")
        ] = "192x256",
        heatmap_size: Annotated[
            list[str] | None,
            typer.Option(
                metavar="WxH",
                help="The heatmap, in pixels. Repeatable.",
                show_default="48x64, 72x96 and 96x128",
            ),
        ] = None,
        use_udp: Annotated[
            bool | None,
            typer.Option(
                "--use-udp/--no-use-udp",
                help="Whether to crop as MMPose's TopdownAffine does with `use_udp`.",
                show_default="for UDPHeatmap only, as in MMPose's configs",
            ),
        ] = None,
        oks_sigmas: Annotated[
            str | None,
            typer.Option(
                "--sigmas",
                metavar="S1,S2,...",
                help="OKS's sigmas, one per keypoint of the file, or one for all; coco for any 17.",
                show_default="those of COCO, CrowdPose or COCO-WholeBody, by the keypoints",
            ),
        ] = None,
        normalize: Annotated[
            str | None,
            typer.Option(
                metavar="A,B",
                help="What NME divides errors by: the distance between two keypoints, by name or "
                "index from 0, or box for the longer side of the box.",
                show_default="the eyes of faces with 29, 68, 98 or 106 keypoints, otherwise box",
            ),
        ] = None,
        category: Annotated[str | None, category_option] = None,
        plot: Annotated[
            Path | None, typer.Option(metavar="FILE", help="Save a plot of errors and scores.")
        ] = None,
        as_json: Annotated[bool, json_flag] = False,
    ) -> None:
        """Measure codec error: encode and decode all annotations; report pixels, AP, NME, PCK."""
        from posecodec_rs.cli import coco, console, drawing
        from posecodec_rs.cli.roundtrip import candidates, measure, report, sigmas
        from posecodec_rs.cli.roundtrip import plot as figure
        from posecodec_rs.cli.roundtrip.normalized import Normalizer

        size = candidates.parse_size("--input-size", input_size)
        sizes = [candidates.parse_size("--heatmap-size", each) for each in heatmap_size or []]
        compared = candidates.candidates(codec or [], size, sizes, use_udp)
        if plot is not None:
            drawing.check_path(plot)
        people = coco.read_annotations(annotations, category)
        workload = measure.Workload(
            people,
            size,
            sigmas.choose(people, oks_sigmas),
            Normalizer.choose(people, normalize),
        )
        with console.ProgressBar(workload.steps(compared)) as progress:
            result = report.Report(workload, workload.run(compared, progress))
        if plot is not None:
            figure.save(plot, result)
        console.finish(result, plot, as_json=as_json)

    @app.command(cls=Command)
    def check(
        annotations: Annotated[Path, typer.Argument(metavar="ANNOTATIONS.json")],
        category: Annotated[str | None, category_option] = None,
        as_json: Annotated[bool, json_flag] = False,
    ) -> None:
        """List the problems of each annotation of a file, without running a codec."""
        from posecodec_rs.cli import coco

        try:
            people = coco.read_annotations(annotations, category)
        except coco.AnnotationsError as error:
            coco.print_problems(error.problems)
            raise
        if as_json:
            problems = [
                {"annotation": each.annotation, "code": each.code} for each in people.problems
            ]
            print(json.dumps({**people.as_json(), "problems": problems}, indent=2))
            return
        coco.print_problems(people.problems)
        print(people.about() or "no problems")

    @app.command(cls=Command)
    def bench(
        plot: Annotated[
            Path | None, typer.Option(metavar="FILE", help="Where to save a bar chart.")
        ] = None,
        as_json: Annotated[bool, json_flag] = False,
        quick: Annotated[
            bool, typer.Option("--quick", help="Measure for one or two seconds.")
        ] = False,
    ) -> None:
        """Time every operation of every codec, and MMPose's where it is installed."""
        from posecodec_rs.cli import codecs, console, drawing, timing
        from posecodec_rs.cli.bench import plot as figure
        from posecodec_rs.cli.bench import report

        if plot is not None:
            drawing.check_path(plot)  # before the work, not after it
        operations = list(codecs.operations())
        budget = timing.QUICK if quick else timing.THOROUGH
        with console.ProgressBar(len(operations)) as progress:
            result = report.Report.of(operations, progress, budget)
        if plot is not None:
            figure.save(plot, result)
        console.finish(result, plot, as_json=as_json)

    return app
