"""`posecodec roundtrip`: its numbers compared with a simple implementation, its table, its plot."""

import contextlib
import io
import json
import math
import re
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import posecodec_rs as pc
import pytest
from posecodec_rs import Crop
from posecodec_rs.cli import CommandError
from posecodec_rs.cli.app import make_app
from posecodec_rs.cli.coco import read_annotations
from posecodec_rs.cli.roundtrip import sigmas
from posecodec_rs.cli.roundtrip.candidates import candidates, parse_size
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from typer.testing import CliRunner

SAMPLE = Path(pc.__file__).parent / "data" / "people.json"
W, H = 192, 256


def run(*args: Any) -> Any:
    """Runs `posecodec roundtrip`."""
    return CliRunner().invoke(make_app(), ["roundtrip", *map(str, args)])


def output(*args: Any) -> dict[str, Any]:
    """The output of `--json`."""
    result = run("--json", *args)
    assert result.exit_code == 0, result.output
    value: dict[str, Any] = json.loads(result.stdout)
    return value


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled people with small areas, so that errors affect AP, and unusable annotations."""
    data = json.loads(SAMPLE.read_text())
    for annotation in data["annotations"]:
        annotation["area"] *= 0.02
    like = data["annotations"][1]
    data["annotations"] += [
        like | {"id": 101, "iscrowd": 1},
        like | {"id": 102, "keypoints": [0] * 51, "num_keypoints": 0, "bbox": [20, 30, 80, 90]},
        like | {"id": 103, "image_id": 3, "bbox": [9000, 30, 80, 90]},
    ]
    path = tmp_path_factory.mktemp("roundtrip") / "people.json"
    path.write_text(json.dumps(data))
    return path


def by_hand(path: Path, codec: Any, keys: tuple[str, ...], *, use_udp: bool) -> dict[str, Any]:
    """Errors and AP, person by person, of a file that pycocotools reads directly."""
    data = json.loads(path.read_text())
    sizes = {image["id"]: (image["width"], image["height"]) for image in data["images"]}
    distances, in_image, shares_of_box, results = [], [], [], []
    for person in data["annotations"]:
        keypoints = np.array(person["keypoints"], np.float64).reshape(17, 3)
        x, y, w, h = person["bbox"]
        right, bottom = (side - 1 for side in sizes[person["image_id"]])
        x, y, w, h = x, y, min(x + w, right) - x, min(y + h, bottom) - y
        box_size = max(person["bbox"][2:])
        if person["iscrowd"] or not keypoints[:, 2].any() or w <= 0:
            continue
        width = 1.25 * max(w, h * W / H)
        scale = np.array([width, width * H / W])
        corner = np.array([x + w / 2, y + h / 2]) - scale / 2
        shares = (keypoints[:, :2] - corner) / scale
        size = np.array([W, H])
        points = (shares * (size - 1 if use_udp else size)).astype(np.float32)
        visible = (keypoints[:, 2] > 0).astype(np.float32)
        encoded = codec.encode(points[None], visible[None])
        decoded, scores = codec.decode(*(encoded[key] for key in keys))
        off = np.hypot(*(decoded[0] - shares * size).T)
        inside = ((points >= 0) & (points <= size - 1)).all(1)
        counts = (visible > 0) & inside & (encoded["keypoint_weights"][0] > 0)
        distances.append(off[counts])
        back = decoded[0] / size * scale + corner
        of_image = np.hypot(*(back - keypoints[:, :2]).T)[counts]
        in_image.append(of_image)
        shares_of_box.append(of_image / box_size)
        results.append(
            {
                "image_id": person["image_id"],
                "category_id": 1,
                "keypoints": np.column_stack([back, np.ones(17)]).ravel().tolist(),
                "score": float(np.mean(scores)),
            }
        )
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO(str(path))
        evaluation = COCOeval(truth, truth.loadRes(results), "keypoints")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    off = np.concatenate(distances)
    return {
        "mean": off.mean(),
        "median": np.median(off),
        "p95": np.percentile(off, 95),
        "max": off.max(),
        "below 1": (off < 1).mean(),
        "image": np.concatenate(in_image).mean(),
        "nme": np.concatenate(shares_of_box).mean(),
        "stats": evaluation.stats[:6].tolist(),
        "strict": [
            float(evaluation.eval["precision"][threshold, :, 0, 0, 0].mean())
            for threshold in (8, 9)
        ],
    }


SIZES: dict[str, Any] = {"input_size": (W, H), "heatmap_size": (48, 64)}
CODECS = {
    "MSRAHeatmap": (pc.MSRAHeatmap(**SIZES, sigma=2.0), ("heatmaps",)),
    "MSRAHeatmap(unbiased=true)": (
        pc.MSRAHeatmap(**SIZES, sigma=2.0, unbiased=True),
        ("heatmaps",),
    ),
    "UDPHeatmap(sigma=3.0)": (pc.UDPHeatmap(**SIZES, sigma=3.0), ("heatmaps",)),
    "MegviiHeatmap": (pc.MegviiHeatmap(**SIZES, kernel_size=11), ("heatmaps",)),
    "SimCC": (
        pc.SimCCLabel((W, H), sigma=(4.9, 5.66), normalize=False),
        ("keypoint_x_labels", "keypoint_y_labels"),
    ),
    "RegressionLabel": (pc.RegressionLabel((W, H)), ("keypoint_labels",)),
}


@pytest.mark.parametrize("name", CODECS)
def test_numbers_match_simple_implementation(name: str, crowded: Path) -> None:
    codec, keys = CODECS[name]
    (row,) = output(crowded, "--codec", name, "--heatmap-size", "48x64")["codecs"]
    expected = by_hand(crowded, codec, keys, use_udp=name.startswith("UDP"))
    assert row["codec"] == repr(codec)
    for stat in ("mean", "median", "p95", "max"):
        assert row["error_input_px"][stat] == pytest.approx(expected[stat], rel=1e-4, abs=2e-4)
    assert row["share_within_input_px"]["1"] == pytest.approx(expected["below 1"], abs=0.01)
    stats = ("ap", "ap50", "ap75", "ap_medium", "ap_large", "ar")
    found = [-1.0 if row["oks"][stat] is None else row["oks"][stat] for stat in stats]
    assert found == pytest.approx(expected["stats"], abs=1e-9)
    assert [row["oks"]["ap90"], row["oks"]["ap95"]] == pytest.approx(expected["strict"])
    assert row["error_image_px"]["mean"] == pytest.approx(expected["image"], rel=1e-4, abs=1e-3)
    assert row["nme"] == pytest.approx(expected["nme"], rel=1e-4, abs=1e-5)


def test_lossless_codec_has_ap_1() -> None:
    (row,) = output("--codec", "RegressionLabel")["codecs"]
    assert (row["oks"]["ap"], row["oks"]["ar"]) == (1.0, 1.0)
    assert row["oks"]["mean"] == pytest.approx(1.0, abs=1e-6)
    assert row["error_input_px"]["max"] < 1e-3


def test_person_without_box_is_missed(crowded: Path) -> None:
    """COCOeval ignores crowds and people without labels, but not people without a box."""
    found = output(crowded, "--codec", "RegressionLabel")
    assert (found["used"], found["total"]) == (16, 19)
    assert found["left_out"] == {"crowd": 1, "no_labelled_keypoints": 1, "no_box": 1}
    assert 0.9 < found["codecs"][0]["oks"]["ap"] < 1
    assert found["codecs"][0]["oks"]["ar"] == pytest.approx(16 / 17)


def test_small_heatmaps_reduce_ap(crowded: Path) -> None:
    sizes = [part for size in ("12x16", "48x64", "96x128") for part in ("--heatmap-size", size)]
    rows = output(crowded, "--codec", "MSRAHeatmap", *sizes)["codecs"]
    assert [row["heatmap_size"] for row in rows] == [[12, 16], [48, 64], [96, 128]]
    precisions = [row["oks"]["ap"] for row in rows]
    assert precisions == sorted(precisions)
    assert precisions[0] < precisions[-1] - 0.1
    errors = [row["error_input_px"]["mean"] for row in rows]
    assert errors == sorted(errors, reverse=True)
    assert errors[0] > 4 * errors[2]


def test_udp_crop_cancels_the_half_pixel() -> None:
    fitting, other = (
        output("--codec", "UDPHeatmap", "--heatmap-size", "48x64", *flag)["codecs"][0]
        for flag in ([], ["--no-use-udp"])
    )
    assert fitting["error_input_px"]["max"] < 0.1
    assert 0.5 < other["error_input_px"]["mean"] < 1.2


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    """The output without arguments, and the plot's path."""
    plot = tmp_path_factory.mktemp("sweep") / "made" / "plot.png"
    return output("--plot", plot), plot


