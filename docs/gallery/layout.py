"""The layout of the gallery's pages, and how they are saved."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image
from posecodec_rs.cli import drawing
from posecodec_rs.cli.codecs.case import Floats

WIDTH_INCHES, DPI = 8.0, 150
"""1200 pixels wide; text of 8 points is still legible at 800."""
COLORS = 256
"""Size of the palette of saved pages: a third of the bytes, without a visible difference."""
TEXT, FAINT = "#1b2440", "#5b6275"


def page(
    title: str, about: str, columns: int, height: float, ratios: Sequence[float] | None = None
) -> tuple[Figure, Sequence[Axes]]:
    """A page with a row of panels.

    Args:
        title: The codec's name.
        about: What the page shows, in one line.
        columns: The number of panels.
        height: Of the page, in inches.
        ratios: Of the panels' widths; equal by default.
    """
    figure = Figure((WIDTH_INCHES, height), dpi=DPI, layout="constrained")
    heading(figure, title, about)
    return figure, figure.subplots(1, columns, squeeze=False, width_ratios=ratios)[0]


def heading(figure: Figure, title: str, about: str) -> None:
    """The title of a page, and one line about it."""
    bold = title.replace(" ", r"\ ").replace("_", r"\_")
    figure.suptitle(
        f"$\\bf{{{bold}}}$\n{about}", x=0.01, ha="left", fontsize=10, color=TEXT, linespacing=1.5
    )


def label(axes: Axes, title: str, caption: str = "") -> None:
    """A panel's title, and its caption."""
    axes.set_title(title, fontsize=9, color=TEXT, fontweight="bold")
    axes.set_xlabel(caption, fontsize=8, color=FAINT)


def bare(axes: Axes) -> None:
    """A panel without ticks."""
    axes.set(xticks=(), yticks=())


def key(figure: Figure, decoded: bool = True) -> None:
    """A legend of the marks, below all panels."""
    drawing.key(figure, 6, decoded=decoded, fontsize=8, labelcolor=TEXT)


def error(off: Floats, unit: str = "px") -> str:
    """The mean and maximum error of keypoints (E, D), in words."""
    lengths = np.linalg.norm(off, axis=-1)
    return f"error {lengths.mean():.2f} {unit}, at most {lengths.max():.2f}"


def zoom(axes: Axes, center: Any, reach: float) -> None:
    """Limit a panel to `reach` pixels around a point."""
    x, y = (float(each) for each in center)
    axes.set(xlim=(x - reach, x + reach), ylim=(y + reach, y - reach), aspect="equal")
    bare(axes)


def save(figure: Figure, path: Path) -> None:
    """Save a page as a small PNG."""
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png")
    image = Image.open(drawn).convert("RGB")
    image.quantize(COLORS, kmeans=2, dither=Image.Dither.NONE).save(path, optimize=True)
