"""The command line's `bench`: its table, its JSON, its picture; not how fast anything is."""

import json
import math
from pathlib import Path
from typing import Any

import posecodec_rs
import pytest
from posecodec_rs.cli.app import make_app
from posecodec_rs.cli.bench.operation import reference
from posecodec_rs.cli.bench.operations import operations
from typer.testing import CliRunner

PNG = b"\x89PNG\r\n\x1a\n"


def run(*args: Any) -> Any:
    """Runs `posecodec bench --quick`."""
    return CliRunner().invoke(make_app(), ["bench", "--quick", *map(str, args)])


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    """What `--json` prints, and the picture."""
    plot = tmp_path_factory.mktemp("bench") / "made" / "speed.png"
    result = run("--json", "--plot", plot)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout), plot


def test_every_codec_is_measured() -> None:
    measured = {operation.codec.split()[0] for operation in operations()}
    assert measured == set(posecodec_rs.CODECS) - {"SimCC"}


def test_json_says_what_ran(quick: tuple[dict[str, Any], Path]) -> None:
    answer, _ = quick
    assert answer["machine"]["simd"] == posecodec_rs.simd_tiers()[1]
    assert answer["machine"]["versions"]["posecodec_rs"] == posecodec_rs.__version__
    said = [(row["codec"], row["step"]) for row in answer["operations"]]
    assert said == [(operation.codec, operation.step) for operation in operations()]
    for row in answer["operations"]:
        for timing in (row["ours"], row["floor"], row["mmpose"]):
            if timing is not None:
                assert 0 < timing["low"] <= timing["median"] <= timing["high"] < math.inf


def test_mmpose_is_asked_where_it_is_installed(quick: tuple[dict[str, Any], Path]) -> None:
    answer, _ = quick
    with_mmpose = [row for row in answer["operations"] if row["mmpose"]]
    if reference() is None:
        assert not with_mmpose
        assert answer["mean_ratio"] is None
        return
    assert {row["codec"] for row in answer["operations"] if not row["mmpose"]} == {"SimCC3DLabel"}
    for row in with_mmpose:
        assert row["ratio"] == row["mmpose"]["median"] / row["ours"]["median"]


def test_a_picture_is_saved(quick: tuple[dict[str, Any], Path]) -> None:
    assert quick[1].read_bytes().startswith(PNG)


def test_the_table_has_a_row_an_operation() -> None:
    result = run()
    assert result.exit_code == 0, result.output
    lines = [line.strip() for line in result.stdout.splitlines()]
    for operation in operations():
        assert any(line.startswith(operation.name) for line in lines), operation.name
    assert posecodec_rs.simd_tiers()[1] in result.stdout


def test_a_picture_that_cannot_be_saved_is_refused_before_the_work() -> None:
    result = run("--plot", "speed.nothing")
    assert result.exit_code == 2
    assert "cannot save a picture as speed.nothing" in result.stderr
