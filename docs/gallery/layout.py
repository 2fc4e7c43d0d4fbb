"""How the gallery's pages look, and how they are saved."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from PIL import Image
from posecodec_rs.cli import drawing
from posecodec_rs.cli.result import Floats

WIDTH_INCHES, DPI = 8.0, 150
"""1200 pixels wide; what is legible on 800 is no smaller than 8 points here."""
COLOURS = 256
"""Of the palette in which pages are saved: a third of the bytes, and no difference to be seen."""
TEXT, FAINT = "#1b2440", "#5b6275"


def page(
    title: str, about: str, columns: int, height: float, ratios: Sequence[float] | None = None
) -> tuple[Figure, Sequence[Axes]]:
    """A page with a row of panels.

    Args:
        title: The codec's name.
        about: What is to be seen, in a line.
        columns: How many panels.
        height: Of the page, in inches.
        ratios: Of the panels' widths; all the same by default.
    """
    figure = Figure((WIDTH_INCHES, height), dpi=DPI, layout="constrained", facecolor="white")
    heading(figure, title, about)
    return figure, figure.subplots(1, columns, squeeze=False, width_ratios=ratios)[0]


def heading(figure: Figure, title: str, about: str) -> None:
    """The title of a page, and a line about it."""
    bold = title.replace(" ", r"\ ").replace("_", r"\_")
    figure.suptitle(
        f"$\\bf{{{bold}}}$\n{about}", x=0.01, ha="left", fontsize=10, color=TEXT, linespacing=1.5
    )


def label(axes: Axes, title: str, caption: str = "") -> None:
    """A panel's title, and what to see in it."""
    axes.set_title(title, fontsize=9, color=TEXT, fontweight="bold")
    axes.set_xlabel(caption, fontsize=8, color=FAINT)


def bare(axes: Axes) -> None:
    """A panel without ticks."""
    axes.set(xticks=(), yticks=(), facecolor=drawing.PAPER)
    axes.spines[:].set_color("#bbbbbb")


def key(figure: Figure, decoded: bool = True) -> None:
    """What the marks mean, below all panels."""
    marks = {"annotated keypoint": ("o", 6)} | ({"decoded keypoint": ("x", 5)} if decoded else {})
    handles = [Line2D([], [], label=name, **drawing.mark(*mark)) for name, mark in marks.items()]
    figure.legend(
        handles=handles,
        loc="outside lower center",
        ncols=len(handles),
        frameon=False,
        fontsize=8,
        labelcolor=TEXT,
    )


def error(off: Floats, unit: str = "px") -> str:
    """How far keypoints (E, D) are off, in words."""
    lengths = np.linalg.norm(off, axis=-1)
    return f"error {lengths.mean():.2f} {unit}, at most {lengths.max():.2f}"


def zoom(axes: Axes, centre: Any, reach: float) -> None:
    """Let a panel show so many pixels around a point."""
    x, y = (float(each) for each in centre)
    axes.set(xlim=(x - reach, x + reach), ylim=(y + reach, y - reach), aspect="equal")
    bare(axes)


def save(figure: Figure, path: Path) -> None:
    """Save a page as a small PNG."""
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png")
    image = Image.open(drawn).convert("RGB")
    image.quantize(COLOURS, kmeans=2, dither=Image.Dither.NONE).save(path, optimize=True)
