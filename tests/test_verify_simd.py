"""The installed library holds the kernels of every tier, and the check for that can fail."""

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from posecodec_rs import _core

SCRIPT = Path(__file__).parent.parent / "scripts" / "verify_simd.py"
OTHERS = sorted(Path(sysconfig.get_config_var("DESTSHARED") or ".").glob("_*.so"))
"""Extension modules of Python's own, which have no AVX-512."""

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("objdump") is None, reason="needs ELF and binutils"
)


def verify(file: Path | str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(SCRIPT), str(file)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300)


def test_every_tier_is_there() -> None:
    done = verify(_core.__file__)
    assert done.returncode == 0, done.stderr
    assert "baseline: " in done.stdout


@pytest.mark.skipif(not OTHERS, reason="Python's own modules are built in")
def test_a_library_without_kernels_is_found_out() -> None:
    done = verify(OTHERS[0])
    assert done.returncode == 1
    assert "functions use baseline, but there are" in done.stderr


def test_what_is_no_library_is_refused() -> None:
    done = verify(SCRIPT)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
