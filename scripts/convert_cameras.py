"""Converts the cameras of MMPose's Human3.6M scripts to JSON for `posecodec demo --cameras`.

    python scripts/convert_cameras.py cameras.pkl cameras.json

A pickle can run any code when it is loaded, so the command line does not read it. Convert only
files that you trust.
"""

import argparse
import json
import pickle
from pathlib import Path

import numpy as np

KEYS = ("f", "c", "w", "h")
"""Focal lengths and principal point, both in pixels, and the size of the image."""


def main() -> None:
    """Read the pickle and write the JSON file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pickle", type=Path, metavar="cameras.pkl")
    parser.add_argument("json", type=Path, metavar="cameras.json")
    options = parser.parse_args()
    cameras = pickle.loads(options.pickle.read_bytes())
    converted = {
        f"{subject}/{camera}": {key: np.asarray(values[key]).tolist() for key in KEYS}
        for (subject, camera), values in cameras.items()
    }
    options.json.write_text(json.dumps(converted, indent=1))


if __name__ == "__main__":
    main()
