"""The programs in `examples` print what their README shows."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import posecodec_rs
import pytest
from numpy.random import Generator

ROOT = Path(__file__).parent.parent
DEADLINE = 900  # seconds, after which a program counts as hung


def output_of(*command: str | Path) -> str:
    """What a command prints. It must succeed, and is ended if it hangs."""
    # Warnings of libraries go to standard error; Ray prints some on a busy machine.
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        cwd=ROOT,
    ) as process:
        try:
            output, errors = process.communicate(timeout=DEADLINE)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    assert process.returncode == 0, output + errors
    return output


@pytest.mark.torch
@pytest.mark.slow  # trains a network
def test_train_pytorch() -> None:
    pytest.importorskip("torch")
    output = output_of(sys.executable, "examples/train_pytorch.py")
    epochs = np.array(re.findall(r"loss ([\d.]+), PCK@0.05 ([\d.]+)", output), float)
    assert len(epochs) == 8
    losses, pck = epochs.T
    assert losses[-1] < losses[0]
    assert pck[0] < 0.5
    assert pck[-1] > 0.9


@pytest.mark.slow  # loads onnxruntime
def test_infer_onnx() -> None:
    pytest.importorskip("onnxruntime")
    heading, *rows = output_of(sys.executable, "examples/infer_onnx.py").splitlines()
    assert heading.startswith("height of person")
    people = np.array([row.split() for row in rows], float)
    assert len(people) == 16
    _, _, scores, medians, worst = people.T
    assert (scores > 0.05).all()
    assert (medians < 0.5).all()
    assert (worst < 4).all()


@pytest.mark.slow  # starts a Ray cluster
def test_encode_ray() -> None:
    pytest.importorskip("ray")
    output = output_of(sys.executable, "examples/encode_ray.py", "--repeats", "40")
    line = r"(\w+): (\d+) keypoints, mean error ([\d.]+) px, maximum ([\d.]+) px"
    found = re.findall(line, output)
    assert [name for name, *_ in found] == ["UDPHeatmap", "MSRAHeatmap"]
    (keypoints, udp, udp_worst), (_, msra, _) = (map(float, row[1:]) for row in found)
    assert keypoints > 40 * 16 * 10
    # UDP's half pixel: it decodes with w/(W-1) where it encodes with (w-1)/(W-1).
    assert 0.3 < udp < udp_worst < 1.5
    assert 0 < msra < 0.1


def built(command: str) -> Path:
    """The program that `cargo build` with these arguments makes."""
    built = subprocess.run(
        ["cargo", "build", "--locked", "--quiet", *command.split(), "--message-format", "json"],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
    )
    messages = map(json.loads, built.stdout.splitlines())
    (program,) = [path for message in messages if (path := message.get("executable"))]
    return Path(program)


@pytest.fixture(scope="module")
def decode_npy() -> Path:
    """The Rust example, which `cargo test` has built already."""
    return built("--package posecodec --example decode_npy")


@pytest.mark.slow  # cargo compiles the example
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", ">f4"])
@pytest.mark.parametrize("samples", [None, 1, 3])
def test_decode_npy_is_bit_identical_to_python(
    decode_npy: Path, tmp_path: Path, rng: Generator, dtype: str, samples: int | None
) -> None:
    codec = posecodec_rs.UDPHeatmap((192, 256), (48, 64))
    people = rng.uniform(-20, 270, (samples or 1, 1, 17, 2))
    heatmaps = codec.batch_encode(people)["heatmaps"]
    heatmaps = (heatmaps + 0.05 * rng.random(heatmaps.shape)).astype(dtype)
    np.save(tmp_path / "maps.npy", heatmaps[0] if samples is None else heatmaps)

    output = output_of(decode_npy, tmp_path / "maps.npy", "--input-size", "192x256")
    decoded = [json.loads(line) for line in output.splitlines()]
    keypoints, scores = codec.batch_decode(heatmaps)
    np.testing.assert_array_equal([sample["keypoints"] for sample in decoded], keypoints[:, 0])
    np.testing.assert_array_equal([sample["scores"] for sample in decoded], scores[:, 0])


@pytest.mark.slow  # cargo compiles the example
@pytest.mark.parametrize(
    ("array", "options", "message"),
    [
        (np.zeros((17, 64, 48)), ["--input-size", "192"], "must be width and height, such as"),
        (np.zeros((17, 64, 48)), ["--input-size", "0x256"], "`input_size` must be"),
        (np.zeros((64, 48)), ["--input-size", "192x256"], r"\(K, H, W\) or \(B, K, H, W\)"),
        (np.zeros((1, 2, 3, 4), order="F"), ["--input-size", "192x256"], "Fortran's order"),
        (np.zeros((17, 64, 48), int), ["--input-size", "192x256"], "float16, float32 or float64"),
        (np.zeros((17, 0, 48)), ["--input-size", "192x256"], "`heatmap_size` must be"),
    ],
)
def test_decode_npy_reports_invalid_arguments(
    decode_npy: Path, tmp_path: Path, array: np.ndarray, options: list[str], message: str
) -> None:
    np.save(tmp_path / "maps.npy", array)
    with pytest.raises(AssertionError, match=message):
        output_of(decode_npy, tmp_path / "maps.npy", *options)


@pytest.mark.slow  # cargo compiles the example
@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "No such file"), (b"PNG", "is not a file of"), (200, "too early")],
)
def test_decode_npy_reports_invalid_files(
    decode_npy: Path, tmp_path: Path, content: bytes | int | None, message: str
) -> None:
    path = tmp_path / "maps.npy"
    if content is not None:
        np.save(path, np.zeros((17, 64, 48)))
        path.write_bytes(content if isinstance(content, bytes) else path.read_bytes()[:content])
    with pytest.raises(AssertionError, match=message):
        output_of(decode_npy, path, "--input-size", "192x256")


class Deployment(NamedTuple):
    """The program, with what `export.py` wrote and printed."""

    program: Path
    model: Path
    image: Path
    box: str


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """The program, built, with a model, an image, and the library of the installed ONNX Runtime."""
    pytest.importorskip("PIL")
    pytest.importorskip("onnx")
    onnxruntime = pytest.importorskip("onnxruntime")
    folder = Path(onnxruntime.__file__).parent / "capi"
    (library,) = [*folder.glob("libonnxruntime.*"), *folder.glob("onnxruntime.dll")]
    project = "examples/jpeg_to_json"
    # Not optimized: it is built in half a minute, and one image takes no second.
    program = built(f"--manifest-path {project}/Cargo.toml --target-dir target/jpeg_to_json")
    written = tmp_path_factory.mktemp("deployment")
    box = output_of(sys.executable, f"{project}/export.py", written).strip()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ORT_DYLIB_PATH", str(library))
        yield Deployment(program, written / "model.onnx", written / "person.jpg", box)


@pytest.mark.slow  # cargo compiles a project with its dependencies; loads onnxruntime
def test_jpeg_to_json_finds_the_annotated_keypoints(deployment: Deployment) -> None:
    program, model, image, box = deployment
    x, y, width, height = bbox = list(map(float, box.split(",")))
    larger = f"{x - 9},{y - 9},{width + 18},{height + 18}"
    lines = output_of(program, model, image, box, larger).splitlines()
    people = [json.loads(line) for line in lines]
    assert [sorted(person) for person in people] == [["keypoints", "scores"]] * 2
    sample = json.loads((files("posecodec_rs") / "data" / "people.json").read_text("utf-8"))
    (drawn,) = (person for person in sample["annotations"] if person["bbox"] == bbox)
    annotated = np.reshape(drawn["keypoints"], (17, 3))
    labelled = annotated[:, 2] > 0
    for person in people:
        errors = np.linalg.norm(person["keypoints"] - annotated[:, :2], axis=-1)[labelled]
        assert np.median(errors) < 0.5
        assert errors.max() < 1.5
        assert np.shape(person["scores"]) == (17,)
        assert (np.array(person["scores"])[labelled] > 0.5).all()


@pytest.mark.slow  # cargo compiles a project with its dependencies; loads onnxruntime
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"box": "1,2,3"}, "a box must be X,Y,W,H, but got 1,2,3"),
        ({"box": "1,2,0,4"}, "w and h above 0"),
        ({"image": Path("missing.jpg")}, "missing.jpg: No such file"),
        ({"image": ROOT / "README.md"}, "README.md: "),
        ({"model": ROOT / "README.md"}, "README.md"),
    ],
    ids=str,
)
def test_jpeg_to_json_reports_invalid_arguments(
    deployment: Deployment, change: dict[str, Any], message: str
) -> None:
    with pytest.raises(AssertionError, match=f"jpeg_to_json: .*{message}"):
        output_of(*deployment._replace(**change))


@pytest.mark.slow  # cargo compiles a project with its dependencies
@pytest.mark.parametrize(
    ("library", "message"),
    [(None, "ORT_DYLIB_PATH must be the path of"), ("missing.so", "missing.so")],
)
def test_jpeg_to_json_reports_a_missing_library(
    deployment: Deployment, library: str | None, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if library is None:
        monkeypatch.delenv("ORT_DYLIB_PATH")
    else:
        monkeypatch.setenv("ORT_DYLIB_PATH", library)
    with pytest.raises(AssertionError, match=f"jpeg_to_json: .*{message}"):
        output_of(*deployment)
