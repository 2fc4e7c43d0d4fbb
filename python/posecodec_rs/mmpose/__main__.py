"""Runs a script with the codecs: ``python -m posecodec_rs.mmpose tools/train.py CONFIG``."""

import runpy
import sys
from pathlib import Path

from posecodec_rs.mmpose import install


def main() -> None:
    """Install the codecs, then run the script as ``python SCRIPT ARGUMENTS`` would."""
    if len(sys.argv) < 2 or sys.argv[1] in ("-h", "--help"):
        sys.exit("usage: python -m posecodec_rs.mmpose SCRIPT [ARGUMENTS]")
    del sys.argv[0]
    sys.path[0] = str(Path(sys.argv[0]).resolve().parent)
    install()
    runpy.run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main()
