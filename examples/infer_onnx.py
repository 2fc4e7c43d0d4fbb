"""Run a pose network with ONNX Runtime, without torch or MMPose: `python examples/infer_onnx.py`.

From an image to its keypoints: a crop around each person's box, the network, decoding, and the
transform from the crop back to the image. Replace `network()` with the file of your own model, and
`CODEC` with the codec that it was trained with.

The bundled sample has no photographs, so each image shows one person as colored markers on gray, as
for motion capture. The network needs no training: it has one matched filter per marker.
"""

import json
from importlib.resources import files
from typing import NamedTuple

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import helper, numpy_helper
from posecodec_rs import Crop, MSRAHeatmap

Floats = NDArray[np.floating]

INPUT_SIZE, HEATMAP_SIZE = (192, 256), (48, 64)  # (w, h)
CODEC = MSRAHeatmap(INPUT_SIZE, HEATMAP_SIZE, sigma=2, unbiased=True)
NUM_KEYPOINTS = 17
MARKER = 0.012  # radius of a marker over the longer side of the person's box


class Person(NamedTuple):
    """An annotated person: a box (x, y, w, h), keypoints (K, 2) and visible (K,), in pixels."""

    box: Floats
    keypoints: Floats
    visible: Floats
    image_size: tuple[int, int]


def people() -> list[Person]:
    """The bundled sample, in COCO's format."""
    sample = json.loads(files("posecodec_rs").joinpath("data/people.json").read_text("utf-8"))
    sizes = {image["id"]: (image["width"], image["height"]) for image in sample["images"]}
    found = []
    for person in sample["annotations"]:
        keypoints = np.reshape(person["keypoints"], (NUM_KEYPOINTS, 3)).astype(np.float32)
        size = sizes[person["image_id"]]
        found.append(Person(np.array(person["bbox"]), keypoints[:, :2], keypoints[:, 2], size))
    return found


def marker_colors() -> Floats:
    """(K, 3): colors far from gray, which is 0, and from each other."""
    steps = np.arange(NUM_KEYPOINTS)
    height, angle = 1 - (2 * steps + 1) / NUM_KEYPOINTS, steps * np.pi * (3 - 5**0.5)
    radius = np.sqrt(1 - height**2)  # golden spiral on the sphere
    return np.stack([radius * np.cos(angle), radius * np.sin(angle), height], -1, dtype=np.float32)


def draw(person: Person) -> Floats:
    """An image (H, W, 3): the person's markers on gray."""
    width, height = person.image_size
    image = np.zeros((height, width, 3), np.float32)
    rows, columns = np.indices(image.shape[:2], np.float32)
    radius = max(1, MARKER * person.box[2:].max())
    labelled = person.visible > 0
    for (x, y), color in zip(person.keypoints[labelled], marker_colors()[labelled], strict=True):
        cover = np.clip(radius + 0.5 - np.hypot(columns - x, rows - y), 0, 1)[..., None]
        image += cover * (color - image)
    return image


def network() -> onnx.ModelProto:
    """(B, 3, H, W) to (B, K, H / 4, W / 4): similarity to a marker's color, blurred."""
    colors = marker_colors()
    similarity = colors @ colors.T - 2 * np.eye(NUM_KEYPOINTS)
    threshold = max(similarity.max(), 0.5)  # more than the similarity of any other color
    sigma = 4 * CODEC.sigma  # of the targets, in input pixels
    offsets = np.arange(-3 * sigma, 3 * sigma + 1)
    profile = np.exp(-(offsets**2) / (2 * sigma**2))
    marker = (
        (1 - threshold) * np.pi * (MARKER * INPUT_SIZE[1] / 1.25) ** 2
    )  # sum over a whole marker
    weights = {
        "colors": colors[:, :, None, None],
        "thresholds": np.full(NUM_KEYPOINTS, -threshold),
        "gaussian": np.tile(np.outer(profile, profile) / marker, (NUM_KEYPOINTS, 1, 1, 1)),
    }
    margin = len(offsets) // 2
    nodes = [
        helper.make_node("Conv", ["images", "colors", "thresholds"], ["similarity"]),
        helper.make_node("Relu", ["similarity"], ["positive"]),
        helper.make_node(
            "Conv",
            ["positive", "gaussian"],
            ["heatmaps"],
            group=NUM_KEYPOINTS,
            strides=[4, 4],
            pads=[margin] * 4,
        ),
    ]
    shapes = {
        "images": ["batch", 3, *INPUT_SIZE[::-1]],
        "heatmaps": ["batch", NUM_KEYPOINTS, *HEATMAP_SIZE[::-1]],
    }
    ends = {
        name: helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape)
        for name, shape in shapes.items()
    }
    graph = helper.make_graph(
        nodes,
        "matched_filters",
        [ends["images"]],
        [ends["heatmaps"]],
        [numpy_helper.from_array(np.float32(value), name) for name, value in weights.items()],
    )
    model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 18)])
    onnx.checker.check_model(model, full_check=True)
    return model


def cut(image: Floats, crop: Crop) -> Floats:
    """The crop as the network's input, (3, H, W): bilinear, and gray outside the image."""
    corner, step = crop.center - crop.scale / 2, crop.scale / INPUT_SIZE
    across, down = (
        # Weights of the image's columns in each column of the crop; likewise for rows.
        np.clip(1 - abs(start + step * np.arange(size)[:, None] - np.arange(length)), 0, None)
        for start, step, size, length in zip(
            corner, step, INPUT_SIZE, image.shape[1::-1], strict=True
        )
    )
    return np.einsum("yh,hwc,xw->cyx", down, image, across, optimize=True, dtype=np.float32)


def main() -> Floats:
    """Print and return the errors of each person's keypoints, in pixels of the image."""
    annotated = people()
    session = onnxruntime.InferenceSession(
        network().SerializeToString(), providers=["CPUExecutionProvider"]
    )
    crops = [Crop.from_box(person.box, INPUT_SIZE) for person in annotated]
    inputs = np.stack(
        [cut(draw(person), crop) for person, crop in zip(annotated, crops, strict=True)]
    )

    (heatmaps,) = session.run(["heatmaps"], {"images": inputs})  # (B, K, H, W)
    keypoints, scores = CODEC.batch_decode(heatmaps)  # (B, 1, K, 2) in the input, (B, 1, K)

    print("height of person   keypoints   score   error: median    maximum, in pixels of the image")
    errors = []
    for person, crop, points, score in zip(annotated, crops, keypoints, scores, strict=True):
        labelled = person.visible > 0
        found = crop.to_image(points)[0]
        error = np.linalg.norm(found - person.keypoints, axis=-1)[labelled]
        errors.append(error)
        print(
            f"{person.box[3]:16.0f}   {labelled.sum():9}   {score[0][labelled].mean():5.2f}   "
            f"{np.median(error):13.2f}   {error.max():8.2f}"
        )
    return np.concatenate(errors)


if __name__ == "__main__":
    main()
