"""Error messages of the command line: one line with the fault and the expected input.

The table's rows are a call, the exit code and parts of the message. `{NAME}` is a file of `FILES`.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import posecodec_rs
import pytest
from posecodec_rs.cli.app import make_app
from typer.testing import CliRunner

PERSON: Mapping[str, Any] = {
    "image_id": 1,
    "keypoints": [10, 20, 2, 30, 40, 1, 0, 0, 0],
    "bbox": [5, 10, 40, 50],
    "area": 900,
}


def people(**changes: Any) -> str:
    """A COCO file of one person, with changes to `PERSON`."""
    images = [{"id": 1, "width": 640, "height": 480}]
    return json.dumps({"images": images, "annotations": [{**PERSON, **changes}]})


FILES: Mapping[str, str] = {
    "good": people(),
    "empty": "",
    "text": "x, y, visible\n1, 2, 3\n",
    "half": people()[:50],
    "list": f"[{people()}]",
    "images": '{"images": []}',
    "no_annotations": '{"images": [], "annotations": []}',
    "boxes": '{"annotations": [{"bbox": [1, 2, 3, 4]}]}',
    "unlabelled": people(keypoints=[0, 0, 0] * 3),
    "crowd": people(iscrowd=1),
    "beyond": people(bbox=[5000, 10, 20, 50]),
    "no_box": '{"annotations": [{"image_id": 1, "keypoints": [1, 2, 2]}]}',
    "no_image": '{"annotations": [{"keypoints": [1, 2, 2], "bbox": [1, 2, 3, 4]}]}',
    "infinite": people(keypoints=[float("inf"), 2, 2] * 3),
    "huge": people(keypoints=[1e30, 2, 2] * 3),
    "pairs": people(keypoints=[1, 2, 3, 4]),
    "categories": json.dumps(
        {"annotations": [PERSON, {**PERSON, "category_id": 2, "keypoints": [1, 2, 2]}]}
    ),
    "cameras": "{}",
}

# Errors of both commands that read annotations.
ANNOTATIONS = [
    ("{missing}", "there is no file", "expected a COCO keypoints file"),
    ("{folder}", "cannot read", "expected a COCO keypoints file"),
    ("{image}", "is not JSON", "expected a COCO keypoints file"),
    ("{empty}", "is not JSON", "expected a COCO keypoints file"),
    ("{text}", "is not JSON", "expected a COCO keypoints file"),
    ("{half}", "is not JSON", "expected a COCO keypoints file"),
    ("{list}", "is a JSON list", "expected a COCO keypoints file"),
    ("{images}", "no list `annotations`", "expected a COCO keypoints file"),
    ("{no_annotations}", "no usable annotation in", "at least one must have"),
    ("{boxes}", "no annotation of", "has `keypoints`"),
    ("{unlabelled}", "no usable annotation in", "1 without labelled keypoints"),
    ("{crowd}", "no usable annotation in", "1 marked as a crowd"),
    ("{beyond}", "no usable annotation in", "1 whose box has no area"),
    ("{no_box}", "no usable annotation in", "1 whose box has no area"),
    ("{no_image}", "no usable annotation in", "`image_id` must be a number or a string"),
    ("{infinite}", "no usable annotation in", "`keypoints` must be finite"),
    ("{huge}", "no usable annotation in", "`keypoints` must be finite", "pixels"),
    ("{pairs}", "no usable annotation in", "x, y, v for each keypoint"),
    ("{categories}", "1: 1 annotation with 3 keypoints; 2: 1 annotation with 1", "--category"),
]

# The options, the exit code, parts of the message.
DEMO: list[Any] = [
    (["--plot", "{folder}"], 2, "cannot save a figure", "must end like"),
    (["--plot", "{folder}/a.docx"], 2, "cannot save a figure", "must end like"),
    (["--plot", "{good}/a.png"], 2, "cannot create the folder"),
    (["--body-3d", "{good}"], 2, "--body-3d needs --cameras"),
    (["--cameras", "{cameras}"], 2, "--cameras needs --body-3d"),
    (["--body-3d", "{missing}", "--cameras", "{cameras}"], 2, "cannot read", "expected Human3.6M"),
    (["--body-3d", "{frames}", "--cameras", "{cameras}"], 2, "has no camera S1/5", "expected"),
    (["--hands", "{folder}"], 2, "must have one *_data.json", "expected a folder"),
    (["--colour"], 2, "No such option"),
    (["{good}", "{good}"], 2, "unexpected extra argument"),
]

CODECS = "must be RegressionLabel, IntegralRegressionLabel, MSRAHeatmap"
ROUNDTRIP: list[Any] = [
    (["--codec", "Heatmap"], 2, "there is no codec Heatmap", CODECS),
    (["--codec", "udpheatmap"], 2, "no codec udpheatmap (did you mean UDPHeatmap?)"),
    (["--codec", "MSRAHeatmaps"], 2, "no codec MSRAHeatmaps (did you mean MSRAHeatmap?)"),
    (["--codec", "SPR"], 2, "top-down codecs only", "SPR", CODECS, "posecodec demo"),
    (["--codec", "VideoPoseLifting"], 2, "top-down codecs only", CODECS),
    (["--codec", "Hand3DHeatmap(sigma=2)"], 2, "top-down codecs only", CODECS),
    (["--codec", ""], 2, "cannot be parsed", "like UDPHeatmap"),
    (["--codec", "UDPHeatmap(sigma=3"], 2, "cannot be parsed", "like UDPHeatmap"),
    (["--codec", "UDPHeatmap:sigma=3"], 2, "cannot be parsed", "'MSRAHeatmap(sigma=3,"),
    (["--codec", "UDPHeatmap(3)"], 2, "cannot be parsed", "'MSRAHeatmap(sigma=3,"),
    (["--codec", "UDPHeatmap(**{{}})"], 2, "cannot be parsed"),
    (["--codec", "UDPHeatmap(sigma=print(1))"], 2, "cannot be parsed"),
    (["--codec", "(" * 500], 2, "cannot be parsed"),
    (["--codec", "UDPHeatmap(sgima=3)"], 2, "UDPHeatmap takes", "not sgima (did you mean sigma?)"),
    (["--codec", "UDPHeatmap(type=3)"], 2, "UDPHeatmap takes", "not type"),
    (["--codec", "UDPHeatmap(sigma=-1)"], 2, "`sigma` must be a positive", "-1"),
    (["--codec", "UDPHeatmap(sigma=1e999)"], 2, "`sigma` must be a positive finite number"),
    (["--codec", "UDPHeatmap(heatmap_type=x)"], 2, "`heatmap_type`", "gaussian"),
    (["--codec", "MegviiHeatmap(kernel_size=4)"], 2, "`kernel_size` must be", "odd"),
    (["--codec", "RegressionLabel(heatmap_size=(4, 4))"], 2, "takes input_size, not heatmap_size"),
    (["--codec", "SimCC(input_size=(9, 9))"], 2, "use --input-size"),
    (["--heatmap-size", "48"], 2, "--heatmap-size must be WIDTHxHEIGHT", "'48'"),
    (["--heatmap-size", "48x"], 2, "--heatmap-size must be WIDTHxHEIGHT", "'48x'"),
    (["--heatmap-size", "0x64"], 2, "--heatmap-size must be WIDTHxHEIGHT", "from 1 to"),
    (["--heatmap-size", "48x64", "--heatmap-size", "4,8"], 2, "--heatmap-size", "'4,8'"),
    (["--heatmap-size", "99999x99999"], 2, "--heatmap-size must be WIDTHxHEIGHT", "from 1 to"),
    (["--input-size", "-192x256"], 2, "--input-size must be WIDTHxHEIGHT", "'-192x256'"),
    (["--input-size", "192 x 256"], 2, "--input-size must be WIDTHxHEIGHT", "such as"),
    (["--sigmas", "small"], 2, "--sigmas must be 17 numbers above 0", "'small'"),
    (["--sigmas", "0.1,0.2"], 2, "--sigmas must be 17 numbers above 0"),
    (["--sigmas", "0"], 2, "--sigmas must be 17 numbers above 0"),
    (["--sigmas", "nan"], 2, "--sigmas must be 17 numbers above 0"),
    (["--plot", "{folder}/a.docx"], 2, "cannot save a figure", "must end like"),
    (["--plot", "{good}/a.png"], 2, "cannot create the folder"),
    (["--codecs", "SimCC"], 2, "No such option"),
]

TABLE = [
    *(
        (command, [file], 2, parts)
        for command in ("demo", "roundtrip")
        for file, *parts in ANNOTATIONS
    ),
    *(("demo", options, code, parts) for options, code, *parts in DEMO),
    *(("roundtrip", options, code, parts) for options, code, *parts in ROUNDTRIP),
    ("train", [], 2, ["No such command 'train'"]),
    ("--fast", [], 2, ["No such option"]),
]


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """The paths of the files of the table."""
    folder = tmp_path_factory.mktemp("files")
    (folder / "folder").mkdir()
    for name, text in FILES.items():
        (folder / f"{name}.json").write_text(text)
    (folder / "image.png").write_bytes(b"\x89PNG\r\n\x1a\n\xff\x00")
    pose = np.zeros((1, 17, 4))
    np.savez(folder / "frames.npz", imgname=["S1/S1_Walking.5/1.jpg"], part=pose[..., :3], S=pose)
    named = {path.stem: path for path in folder.iterdir()}
    return {**named, "missing": folder / "missing.json"}


def call(command: str, options: list[str], paths: Mapping[str, Path]) -> list[str]:
    """The arguments with paths instead of names, and a plot that must not be created."""
    arguments = [command, *(option.format(**paths) for option in options)]
    if command == "demo" and "--plot" not in arguments:
        arguments += ["--plot", str(paths["folder"] / "never.png")]
    return arguments


def assert_one_line(code: int, stdout: str, stderr: str, expected: int, parts: list[str]) -> None:
    """Check the exit code and the message, on stderr only and without a traceback."""
    assert code == expected
    assert stdout == ""
    assert "Traceback" not in stderr
    if stderr.startswith("error: "):
        assert stderr.count("\n") == 1
    else:
        assert "Usage: posecodec" in stderr  # printed by typer, in a box
        stderr = " ".join(stderr.replace("│", " ").split())
    for part in parts:
        assert part in stderr


@pytest.mark.parametrize(
    ("command", "options", "code", "parts"),
    TABLE,
    ids=[" ".join([command, *options])[:60] for command, options, *_ in TABLE],
)
def test_bad_input(
    command: str, options: list[str], code: int, parts: list[str], paths: Mapping[str, Path]
) -> None:
    result = CliRunner().invoke(make_app(), call(command, options, paths), prog_name="posecodec")
    assert_one_line(result.exit_code, result.stdout, result.stderr, code, parts)
    assert not (paths["folder"] / "never.png").exists()


# A file, an option and a command: each process takes a second, so one row of each kind.
@pytest.mark.parametrize("row", [0, -34, -2])
def test_bad_input_to_the_installed_command(row: int, paths: Mapping[str, Path]) -> None:
    command, options, code, parts = TABLE[row]
    posecodec = Path(sys.executable).with_name("posecodec")
    done = subprocess.run(
        [posecodec, *call(command, options, paths)],
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    assert_one_line(done.returncode, done.stdout, done.stderr, code, parts)


@pytest.mark.parametrize("option", ["-h", "--help"])
@pytest.mark.parametrize("command", [[], ["demo"], ["roundtrip"], ["bench"], ["check"]])
def test_help(command: list[str], option: str) -> None:
    result = CliRunner().invoke(make_app(), [*command, option])
    assert result.exit_code == 0, result.output
    assert "Usage" in result.stdout


def test_version() -> None:
    command = [sys.executable, "-m", "posecodec_rs", "--version"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout == f"posecodec {posecodec_rs.__version__}\n"


def test_no_progress_bar_without_a_terminal(paths: Mapping[str, Path]) -> None:
    command = [sys.executable, "-m", "posecodec_rs", "roundtrip", str(paths["good"])]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    assert done.stderr == ""


def test_full_disk(paths: Mapping[str, Path]) -> None:
    """Errors after the work are one line too."""
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("/dev/full does not exist")
    plot = paths["folder"] / "full.png"
    plot.symlink_to(full)
    arguments = ["roundtrip", str(paths["good"]), "--codec", "SimCC", "--plot", str(plot)]
    result = CliRunner().invoke(make_app(), arguments)
    assert_one_line(result.exit_code, result.stdout, result.stderr, 2, ["cannot write", "space"])
