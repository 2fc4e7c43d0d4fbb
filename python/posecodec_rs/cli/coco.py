"""Keypoint annotations in COCO's format: COCO, CrowdPose and the like, and COCO-WholeBody."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from posecodec_rs.cli import CommandError

EXPECTED = (
    "expected a COCO keypoints file, such as person_keypoints_val2017.json: "
    '{"images": [...], "annotations": [{"keypoints": [x, y, v, ...], "bbox": [x, y, w, h], ...}]}'
)

WHOLE_BODY = ("foot_kpts", "face_kpts", "lefthand_kpts", "righthand_kpts")
"""COCO-WholeBody's 6 + 68 + 21 + 21 keypoints after the body's 17, in their order."""

MAX_PX = 1e6
"""Larger coordinates are not inside an image, and would overflow float32 once scaled."""

BODY_SHARE = 0.53
"""The area of a person over the area of their box, from CrowdPose's evaluation."""


class AnnotationsError(CommandError):
    """A file that is not in COCO's keypoint format."""


@dataclass(frozen=True, eq=False)
class Person:
    """One annotated person.

    Attributes:
        keypoints: Shape (K, 2), float32, pixels of the image.
        visible: Shape (K,), float32; 1 for labelled keypoints, else 0.
        box: Shape (4,), float32; x, y, w, h in pixels of the image, clipped to it.
        annotated_box: Likewise, not clipped.
        image_id: The image's id.
        area: In square pixels of the image.
        crowd: Whether this is a crowd rather than one person.
        category: The category's id; 1 if the file has none.
    """

    keypoints: NDArray[np.float32]
    visible: NDArray[np.float32]
    box: NDArray[np.float32]
    annotated_box: NDArray[np.float32]
    image_id: int | str
    area: float
    crowd: bool
    category: int | str

    @property
    def is_usable(self) -> bool:
        """Whether this is one person with a labelled keypoint and a box with an area."""
        return bool(not self.crowd and self.visible.any() and (self.box[2:] > 0).all())


@dataclass(frozen=True, eq=False)
class AnnotatedImage:
    """All people in one image.

    Attributes:
        keypoints: Shape (N, K, 2), float32, pixels of the image.
        visible: Shape (N, K), float32; 1 for labelled keypoints, else 0.
        size: (w, h) in pixels; the extent of the boxes if the file has no size.
    """

    keypoints: NDArray[np.float32]
    visible: NDArray[np.float32]
    size: tuple[float, float]


@dataclass(frozen=True, eq=False)
class Annotations:
    """The people of one file, all with the same K keypoints, and the bones between those.

    Attributes:
        source: The file's name, for messages.
        people: At least one; each has a labelled keypoint and a box with an area.
        left_out: Crowds, people without a labelled keypoint and people without a box. Codecs do not
            run on them, but an evaluation ignores them or counts them as missed.
        names: The keypoints' names; empty if the file has none for K keypoints.
        skeleton: Pairs of keypoint indices; empty if the file has none for K keypoints.
        sizes: (w, h) in pixels of the images by their ids, where the file has them.
    """

    source: str
    people: list[Person]
    left_out: list[Person]
    names: list[str]
    skeleton: list[tuple[int, int]]
    sizes: Mapping[Any, tuple[float, float]]

    def images(self) -> list[AnnotatedImage]:
        """The images with all of their people."""
        together: dict[int | str, list[Person]] = {}
        for person in self.people:
            together.setdefault(person.image_id, []).append(person)
        return [
            AnnotatedImage(
                keypoints=np.stack([person.keypoints for person in people]),
                visible=np.stack([person.visible for person in people]),
                size=self.sizes.get(image_id) or _extent(people),
            )
            for image_id, people in together.items()
        ]

    @property
    def num_keypoints(self) -> int:
        """The number of keypoints K."""
        return len(self.people[0].visible)

    @property
    def num_images(self) -> int:
        """The number of images with people."""
        return len({person.image_id for person in self.people})

    @property
    def num_labelled(self) -> int:
        """The number of labelled keypoints of all people."""
        return int(sum(person.visible.sum() for person in self.people))


