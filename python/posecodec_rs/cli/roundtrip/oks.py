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
"""The names of the first values of `COCOeval.stats`."""

LABELLED = 2
"""COCO's flag of a labelled and visible keypoint; OKS treats hidden ones in the same way."""


class Evaluation:
    """Compares decoded people with annotated ones."""

    def __init__(self, annotations: Annotations, sigmas: Sequence[float]) -> None:
        """Convert the annotations to the format of pycocotools.

        Args:
            annotations: Those left out are evaluated too: crowds and people without labels are
                ignored, people without a box count as missed.
            sigmas: One per keypoint.
        """
        all_people = [*annotations.people, *annotations.left_out]
        # New ids: pycocotools treats an id of 0 as no match, and ids repeat in some files.
        self._images = _numbered(person.image_id for person in all_people)
        self._categories = _numbered(person.category for person in all_people)
        self._people = annotations.people
        self._sigmas = np.asarray(sigmas)
        self._truth = COCO()
        self._truth.dataset = {
            "images": [{"id": number} for number in self._images.values()],
            "categories": [{"id": number} for number in self._categories.values()],
            "annotations": [
                {
                    **self._ids(person),
                    "id": number,
                    "keypoints": _flat(person.keypoints, LABELLED * person.visible),
                    "num_keypoints": int(person.visible.sum()),
                    "bbox": person.annotated_box.tolist(),
                    "area": person.area,
                    "iscrowd": int(person.crowd),
                }
                for number, person in enumerate(all_people, start=1)
            ],
        }
        with contextlib.redirect_stdout(io.StringIO()):  # pycocotools prints
            self._truth.createIndex()

    @property
    def steps(self) -> int:
        """The number of ticks of an evaluation: one per image, category and range of areas."""
        return len(self._images) * len(self._categories) * 3

    def precision(
        self, keypoints: NDArray[Any], scores: NDArray[Any], ticks: Iterator[Any]
    ) -> Precision:
        """The mean OKS, and the values named in `STATS`, which are None for sizes without people.

        Args:
            keypoints: Shape (P, K, 2), pixels of the images: the annotations' people, decoded.
            scores: Shape (P,).
            ticks: An iterator of `steps` items that shows the progress.
        """
        ones = np.ones(keypoints.shape[1])
        results = [
            {**self._ids(person), "keypoints": _flat(points, ones), "score": float(score)}
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
        """The mean OKS between each person and their annotation; it differs where the AP is 1."""
        visible = np.stack([person.visible for person in self._people])
        off = keypoints - np.stack([person.keypoints for person in self._people])
        areas = np.array([person.area for person in self._people])[:, None] + np.spacing(1)
        similar = np.exp(-np.square(off).sum(-1) / (2 * np.square(2 * self._sigmas) * areas))
        return float(((similar * visible).sum(1) / visible.sum(1)).mean())

    def _ids(self, person: Person) -> dict[str, int]:
        return {
            "image_id": self._images[person.image_id],
            "category_id": self._categories[person.category],
        }


class _Ticking(COCOeval):  # type: ignore[misc]  # pycocotools has no types
    """An evaluation that shows its progress, because it takes seconds for a large file."""

    def __init__(self, truth: COCO, results: COCO, ticks: Iterator[Any]) -> None:
        super().__init__(truth, results, "keypoints")
        self._ticks = ticks

    def evaluateImg(self, *args: Any) -> Any:
        next(self._ticks, None)
        return super().evaluateImg(*args)


def _numbered(ids: Iterator[int | str]) -> dict[int | str, int]:
    """Numbers from 1, in the order of the ids, in which pycocotools iterates over them."""
    ordered = sorted(set(ids), key=lambda each: (isinstance(each, str), each))
    return {each: number for number, each in enumerate(ordered, start=1)}


def _flat(points: NDArray[Any], flags: NDArray[Any]) -> list[float]:
    """COCO's list of x, y, flag, x, y, flag and so on."""
    flat: list[float] = np.column_stack([points, flags]).astype(np.float64).ravel().tolist()
    return flat
