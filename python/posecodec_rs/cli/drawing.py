"""What all pictures share: colours, how people, maps and keypoints are drawn, and how it is saved.

A light background; people as pale silhouettes; maps in heat colours; rings where keypoints were
annotated, crosses where they were decoded. All in pixels of the input.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from numpy.typing import NDArray

from posecodec_rs.cli import CommandError
from posecodec_rs.cli.result import Floats

LINES: Mapping[str, tuple[str, str, float]] = {
    "RegressionLabel": ("#b0b0b0", "-", 4.5),
    "IntegralRegressionLabel": ("#333333", ":", 2.0),
    "MSRAHeatmap": ("#6baed6", "-", 4.5),
    "MSRAHeatmap unbiased": ("#08519c", "--", 2.0),
    "UDPHeatmap gaussian": ("#74c476", "-", 4.5),
    "UDPHeatmap combined": ("#00602b", "--", 2.0),
    "MegviiHeatmap": ("#e6550d", "-", 2.5),
    "SimCCLabel": ("#bca6e3", "-", 4.5),
    "SimCCLabel DARK": ("#6a2fb5", "--", 2.0),
    "SimCCLabel standard": ("#2d0a57", ":", 2.0),
}
"""By the codecs' names: colour, style, width. Variants lie on their first one, so that is wider."""

PAPER, BODY = "#fafafc", "#dfe3ee"
ANNOTATED, DECODED = "#1b2440", "#0077cc"
PEOPLE = ("#1f6fb4", "#c4510f", "#2b8a4b", "#7b4fb3")
"""What is told apart: people, or keypoints."""

HEAT = LinearSegmentedColormap.from_list(
    "heat",
    [(1, 0.85, 0.35, 0), (1, 0.72, 0.25, 0.8), (0.93, 0.38, 0.12, 0.92), (0.6, 0.05, 0.15, 1)],
)
"""From nothing over yellow to dark red."""
DISC = LinearSegmentedColormap.from_list("disc", [(1, 0.7, 0.3, 0), (1, 0.7, 0.3, 0.75)])
SIGNED = LinearSegmentedColormap.from_list("signed", ["#2166ac", "#f7f7f7", "#b2182b"])

FACE, SHOULDERS, TORSO = range(5), (5, 6), (5, 6, 12, 11)
"""Of COCO's keypoints, with which most files begin."""


@dataclass(frozen=True)
class Grid:
    """Where a heatmap lies on the input.

    Attributes:
        size: (W, H) in cells.
        input_size: (w, h) in pixels.
        is_udp: Whether the last cell's centre is the last pixel's, as with UDP; elsewhere only the
            first cell's is the first pixel's.
    """

    size: tuple[int, int]
    input_size: tuple[int, int]
    is_udp: bool = False

    @property
    def step(self) -> NDArray[Any]:
        """Input pixels from cell to cell along x and y."""
        return np.subtract(self.input_size, self.is_udp) / np.subtract(self.size, self.is_udp)

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """Left, right, bottom and top border in input pixels."""
        (left, top), (right, bottom) = -self.step / 2, (np.array(self.size) - 0.5) * self.step
        return left, right, bottom, top