def read_annotations(path: Path | None) -> Annotations:
    """Read a COCO keypoints file, or the bundled sample for None.

    Leaves out crowds, people without a labelled keypoint and people without a box, and clips boxes
    to the image, as MMPose's datasets do.

    Raises:
        AnnotationsError: If the file is missing, has another format, or has no usable annotation.
    """
    source = "the bundled people.json" if path is None else str(path)
    data = _parse(_read(path), source)
    annotated = _people(data, source)
    people = [person for person in annotated if person.is_usable]
    if not people:
        raise AnnotationsError(
            f"no usable annotation in {source}: at least one must have iscrowd 0, a labelled "
            "keypoint (v > 0) and a bbox inside the image"
        )
    left_out = [person for person in annotated if not person.is_usable]
    num_keypoints = len(people[0].visible)
    names, skeleton = _names(data, num_keypoints), _skeleton(data, num_keypoints)
    return Annotations(source, people, left_out, names, skeleton, _image_sizes(data))


def _extent(people: list[Person]) -> tuple[float, float]:
    """The right and the bottom end of the boxes, in pixels."""
    width, height = np.max([person.box[:2] + person.box[2:] for person in people], axis=0)
    return max(float(width), 1.0), max(float(height), 1.0)


def _read(path: Path | None) -> bytes:
    if path is None:
        return (files("posecodec_rs") / "data" / "people.json").read_bytes()
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise AnnotationsError(f"there is no file {path}; {EXPECTED}") from error
    except OSError as error:
        raise AnnotationsError(f"cannot read {path} ({error.strerror}); {EXPECTED}") from error


