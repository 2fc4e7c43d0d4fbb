"""`posecodec demo`: its table, its JSON, its figure, its errors."""

import json
import os
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from posecodec_rs.cli.app import make_app
from posecodec_rs.cli.coco import AnnotationsError, read_annotations
from posecodec_rs.cli.codecs.bottom_up import MultiPersonSample, errors_of_found
from posecodec_rs.cli.demo import sections
from typer.testing import CliRunner

# Mean and maximum error in input pixels, on the bundled people. A heatmap pixel is 4 input pixels,
# a bin half of one; rounding adds up to half of that along each axis.
BOUNDS = {
    "RegressionLabel": (1e-4, 1e-3),
    "IntegralRegressionLabel": (1e-4, 1e-3),
    "MSRAHeatmap": (1.7, 2.83),
    "MSRAHeatmap unbiased": (0.005, 0.05),
    "UDPHeatmap gaussian": (1e-3, 1e-2),
    "UDPHeatmap combined": (1e-3, 1e-2),
    "MegviiHeatmap": (1.9, 4.25),
    "SKPSHeatmap": (1e-4, 1e-3),
    "SimCCLabel": (0.2, 0.354),
    "SimCCLabel DARK": (0.2, 0.354),
    "SimCCLabel standard": (0.2, 0.354),
}

# The minimum share of the bundled people that is found again, and the same errors. Hidden keypoints
# may be decoded anywhere within the tolerance.
BOTTOM_UP_BOUNDS = {
    "SPR": (0.9, 1e-3, 1e-2),
    "DecoupledHeatmap": (0.9, 3.5, 12.0),
    "AssociativeEmbedding": (0.9, 1.8, 140.0),
    "AssociativeEmbedding UDP": (0.9, 0.1, 140.0),
}

# Millimeters: mean and maximum. Joints of hands are rounded to heatmap pixels of 4 input pixels,
# 7 mm at this distance, and to 6.25 mm in depth.
BOUNDS_3D = {
    "ImagePoseLifting": (1e-3, 1e-2),
    "VideoPoseLifting": (1e-3, 1e-2),
    "MotionBERTLabel": (0.1, 0.3),
    "Hand3DHeatmap": (4.0, 6.0),
}

PERSON = {
    "id": 7,
    "image_id": 1,
    "keypoints": [10, 20, 2, 30, 40, 1, 0, 0, 0],
    "bbox": [5, 10, 40, 50],
    "area": 900,
    "iscrowd": 0,
}


def coco(*changes: dict[str, Any], **extra: Any) -> dict[str, Any]:
    """A COCO file of one person for each set of changes to `PERSON`."""
    images = [{"id": 1, "width": 640, "height": 480}]
    return {"images": images, "annotations": [PERSON | change for change in changes], **extra}


@pytest.fixture
def saved(tmp_path: Path) -> Callable[[Any], Path]:
    """Saves a value as JSON and returns the path."""

    def save(value: Any) -> Path:
        path = tmp_path / "people.json"
        path.write_text(json.dumps(value))
        return path

    return save


def run(*args: Any) -> Any:
    """Runs `posecodec demo`."""
    return CliRunner().invoke(make_app(), ["demo", *map(str, args)])


@pytest.fixture(scope="module")
def on_the_sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    """The output of `--json` for the bundled people, and the figure's path."""
    plot = tmp_path_factory.mktemp("demo") / "made" / "figure.png"
    result = run("--json", "--plot", plot)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout), plot


@pytest.mark.slow  # runs every codec on the sample
def test_json(on_the_sample: tuple[dict[str, Any], Path]) -> None:
    output, plot = on_the_sample
    assert (output["keypoints"], output["used"], output["total"]) == (17, 16, 16)
    assert (output["file"], output["categories"]) == (None, ["person"])
    assert output["left_out"] == output["repaired"] == {}
    assert output["plot"] == str(plot)
    crops, images = output["top_down"], output["bottom_up"]
    assert (crops["input_size"], crops["heatmap_size"]) == ([192, 256], [48, 64])
    assert images["images"] == 4
    assert (images["input_size"], images["heatmap_size"]) == ([512, 512], [128, 128])
    assert [codec["name"] for codec in crops["codecs"]] == list(BOUNDS)
    assert [codec["name"] for codec in images["codecs"]] == list(BOTTOM_UP_BOUNDS)
    targets = {codec["name"]: codec["targets"] for codec in crops["codecs"]}
    assert targets["UDPHeatmap combined"] == {"heatmaps": [51, 64, 48]}
    assert targets["SimCCLabel"] == {
        "keypoint_x_labels": [1, 17, 384],
        "keypoint_y_labels": [1, 17, 512],
    }


