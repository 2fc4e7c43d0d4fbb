"""InterHand2.6M's annotations: three JSON files in one folder."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from posecodec_rs.cli import CommandError
from posecodec_rs.cli.synthetic import HandPair
from posecodec_rs.crop import Crop

PARTS = ("data", "camera", "joint_3d")
EXPECTED = "expected a folder with InterHand2.6M's " + ", ".join(f"*_{part}.json" for part in PARTS)


def read_hands(folder: Path, input_size: tuple[int, int]) -> list[HandPair]:
    """Read all annotated hands, cropped to an input of this size."""
    files = {part: sorted(folder.glob(f"*_{part}.json")) for part in PARTS}
    missing = [part for part, found in files.items() if len(found) != 1]
    if missing:
        raise CommandError(f"{folder} must have one *_{missing[0]}.json; {EXPECTED}")
    try:
        data, cameras, joints = (json.loads(files[part][0].read_bytes()) for part in PARTS)
        images = {image["id"]: image for image in data["images"]}
        return [
            _hands(annotation, images[annotation["image_id"]], cameras, joints, input_size)
            for annotation in data["annotations"]
        ]
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise CommandError(f"cannot read the files in {folder} ({error!r}); {EXPECTED}") from error


def _hands(
    annotation: Mapping[str, Any],
    image: Mapping[str, Any],
    cameras: Mapping[str, Any],
    joints: Mapping[str, Any],
    input_size: tuple[int, int],
) -> HandPair:
    capture, camera = str(image["capture"]), str(image["camera"])
    of_capture, of_frame = cameras[capture], joints[capture][str(image["frame_idx"])]
    rotation, position = (
        np.array(of_capture[key][camera], np.float64) for key in ("camrot", "campos")
    )
    world = np.array(of_frame["world_coord"], np.float64)
    crop = Crop.from_box(annotation["bbox"], input_size)
    scale = np.array(input_size) / crop.scale
    principal = np.array(of_capture["princpt"][camera], np.float64)
    kind = annotation["hand_type"]
    return HandPair(
        joints=(world - position) @ rotation.T,
        valid=np.array(of_frame["joint_valid"], np.float32).reshape(42),
        present=np.array([kind in (side, "interacting") for side in ("right", "left")], np.float32),
        focal=np.array(of_capture["focal"][camera], np.float64) * scale,
        principal_point=crop.to_input(principal).astype(np.float64),
    )