def test_sweep_has_every_codec_at_every_size(sweep: tuple[dict[str, Any], Path]) -> None:
    value, plot = sweep
    rows = [(row["name"], tuple(row["heatmap_size"] or ())) for row in value["codecs"]]
    assert len(set(rows)) == len(rows)
    sizes = {(48, 64), (72, 96), (96, 128)}
    for name in ("MSRAHeatmap", "MSRAHeatmap unbiased", "UDPHeatmap gaussian", "MegviiHeatmap"):
        assert {size for other, size in rows if other == name} == sizes
    for name in ("RegressionLabel", "IntegralRegressionLabel", "SimCCLabel", "SimCCLabel DARK"):
        assert [size for other, size in rows if other == name] == [()]
    assert value["sigmas_source"] == "coco"
    assert value["best"] == {"name": "MSRAHeatmap unbiased", "heatmap_size": [48, 64]}
    assert value["plot"] == str(plot)
    for row in value["codecs"]:
        assert eval(row["codec"], vars(pc)).encode is not None
        assert row["keypoints_encoded"] + row["keypoints_lost"] == 228


def test_plot_is_a_png(sweep: tuple[dict[str, Any], Path]) -> None:
    png = sweep[1].read_bytes()
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert min(struct.unpack(">II", png[16:24])) > 400
    assert len(png) > 20_000


