"""One annotation of a COCO file: read for what it means, or left out for a reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

WHOLE_BODY = ("foot_kpts", "face_kpts", "lefthand_kpts", "righthand_kpts")
"""COCO-WholeBody's 6 + 68 + 21 + 21 keypoints after the body's 17, in their order."""

MAX_PX = 1e6
"""Larger coordinates are not inside an image, and would overflow float32 once scaled."""

BODY_SHARE = 0.53
"""The area of a person over the area of their box, from CrowdPose's evaluation."""


REASONS = {
    "crowd": "marked as a crowd",
    "no_labelled_keypoints": "without labelled keypoints",
    "no_box": "whose box has no area inside the image",
    "keypoints": "with unreadable keypoints",
    "other_count": "with another number of keypoints",
    "image_id": "without an image id",
}
"""Why annotations are left out, by the codes of JSON."""

REPAIRS = {
    "box_from_keypoints": "without a valid box (computed from the keypoints)",
    "area_from_box": "without a valid area (estimated from the box)",
}
"""What is computed where the file has no valid value, by the codes of JSON."""


class Unreadable(Exception):
    """A value that cannot be read; the arguments are a key of `REASONS` and the detail."""


@dataclass(frozen=True, eq=False)
class Person:
    """One annotated person."""

    keypoints: NDArray[np.float32]  # shape (K, 2), float32, pixels of the image
    visible: NDArray[np.float32]  # shape (K,), float32; 1 for labelled keypoints, else 0
    # Shape (4,), float32; x, y, w, h in pixels of the image, clipped to it
    box: NDArray[np.float32]
    annotated_box: NDArray[np.float32]  # likewise, not clipped
    image_id: int | str  # the image's id
    area: float  # in square pixels of the image
    crowd: bool  # whether this is a crowd rather than one person
    category: int | str  # the category's id; 1 if the file has none
    # Keys of `REPAIRS`: what was computed because the file has no valid value
    repairs: Sequence[str]


def read_person(
    annotation: Mapping[str, Any], category: int | str, sizes: Mapping[Any, tuple[float, float]]
) -> Person:
    """The annotated person, with the box clipped to the image if its size is known."""
    parts = ["keypoints"]
    if any(part in annotation for part in WHOLE_BODY):
        parts += WHOLE_BODY
    keypoints = np.concatenate([_keypoints(annotation, part) for part in parts])
    visible = keypoints[:, 2] > 0  # False for NaN
    points = np.where(visible[:, None], keypoints[:, :2], np.nan_to_num(keypoints[:, :2], posinf=0))
    if not (np.abs(points[visible]) <= MAX_PX).all():
        raise Unreadable("keypoints", f"`keypoints` must be finite, at most {MAX_PX:g} pixels")
    image_id = read_id(annotation.get("image_id"))
    if not isinstance(annotation.get("image_id"), int | float | str):
        raise Unreadable("image_id", f"`image_id` must be a number or a string, but got {image_id}")
    repairs = []
    box = _numbers(annotation.get("bbox"), 4)
    if box is None or (box[2:] <= 0).any():
        box = _box_around(points[visible])
        repairs.append("box_from_keypoints")
    annotated_box = box.astype(np.float32)
    x, y, w, h = annotated_box
    # MMPose clips to the last pixel's center.
    right, bottom = (side - 1 for side in sizes.get(image_id, (np.inf, np.inf)))
    left, top = np.clip(x, 0, right), np.clip(y, 0, bottom)
    w, h = np.clip(x + w, 0, right) - left, np.clip(y + h, 0, bottom) - top
    area = _numbers([annotation.get("area")], 1)
    if area is None or area[0] <= 0:
        area = BODY_SHARE * np.prod(np.maximum(annotated_box[2:], 0), keepdims=True)
        repairs.append("area_from_box")
    return Person(
        keypoints=np.clip(points, -MAX_PX, MAX_PX).astype(np.float32),
        visible=visible.astype(np.float32),
        box=np.array([left, top, w, h], np.float32),
        annotated_box=annotated_box,
        image_id=image_id,
        area=float(area[0]),
        crowd=str(annotation.get("iscrowd")).lower() in ("1", "1.0", "true"),
        category=category,
        repairs=repairs,
    )


def _keypoints(annotation: Mapping[str, Any], key: str) -> NDArray[np.float64]:
    """Shape (K, 3), from a flat list or from triples; NaN for null."""
    values = annotation.get(key, [] if key == "keypoints" else None)
    if isinstance(values, list) and any(isinstance(each, list) for each in values):
        values = [(0, 0, 0) if each is None else each for each in values]
    try:
        numbers = np.asarray(values, np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise Unreadable("keypoints", f"`{key}` must have numbers only ({error})") from error
    if (
        numbers.ndim not in (1, 2)
        or numbers.size % 3
        or (numbers.ndim == 2) > (numbers.shape[-1] == 3)
    ):
        got = f"shape {numbers.shape}" if numbers.ndim else type(values).__name__
        detail = f"`{key}` must be a list of x, y, v for each keypoint, but got {got}"
        raise Unreadable("keypoints", detail)
    return numbers.reshape(-1, 3)


def _box_around(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """The box x, y, w, h around points (N, 2); without an area for less than two points."""
    if not len(points):
        return np.zeros(4)
    extent = np.ptp(points, axis=0)
    if extent.any():
        extent = np.maximum(extent, 1)  # keypoints on a line, which is as wide as a pixel
    return np.concatenate([points.min(axis=0), extent])


def _numbers(values: Any, length: int) -> NDArray[np.float64] | None:
    """Finite numbers of this length, or None."""
    try:
        numbers = np.asarray(values, np.float64)
    except (TypeError, ValueError, OverflowError):
        return None
    valid = numbers.shape == (length,) and (np.abs(numbers) <= MAX_PX**2).all()
    return numbers if valid else None


def unusable(person: Person) -> str | None:
    """The reason to leave a person out, if any."""
    if person.crowd:
        return "crowd"
    if not person.visible.any():
        return "no_labelled_keypoints"
    return None if (person.box[2:] > 0).all() else "no_box"


def read_id(value: Any) -> int | str:
    """An id as an int if it is integral, such as 1.0 and "1", else as a string."""
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        return int(value)
    text = str(value)
    is_integral = text.isascii() and text.isdecimal() and len(text) < 20
    return int(text) if is_integral and text == str(int(text)) else text
