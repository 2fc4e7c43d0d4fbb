"""How the command line reads COCO files with missing, unusual or invalid values."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from posecodec_rs.cli.app import make_app
from posecodec_rs.cli.coco import Annotations, AnnotationsError, read_annotations
from typer.testing import CliRunner

POINTS = [[60, 40, 2], [75, 100, 1], [50, 180, 2]]
ANNOTATION: dict[str, Any] = {
    "id": 1,
    "image_id": 1,
    "category_id": 1,
    "keypoints": [value for point in POINTS for value in point],
    "bbox": [20, 30, 80, 160],
    "area": 7680,
    "iscrowd": 0,
}
NAMES = ["top", "middle", "bottom"]
CATEGORIES = [{"id": 1, "name": "machine", "keypoints": NAMES, "skeleton": [[1, 2], [2, 3]]}]
NAN = float("nan")
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file of one usual annotation and of others with changes to it."""

    def save(*changes: dict[str, Any], categories: Any = CATEGORIES) -> Path:
        others = [
            {**ANNOTATION, "id": number, **change} for number, change in enumerate(changes, 2)
        ]
        images = [{"id": 1, "width": 640, "height": 480}]
        path = tmp_path / "annotations.json"
        data = {"images": images, "annotations": [ANNOTATION, *others], "categories": categories}
        path.write_text(json.dumps(data))
        return path

    return save


LEFT_OUT: list[Any] = [
    ({"keypoints": []}, "no_labelled_keypoints"),
    ({"keypoints": [0, 0, 0] * 3}, "no_labelled_keypoints"),
    ({"keypoints": None}, "keypoints"),
    ({"keypoints": "1,2,2"}, "keypoints"),
    ({"keypoints": [1, 2, 2, 3]}, "keypoints"),
    ({"keypoints": [1, [2], 2]}, "keypoints"),
    ({"keypoints": [NAN, 2, 2] * 3}, "keypoints"),
    ({"keypoints": [None, 2, 2] * 3}, "keypoints"),
    ({"keypoints": [1e30, 2, 2] * 3}, "keypoints"),
    ({"keypoints": [1, 2, 2]}, "other_count"),
    ({"image_id": None}, "image_id"),
    ({"image_id": [1]}, "image_id"),
    ({"keypoints": [60, 40, 2, *[0] * 6], "bbox": [20, 30, 0, 160]}, "no_box"),
    ({"bbox": [700, 30, 80, 160]}, "no_box"),
    ({"iscrowd": 1}, "crowd"),
    ({"iscrowd": "1"}, "crowd"),
    ({"iscrowd": True}, "crowd"),
]


@pytest.mark.parametrize(("change", "reason"), LEFT_OUT, ids=str)
def test_unusable_annotation_is_left_out(change: Any, reason: str, write: Write) -> None:
    annotations = read_annotations(write(change, {}))
    assert len(annotations.people) == 2
    assert annotations.as_json()["left_out"] == {reason: 1}
    assert [problem.annotation for problem in annotations.problems] == [2]
    assert annotations.about().startswith("2 of 3 annotations; left out: 1 ")


SAME: list[Any] = [
    {"keypoints": POINTS},
    {"keypoints": [str(value) for value in ANNOTATION["keypoints"]]},
    {"image_id": 1.0, "category_id": 1.0},
    {"image_id": "1", "category_id": "1"},
    {"iscrowd": "0"},
    {"iscrowd": None},
    {"iscrowd": False},
]


@pytest.mark.parametrize("change", SAME, ids=str)
def test_unusual_values_are_read(change: dict[str, Any], write: Write) -> None:
    annotations = read_annotations(write(change))
    first, second = annotations.people
    assert annotations.problems == []
    assert first.image_id == second.image_id
    assert first.category == second.category
    np.testing.assert_array_equal(first.keypoints, second.keypoints)
    np.testing.assert_array_equal(first.visible, second.visible)


@pytest.mark.parametrize("missing", [NAN, None, float("inf"), 1e30])
def test_unlabelled_keypoints_may_have_any_value(missing: Any, write: Write) -> None:
    keypoints = [missing, missing, 0, 75, 100, 1, 50, 180, 2]
    person = read_annotations(write({"keypoints": keypoints})).people[1]
    assert person.visible.tolist() == [0, 1, 1]
    assert np.isfinite(person.keypoints).all()


def test_triples_that_are_null_are_unlabelled(write: Write) -> None:
    person = read_annotations(write({"keypoints": [POINTS[0], None, None]})).people[1]
    assert person.visible.tolist() == [1, 0, 0]


def test_unknown_visibility_is_unlabelled(write: Write) -> None:
    keypoints = [60, 40, None, 75, 100, 1, 50, 180, 2]
    person = read_annotations(write({"keypoints": keypoints})).people[1]
    assert person.visible.tolist() == [0, 1, 1]