def test_table_in_a_process_of_its_own(crowded: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "posecodec_rs", "roundtrip", str(crowded)]
    options = ["--codec", "UDPHeatmap(sigma=3)", "--codec", "SimCC", "--plot", "plot.svg"]
    done = subprocess.run(
        [*command, *options], cwd=tmp_path, capture_output=True, encoding="utf-8", check=True
    )
    lines = done.stdout.splitlines()
    rows = [line.split()[0] for line in lines if re.search(r" (\d+×\d+|-)  +\d", line)]
    assert rows == ["UDPHeatmap(sigma=3)"] * 3 + ["SimCC"]
    text = " ".join(line.strip() for line in lines)
    assert "w/(W-1)" in text
    assert "with COCO's sigmas" in text
    assert lines[-1] == "Plot: plot.svg"
    assert "<svg" in (tmp_path / "plot.svg").read_text()


def with_keypoints(count: int, names: list[str] | None, tmp_path: Path) -> Path:
    """A file of two people with `count` keypoints, with or without names."""
    flat = [value for each in range(count) for value in (10 + each, 20 + 2 * each, 2)]
    person = {"image_id": 1, "keypoints": flat, "bbox": [5, 10, 30, 40]}
    categories = [{"id": 1, "keypoints": names}] if names else []
    path = tmp_path / "people.json"
    path.write_text(json.dumps({"annotations": [person, person], "categories": categories}))
    return path


@pytest.mark.parametrize(
    ("count", "names", "source"),
    [
        (17, None, "coco"),
        (17, list(sigmas.COCO), "coco"),
        (14, list(sigmas.CROWDPOSE), "crowdpose"),
        (133, None, "coco_wholebody"),
        (17, [f"paw {number}" for number in range(17)], None),
        (14, None, None),
        (5, None, None),
    ],
)
def test_sigmas_are_chosen_by_keypoints(
    count: int, names: list[str] | None, source: str | None, tmp_path: Path
) -> None:
    path = with_keypoints(count, names, tmp_path)
    value = output(path, "--codec", "RegressionLabel")
    if source:
        assert (value["sigmas_source"], len(value["sigmas"])) == (source, count)
        assert value["codecs"][0]["oks"]["ap"] == 1.0
        return
    assert value["sigmas"] is value["codecs"][0]["oks"] is None
    assert value["sigmas_source"] is None
    assert value["codecs"][0]["nme"] < 1e-4
    assert value["codecs"][0]["pck"] == {"0.05": 1.0, "0.01": 1.0}
    assert "No OKS AP" in run(path, "--plot", tmp_path / "plot.png").stdout
    given = output(path, "--codec", "RegressionLabel", "--sigmas", "0.05")
    assert (given["sigmas"], given["sigmas_source"]) == ([0.05] * count, "given")
    assert given["codecs"][0]["oks"]["ap"] == 1.0


def test_published_sigmas() -> None:
    """COCO's equal those of pycocotools; the others begin with them, or end with a head."""
    evaluation = COCOeval(iouType="keypoints")
    known = evaluation.params.kpt_oks_sigmas.tolist()
    assert list(sigmas.COCO.values()) == pytest.approx(known)
    assert list(sigmas.CROWDPOSE.values()) == [*list(sigmas.COCO.values())[5:], 0.079, 0.079]
    assert sigmas.WHOLE_BODY[:17] == tuple(sigmas.COCO.values())
    assert len(sigmas.WHOLE_BODY) == 17 + 6 + 68 + 21 + 21
    assert sigmas.WHOLE_BODY[91:112] == sigmas.WHOLE_BODY[112:]


