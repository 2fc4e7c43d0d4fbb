"""What `posecodec demo` runs and says: every codec on annotated people, there and back again."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray
from rich.box import SIMPLE_HEAD
from rich.table import Table

import posecodec_rs as pc
from posecodec_rs.cli.coco import Annotations, Person
from posecodec_rs.cli.crop import Crop

INPUT_SIZE = (192, 256)
"""The network's input, (w, h) in pixels: the most common one in MMPose."""
HEATMAP_SIZE = (48, 64)
"""(W, H) in cells."""

TIMED_PEOPLE = 32
"""Enough for a steady median, where timing everyone in a large file would take minutes."""
TIMED_LOOPS = 5
TIMED_CALLS = 20
"""In a loop: some 100 µs together, which makes the clock's own time vanish."""

WIDE = 120
"""Terminal columns from which on what a codec makes has a column of its own."""

PARTS = {
    "keypoint_labels": "coordinates",
    "heatmaps": "heatmaps",
    "keypoint_x_labels": "SimCC x",
    "keypoint_y_labels": "y",
}
"""The keys of what `encode` returns, and what they are; the weights are left out."""

Floats: TypeAlias = NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False)
class RoundTrip:
    """One person, encoded and decoded.

    Attributes:
        points: Shape (K, 2), the annotation in input pixels.
        encoded: What `encode` returned.
        decoded: Shape (K, 2), input pixels.
        counts: Shape (K,): labelled, inside the input, and of a weight above 0.
    """

    points: Floats
    encoded: Mapping[str, Any]
    decoded: Floats
    counts: NDArray[np.bool_]

    @property
    def errors(self) -> Floats:
        """Flat, in input pixels: along x and along y, of the keypoints that count."""
        return np.abs(self.decoded - self.points)[self.counts].ravel()


@dataclass(frozen=True, eq=False)
class Result:
    """What a codec did to all people.

    Attributes:
        name: The codec's, as the table has it.
        targets: The shape of each of a sample's targets, by its key in what `encode` returns.
        dtype: Theirs.
        errors: Flat, in input pixels: along x and along y, of the keypoints that count.
        encode_us: Microseconds a call, which is a person for top-down codecs: the median.
        decode_us: Likewise.
    """

    name: str
    targets: Mapping[str, tuple[int, ...]]
    dtype: str
    errors: Floats
    encode_us: float
    decode_us: float

    def made(self) -> str:
        """The targets in words, like "heatmaps 17×64×48 float32"."""
        # Coordinates and vectors have a leading N, which is 1 here and says nothing.
        shapes = {
            PARTS[key]: shape if key == "heatmaps" else shape[1:]
            for key, shape in self.targets.items()
        }
        parts = [f"{part} {'×'.join(map(str, shape))}" for part, shape in shapes.items()]
        return f"{' + '.join(parts)} {self.dtype}"

    def summary(self) -> dict[str, float | None]:
        """Mean, 95th percentile and largest error in input pixels; None if no keypoint counts."""
        if not self.errors.size:
            return {"mean": None, "p95": None, "max": None}
        p95 = float(np.percentile(self.errors, 95))
        return {"mean": float(self.errors.mean()), "p95": p95, "max": float(self.errors.max())}


class Subject(Protocol):
    """What gets a row of the table: a codec and how it is used."""

    @property
    def name(self) -> str:
        """As the table has it."""

    def run(self, people: Iterable[Person]) -> Result:
        """Encode and decode everyone; takes each person once, as progress is counted by that."""


@dataclass(frozen=True)
class TopDown:
    """A codec that sees one person's crop at a time.

    Attributes:
        name: As the table has it.
        codec: For inputs of `INPUT_SIZE`.
        decodes: The keys of the targets that `decode` takes, in its order.
    """

    name: str
    codec: pc.BaseKeypointCodec
    decodes: Sequence[str] = ("heatmaps",)

    def round_trip(self, person: Person) -> RoundTrip:
        """Encode one person, and decode the targets as if a network had answered them."""
        points, visible = _sample(person)
        encoded = self.codec.encode(points, visible)
        decoded = self.codec.decode(*(encoded[key] for key in self.decodes))[0]
        # Up to the last pixel's centre, as MMPose counts.
        inside = ((points >= 0) & (points <= np.array(INPUT_SIZE) - 1)).all(-1)
        counts = inside & (visible > 0) & (encoded["keypoint_weights"] > 0)
        return RoundTrip(points[0], encoded, decoded[0], counts[0])

    def run(self, people: Iterable[Person]) -> Result:
        """Encode and decode everyone, and time the first `TIMED_PEOPLE`."""
        targets: dict[str, Any] = {}
        errors: list[Floats] = []
        encode_us: list[float] = []
        decode_us: list[float] = []
        for person in people:
            trip = self.round_trip(person)
            targets = {key: trip.encoded[key] for key in PARTS if key in trip.encoded}
            errors.append(trip.errors)
            if len(encode_us) < TIMED_PEOPLE:
                responses = [trip.encoded[key] for key in self.decodes]
                encode_us.append(microseconds(self.codec.encode, *_sample(person)))
                decode_us.append(microseconds(self.codec.decode, *responses))
        return Result(
            name=self.name,
            targets={key: array.shape for key, array in targets.items()},
            dtype="/".join(sorted({str(array.dtype) for array in targets.values()})),
            errors=np.concatenate(errors),
            encode_us=median(encode_us),
            decode_us=median(decode_us),
        )


