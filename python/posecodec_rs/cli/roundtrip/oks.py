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

STRICT = {"ap90": 0.9, "ap95": 0.95}
"""APs at single thresholds, which differ where the mean over all thresholds does not."""

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

    def precision(self, keypoints: NDArray[Any], scores: NDArray[Any]) -> Precision:
        """The mean OKS, and the values named in `STATS` and `STRICT`; None without people.

        Args:
            keypoints: Shape (P, K, 2), pixels of the images: the annotations' people, decoded.
            scores: Shape (P,).
        """
        ones = np.ones(keypoints.shape[1])
        results = [
            {**self._ids(person), "keypoints": _flat(points, ones), "score": float(score)}
            for person, points, score in zip(self._people, keypoints, scores, strict=True)
        ]
        with contextlib.redirect_stdout(io.StringIO()):
            evaluation = COCOeval(self._truth, self._truth.loadRes(results), "keypoints")
            evaluation.params.kpt_oks_sigmas = self._sigmas
            evaluation.evaluate()
            evaluation.accumulate()
            evaluation.summarize()
        # Thresholds of OKS, recall, categories; of all areas.
        at_threshold = evaluation.eval["precision"][:, :, :, 0, -1]
        stats = dict(zip(STATS, evaluation.stats.tolist(), strict=False))
        for name, threshold in STRICT.items():
            (index,) = np.flatnonzero(np.isclose(evaluation.params.iouThrs, threshold))
            known = at_threshold[index][at_threshold[index] > -1]
            stats[name] = float(known.mean()) if known.size else -1.0
        known_stats = {name: None if stat < 0 else stat for name, stat in stats.items()}
        return {"mean": self._mean(keypoints), **known_stats}

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


def _numbered(ids: Iterator[int | str]) -> dict[int | str, int]:
    """Numbers from 1, in the order of the ids, in which pycocotools iterates over them."""
    ordered = sorted(set(ids), key=lambda each: (isinstance(each, str), each))
    return {each: number for number, each in enumerate(ordered, start=1)}


def _flat(points: NDArray[Any], flags: NDArray[Any]) -> list[float]:
    """COCO's list of x, y, flag, x, y, flag and so on."""
    flat: list[float] = np.column_stack([points, flags]).astype(np.float64).ravel().tolist()
    return flat
