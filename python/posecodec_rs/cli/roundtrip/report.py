"""The results of `roundtrip`, as a table and as JSON."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from posecodec_rs.cli.codecs.case import Floats, summarize
from posecodec_rs.cli.console import Column, Sheet
from posecodec_rs.cli.roundtrip.measure import Measured, Workload
from posecodec_rs.cli.roundtrip.normalized import PCK_THRESHOLDS
from posecodec_rs.cli.text import number, size_text

WITHIN_PX = (0.5, 1.0, 2.0)
"""Limits in pixels of the input, for the share of errors below them."""

VISIBLE_PX = 0.005
"""The smallest error that is not printed as 0."""

MIN_GAIN_PX = 0.1
"""The smallest gain of a larger heatmap that is worth a sentence."""

OKS = {
    "ap": ("AP", 8),
    "ap90": ("AP at\nOKS .90", 9),
    "ap95": ("AP at\nOKS .95", 4),
    "mean": ("mean\nOKS", 2),
}
"""Headings of scores, and the order in which narrow tables leave them out."""


@dataclass(frozen=True, eq=False)
class Report:
    """The results of all candidates."""

    workload: Workload  # the people that the codecs encoded
    rows: Sequence[Measured]  # one per codec and heatmap size

    @property
    def title(self) -> str:
        """Of the table and of the figure: the annotations and the size of their crops."""
        annotations, size = self.workload.annotations, size_text(self.workload.input_size)
        about = (annotations.subject(), annotations.about(), f"each cropped to {size} px")
        return "\n".join(("Error of the codec alone", *filter(None, about)))

    @property
    def measured(self) -> bool:
        """Whether any keypoint was encoded."""
        return any(len(row.input_px) for row in self.rows)

    @property
    def ranked(self) -> list[Measured]:
        """The rows that can be the best: all but those that encode the coordinates themselves."""
        rows = [row for row in self.rows if len(row.input_px)]
        encoded = [row for row in rows if row.codec.entry.decodes != ["keypoint_labels"]]
        return encoded or rows

    @property
    def best(self) -> Measured | None:
        """The row with the smallest mean error to two digits, and of those the smallest targets."""
        return min(
            self.ranked,
            key=lambda row: (round(float(row.input_px.mean()), 2), row.bytes),
            default=None,
        )

    def sheets(self) -> list[Sheet]:
        """The results as one table."""
        rows, best = self.rows, self.best
        mark = [" *" if row is best else "" for row in rows]
        names = [row.codec.name + end for row, end in zip(rows, mark, strict=True)]
        sizes = [row.codec.heatmap_size for row in rows]
        input_px = [summarize(row.input_px) for row in rows]
        image_px = [summarize(row.image_px) for row in rows]
        columns = [
            Column("Codec", names),
            Column("heatmap", [size_text(size) if size else "-" for size in sizes]),
            *(
                Column(f"{stat}\npx", [number(each[stat], 2) for each in input_px], drop)
                for stat, drop in (("median", 1), ("mean", 7), ("p95", 3), ("max", 6))
            ),
            *(
                Column(f"{stat}\nimage px", [number(each[stat], 2) for each in image_px], drop)
                for stat, drop in (("median", 5), ("p95", 10))
            ),
            *self._scores(),
        ]
        index = next((index for index, row in enumerate(rows) if row is best), None)
        notes = [*self._notes(), *self._conclusion()]
        return [Sheet(self.title, columns, notes, index)]

    def _scores(self) -> Iterator[Column]:
        """AP where sigmas are known, otherwise NME and PCK."""
        if self.workload.sigmas.values:
            for stat, (heading, drop) in OKS.items():
                cells = [number((row.oks or {}).get(stat), 4) for row in self.rows]
                yield Column(heading, cells, drop)
        if self._shows_normalized:
            yield Column("NME\n%", [_percent(row.nme, 3) for row in self.rows], 2)
            for threshold in PCK_THRESHOLDS:
                cells = [_percent(row.pck[f"{threshold:g}"], 1) for row in self.rows]
                yield Column(f"PCK\n@{threshold:g} %", cells, 4 if threshold < 0.05 else 9)

    @property
    def _shows_normalized(self) -> bool:
        return not self.workload.sigmas.values or self.workload.normalizer.given

    def as_json(self) -> dict[str, Any]:
        """For programs: sizes are (w, h); missing values are None."""
        workload = self.workload
        return {
            **workload.annotations.as_json(),
            "input_size": workload.input_size,
            "sigmas": list(workload.sigmas.values) or None,
            "sigmas_source": workload.sigmas.source,
            "normalized_by": workload.normalizer.keypoints or "box",
            "best": None
            if (best := self.best) is None
            else {
                "name": best.codec.name,
                "heatmap_size": best.codec.heatmap_size,
            },
            "codecs": [
                {
                    "name": row.codec.name,
                    "codec": repr(row.codec.ours()),
                    "heatmap_size": row.codec.heatmap_size,
                    "use_udp": row.use_udp,
                    "keypoints_encoded": len(row.input_px),
                    "keypoints_lost": row.lost,
                    "error_input_px": summarize(row.input_px),
                    "error_image_px": summarize(row.image_px),
                    "share_within_input_px": _shares(row.input_px),
                    "oks": row.oks,
                    "nme": row.nme,
                    "pck": row.pck,
                }
                for row in self.rows
            ],
        }

    def _notes(self) -> Iterator[str]:
        """How to read the table."""
        lost = sorted({row.lost for row in self.rows})
        counts = f"{lost[0]} to {lost[-1]}" if len(lost) > 1 else f"{lost[0] or 'No'}"
        sigmas = self.workload.sigmas
        yield (
            "px: distance between annotated and decoded keypoint, in pixels of the input; image "
            f"px: in pixels of the image. {counts} labelled keypoints were lost (outside the crop "
            "or not encoded); they affect only the OKS."
        )
        if sigmas.values:
            yield (
                "AP: what a perfect network would reach (pycocotools), over all thresholds of OKS "
                f"and at single ones, with {sigmas.text}. Mean OKS: between each annotation and "
                "its own decoded keypoints."
            )
        else:
            yield (
                "No OKS AP: sigmas are known for COCO's 17 keypoints, CrowdPose's 14 and "
                "COCO-WholeBody's 133; --sigmas sets others, or coco for any 17."
            )
        if self._shows_normalized:
            yield (
                f"NME: the mean of errors over {self.workload.normalizer.name}. PCK: the share of "
                "keypoints with errors below a share of the longer side of the box. "
                "--normalize sets what NME divides by."
            )
        if any(row.use_udp for row in self.rows):
            yield (
                "UDPHeatmap decodes with w/(W-1) where it encodes with (w-1)/(W-1). This matches "
                "crops made with MMPose's `use_udp`, which are used here; --no-use-udp shows the "
                "error without them."
            )

    def _conclusion(self) -> Iterator[str]:
        """What the numbers suggest."""
        best, ranked = self.best, self.ranked
        if best is None:
            return
        yield (
            f"* The smallest mean error, and of equal ones the smallest targets: {best.name}, "
            f"which loses {best.median:.2f} px at the median."
        )
        if len(ranked) < len(self.rows):
            yield (
                "RegressionLabel and IntegralRegressionLabel encode the coordinates themselves, so "
                "that they lose nothing here: this error does not rank them."
            )
        # Each codec at its first heatmap size.
        first = {row.codec.name: row for row in reversed(ranked)}
        losing = sorted(
            (row for row in first.values() if row.median >= VISIBLE_PX), key=lambda row: row.median
        )
        if losing:
            names: dict[str, list[str]] = {}
            for row in losing:
                names.setdefault(f"{row.median:.2f} px", []).append(row.name)
            losses = "; ".join(f"{', '.join(each)} {px}" for px, each in names.items())
            rest = " The others lose less than 0.01 px." if len(losing) < len(first) else ""
            yield f"Lost at the median: {losses}.{rest}"
        gains = [
            (first[name].median - row.median, row)
            for row in ranked
            if (name := row.codec.name) in first
        ]
        gain, larger = max(gains, key=lambda each: each[0])
        name, smaller = larger.codec.name, first[larger.codec.name]
        sizes = [row.codec.heatmap_size for row in (smaller, larger)]
        if gain >= MIN_GAIN_PX and sizes[0] and sizes[1]:
            yield (
                f"Larger heatmaps help most with {name}: from {smaller.median:.2f} px at "
                f"{size_text(sizes[0])} to {larger.median:.2f} px at {size_text(sizes[1])}."
            )


def _percent(share: float | None, digits: int) -> str:
    return number(None if share is None else 100 * share, digits)


def _shares(errors: Floats) -> dict[str, float | None]:
    """The share of errors below each limit of `WITHIN_PX`."""
    return {
        f"{limit:g}": float((errors < limit).mean()) if errors.size else None for limit in WITHIN_PX
    }