@pytest.mark.slow  # runs every codec on the sample
@pytest.mark.parametrize("name", BOUNDS)
def test_errors_are_within_bounds(name: str, on_the_sample: tuple[dict[str, Any], Path]) -> None:
    codec = row(on_the_sample[0]["top_down"], name)
    error, (mean, maximum) = codec["error_input_px"], BOUNDS[name]
    assert 0 <= error["mean"] <= mean
    assert error["mean"] <= error["p95"] <= error["max"] <= maximum
    if name == "MSRAHeatmap":
        assert error["mean"] > 1.4
    assert codec["encode_us"] > 0
    assert codec["decode_us"] > 0


@pytest.mark.slow  # runs every codec on the sample
def test_demo_and_roundtrip_measure_the_same(on_the_sample: tuple[dict[str, Any], Path]) -> None:
    command = ["roundtrip", "--heatmap-size", "48x64", "--json"]
    rows = json.loads(CliRunner().invoke(make_app(), command).stdout)["codecs"]
    for other, row in zip(rows, on_the_sample[0]["top_down"]["codecs"], strict=True):
        assert other["name"] == row["name"]
        for unit in ("error_input_px", "error_image_px"):
            assert other[unit] == pytest.approx(row[unit], rel=1e-4, abs=1e-4)


@pytest.mark.slow  # runs every codec on the sample
@pytest.mark.parametrize("name", BOTTOM_UP_BOUNDS)
def test_people_are_found_again(name: str, on_the_sample: tuple[dict[str, Any], Path]) -> None:
    codec = row(on_the_sample[0]["bottom_up"], name)
    error, (share, mean, maximum) = codec["error_input_px"], BOTTOM_UP_BOUNDS[name]
    assert share * codec["of"] <= codec["found"] <= codec["of"]
    assert 0 <= error["mean"] <= mean
    assert error["max"] <= maximum


@pytest.mark.slow  # runs every codec on the sample
@pytest.mark.parametrize("name", BOUNDS_3D)
def test_3d_errors_are_within_bounds(name: str, on_the_sample: tuple[dict[str, Any], Path]) -> None:
    section = "hand_3d" if name == "Hand3DHeatmap" else "body_3d"
    error, (mean, maximum) = row(on_the_sample[0][section], name)["error_mm"], BOUNDS_3D[name]
    assert 0 <= error["mean"] <= mean
    assert error["max"] <= maximum
    if name == "Hand3DHeatmap":
        assert error["mean"] > 1


def row(section: dict[str, Any], name: str) -> dict[str, Any]:
    """A codec's row of a table."""
    found: dict[str, Any] = next(codec for codec in section["codecs"] if codec["name"] == name)
    return found


@pytest.mark.slow  # runs every codec on the sample
def test_figure_is_a_png(on_the_sample: tuple[dict[str, Any], Path]) -> None:
    png = on_the_sample[1].read_bytes()
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", png[16:24])
    assert 1200 <= width <= 3000
    assert 700 <= height <= 2000
    assert len(png) > 50_000


@pytest.mark.slow  # runs every codec on the sample
def test_table_in_a_process_of_its_own(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "posecodec_rs", "demo"]
    environment = {key: value for key, value in os.environ.items() if key != "COLUMNS"}
    done = subprocess.run(
        command, env=environment, cwd=tmp_path, capture_output=True, encoding="utf-8", check=True
    )
    lines = done.stdout.splitlines()
    for name in [*BOUNDS, *BOTTOM_UP_BOUNDS, *BOUNDS_3D]:
        assert any(line.split("  ")[0].strip() == name for line in lines)
    assert "heatmaps 17×64×48 float32" in done.stdout
    assert "w/(W-1)" in done.stdout
    assert lines[-1].startswith("Plot: ")
    assert (tmp_path / "demo-output" / "posecodec-demo.png").is_file()


