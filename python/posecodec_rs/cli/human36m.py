"""Human3.6M's frames as MMPose prepares them: poses in an npz file, cameras in a JSON file."""

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from posecodec_rs.cli import CommandError
from posecodec_rs.cli.synthetic import PoseSequence

EXPECTED = (
    "expected Human3.6M frames such as h36m_train.npz, with `S` (T, 17, 3 or 4), `part` (T, 17, "
    "2 or 3) and `imgname` (T,), and their cameras such as cameras.json, "
    '{"S1/54138969": {"f": [...], "c": [...], "w": ..., "h": ...}, ...} (convert cameras.pkl with '
    "scripts/convert_cameras.py of the repository)"
)


def read_sequences(frames: Path, cameras: Path) -> list[PoseSequence]:
    """Read frames, and group them by subject and camera."""
    try:
        known = json.loads(cameras.read_bytes())
        with np.load(frames, allow_pickle=False) as data:
            poses = np.asarray(data["S"], np.float32)[..., :3]
            pixels = np.asarray(data["part"], np.float32)[..., :2]
            views = [_view(name) for name in data["imgname"].tolist()]
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        reason = getattr(error, "strerror", None) or error
        raise CommandError(f"cannot read {frames} with {cameras} ({reason}); {EXPECTED}") from error
    if poses.shape[1:] != (17, 3) or pixels.shape != (*poses.shape[:2], 2) or not len(views):
        shapes = f"S {poses.shape}, part {pixels.shape}"
        raise CommandError(f"{frames} has {shapes}; {EXPECTED}")
    sequences = []
    for view in dict.fromkeys(views):
        of_view = [index for index, each in enumerate(views) if each == view]
        camera = _camera(known, view, cameras)
        sequences.append(PoseSequence(poses[of_view], pixels[of_view], camera))
    return sequences


def _view(name: Any) -> str:
    """The subject and the camera of "S1/S1_Directions_1.54138969/..._000001.jpg": "S1/54138969"."""
    subject, _, rest = str(name).partition("/")
    return f"{subject}/{rest.partition('/')[0].rpartition('.')[2]}"


def _camera(cameras: Any, view: str, path: Path) -> dict[str, Any]:
    camera = cameras.get(view) if isinstance(cameras, Mapping) else None
    if not isinstance(camera, Mapping) or not {"f", "c", "w", "h"} <= camera.keys():
        raise CommandError(f"{path} has no camera {view} with f, c, w and h; {EXPECTED}")
    arrays = {key: np.asarray(camera[key], np.float64) for key in ("f", "c")}
    return {**arrays, "w": camera["w"], "h": camera["h"]}