@pytest.mark.parametrize(
    "box",
    [None, [], [1, 2, 3], "box", [NAN, 0, 5, 5], [0, 0, 0, 0], [20, 30, 0, 160], [20, 30, -5, 9]],
    ids=str,
)
def test_missing_box_is_computed_from_keypoints(box: Any, write: Write) -> None:
    annotations = read_annotations(write({"bbox": box}))
    assert annotations.people[1].box.tolist() == [50, 40, 25, 140]
    assert annotations.as_json()["repaired"] == {"box_from_keypoints": 1}


def test_box_of_keypoints_on_a_line(write: Write) -> None:
    keypoints = [60, 40, 2, 60, 100, 2, 60, 180, 2]
    annotations = read_annotations(write({"keypoints": keypoints, "bbox": None}))
    assert annotations.people[1].box.tolist() == [60, 40, 1, 140]


def test_annotations_without_keypoints_are_counted(write: Write, tmp_path: Path) -> None:
    data = json.loads(write({}, {}).read_text())
    del data["annotations"][1]["keypoints"]
    path = tmp_path / "mixed.json"
    path.write_text(json.dumps(data))
    assert read_annotations(path).as_json()["left_out"] == {"no_labelled_keypoints": 1}


@pytest.mark.parametrize("area", [None, 0, -5, NAN, "large", [1]], ids=str)
def test_invalid_area_is_estimated_from_the_box(area: Any, write: Write) -> None:
    annotations = read_annotations(write({"area": area}))
    assert annotations.people[1].area == pytest.approx(0.53 * 80 * 160)
    assert annotations.as_json()["repaired"] == {"area_from_box": 1}


@pytest.fixture
def two_categories(write: Write) -> Path:
    """A file of two machines with 3 keypoints and a plate with 1."""
    plate = {"id": 2, "name": "plate", "keypoints": ["hole"]}
    changes = {"category_id": 2, "keypoints": [70, 90, 2]}
    return write({}, changes, categories=[*CATEGORIES, plate])


def test_categories_are_listed_with_counts(two_categories: Path) -> None:
    expected = "machine: 2 annotations with 3 keypoints; plate: 1 annotation with 1 keypoint"
    with pytest.raises(AnnotationsError, match=expected):
        read_annotations(two_categories)


@pytest.mark.parametrize(("category", "count"), [("machine", 3), ("1", 3), ("plate", 1), ("2", 1)])
def test_category_option(category: str, count: int, two_categories: Path) -> None:
    annotations: Annotations = read_annotations(two_categories, category)
    assert annotations.num_keypoints == count
    assert annotations.problems == []
    assert len(annotations.names) == count


def test_check_lists_problems_by_annotation(write: Write) -> None:
    path = write({"iscrowd": 1}, {"area": 0}, {"keypoints": [1, 2]})
    result = CliRunner().invoke(make_app(), ["check", str(path)])
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert sorted(line.partition(":")[0] for line in lines[:-1]) == [
        "annotation 2",
        "annotation 3",
        "annotation 4",
    ]
    assert lines[-1].startswith("2 of 4 annotations; left out: ")


@pytest.mark.slow  # runs every codec on the sample
def test_few_keypoints_that_are_not_a_body(write: Write, tmp_path: Path) -> None:
    plot = tmp_path / "figure.png"
    arguments = ["demo", str(write({"area": 0})), "--plot", str(plot), "--json"]
    result = CliRunner().invoke(make_app(), arguments)
    assert result.exit_code == 0, result.output
    assert plot.read_bytes().startswith(b"\x89PNG")
    assert json.loads(result.stdout)["repaired"] == {"area_from_box": 1}


def test_sigmas_of_coco_for_any_17_keypoints(write: Write) -> None:
    names = [f"joint {number}" for number in range(17)]
    flat = [value for number in range(17) for value in (30 + number, 40 + 8 * number, 2)]
    people = [{"keypoints": flat}, {"keypoints": flat}]
    path = write(*people, categories=[{"id": 1, "keypoints": names}])
    arguments = ["roundtrip", str(path), "--codec", "RegressionLabel"]
    result = CliRunner().invoke(make_app(), [*arguments, "--sigmas", "coco"])
    assert result.exit_code == 0, result.output
    assert "COCO's sigmas (0.026, 0.025," in result.stdout
    assert "No OKS AP" in CliRunner().invoke(make_app(), arguments).stdout


@pytest.mark.parametrize("name", ["a$b", "$x$", "[red]", "dog \\frac", "人"])
def test_figures_have_any_category(name: str, write: Write, tmp_path: Path) -> None:
    path, plot = write(categories=[{"id": 1, "name": name}]), tmp_path / "plot.png"
    arguments = ["roundtrip", str(path), "--codec", "SimCC", "--plot", str(plot)]
    result = CliRunner().invoke(make_app(), arguments)
    assert result.exit_code == 0, result.output
    assert f"({name})" in result.stdout
    assert plot.read_bytes().startswith(b"\x89PNG")