BAD = {
    "a list": ([PERSON], "expected a COCO keypoints file"),
    "no annotations": ({"images": []}, "no list `annotations`"),
    "annotations of boxes": ({"annotations": [{"bbox": [1, 2, 3, 4]}]}, "has `keypoints`"),
    "no object": ({"annotations": [3]}, "has `keypoints`"),
    "no person": (coco(), "no usable annotation"),
    "a crowd": (coco({"iscrowd": 1}), "no usable annotation"),
    "no label": (coco({"keypoints": [1, 2, 0]}), "no usable annotation"),
    "one keypoint and an empty box": (
        coco({"keypoints": [10, 20, 2], "bbox": [5, 10, 0, 50]}),
        "no usable annotation",
    ),
    "a box outside": (coco({"bbox": [700, 10, 40, 50]}), "no usable annotation"),
    "pairs": (coco({"keypoints": [1, 2, 3, 4]}), "x, y, v for each keypoint"),
    "nested pairs": (coco({"keypoints": [[1, 2], [3, 4], [5, 6]]}), "x, y, v for each keypoint"),
    "ragged": (coco({"keypoints": [1, [2], 3]}), "numbers only"),
    "words": (coco({"keypoints": ["a", "b", "c"]}), "numbers only"),
    "NaN": (coco({"keypoints": [float("nan"), 2, 2]}), "finite"),
    "too large": (coco({"keypoints": [1e300, 2, 2]}), "finite"),
    "no image": (coco({"image_id": None}), "`image_id`"),
    "mixed": (coco({}, {"keypoints": [1, 2, 2], "category_id": 2}), "with 3 keypoints; 2: 1"),
    "half a whole body": (coco({"face_kpts": [1, 2, 2]}), "`foot_kpts`"),
}


def assert_one_line(result: Any, *phrases: str) -> None:
    """Check that the command printed one line on stderr that contains the phrases."""
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith("error: ")
    for phrase in phrases:
        assert phrase in result.stderr


@pytest.mark.parametrize("what", BAD)
def test_bad_annotations(what: str, saved: Callable[[Any], Path], tmp_path: Path) -> None:
    value, phrase = BAD[what]
    path = saved(value)
    assert_one_line(run(path, "--plot", tmp_path / "a.png"), phrase, str(path))
    assert not (tmp_path / "a.png").exists()


def test_no_such_file(tmp_path: Path) -> None:
    missing = tmp_path / "missing.json"
    assert_one_line(run(missing), str(missing), "expected a COCO keypoints file")
    assert_one_line(run(tmp_path), str(tmp_path), "expected a COCO keypoints file")


