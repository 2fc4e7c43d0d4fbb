"""The typer app `posecodec`: its commands, their options and their errors.

Each command calls modules that it imports itself, because matplotlib takes long to import.
"""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from posecodec_rs import __version__
from posecodec_rs.cli import CommandError


def _without_type(params: list[Any]) -> list[Any]:
    """The parameters; the help shows no type for flags."""
    for param in params:
        if getattr(param, "is_flag", False):
            param.metavar = ""
    return params


class _Command(TyperCommand):
    def get_params(self, ctx: Any) -> list[Any]:
        return _without_type(super().get_params(ctx))


class _Group(TyperGroup):
    """Prints every `CommandError` in one line on stderr."""

    def get_params(self, ctx: Any) -> list[Any]:
        return _without_type(super().get_params(ctx))

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except CommandError as error:
            print(f"error: {' '.join(str(error).splitlines())}", file=sys.stderr)
            sys.exit(error.exit_code)


def _option(help_: str, metavar: str | None = None, *names: str, **settings: Any) -> Any:
    """An option; `show_default` has the default in words."""
    return typer.Option(*names, metavar=metavar, help=help_, **settings)


def _codec_names(incomplete: str) -> list[str]:
    """The codecs of `roundtrip`, for completion."""
    from posecodec_rs.cli.codecs.top_down import BY_CODEC

    return [name for name in BY_CODEC if name.lower().startswith(incomplete.lower())]


def _print_version(requested: bool) -> None:
    if requested:
        print(f"posecodec {__version__}")
        raise typer.Exit


_Source = Annotated[
    Path | None,
    typer.Argument(
        metavar="[ANNOTATIONS.json]",
        help="Keypoints in COCO's format: COCO, COCO-WholeBody, CrowdPose and others.",
        show_default="a sample that comes with the package",
    ),
]
_Category = Annotated[
    str | None, _option("The category to read, by name or id.", "NAME", show_default="all")
]
_Plot = Annotated[Path | None, _option("Save a figure.", "FILE")]
_Dark = Annotated[bool, _option("Draw the figure on a dark background.", None, "--dark")]
_Json = Annotated[bool, _option("Print JSON instead of a table.", None, "--json")]

