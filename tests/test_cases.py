"""Files of kinds that people have, in `tests/cases`: what is read, left out, repaired and drawn."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from posecodec_rs.cli.app import make_app
from posecodec_rs.cli.coco import read_annotations
from posecodec_rs.cli.codecs.top_down import top_down_codecs
from posecodec_rs.cli.demo_figure import Scene
from posecodec_rs.cli.roundtrip import sigmas
from typer.testing import CliRunner

CASES = Path(__file__).parent / "cases"
READABLE = sorted(path.name for path in CASES.iterdir() if path.name != "mixed_counts.json")


def run(command: str, name: str, *options: str) -> Any:
    """Runs a command on a case."""
    return CliRunner().invoke(make_app(), [command, str(CASES / name), *options])


def roundtrip(name: str, *options: str) -> dict[str, Any]:
    """The output of `posecodec roundtrip --json` of one lossless and one lossy codec."""
    codecs = ("--codec", "RegressionLabel", "--codec", "MSRAHeatmap", "--heatmap-size", "48x64")
    result = run("roundtrip", name, *codecs, "--json", *options)
    assert result.exit_code == 0, result.output
    value: dict[str, Any] = json.loads(result.stdout)
    return value


@pytest.mark.parametrize("name", READABLE)
def test_errors_of_readable_files(name: str) -> None:
    lossless, lossy = roundtrip(name)["codecs"]
    assert lossless["error_input_px"]["max"] < 1e-3
    assert 0.5 < lossy["error_input_px"]["mean"] < 2 * np.sqrt(2)
    assert lossless["keypoints_lost"] == lossy["keypoints_lost"] == 0


# used, left out, repaired, labelled keypoints
COUNTS: dict[str, Any] = {
    "f1.json": (1, {}, {"area_from_box": 1}, 4),
    "thirteen_kp.json": (1, {}, {}, 13),
    "half_area0.json": (8, {}, {"area_from_box": 4}, 136),
    "cvat7021.json": (2, {"no_labelled_keypoints": 1}, {}, 8),
    "nobox_some.json": (3, {}, {"box_from_keypoints": 1}, 51),
    "nan.json": (2, {}, {}, 33),
    "nested.json": (1, {}, {}, 17),
    "float_category.json": (2, {}, {}, 34),
    "flypose_names.json": (2, {}, {}, 34),
}


def test_all_cases_have_counts() -> None:
    assert sorted(COUNTS) == READABLE


@pytest.mark.parametrize("name", COUNTS)
def test_counts(name: str) -> None:
    used, left_out, repaired, labelled = COUNTS[name]
    value = roundtrip(name)
    assert (value["used"], value["total"]) == (used, used + sum(left_out.values()))
    assert (value["left_out"], value["repaired"]) == (left_out, repaired)
    assert value["codecs"][0]["keypoints_encoded"] == labelled


@pytest.mark.parametrize("name", ["half_area0.json", "cvat7021.json", "nobox_some.json"])
def test_tables_name_what_is_left_out_or_repaired(name: str) -> None:
    about = read_annotations(CASES / name).about()
    assert about
    assert about in run("roundtrip", name, "--codec", "RegressionLabel").stdout
    lines = run("check", name).stdout.splitlines()
    assert lines[-1] == about
    assert len(lines) == 1 + sum(sum(each.values()) for each in COUNTS[name][1:3])


def test_areas_of_0_are_those_of_boxes(tmp_path: Path) -> None:
    data = json.loads((CASES / "half_area0.json").read_text())
    for annotation in data["annotations"]:
        if not annotation["area"]:
            del annotation["area"]
    path = tmp_path / "without.json"
    path.write_text(json.dumps(data))
    with_0, without = roundtrip("half_area0.json"), roundtrip(str(path))
    assert with_0["codecs"] == without["codecs"]
    assert with_0["codecs"][0]["oks"]["ap"] == 1.0


def test_boxes_of_keypoints() -> None:
    (person,) = (
        each for each in read_annotations(CASES / "nobox_some.json").people if each.repairs
    )
    low, high = person.keypoints.min(axis=0), person.keypoints.max(axis=0)
    np.testing.assert_allclose(person.box, [*low, *(high - low)], rtol=1e-6)


def test_categories_with_other_numbers_of_keypoints() -> None:
    result = run("roundtrip", "mixed_counts.json")
    assert result.exit_code == 2
    for part in ("person: 1 annotation with 17 keypoints", "plate: 1 annotation with 4 keypoints"):
        assert part in result.stderr
    assert "--category NAME" in result.stderr
    for name, count in (("person", 17), ("plate", 4)):
        value = roundtrip("mixed_counts.json", "--category", name)
        assert (value["categories"], value["keypoints"], value["used"]) == ([name], count, 1)
    assert (
        "must be one of person, plate"
        in run("roundtrip", "mixed_counts.json", "--category", "car").stderr
    )


def test_nan_is_unlabelled() -> None:
    people = read_annotations(CASES / "nan.json").people
    assert sorted(int(person.visible.sum()) for person in people) == [16, 17]


def test_sigmas_of_other_names() -> None:
    value = roundtrip("flypose_names.json")
    assert value["sigmas"] is value["sigmas_source"] is value["codecs"][0]["oks"] is None
    assert value["codecs"][1]["nme"] > 0
    with_sigmas = roundtrip("flypose_names.json", "--sigmas", "coco")
    assert with_sigmas["sigmas"] == list(sigmas.COCO.values())
    assert with_sigmas["sigmas_source"] == "coco"
    assert with_sigmas["codecs"][0]["oks"]["ap"] == 1.0
    shown = run("roundtrip", "flypose_names.json", "--sigmas", "coco", "--codec", "SimCC").stdout
    assert "COCO's sigmas (0.026, 0.025, 0.025, 0.035" in shown


@pytest.mark.parametrize(
    ("name", "bones", "has_body"),
    [
        ("f1.json", [(0, 1), (1, 2), (2, 3)], False),
        ("thirteen_kp.json", [(0, 1), (1, 2)], False),
        ("flypose_names.json", [(0, 1), (0, 2)], False),
        ("nested.json", [(0, 1), (0, 2)], True),
    ],
)
def test_figures_have_limbs_and_a_body_for_cocos_keypoints(
    name: str, bones: Any, has_body: bool
) -> None:
    scene = Scene.of(read_annotations(CASES / name), top_down_codecs())
    assert (scene.skeleton, scene.has_body) == (bones, has_body)


@pytest.mark.slow  # runs every codec
@pytest.mark.parametrize("name", READABLE)
def test_demo(name: str, tmp_path: Path) -> None:
    plot = tmp_path / "figure.png"
    result = run("demo", name, "--plot", str(plot), "--json")
    assert result.exit_code == 0, result.output
    assert plot.read_bytes().startswith(b"\x89PNG")
    assert json.loads(result.stdout)["used"] == COUNTS[name][0]
