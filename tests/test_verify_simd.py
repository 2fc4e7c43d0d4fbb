"""The installed library has the kernels of every vector tier, and the check for that can fail."""

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from posecodec_rs import _core

SCRIPT = Path(__file__).parent.parent / "scripts" / "verify_simd.py"
OTHERS = sorted(Path(sysconfig.get_config_var("DESTSHARED") or ".").glob("_*.so"))
"""Python's own extension modules, which have no AVX-512."""

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("objdump") is None, reason="needs ELF and binutils"
)


def verify(file: Path | str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(SCRIPT), str(file)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300)


@pytest.mark.slow  # disassembles the library; an editable build has other tiers
def test_all_tiers_are_present() -> None:
    done = verify(_core.__file__)
    assert done.returncode == 0, done.stderr
    assert "baseline: " in done.stdout


@pytest.mark.skipif(not OTHERS, reason="Python's own modules are built in")
def test_library_without_kernels_is_detected() -> None:
    done = verify(OTHERS[0])
    assert done.returncode == 1
    assert "functions use baseline, but there are" in done.stderr


def test_other_files_are_rejected() -> None:
    done = verify(SCRIPT)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
