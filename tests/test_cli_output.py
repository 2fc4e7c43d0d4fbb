"""The text of tables at several widths, JSON, exit codes and completion.

Snapshots are in `tests/snapshots`. `UPDATE_SNAPSHOTS=1 pytest tests/test_cli_output.py` writes them
again: look at the difference before you commit it.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from matplotlib.image import imread
from posecodec_rs.cli import console, demo_figure
from posecodec_rs.cli.app import make_app
from posecodec_rs.cli.codecs import case
from posecodec_rs.cli.console import Column, Sheet
from posecodec_rs.cli.timing import Timing
from typer.testing import CliRunner

HERE = Path(__file__).parent
CASES, SNAPSHOTS = HERE / "cases", HERE / "snapshots"
SIZE = ("--heatmap-size", "48x64", "--heatmap-size", "96x128")
CODECS = ("--codec", "MSRAHeatmap", "--codec", "UDPHeatmap", "--codec", "SimCC")
COMMANDS = {
    "roundtrip": ("roundtrip", str(CASES / "half_area0.json"), *CODECS, *SIZE),
    "roundtrip_nme": ("roundtrip", str(CASES / "thirteen_kp.json"), *CODECS, *SIZE),
    "demo": ("demo", str(CASES / "cvat7021.json")),
}
WIDTHS = (60, 80, 200, None)


def invoke(*arguments: Any, width: int | None = None) -> Any:
    """Runs a command on a terminal of this width, or with its output in a file."""
    environment = {"COLUMNS": None if width is None else str(width)}
    return CliRunner(env=environment).invoke(make_app(), list(map(str, arguments)))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", COMMANDS)
def test_tables(
    name: str, width: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name == "demo":
        times = [Timing(each, each, each) for each in (12.5, 100.25)]
        monkeypatch.setattr(case, "measure", lambda *_: times)
        monkeypatch.setattr(demo_figure, "save", lambda *_: None)  # drawing takes a second
        monkeypatch.chdir(tmp_path)
    result = invoke(*COMMANDS[name], width=width)
    assert result.exit_code == 0, result.output
    text = result.stdout.replace(f"{CASES}{os.sep}", "")
    text = "".join(f"{line.rstrip()}\n" for line in text.splitlines())
    if width is not None:
        assert max(map(len, text.splitlines())) <= width
    snapshot = SNAPSHOTS / f"{name}_{width or 'file'}.txt"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        snapshot.parent.mkdir(exist_ok=True)
        snapshot.write_text(text, encoding="utf-8")
    assert text == snapshot.read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [20, 30, 40, 60, 80, 120])
def test_first_column_and_numbers_are_never_cut(width: int, capsys: Any) -> None:
    names = ["IntegralRegressionLabel", "UDPHeatmap combined"]
    columns = [
        Column("Codec", names),
        Column("median\npx", ["1234.56", "0.00"], drop=1),
        Column("max\npx", ["4321.00", "1.00"], drop=2),
    ]
    limited = console.Console(width=width, highlight=False)
    Sheet("Title", columns, ["A note."]).print(limited, width)
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= width
    whole = "".join(line[:width].split("  ")[0].strip() for line in lines)
    assert names[0][:8] in whole
    assert "…" not in "".join(lines)
    assert any("1234.56" in line for line in lines) == (width >= 40)
    assert any("4321.00" in line for line in lines) == (width >= 60)


def test_piped_output_has_all_columns() -> None:
    options = [*COMMANDS["roundtrip"], "--input-size", "768x1024"]
    command = [sys.executable, "-m", "posecodec_rs", *options]
    environment = {key: value for key, value in os.environ.items() if key != "COLUMNS"}
    done = subprocess.run(
        command, env=environment, capture_output=True, encoding="utf-8", check=True
    )
    assert done.stderr == ""
    (heading,) = (line for line in done.stdout.splitlines() if line.startswith("Codec"))
    assert heading.split()[-1] == "OKS"
    rows = [line.split() for line in done.stdout.splitlines() if line.startswith("SimCC ")]
    assert [len(row) for row in rows] == [12]


def sentences(value: Any) -> list[str]:
    """All texts with three words or more in a JSON value."""
    if isinstance(value, dict):
        return [text for each in value.values() for text in sentences(each)]
    if isinstance(value, list):
        return [text for each in value for text in sentences(each)]
    return [value] if isinstance(value, str) and len(value.split()) > 2 else []


@pytest.mark.parametrize("name", ["roundtrip", "roundtrip_nme"])
def test_json_has_no_sentences(name: str) -> None:
    value = json.loads(invoke(*COMMANDS[name], "--json").stdout)
    for row in value["codecs"]:
        row.pop("codec")  # a constructor's call
    assert sentences(value) == []


def test_json_of_check() -> None:
    value = json.loads(invoke("check", CASES / "cvat7021.json", "--json").stdout)
    assert value["problems"] == [{"annotation": 2, "code": "no_labelled_keypoints"}]
    assert sentences(value) == []


def outside(tmp_path: Path) -> Path:
    """A file whose keypoints are outside of their crop."""
    data = json.loads((CASES / "f1.json").read_text())
    data["annotations"][0]["bbox"] = [400, 300, 20, 30]
    path = tmp_path / "outside.json"
    path.write_text(json.dumps(data))
    return path


def test_exit_code_if_nothing_could_be_measured(tmp_path: Path) -> None:
    path, plot = outside(tmp_path), tmp_path / "plot.png"
    result = invoke("roundtrip", path, "--json", "--plot", plot)
    assert result.exit_code == 3
    assert result.stderr.startswith("error: nothing could be measured")
    value = json.loads(result.stdout)
    assert value["best"] is None
    for row in value["codecs"]:
        assert set(row["error_input_px"].values()) == {None}
    assert invoke("roundtrip", path, "--plot", plot).exit_code == 3


@pytest.mark.parametrize("options", [(), ("--dark",)])
def test_background_of_figures(options: tuple[str, ...], tmp_path: Path) -> None:
    path = tmp_path / "plot.png"
    command = ("roundtrip", CASES / "f1.json", "--codec", "UDPHeatmap", "--plot", path)
    assert invoke(*command, *options).exit_code == 0
    corner = imread(path)[0, 0, :3]
    assert (corner < 0.2).all() if options else (corner == 1).all()


def test_help_has_no_types_of_flags() -> None:
    for command in ([], ["demo"], ["roundtrip"], ["check"], ["bench"]):
        assert "bool" not in invoke(*command, "--help", width=200).stdout.lower()


@pytest.mark.parametrize(
    ("arguments", "suggestion"),
    [
        (["roundtrip", "--codecs", "SimCC"], "--codec"),
        (["roundtrip", "--heatmap", "48x64"], "--heatmap-size"),
        (["roundtrip", "--codec", "UDPHeatMap"], "did you mean UDPHeatmap?"),
        (["roundtrip", "--codec", "SimCCLable"], "did you mean SimCCLabel?"),
        (["roundtrip", "--codec", "UDPHeatmap(sgima=3)"], "did you mean sigma?"),
        (["roundtrp"], "roundtrip"),
    ],
)
def test_did_you_mean(arguments: list[str], suggestion: str) -> None:
    result = invoke(*arguments, width=200)
    assert result.exit_code == 2
    assert suggestion in result.stderr


def test_completion_of_codecs() -> None:
    line = "posecodec roundtrip --codec UDP"
    environment = {
        "_POSECODEC_COMPLETE": "complete_bash",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(line.split()) - 1),
    }
    done = subprocess.run(
        [sys.executable, "-m", "posecodec_rs"],
        env={**os.environ, **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.stdout.split() == ["UDPHeatmap"]