def _sample(person: Person) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The person as `encode` takes it: keypoints (1, K, 2) in input pixels, visible (1, K)."""
    points = Crop.around(person.box, INPUT_SIZE).to_input(person.keypoints)
    return points[None], person.visible[None]


def microseconds(call: Callable[..., object], *args: object) -> float:
    """The time of one call: the median over loops. Calls of one sample use a single thread."""
    times = []
    for _ in range(TIMED_LOOPS):
        start = time.perf_counter()
        for _ in range(TIMED_CALLS):
            call(*args)
        times.append((time.perf_counter() - start) / TIMED_CALLS)
    return median(times) * 1e6


def top_down_codecs() -> list[TopDown]:
    """Every top-down codec; heatmaps of sigma 2 and SimCC as RTMPose has them at this size."""
    sizes: dict[str, Any] = {"input_size": INPUT_SIZE, "heatmap_size": HEATMAP_SIZE}
    simcc: dict[str, Any] = {"input_size": INPUT_SIZE, "simcc_split_ratio": 2.0}
    rtmpose = {**simcc, "sigma": (4.9, 5.66), "normalize": False}
    coordinates, vectors = (["keypoint_labels"], ["keypoint_x_labels", "keypoint_y_labels"])

    def row(name: str, decodes: Sequence[str] = ("heatmaps",), **arguments: Any) -> TopDown:
        return TopDown(name, pc.build({"type": name.split(maxsplit=1)[0], **arguments}), decodes)

    return [
        row("RegressionLabel", coordinates, input_size=INPUT_SIZE),
        row("IntegralRegressionLabel", coordinates, **sizes, sigma=2.0),
        row("MSRAHeatmap", **sizes, sigma=2.0),
        row("MSRAHeatmap unbiased", **sizes, sigma=2.0, unbiased=True),
        row("UDPHeatmap gaussian", **sizes),
        row("UDPHeatmap combined", **sizes, heatmap_type="combined"),
        row("MegviiHeatmap", **sizes, kernel_size=11),
        row("SimCCLabel", vectors, **rtmpose),
        row("SimCCLabel DARK", vectors, **rtmpose, use_dark=True),
        row("SimCCLabel standard", vectors, **simcc, smoothing_type="standard"),
    ]


def subtitle(annotations: Annotations) -> str:
    """Who the codecs ran on, and the sizes."""
    people, pictures = len(annotations.people), annotations.num_pictures
    return (
        f"{people} {'person' if people == 1 else 'people'} in {pictures} "
        f"picture{'' if pictures == 1 else 's'}, {annotations.num_keypoints} keypoints each "
        f"({annotations.num_labelled} labelled in all)\n"
        f"each cropped to {_size(INPUT_SIZE)} px; heatmaps of {_size(HEATMAP_SIZE)} cells"
    )


def table(annotations: Annotations, results: Sequence[Result], width: int) -> Table:
    """The results for people who read, on so many columns."""
    cell = INPUT_SIZE[0] / HEATMAP_SIZE[0]
    wide = width >= WIDE
    made = Table(
        title=f"Keypoints → training targets → keypoints\n{subtitle(annotations)}",
        title_style="bold",
        caption="Error: how far a keypoint that was encoded and decoded again is from where it "
        f"was, along x or along y, in pixels of the {_size(INPUT_SIZE)} input; labelled keypoints "
        f"inside it. Codecs that round to heatmap cells ({cell:g} px) lose up to half a cell, "
        "MegviiHeatmap up to three quarters, and more where the nearest cell lies outside.\n"
        "UDPHeatmap encodes with (w-1)/(W-1) and decodes with w/(W-1), as in MMPose, so its points "
        "lie up to 1 px further out at the right and bottom edge.\n"
        "Time: a call for one person, one thread, median.",
        caption_justify="left",
        box=SIMPLE_HEAD,
        padding=(0, 1),
        leading=0 if wide else 1,
    )
    made.add_column("Codec" if wide else "Codec, and what it makes of a person", overflow="fold")
    if wide:
        made.add_column("Makes of a person")
    for heading in ("mean", "p95", "max"):
        made.add_column(f"error,\n{heading} px", justify="right", no_wrap=True)
    for heading in ("encode", "decode"):
        made.add_column(f"{heading}\nµs", justify="right", no_wrap=True)
    for result in results:
        names = (result.name, result.made()) if wide else (f"{result.name}\n{result.made()}",)
        errors = ["-" if error is None else f"{error:.3f}" for error in result.summary().values()]
        times = [f"{time_us:.1f}" for time_us in (result.encode_us, result.decode_us)]
        made.add_row(*names, *errors, *times)
    return made


def as_json(annotations: Annotations, results: Sequence[Result]) -> dict[str, Any]:
    """The results for programs: sizes are (w, h), shapes as arrays have them."""
    return {
        "annotations": annotations.source,
        "people": len(annotations.people),
        "pictures": annotations.num_pictures,
        "keypoints": annotations.num_keypoints,
        "labelled": annotations.num_labelled,
        "input_size": INPUT_SIZE,
        "heatmap_size": HEATMAP_SIZE,
        "codecs": [
            {
                "name": result.name,
                "targets": result.targets,
                "dtype": result.dtype,
                "error_px": result.summary(),
                "encode_us": result.encode_us,
                "decode_us": result.decode_us,
            }
            for result in results
        ],
    }


def _size(size: tuple[int, int]) -> str:
    return f"{size[0]}×{size[1]}"
