"""Decoding of crops with other libraries: Hugging Face's ViTPose and rtmlib."""

import numpy as np


class TransformersUdp:
    """`transformers`' ViTPose: UDP-DARK with its own blur, in loops over SciPy."""

    def __init__(self, codec):
        from transformers.models.vitpose import image_processing_vitpose as vitpose

        self.vitpose, self.kernel = vitpose, codec.blur_kernel_size
        self.to_pixels = np.array(codec.input_size) / (np.array(codec.heatmap_size) - 1)

    def decode(self, maps):
        points, scores = self.vitpose.get_keypoint_predictions(maps)
        points = self.vitpose.post_dark_unbiased_data_processing(points, maps, self.kernel)
        return points[:, None] * self.to_pixels, scores[:, None, :, 0]


class RtmlibUdp:
    """rtmlib's ViTPose: UDP-DARK with OpenCV; it blurs in place, so it gets a copy."""

    def __init__(self, codec):
        from rtmlib.tools.pose_estimation.vitpose import ViTPose

        self.postprocess, self.kernel = ViTPose.postprocess, codec.blur_kernel_size
        self.scale = np.array(codec.input_size)

    def decode(self, maps):
        arguments = (None, [maps.copy()], self.scale / 2, self.scale)
        points, scores = self.postprocess(*arguments, dark_kernel=self.kernel)
        return points[:, None], scores[:, None]


class RtmlibSimCC:
    """rtmlib's SimCC: the bins of the maxima; the score is the mean of both axes."""

    def __init__(self, codec):
        from rtmlib.tools.pose_estimation.post_processings import get_simcc_maximum

        self.maximum, self.ratio = get_simcc_maximum, codec.simcc_split_ratio

    def decode(self, x, y):
        points, scores = self.maximum(x[:, 0], y[:, 0])
        return points[:, None] / self.ratio, scores[:, None]
