"""Keypoint annotations in COCO's format: COCO, CrowdPose and the like, and COCO-WholeBody."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from posecodec_rs.cli import CommandError
from posecodec_rs.cli.coco_annotation import (
    MAX_PX,
    REASONS,
    REPAIRS,
    Unreadable,
    read_id,
    read_person,
    unusable,
)
from posecodec_rs.cli.coco_annotation import (
    Person as Person,
)
from posecodec_rs.cli.text import count_text

EXPECTED = (
    "expected a COCO keypoints file, such as person_keypoints_val2017.json: "
    '{"images": [...], "annotations": [{"keypoints": [x, y, v, ...], "bbox": [x, y, w, h], ...}]}'
)

BODY = ["left_shoulder", "right_shoulder", "left_hip", "right_hip"]
"""COCO's keypoints 5, 6, 11 and 12."""


@dataclass(frozen=True)
class Problem:
    """What is wrong with an annotation."""

    annotation: int | str  # its id, or its index in words if it has none
    code: str  # a key of `REASONS` or `REPAIRS`
    detail: str  # what is wrong, in words


class AnnotationsError(CommandError):
    """A file that is not in COCO's keypoint format, or has no usable annotation."""

    problems: Sequence[Problem] = ()  # of its annotations


@dataclass(frozen=True, eq=False)
class AnnotatedImage:
    """All people in one image."""

    keypoints: NDArray[np.float32]  # shape (N, K, 2), float32, pixels of the image
    visible: NDArray[np.float32]  # shape (N, K), float32; 1 for labelled keypoints, else 0
    size: tuple[float, float]  # (w, h) in pixels; the extent of the boxes if the file has no size


@dataclass(frozen=True, eq=False)
class Annotations:
    """The people of one file, all with the same K keypoints, and the bones between those."""

    source: str  # the file's name; empty for the bundled sample
    categories: Sequence[str]  # the names of the people's categories, as far as they have one
    people: list[Person]  # at least one; each has a labelled keypoint and a box with an area
    # Crowds, people without a labelled keypoint and people without a box. Codecs do not run on
    # them, but an evaluation ignores them or counts them as missed.
    left_out: list[Person]
    problems: list[Problem]  # of annotations that are left out or repaired
    names: list[str]  # the keypoints' names; empty if the file has none for K keypoints
    # Pairs of keypoint indices; empty if the file has none for K keypoints
    skeleton: list[tuple[int, int]]
    # (w, h) in pixels of the images by their ids, where the file has them
    sizes: Mapping[Any, tuple[float, float]]

    def counts(self, codes: Mapping[str, str]) -> dict[str, int]:
        """The number of problems by code, of these codes."""
        return dict(Counter(each.code for each in self.problems if each.code in codes))

    @property
    def total(self) -> int:
        """The number of annotations, those that are left out included."""
        return len(self.people) + sum(self.counts(REASONS).values())

    def subject(self) -> str:
        """The annotations in one line."""
        names = f" ({', '.join(self.categories)})" if self.categories else ""
        return (
            f"{count_text(len(self.people), 'annotation')}{names} in "
            f"{count_text(self.num_images, 'image')}, {count_text(self.num_keypoints, 'keypoint')} "
            f"each ({self.num_labelled} labelled)"
        )

    def about(self) -> str:
        """What is left out and repaired, in one line; empty for a file without problems."""
        left_out, repaired = self.counts(REASONS), self.counts(REPAIRS)
        parts = [f"{count} {REPAIRS[code]}" for code, count in repaired.items()]
        if left_out:
            reasons = ", ".join(f"{count} {REASONS[code]}" for code, count in left_out.items())
            parts.insert(0, f"{len(self.people)} of {self.total} annotations; left out: {reasons}")
        return "; ".join(parts)

    def as_json(self) -> dict[str, Any]:
        """The file and its problems, for programs."""
        return {
            "file": self.source or None,
            "categories": self.categories,
            "keypoints": self.num_keypoints,
            "used": len(self.people),
            "total": self.total,
            "left_out": self.counts(REASONS),
            "repaired": self.counts(REPAIRS),
        }

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
    def has_body(self) -> bool:
        """Whether the keypoints begin with COCO's 17, or are as many without names."""
        if not self.names:
            return self.num_keypoints in (17, 133)
        return [*self.names[5:7], *self.names[11:13]] == BODY

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