def test_nme_between_two_keypoints(tmp_path: Path) -> None:
    path = with_keypoints(5, ["a", "b", "c", "d", "e"], tmp_path)
    by_box, by_name, by_index = (
        output(path, "--codec", "MSRAHeatmap", "--heatmap-size", "48x64", "--normalize", each)
        for each in ("box", "a,c", "0,2")
    )
    assert (by_box["normalized_by"], by_name["normalized_by"]) == ("box", [0, 2])
    assert by_name == by_index
    # Boxes of 30 by 40, and keypoints 2 and 4 apart.
    ratio = 40 / math.hypot(2, 4)
    (box_row,), (name_row,) = by_box["codecs"], by_name["codecs"]
    assert name_row["nme"] == pytest.approx(box_row["nme"] * ratio, rel=1e-5)
    assert name_row["pck"] == box_row["pck"]
    error = box_row["error_image_px"]["mean"]
    assert box_row["nme"] == pytest.approx(error / 40, rel=1e-5)


@pytest.mark.parametrize("given", ["eyes", "a", "a,a", "a,b,c", "0,5", "-1,0", "a,z", ""])
def test_bad_normalizer(given: str, tmp_path: Path) -> None:
    path = with_keypoints(5, ["a", "b", "c", "d", "e"], tmp_path)
    result = run(path, "--normalize", given)
    assert result.exit_code == 2
    assert "--normalize must be box, or two keypoints" in result.stderr


@pytest.mark.parametrize(("count", "eyes"), [(68, [36, 45]), (98, [60, 72]), (21, "box")])
def test_normalizer_of_faces_and_hands(count: int, eyes: Any, tmp_path: Path) -> None:
    value = output(with_keypoints(count, None, tmp_path), "--codec", "RegressionLabel")
    assert value["normalized_by"] == eyes


def test_conclusion_names_the_losses(sweep: tuple[dict[str, Any], Path]) -> None:
    text = " ".join(run().stdout.split())
    medians = {
        (row["name"], tuple(row["heatmap_size"] or ())): row["error_input_px"]["median"]
        for row in sweep[0]["codecs"]
    }
    small, large = (medians["MSRAHeatmap", size] for size in ((48, 64), (96, 128)))
    assert f"MSRAHeatmap at 48×64 {small:.2f} px" in text
    assert f"from {small:.2f} px at 48×64 to {large:.2f} px at 96×128" in text
    assert "* The smallest mean error" in text
    assert "MSRAHeatmap unbiased * 48×64" in text


def test_missing_areas_are_estimated_from_boxes(tmp_path: Path) -> None:
    people = read_annotations(with_keypoints(5, None, tmp_path)).people
    assert people[0].area == pytest.approx(0.53 * 30 * 40)


def test_scores_with_visibilities() -> None:
    (row,) = output("--codec", "SimCCLabel(decode_visibility=True)")["codecs"]
    assert row["oks"]["ap"] == 1.0


def test_codec_option() -> None:
    first, second = candidates(
        ["UDPHeatmap(heatmap_type=combined)", " UDPHeatmap( heatmap_type = 'combined' ) "],
        (W, H),
        [(48, 64)],
    )
    assert first.codec.ours() == second.codec.ours()
    codec = pc.MSRAHeatmap((W, H), (24, 32), 1.5, True)
    (named,) = candidates([repr(codec)], (W, H), [(48, 64), (72, 96)])
    assert named.codec.ours() == codec
    assert named.codec.heatmap_size == (24, 32)


def test_sizes() -> None:
    assert parse_size("--input-size", "192x256") == parse_size("", "192×256") == (192, 256)
    for text in ("", "192", "x", "1x2x3", "0x5", "-1x5", "1.5x2", "٣x٤", "9999x1", " 1x1", "1x1\n"):
        with pytest.raises(CommandError, match="--input-size must be WIDTHxHEIGHT"):
            parse_size("--input-size", text)


def test_crops_of_all_people_at_once() -> None:
    boxes = np.array([[100, 50, 30, 200], [0, 0, 300, 10]])
    points = np.array([[[3.25, 7.5], [99.0, -20.0]], [[115, 150], [21.25, 25]]])
    crops = Crop.from_box(boxes[:, None], (W, H))
    alone = [
        Crop.from_box(box, (W, H)).to_input(each) for box, each in zip(boxes, points, strict=True)
    ]
    np.testing.assert_array_equal(crops.to_input(points), alone)
    udp = Crop.from_box(boxes[:, None], (W, H), use_udp=True)
    # The center of the last pixel is the crop's border, which UDP decodes as the input's width.
    border = udp.center + udp.scale / 2
    np.testing.assert_allclose(udp.to_input(border), [[[W - 1, H - 1]]] * 2)
    corner = pc.to_image(np.full((2, 1, 2), [W, H]), udp.center[:, 0], udp.scale[:, 0], (W, H))
    np.testing.assert_allclose(corner, border)
    assert math.isclose(udp.scale[0, 0, 0], 187.5)