def _parse(text: bytes, source: str) -> Mapping[str, Any]:
    """The file's object, which has a list of annotations, some of them with keypoints."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise AnnotationsError(f"{source} is not JSON ({error}); {EXPECTED}") from error
    if not isinstance(data, dict):
        raise AnnotationsError(f"{source} is a JSON {type(data).__name__}; {EXPECTED}")
    if not isinstance(data.get("annotations"), list):
        raise AnnotationsError(f"{source} has no list `annotations`; {EXPECTED}")
    for index, annotation in enumerate(data["annotations"]):
        if not isinstance(annotation, dict):
            raise AnnotationsError(f"annotation {index} of {source} is not an object; {EXPECTED}")
    if data["annotations"] and not any("keypoints" in each for each in data["annotations"]):
        raise AnnotationsError(f"no annotation of {source} has `keypoints`; {EXPECTED}")
    return data


def _people(data: Mapping[str, Any], source: str) -> list[Person]:
    sizes = _image_sizes(data)
    people: list[Person] = []
    for index, annotation in enumerate(data["annotations"]):
        if "keypoints" not in annotation:
            continue
        try:
            person = _person(annotation, sizes)
        except AnnotationsError as error:
            name = f"annotation {annotation.get('id', f'at index {index}')} of {source}"
            raise AnnotationsError(f"{name}: {error}") from error
        if people and len(person.visible) != len(people[0].visible):
            counts = f"{len(people[0].visible)} and {len(person.visible)}"
            raise AnnotationsError(
                f"{source} mixes annotations with {counts} keypoints; all must have the same number"
            )
        people.append(person)
    return people


def _person(annotation: Mapping[str, Any], sizes: Mapping[Any, tuple[float, float]]) -> Person:
    """The annotated person, with the box clipped to the image if its size is known."""
    keypoints = _numbers(annotation, "keypoints", multiple=3)
    if any(part in annotation for part in WHOLE_BODY):
        parts = [_numbers(annotation, part, multiple=3) for part in WHOLE_BODY]
        keypoints = np.concatenate([keypoints, *parts])
    keypoints = keypoints.reshape(-1, 3)
    annotated_box = _numbers(annotation, "bbox", length=4)
    x, y, w, h = annotated_box
    image_id = annotation.get("image_id")
    if not isinstance(image_id, int | str):
        raise AnnotationsError(f"`image_id` must be a number or a string, but got {image_id!r}")
    # MMPose clips to the last pixel's center.
    right, bottom = (side - 1 for side in sizes.get(image_id, (np.inf, np.inf)))
    left, top = np.clip(x, 0, right), np.clip(y, 0, bottom)
    w, h = np.clip(x + w, 0, right) - left, np.clip(y + h, 0, bottom) - top
    category = annotation.get("category_id", 1)
    if not isinstance(category, int | str):
        raise AnnotationsError(f"`category_id` must be a number or a string, but got {category!r}")
    return Person(
        keypoints=np.ascontiguousarray(keypoints[:, :2]),
        visible=(keypoints[:, 2] > 0).astype(np.float32),
        box=np.array([left, top, w, h], np.float32),
        annotated_box=annotated_box,
        image_id=image_id,
        area=_area(annotation, annotated_box),
        crowd=bool(annotation.get("iscrowd")),
        category=category,
    )


def _area(annotation: Mapping[str, Any], box: NDArray[np.float32]) -> float:
    """The annotated area, or an estimate from the box if the file has none."""
    area = annotation.get("area")
    if area is None:
        return BODY_SHARE * float(np.prod(np.maximum(box[2:], 0)))
    if not isinstance(area, int | float) or not 0 <= area <= MAX_PX**2:
        raise AnnotationsError(f"`area` must be a finite number, 0 or more, but got {area!r}")
    return float(area)


def _numbers(
    annotation: Mapping[str, Any], key: str, *, length: int | None = None, multiple: int = 1
) -> NDArray[np.float32]:
    """The flat list of finite numbers under `key`, of a length or of a multiple of one."""
    values = annotation.get(key)
    expected = f"{length} numbers" if length else f"a multiple of {multiple} numbers"
    if not isinstance(values, list):
        raise AnnotationsError(
            f"`{key}` must be a list of {expected}, but got {type(values).__name__}"
        )
    try:
        with np.errstate(over="ignore"):
            numbers = np.asarray(values, np.float32)
    except (TypeError, ValueError, OverflowError) as error:
        raise AnnotationsError(f"`{key}` must have numbers only") from error
    if numbers.ndim != 1 or numbers.size != (length or numbers.size) or numbers.size % multiple:
        shape = "x".join(map(str, numbers.shape))
        raise AnnotationsError(f"`{key}` must be a flat list of {expected}, but got shape {shape}")
    if not (np.abs(numbers) <= MAX_PX).all():
        raise AnnotationsError(f"`{key}` must have finite numbers of at most {MAX_PX:g} pixels")
    return numbers


def _image_sizes(data: Mapping[str, Any]) -> dict[Any, tuple[float, float]]:
    """(w, h) in pixels of the images that have a size, by their ids."""
    images = data.get("images")
    return {
        image["id"]: (image["width"], image["height"])
        for image in (images if isinstance(images, list) else [])
        if isinstance(image, dict)
        and isinstance(image.get("id"), int | str)
        and all(isinstance(image.get(side), int | float) for side in ("width", "height"))
        and all(0 < image[side] <= MAX_PX for side in ("width", "height"))
    }


def _names(data: Mapping[str, Any], num_keypoints: int) -> list[str]:
    """The keypoints' names of the first category with this number of keypoints."""
    categories = data.get("categories")
    for category in categories if isinstance(categories, list) else []:
        names = category.get("keypoints") if isinstance(category, dict) else None
        if isinstance(names, list) and len(names) == num_keypoints:
            return [str(name) for name in names]
    return []


def _skeleton(data: Mapping[str, Any], num_keypoints: int) -> list[tuple[int, int]]:
    """The bones of the first category with a skeleton; COCO's indices start at 1."""
    categories = data.get("categories")
    for category in categories if isinstance(categories, list) else []:
        bones = category.get("skeleton") if isinstance(category, dict) else None
        if not isinstance(bones, list) or not bones:
            continue
        try:
            skeleton = [(int(a) - 1, int(b) - 1) for a, b in bones]
        except (TypeError, ValueError, OverflowError):
            return []
        # CrowdPose's files contain COCO's bones, which do not fit their 14 keypoints.
        known = all(0 <= end < num_keypoints for bone in skeleton for end in bone)
        return skeleton if known else []
    return []