@pytest.mark.parametrize("content", [b"", b"{", b"\x89PNG\r\n\x1a\n\xff", b"[" * 200_000])
def test_not_json(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "people.json"
    path.write_bytes(content)
    assert_one_line(run(path), "is not JSON", "expected a COCO keypoints file")


def test_bad_plot(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert_one_line(run("--plot", tmp_path / "figure.docx"), "figure.docx", "must end like")
    assert_one_line(run("--plot", tmp_path), "must end like")
    assert_one_line(run("--plot", tmp_path / "file" / "figure.png"), "cannot create the folder")


def test_missing_extra() -> None:
    code = "import sys; sys.modules['rich'] = None; import posecodec_rs.cli.app as app; app.main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "posecodec needs rich: pip install 'posecodec-rs[cli]'\n"


def test_person_attributes(saved: Callable[[Any], Path]) -> None:
    skeleton = [{"name": "person", "skeleton": [[1, 2], [2, 3]]}]
    people = read_annotations(saved(coco({}, {"image_id": "two"}, categories=skeleton)))
    assert (people.num_keypoints, people.num_images, people.num_labelled) == (3, 2, 4)
    assert people.skeleton == [(0, 1), (1, 2)]
    person = people.people[0]
    assert person.keypoints.dtype == person.visible.dtype == np.float32
    assert person.keypoints.tolist() == [[10, 20], [30, 40], [0, 0]]
    assert person.visible.tolist() == [1, 1, 0]
    assert person.box.tolist() == [5, 10, 40, 50]


def test_boxes_are_clipped_to_the_image(saved: Callable[[Any], Path]) -> None:
    people = read_annotations(saved(coco({"bbox": [-10, 400, 700, 100]})))
    assert people.people[0].box.tolist() == [0, 400, 639, 79]


@pytest.mark.parametrize("bones", [[[1, 2], [2, 3]], [[0, 1], [1, 2]], [["a", "b"], ["b", "c"]]])
def test_skeletons(bones: Any, saved: Callable[[Any], Path]) -> None:
    """Of indices from 1, as COCO's, from 0, and of names."""
    category = {"keypoints": ["a", "b", "c"], "skeleton": bones}
    annotations = read_annotations(saved(coco({}, categories=[category])))
    assert annotations.skeleton == [(0, 1), (1, 2)]


def test_skeleton_of_other_keypoints_is_ignored(saved: Callable[[Any], Path]) -> None:
    assert read_annotations(saved(coco({}, categories=[{"skeleton": [[16, 14]]}]))).skeleton == []


def test_whole_body_order(saved: Callable[[Any], Path]) -> None:
    counts = {"face_kpts": 68, "righthand_kpts": 21, "lefthand_kpts": 21, "foot_kpts": 6}
    parts = {
        part: [number, 0, 2] * count for number, (part, count) in enumerate(counts.items(), start=1)
    }
    people = read_annotations(saved(coco({"keypoints": [0, 0, 2] * 17} | parts)))
    of_part = people.people[0].keypoints[:, 0].tolist()
    assert of_part == [0] * 17 + [4] * 6 + [1] * 68 + [3] * 21 + [2] * 21


@pytest.mark.slow  # runs every codec on the sample
def test_people_outside_their_box_have_no_error(
    saved: Callable[[Any], Path], tmp_path: Path
) -> None:
    """The table, the JSON and the figure work without errors to report."""
    path = saved(coco({"bbox": [300, 300, 20, 30]}))
    result = run(path, "--json", "--plot", tmp_path / "a.png")
    assert result.exit_code == 0, result.output
    for codec in json.loads(result.stdout)["top_down"]["codecs"]:
        assert codec["error_input_px"] == dict.fromkeys(("mean", "median", "p95", "max"))
    assert run(path, "--plot", tmp_path / "b.png").exit_code == 0


def test_names_are_unique() -> None:
    for section in sections(read_annotations(None)):
        names = [codec.name for codec in section.codecs]
        assert len(set(names)) == len(names)


def test_people_are_matched_once() -> None:
    points = np.array([[[0, 0], [10, 0]], [[0, 4], [10, 4]], [[90, 90], [0, 0]]], np.float32)
    sample = MultiPersonSample(points, np.array([[1, 1], [1, 1], [1, 0]], np.float32))
    # The nearest pair first: the second decoded pose equals the first person.
    decoded = np.array([[[0, 3], [10, 3]], [[0, 0], [10, 0]], [[300, 300], [0, 0]]], np.float32)
    errors = [each.tolist() for each in errors_of_found(sample, decoded)]
    assert errors == [[0, 0], [1, 1]]
    assert errors_of_found(sample, decoded[:0]) == []


def test_images_have_all_their_people(saved: Callable[[Any], Path]) -> None:
    path = saved(coco({}, {"image_id": "of unknown size"}, {"keypoints": [1, 2, 2] * 3}))
    first, second = read_annotations(path).images()
    assert first.keypoints.shape == (2, 3, 2)
    assert first.size == (640, 480)
    assert second.size == (45, 60)
    sample = MultiPersonSample.of(first)
    np.testing.assert_allclose(sample.points[1], [[0.8, 1.6]] * 3)
    assert sample.visible.tolist() == [[1, 1, 0], [1, 1, 1]]


def test_annotations_error() -> None:
    with pytest.raises(AnnotationsError, match="there is no file"):
        read_annotations(Path("nowhere.json"))