app: typer.Typer = typer.Typer(
    name="posecodec",
    cls=_Group,
    help="MMPose's keypoint codecs in Rust, on your annotations.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)


@app.callback()
def _posecodec(
    version: Annotated[
        bool,
        _option("Print the version.", None, "--version", callback=_print_version, is_eager=True),
    ] = False,
) -> None:
    pass


@app.command(cls=_Command)
def demo(
    annotations: _Source = None,
    body_3d: Annotated[
        Path | None,
        _option(
            "Human3.6M frames as MMPose prepares them; with --cameras.",
            "FILE.npz",
            show_default="a synthetic walking figure",
        ),
    ] = None,
    cameras: Annotated[Path | None, _option("The cameras of --body-3d.", "FILE.json")] = None,
    hands: Annotated[
        Path | None,
        _option(
            "InterHand2.6M's *_data.json, *_camera.json and *_joint_3d.json.",
            "FOLDER",
            show_default="two synthetic hands",
        ),
    ] = None,
    category: _Category = None,
    plot: Annotated[Path, _option("Where to save the figure.", "FILE")] = Path(
        "demo-output/posecodec-demo.png"
    ),
    dark: _Dark = False,
    as_json: _Json = False,
) -> None:
    """Encode and decode annotated keypoints with every codec: tables and a figure."""
    from posecodec_rs.cli import coco, console, demo_figure, drawing
    from posecodec_rs.cli.demo import Demo, sections, sections_3d

    people = coco.read_annotations(annotations, category)
    drawing.check_path(plot)  # before the work, not after it
    tables = [*sections(people), *sections_3d(body_3d, cameras, hands)]
    with console.ProgressBar(
        sum(len(each.codecs) * len(each.samples) for each in tables)
    ) as progress:
        result = Demo.of(people, tables, progress)
    with drawing.theme(dark=dark):
        demo_figure.save(plot, people, *result.results[0])
    console.finish(result, plot, as_json=as_json)


@app.command(cls=_Command)
def roundtrip(
    annotations: _Source = None,
    codec: Annotated[
        list[str] | None,
        _option(
            "Top-down codec, optionally with arguments: 'MSRAHeatmap(unbiased=True)'. Unset "
            "arguments use the values of MMPose's configs. Repeatable.",
            "CODEC",
            show_default="all",
            autocompletion=_codec_names,
        ),
    ] = None,
    input_size: Annotated[str, _option("The network's input, in pixels.", "WxH")] = "192x256",
    heatmap_size: Annotated[
        list[str] | None,
        _option(
            "The heatmap, in pixels. Repeatable.", "WxH", show_default="48x64, 72x96 and 96x128"
        ),
    ] = None,
    use_udp: Annotated[
        bool | None,
        _option(
            "Whether to crop as MMPose's TopdownAffine does with `use_udp`.",
            None,
            "--use-udp/--no-use-udp",
            show_default="for UDPHeatmap only, as in MMPose's configs",
        ),
    ] = None,
    oks_sigmas: Annotated[
        str | None,
        _option(
            "OKS's sigmas: one per keypoint, one for all, or `coco` for any 17 keypoints.",
            "S1,S2,...",
            "--sigmas",
            show_default="those of COCO, CrowdPose or COCO-WholeBody, by the keypoints",
        ),
    ] = None,
    normalize: Annotated[
        str | None,
        _option(
            "The length that NME divides errors by: the distance between two keypoints, by name or "
            "index from 0, or `box` for the longer side of the box.",
            "A,B",
            show_default="the eyes of faces with 29, 68, 98 or 106 keypoints, otherwise box",
        ),
    ] = None,
    category: _Category = None,
    plot: _Plot = None,
    dark: _Dark = False,
    as_json: _Json = False,
) -> None:
    """Measure codec error: encode and decode all annotations; report pixels, AP, NME, PCK."""
    from posecodec_rs.cli import coco, console, drawing
    from posecodec_rs.cli.roundtrip import candidates, measure, report, sigmas
    from posecodec_rs.cli.roundtrip import plot as figure
    from posecodec_rs.cli.roundtrip.normalized import Normalizer

    size = candidates.parse_size("--input-size", input_size)
    sizes = [candidates.parse_size("--heatmap-size", each) for each in heatmap_size or []]
    compared = candidates.candidates(codec or [], size, sizes, use_udp)
    drawing.check_path(plot)
    people = coco.read_annotations(annotations, category)
    scoring = sigmas.choose(people, oks_sigmas), Normalizer.choose(people, normalize)
    workload = measure.Workload(people, size, *scoring)
    with console.ProgressBar(workload.steps(compared)) as progress:
        rows = [workload.measure(each, progress) for each in compared]
    result = report.Report(workload, rows)
    if plot is not None:
        with drawing.theme(dark=dark):
            figure.save(plot, result)
    console.finish(result, plot, as_json=as_json)


@app.command(cls=_Command)
def check(
    annotations: Annotated[
        Path, typer.Argument(metavar="ANNOTATIONS.json", help="Keypoints in COCO's format.")
    ],
    category: _Category = None,
    as_json: _Json = False,
) -> None:
    """List the problems of each annotation of a file, without running a codec."""
    from posecodec_rs.cli import coco

    try:
        people = coco.read_annotations(annotations, category)
    except coco.AnnotationsError as error:
        coco.print_problems(error.problems)
        raise
    if as_json:
        problems = [{"annotation": each.annotation, "code": each.code} for each in people.problems]
        print(json.dumps({**people.as_json(), "problems": problems}, indent=2))
        return
    coco.print_problems(people.problems)
    print(people.about() or "no problems")


@app.command(cls=_Command)
def bench(
    plot: _Plot = None,
    dark: _Dark = False,
    as_json: _Json = False,
    quick: Annotated[bool, _option("Measure for one or two seconds.", None, "--quick")] = False,
) -> None:
    """Time every operation of every codec, and MMPose's where it is installed."""
    from posecodec_rs.cli import codecs, console, drawing, timing
    from posecodec_rs.cli.bench import plot as figure
    from posecodec_rs.cli.bench import report

    drawing.check_path(plot)
    operations = list(codecs.operations())
    budget = timing.QUICK if quick else timing.THOROUGH
    with console.ProgressBar(len(operations)) as progress:
        result = report.Report.of(operations, progress, budget)
    if plot is not None:
        with drawing.theme(dark=dark):
            figure.save(plot, result)
    console.finish(result, plot, as_json=as_json)
