"""The plug-in for MMPose where there is none."""

import subprocess
import sys
import textwrap

import pytest


@pytest.mark.parametrize("missing", ["mmpose", "mmcv", "torch"])
def test_what_is_missing_is_said(missing: str) -> None:
    program = f"""
        import sys
        sys.modules["{missing}"] = None
        from posecodec_rs import mmpose
        mmpose.uninstall()  # nothing
        for how in ("from posecodec_rs.mmpose import auto", "mmpose.install()"):
            try:
                exec(how)
            except ImportError as error:
                print(error)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    messages = done.stdout.splitlines()
    assert len(messages) == 2
    for message in messages:
        assert "needs MMPose, which cannot be imported" in message
        assert "pip install --no-deps mmpose==1.3.2" in message