def prepare(axes: Axes, input_size: tuple[int, int]) -> None:
    """Make a panel show the input."""
    w, h = input_size
    axes.set(xlim=(-0.5, w - 0.5), ylim=(h - 0.5, -0.5), aspect="equal", facecolor=PAPER)
    axes.set(xticks=(0, w // 2, w - 1), yticks=(0, h // 2, h - 1))
    axes.tick_params(labelsize=8, length=2, color="#999999", labelcolor="#666666")
    axes.spines[:].set_color("#bbbbbb")


def silhouette(
    axes: Axes,
    points: Floats,
    labelled: NDArray[np.bool_],
    skeleton: Sequence[tuple[int, int]],
    colour: str = BODY,
) -> None:
    """Draw a person as a body: limbs along the bones, and a trunk and a head if it has COCO's.

    Args:
        axes: Where to.
        points: Shape (K, 2).
        labelled: Shape (K,); others are not drawn.
        skeleton: Pairs of keypoint indices.
        colour: The body's.
    """
    bones = [bone for bone in skeleton if labelled[list(bone)].all()]
    if not bones:
        return
    thick = 0.035 * float(np.ptp(points[labelled], axis=0).max())
    shapes = [_limb(points[a], points[b], thick) for a, b in bones]
    if labelled[list(TORSO)].all():
        shapes.append(points[list(TORSO)])
    head = [index for index in FACE if labelled[index]]
    if head:
        centre = points[head].mean(axis=0)
        reach = np.linalg.norm(points[head] - centre, axis=1).max()
        shapes.append(_limb(centre, centre, max(2.2 * thick, 1.4 * float(reach))))
        neck = [index for index in SHOULDERS if labelled[index]]
        if len(neck) == len(SHOULDERS):
            shapes.append(np.stack([centre, *points[neck]]))
    axes.add_collection(PolyCollection(shapes, color=colour, linewidths=0, zorder=-1))


def _limb(start: Floats, end: Floats, radius: float) -> NDArray[Any]:
    """The outline of all points near a line."""
    along = np.arctan2(*(end - start)[::-1])
    turns = np.linspace(np.pi / 2, 3 * np.pi / 2, 12)
    ends = [(start, along + turns), (end, along + turns + np.pi)]
    return np.concatenate(
        [centre + radius * np.stack([np.cos(a), np.sin(a)], axis=-1) for centre, a in ends]
    )


def heat(axes: Axes, values: Floats, grid: Grid, **style: Any) -> None:
    """Draw a map (H, W), from 0 to its largest value, where it lies on the input."""
    largest = max(float(values.max()), 1e-12)
    style = {"cmap": HEAT, "vmin": 0, "vmax": largest, "interpolation": "nearest", **style}
    axes.imshow(values, extent=grid.extent, **style)


def offsets(axes: Axes, disc: Floats, moves: Floats, grid: Grid) -> None:
    """Draw half the way from each cell of a disc to its keypoint.

    All the way, and the arrows would meet in one black spot.

    Args:
        axes: Where to.
        disc: Shape (H, W), above 0 in the disc.
        moves: Shape (2, H, W), in cells along x and y.
        grid: Of the maps.
    """
    rows, columns = np.nonzero(disc)
    cells = np.stack([columns, rows], axis=-1) * grid.step
    half = 0.5 * moves[:, rows, columns].T * grid.step
    style: dict[str, Any] = {"angles": "xy", "scale_units": "xy", "scale": 1, "width": 0.009}
    axes.quiver(*cells.T, *half.T, color="#555566", **style)


def profile(
    axes: Axes, vectors: Sequence[Floats], input_size: tuple[int, int], high: float, colour: str
) -> None:
    """Draw vectors as profiles, so many pixels high: x on the lower edge, y on the left one."""
    (w, h), (along_x, along_y) = input_size, (vector / vector.max() for vector in vectors)
    bins_x, bins_y = (np.arange(len(each)) / len(each) for each in (along_x, along_y))
    style: dict[str, Any] = {"color": colour, "alpha": 0.55, "lw": 0}
    axes.fill_between(bins_x * w, h - 0.5, h - 0.5 - high * along_x, **style)
    axes.fill_betweenx(bins_y * h, -0.5, -0.5 + high * along_y, **style)


def keypoints(axes: Axes, annotated: Floats, decoded: Floats, size: float) -> None:
    """Draw where keypoints (E, 2) are, and where they were decoded."""
    axes.plot(*np.reshape(annotated, (-1, 2)).T, **mark("o", size + 1))
    axes.plot(*np.reshape(decoded, (-1, 2)).T, **mark("x", size))


def mark(marker: str, size: float) -> dict[str, Any]:
    """How a keypoint is drawn: "o" annotated, "x" decoded."""
    colour = ANNOTATED if marker == "o" else DECODED
    line = min(1.2, 0.24 * size)
    return {"marker": marker, "ls": "none", "ms": size, "mfc": "none", "mew": line, "mec": colour}


def check_path(path: Path) -> None:
    """Make the picture's folder; raises CommandError if no picture can be saved as `path`."""
    known = FigureCanvasAgg.get_supported_filetypes()
    if path.is_dir() or path.suffix.lower().removeprefix(".") not in known:
        raise CommandError(f"cannot save a picture as {path}; wanted a file name like demo.png")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(f"cannot make the folder {path.parent} ({error.strerror})") from error


def write(figure: Figure, path: Path) -> None:
    """Save a figure in the format that the name's ending says.

    Raises:
        CommandError: If the file cannot be written.
    """
    try:
        figure.savefig(path)
    except OSError as error:
        raise CommandError(f"cannot write {path} ({error.strerror})") from error