def read_annotations(path: Path | None, category: str | None = None) -> Annotations:
    """Read a COCO keypoints file, or the bundled sample for None.

    Leaves out annotations for one of `REASONS`, and clips boxes to the image, as MMPose's datasets
    do. Boxes that are missing or have no area are those of the labelled keypoints.

    Args:
        path: The file.
        category: The name or the id of a category; other annotations are ignored.
    """
    source = "the bundled people.json" if path is None else str(path)
    data = _parse(_read(path), source)
    names = {
        read_id(each.get("id")): " ".join(str(each["name"]).split())
        for each in _objects(data, "categories")
        if each.get("name")
    }
    sizes = _image_sizes(data)
    problems: list[Problem] = []
    usable: list[tuple[int | str, Person]] = []
    left_out: list[Person] = []
    chosen = [
        (index, annotation)
        for index, annotation in enumerate(data["annotations"])
        if category is None or category in _names_of_category(annotation, names)
    ]
    if category is not None and not chosen:
        known = dict.fromkeys(
            name for each in data["annotations"] for name in _names_of_category(each, names)[:1]
        )
        raise AnnotationsError(
            f"--category must be one of {', '.join(known)} for {source}, but got {category!r}"
        )
    for index, annotation in chosen:
        if not isinstance(annotation, dict):
            problems.append(Problem(f"at index {index}", "keypoints", "is not an object"))
            continue
        name = read_id(annotation.get("id", f"at index {index}"))
        try:
            person = read_person(annotation, _category_of(annotation), sizes)
        except Unreadable as error:
            problems.append(Problem(name, *error.args))
            continue
        if reason := unusable(person):
            problems.append(Problem(name, reason, REASONS[reason]))
            left_out.append(person)
        else:
            usable.append((name, person))
    num_keypoints = _num_keypoints([person for _, person in usable], names, source)
    people = []
    for name, person in usable:
        if len(person.visible) != num_keypoints:
            detail = f"has {len(person.visible)} keypoints; others have {num_keypoints}"
            problems.append(Problem(name, "other_count", detail))
            continue
        people.append(person)
        problems += [Problem(name, code, REPAIRS[code]) for code in person.repairs]
    if not people:
        counts = Counter(problem.code for problem in problems)
        reasons = "; ".join(f"{counts[code]} {REASONS[code]}" for code in counts)
        first = f" ({reasons}; the first: {problems[0].detail})" if problems else ""
        empty = AnnotationsError(
            f"no usable annotation in {source}{first}: at least one must have iscrowd 0, "
            "a labelled keypoint (v > 0) and, if it has a bbox, one inside the image"
        )
        empty.problems = problems
        raise empty
    found = dict.fromkeys(person.category for person in people)
    # The people's own category first.
    categories = sorted(
        _objects(data, "categories"), key=lambda each: read_id(each.get("id")) != next(iter(found))
    )
    keypoint_names = _keypoint_names(categories, num_keypoints)
    return Annotations(
        str(path or ""),
        [names[each] for each in found if each in names],
        people,
        [person for person in left_out if len(person.visible) == num_keypoints],
        problems,
        keypoint_names,
        _skeleton(categories, num_keypoints, keypoint_names),
        sizes,
    )


def _category_of(annotation: Mapping[str, Any]) -> int | str:
    return read_id(annotation.get("category_id", 1))


def _names_of_category(annotation: Any, names: Mapping[Any, str]) -> list[str]:
    """The name, if there is one, and the id of an annotation's category, for `--category`."""
    if not isinstance(annotation, dict):
        return []
    number = _category_of(annotation)
    return [*([names[number]] if number in names else []), str(number)]


def print_problems(problems: Sequence[Problem]) -> None:
    """Print one line per problem, with the annotation's id."""
    for problem in problems:
        print(f"annotation {problem.annotation}: {problem.detail}")


def _num_keypoints(people: Sequence[Person], names: Mapping[Any, str], source: str) -> int:
    """The most frequent number of keypoints, which must be the same for all categories."""
    frequent: dict[Any, int] = {}
    for category in dict.fromkeys(person.category for person in people):
        counts = Counter(len(each.visible) for each in people if each.category == category)
        frequent[category] = counts.most_common(1)[0][0]
    if len(set(frequent.values())) > 1:
        found = "; ".join(
            f"{names.get(category, category)}: "
            f"{count_text(sum(each.category == category for each in people), 'annotation')} "
            f"with {count_text(count, 'keypoint')}"
            for category, count in frequent.items()
        )
        raise AnnotationsError(
            f"the categories of {source} must have the same number of keypoints, but got {found}; "
            "choose one with --category NAME"
        )
    return next(iter(frequent.values()), 0)


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
    annotations = [each for each in data["annotations"] if isinstance(each, dict)]
    if data["annotations"] and not any("keypoints" in each for each in annotations):
        raise AnnotationsError(f"no annotation of {source} has `keypoints`; {EXPECTED}")
    return data


def _objects(data: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """The objects of a list; none if there is no list."""
    objects = data.get(key)
    return [each for each in objects if isinstance(each, dict)] if isinstance(objects, list) else []


def _image_sizes(data: Mapping[str, Any]) -> dict[Any, tuple[float, float]]:
    """(w, h) in pixels of the images that have a size, by their ids."""
    return {
        read_id(image.get("id")): (image["width"], image["height"])
        for image in _objects(data, "images")
        if all(isinstance(image.get(side), int | float) for side in ("width", "height"))
        and all(0 < image[side] <= MAX_PX for side in ("width", "height"))
    }


def _keypoint_names(categories: Sequence[Mapping[str, Any]], num_keypoints: int) -> list[str]:
    """The keypoints' names of the first category with this number of keypoints."""
    for category in categories:
        names = category.get("keypoints")
        if isinstance(names, list) and len(names) == num_keypoints:
            return [str(name) for name in names]
    return []


def _skeleton(
    categories: Sequence[Mapping[str, Any]], num_keypoints: int, names: Sequence[str]
) -> list[tuple[int, int]]:
    """The bones of the first category with a skeleton: of indices or of names.

    COCO's indices start at 1. Those of some files start at 0.
    """
    for category in categories:
        bones = category.get("skeleton")
        if not isinstance(bones, list) or not bones:
            continue
        try:
            ends = np.array(
                [
                    [names.index(end) + 1 if end in names else int(end) for end in bone]
                    for bone in bones
                ]
            )
        except (TypeError, ValueError, OverflowError):
            return []
        if ends.shape != (len(bones), 2):
            return []
        ends -= ends.min() > 0
        # CrowdPose's files contain COCO's bones, which do not fit their 14 keypoints.
        known = ends.min() >= 0 and ends.max() < num_keypoints
        return [(int(a), int(b)) for a, b in ends] if known else []
    return []
