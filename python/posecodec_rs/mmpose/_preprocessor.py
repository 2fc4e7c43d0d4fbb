"""The data preprocessor that encodes deferred targets, and a collate function.

`posecodec_rs.mmpose.install` with ``defer=True`` registers them.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from mmengine.dataset import pseudo_collate
from mmengine.structures import PixelData
from mmpose.models.data_preprocessors import PoseDataPreprocessor
from mmpose.structures import MultilevelPixelData, PoseDataSample

from posecodec_rs._core import InvalidInputError
from posecodec_rs._deferred import KEY, encode_deferred
from posecodec_rs.torch._loader import deferred_to_tensors

__all__ = ["EncodingDataPreprocessor", "encode_data_samples", "stack_images"]


class EncodingDataPreprocessor(PoseDataPreprocessor):  # type: ignore[misc]
    """MMPose's ``PoseDataPreprocessor``, which first encodes deferred targets on its device.

    Batches without deferred targets pass unchanged.

    Args:
        *args: As those of ``PoseDataPreprocessor``.
        **kwargs: As those of ``PoseDataPreprocessor``.
    """

    def forward(self, data: Any, training: bool = False) -> Any:
        """Encode the batch, then move, pad and normalize it."""
        encode_data_samples(data.get("data_samples") or (), self.device)
        return super().forward(data, training)


def encode_data_samples(data_samples: Sequence[PoseDataSample], device: Any = None) -> None:
    """What `posecodec_rs.mmpose.encode_data_samples` does."""
    waiting = [each for each in data_samples if KEY in each.get("gt_instance_labels", ())]
    deferred = [sample.gt_instance_labels.pop(KEY) for sample in waiting]
    encoded = encode_deferred(deferred, deferred_to_tensors(device))
    for sample, one, targets in zip(waiting, deferred, encoded, strict=True):
        _fill(sample, one.encoders.tables, targets)


def _fill(sample: PoseDataSample, tables: dict[str, dict[str, str]], targets: Any) -> None:
    """Pack targets as `PackPoseInputs` does."""
    for key, name in tables["instance_mapping_table"].items():
        if key in targets:
            sample.gt_instances.set_field(_array(targets[key]), name)
    for key, name in tables["label_mapping_table"].items():
        if key in targets:
            value = targets[key]
            value = _stacked(value) if isinstance(value, list) else _tensor(value)
            sample.gt_instance_labels.set_field(value, name)
    for key, name in tables["field_mapping_table"].items():
        if key in targets:
            value = targets[key]
            levels = isinstance(value, list)
            if "gt_fields" not in sample:
                sample.gt_fields = MultilevelPixelData() if levels else PixelData()
            if isinstance(sample.gt_fields, MultilevelPixelData) is not levels:
                raise InvalidInputError(
                    f"`{key}` must have levels if and only if all fields have them, but got "
                    f"{type(sample.gt_fields).__name__}"
                )
            value = [_tensor(level) for level in value] if levels else _tensor(value)
            sample.gt_fields.set_field(value, name)


def _array(value: Any) -> Any:
    return value.cpu().numpy() if isinstance(value, torch.Tensor) else value


def _tensor(value: Any) -> Any:
    return torch.from_numpy(value) if isinstance(value, np.ndarray) else value


def _stacked(values: list[Any]) -> Any:
    """One tensor of the labels of several encoders."""
    if all(isinstance(value, torch.Tensor) for value in values):
        return torch.stack(values)
    return torch.from_numpy(np.stack([_array(value) for value in values]))


def stack_images(data_batch: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Collate a batch as MMEngine's ``pseudo_collate`` does, with the images in one tensor.

    One tensor per batch then travels from a worker instead of one per image. Images of different
    shapes stay a list, which the data preprocessor pads and stacks.
    """
    batch: dict[str, Any] = pseudo_collate(data_batch)
    images = batch["inputs"]
    if len({image.shape for image in images}) == 1:
        batch["inputs"] = torch.utils.data.default_collate(images)  # in shared memory
    return batch
