"""`posecodec bench`: its table, its JSON, its chart; no test asserts a time."""

import json
import math
from pathlib import Path
from typing import Any

import posecodec_rs
import pytest
from posecodec_rs.cli.app import make_app
from posecodec_rs.cli.codecs import operations
from posecodec_rs.cli.codecs.operation import mmpose_codecs
from typer.testing import CliRunner

PNG = b"\x89PNG\r\n\x1a\n"

pytestmark = pytest.mark.slow  # times every operation


def run(*args: Any) -> Any:
    """Runs `posecodec bench --quick`."""
    return CliRunner().invoke(make_app(), ["bench", "--quick", *map(str, args)])


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    """The output of `--json`, and the chart's path."""
    plot = tmp_path_factory.mktemp("bench") / "made" / "speed.png"
    result = run("--json", "--plot", plot)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout), plot


def test_every_codec_is_measured() -> None:
    measured = {operation.codec.split()[0] for operation in operations()}
    assert measured == set(posecodec_rs.CODECS) - {"SimCC"}


def test_json_lists_operations(quick: tuple[dict[str, Any], Path]) -> None:
    output, _ = quick
    assert output["machine"]["simd"] == posecodec_rs.simd_tiers()[1]
    assert output["machine"]["versions"]["posecodec_rs"] == posecodec_rs.__version__
    rows = [(row["codec"], row["step"]) for row in output["operations"]]
    assert rows == [(operation.codec, operation.step) for operation in operations()]
    for row in output["operations"]:
        for timing in (row["ours"], row["floor"], row["mmpose"]):
            if timing is not None:
                assert 0 < timing["low"] <= timing["median"] <= timing["high"] < math.inf


def test_mmpose_is_timed_if_installed(quick: tuple[dict[str, Any], Path]) -> None:
    output, _ = quick
    with_mmpose = [row for row in output["operations"] if row["mmpose"]]
    if mmpose_codecs() is None:
        assert not with_mmpose
        assert output["mean_ratio"] is None
        return
    assert {row["codec"] for row in output["operations"] if not row["mmpose"]} == {"SimCC3DLabel"}
    for row in with_mmpose:
        assert row["ratio"] == row["mmpose"]["median"] / row["ours"]["median"]


def test_chart_is_saved(quick: tuple[dict[str, Any], Path]) -> None:
    assert quick[1].read_bytes().startswith(PNG)


def test_table_has_one_row_per_operation() -> None:
    result = run()
    assert result.exit_code == 0, result.output
    lines = [line.strip() for line in result.stdout.splitlines()]
    for operation in operations():
        assert any(line.startswith(operation.name) for line in lines), operation.name
    assert posecodec_rs.simd_tiers()[1] in result.stdout


def test_bad_plot_path_fails_before_timing() -> None:
    result = run("--plot", "speed.nothing")
    assert result.exit_code == 2
    assert "cannot save a figure as speed.nothing" in result.stderr
