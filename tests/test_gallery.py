"""The script that draws the documentation's figures."""

import struct
import subprocess
import sys
from pathlib import Path

import pytest
from posecodec_rs import CODECS

ROOT = Path(__file__).parents[1]
FIGURES = ROOT / "docs/pictures/"
MAX_BYTES = 80 * 1024
PROJECTS = {"deeplabcut", "mmaction", "sleap"}
"""Other projects whose targets are drawn."""


@pytest.mark.slow  # draws a figure per codec
def test_every_codec_has_a_figure(tmp_path: Path) -> None:
    script = [sys.executable, str(ROOT / "docs" / "gallery"), str(tmp_path / "made")]
    done = subprocess.run(script, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert "warning" not in done.stderr.lower()
    drawn = {path.stem: path.read_bytes() for path in (tmp_path / "made").iterdir()}
    expected = {codec.__name__.lower() for codec in CODECS.values()} | {"overview"} | PROJECTS
    assert {name.replace("_", "") for name in drawn} == expected
    for name, png in drawn.items():
        assert png[:8] == b"\x89PNG\r\n\x1a\n", name
        width, height = struct.unpack(">II", png[16:24])
        assert (width, height > 300) == (1200, True), name
        assert 10_000 < len(png) < MAX_BYTES, name


def test_documentation_has_all_figures() -> None:
    committed = {path.stem.replace("_", "") for path in FIGURES.iterdir()}
    drawn = {codec.__name__.lower() for codec in CODECS.values()} | {"overview"} | PROJECTS
    assert committed == drawn | {"speed"}  # drawn by benchmarks/compare.py
    assert all(path.stat().st_size < MAX_BYTES for path in FIGURES.iterdir())
