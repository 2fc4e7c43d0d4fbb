"""The average precision (AP) by object keypoint similarity (OKS), as pycocotools computes it."""

import contextlib
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from posecodec_rs.cli.coco import Annotations, Person

Precision: TypeAlias = Mapping[str, float | None]

STATS = ("ap", "ap50", "ap75", "ap_medium", "ap_large", "ar")
"""The first of what `COCOeval.summarize` gives."""

LABELLED = 2
"""COCO's flag of a keypoint that is labelled and visible; to OKS hidden ones are the same."""


class Evaluation:
    """Annotated people against whom decoded ones are held."""

    def __init__(self, annotations: Annotations, sigmas: Sequence[float]) -> None:
        """Make of the annotations what pycocotools reads.

        Args:
            annotations: Those left out count too: crowds and people without labels are ignored,
                people without a box are missed.
            sigmas: One for each of their keypoints.
        """
        everyone = [*annotations.people, *annotations.left_out]
        # Numbers of our own: pycocotools takes an id of 0 for nobody, and files have ids twice.
        self._images = _numbered(person.image_id for person in everyone)
        self._categories = _numbered(person.category for person in everyone)
        self._people = annotations.people
        self._sigmas = np.asarray(sigmas)
        self._truth = COCO()
        self._truth.dataset = {
            "images": [{"id": number} for number in self._images.values()],
            "categories": [{"id": number} for number in self._categories.values()],
            "annotations": [
                {
                    **self._place(person),
                    "id": number,
                    "keypoints": _flat(person.keypoints, LABELLED * person.visible),
                    "num_keypoints": int(person.visible.sum()),
                    "bbox": person.annotated_box.tolist(),
                    "area": person.area,
                    "iscrowd": int(person.crowd),
                }
                for number, person in enumerate(everyone, start=1)
            ],
        }
        with contextlib.redirect_stdout(io.StringIO()):  # pycocotools prints
            self._truth.createIndex()

    @property
    def steps(self) -> int:
        """How many ticks an evaluation takes: one a picture, category and range of areas."""
        return len(self._images) * len(self._categories) * 3

    def precision(
        self, keypoints: NDArray[Any], scores: NDArray[Any], ticks: Iterator[Any]
    ) -> Precision:
        """The mean OKS, and the AP and its kin by the names in `STATS`.

        These are None for sizes that nobody has.

        Args:
            keypoints: Shape (P, K, 2), pixels of the pictures: the annotations' people, decoded.
            scores: Shape (P,).
            ticks: `steps` of them, taken on the way.
        """
        ones = np.ones(keypoints.shape[1])
        results = [
            {**self._place(person), "keypoints": _flat(points, ones), "score": float(score)}
            for person, points, score in zip(self._people, keypoints, scores, strict=True)
        ]
        with contextlib.redirect_stdout(io.StringIO()):
            evaluation = _Ticking(self._truth, self._truth.loadRes(results), ticks)
            evaluation.params.kpt_oks_sigmas = self._sigmas
            evaluation.evaluate()
            evaluation.accumulate()
            evaluation.summarize()
        stats = (float(stat) for stat in evaluation.stats)
        known = {name: None if stat < 0 else stat for name, stat in zip(STATS, stats, strict=False)}
        return {"mean": self._mean(keypoints), **known}

    def _mean(self, keypoints: NDArray[Any]) -> float:
        """The mean OKS of everyone with their decoded self: it still tells where the AP is 1."""
        visible = np.stack([person.visible for person in self._people])
        off = keypoints - np.stack([person.keypoints for person in self._people])
        areas = np.array([person.area for person in self._people])[:, None] + np.spacing(1)
        similar = np.exp(-np.square(off).sum(-1) / (2 * np.square(2 * self._sigmas) * areas))
        return float(((similar * visible).sum(1) / visible.sum(1)).mean())

    def _place(self, person: Person) -> dict[str, int]:
        return {
            "image_id": self._images[person.image_id],
            "category_id": self._categories[person.category],
        }


class _Ticking(COCOeval):  # type: ignore[misc]  # pycocotools has no types
    """An evaluation that tells how far it is: of a large file it takes seconds."""

    def __init__(self, truth: COCO, results: COCO, ticks: Iterator[Any]) -> None:
        super().__init__(truth, results, "keypoints")
        self._ticks = ticks

    def evaluateImg(self, *args: Any) -> Any:
        next(self._ticks, None)
        return super().evaluateImg(*args)


def _numbered(ids: Iterator[int | str]) -> dict[int | str, int]:
    """Numbers from 1 in the order of the ids, in which pycocotools goes through them."""
    ordered = sorted(set(ids), key=lambda each: (isinstance(each, str), each))
    return {each: number for number, each in enumerate(ordered, start=1)}


def _flat(points: NDArray[Any], flags: NDArray[Any]) -> list[float]:
    """COCO's x, y, flag, x, y, flag and so on."""
    flat: list[float] = np.column_stack([points, flags]).astype(np.float64).ravel().tolist()
    return flat
