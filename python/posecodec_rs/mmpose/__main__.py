"""Runs a script with the codecs: ``python -m posecodec_rs.mmpose tools/train.py CONFIG``.

With ``--defer`` before the script, configs can use ``defer=True``.
"""

import runpy
import sys
from pathlib import Path

from posecodec_rs.mmpose import install


def main() -> None:
    """Install the codecs, then run the script as ``python SCRIPT ARGUMENTS`` would."""
    usage = "usage: python -m posecodec_rs.mmpose [--defer] SCRIPT [ARGUMENTS]"
    defer = sys.argv[1:2] == ["--defer"]
    del sys.argv[: 1 + defer]
    if sys.argv[:1] in (["-h"], ["--help"]):
        print(usage)
        return
    if not sys.argv or not Path(sys.argv[0]).is_file():
        sys.exit(f"{usage}, but got {sys.argv[0] if sys.argv else 'no script'}")
    sys.path[0] = str(Path(sys.argv[0]).resolve().parent)
    install(defer=defer)
    runpy.run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main()
