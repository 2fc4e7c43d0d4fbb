"""`posecodec demo` on Human3.6M's and InterHand2.6M's files."""

import json
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from posecodec_rs.cli.synthetic import hands, walk
from test_demo import BOUNDS_3D, assert_one_line, run


@pytest.fixture
def human36m(tmp_path: Path) -> tuple[Path, Path]:
    """Files as MMPose prepares them: two frames of one camera, one of another."""
    body = walk()
    names = [f"S1/S1_Walking.{camera}/S1_Walking.{camera}_000001.jpg" for camera in (1, 1, 2)]
    ones = np.ones((3, 17, 1))
    part, poses = (np.concatenate([a[:3], ones], axis=-1) for a in (body.pixels, body.poses))
    frames, cameras = tmp_path / "frames.npz", tmp_path / "cameras.json"
    np.savez(frames, imgname=np.array(names), part=part, S=poses)
    camera = {key: np.array(value).tolist() for key, value in body.camera.items()}
    cameras.write_text(json.dumps({"S1/1": camera, "S1/2": camera}))
    return frames, cameras


@pytest.fixture
def interhand_2_6m(tmp_path: Path) -> Path:
    """A folder in InterHand2.6M's format: one annotated image."""
    pair = hands()
    parts: dict[str, Any] = {
        "data": {
            "images": [{"id": 1, "capture": 0, "camera": "400", "frame_idx": 7}],
            "annotations": [
                {"image_id": 1, "bbox": [20, 20, 200, 200], "hand_type": "interacting"}
            ],
        },
        "camera": {
            "0": {
                "campos": {"400": [1, 2, 3]},
                "camrot": {"400": np.eye(3).tolist()},
                "focal": {"400": pair.focal.tolist()},
                "princpt": {"400": pair.principal_point.tolist()},
            }
        },
        "joint_3d": {
            "0": {
                "7": {
                    "world_coord": (pair.joints + np.array([1, 2, 3])).tolist(),
                    "joint_valid": [[1]] * 42,
                }
            }
        },
    }
    for part, value in parts.items():
        (tmp_path / f"test_{part}.json").write_text(json.dumps(value))
    return tmp_path


@pytest.mark.slow  # runs every codec on the sample
def test_3d_files(human36m: tuple[Path, Path], interhand_2_6m: Path, tmp_path: Path) -> None:
    frames, cameras = human36m
    options = ["--body-3d", frames, "--cameras", cameras, "--hands", interhand_2_6m]
    result = run("--json", "--plot", tmp_path / "a.png", *options)
    assert result.exit_code == 0, result.output
    output = json.loads(result.stdout)
    assert (output["body_3d"]["sequences"], output["body_3d"]["frames"]) == (2, 3)
    assert output["hand_3d"]["images"] == 1
    for section in ("body_3d", "hand_3d"):
        for codec in output[section]["codecs"]:
            assert codec["error_mm"]["max"] <= BOUNDS_3D[codec["name"]][1]


def test_convert_cameras(human36m: tuple[Path, Path], tmp_path: Path) -> None:
    frames, cameras = human36m
    pickled, converted = tmp_path / "cameras.pkl", tmp_path / "converted.json"
    values = {
        tuple(key.split("/")): value for key, value in json.loads(cameras.read_text()).items()
    }
    pickled.write_bytes(
        pickle.dumps({key: value | {"R": np.eye(3)} for key, value in values.items()})
    )
    assert_one_line(run("--body-3d", frames, "--cameras", pickled), "convert_cameras.py")
    script = Path(__file__).parents[1] / "scripts" / "convert_cameras.py"
    subprocess.run([sys.executable, script, pickled, converted], check=True)
    assert json.loads(converted.read_text()) == json.loads(cameras.read_text())


def test_bad_3d_files(human36m: tuple[Path, Path], interhand_2_6m: Path, tmp_path: Path) -> None:
    frames, cameras = human36m
    missing, empty = tmp_path / "missing", tmp_path / "empty.json"
    empty.write_text("{}")
    assert_one_line(run("--body-3d", frames), "--body-3d needs --cameras")
    assert_one_line(run("--cameras", cameras), "--cameras needs --body-3d")
    assert_one_line(run("--body-3d", missing, "--cameras", cameras), str(missing), "expected")
    assert_one_line(run("--body-3d", cameras, "--cameras", cameras), str(cameras), "expected")
    assert_one_line(run("--body-3d", frames, "--cameras", missing), str(missing), "expected")
    assert_one_line(run("--body-3d", frames, "--cameras", empty), "no camera S1/1", "expected")
    assert_one_line(run("--hands", missing), "must have one *_data.json", "expected")
    (interhand_2_6m / "test_camera.json").write_text("{}")
    assert_one_line(run("--hands", interhand_2_6m), "cannot read the files", "expected")
