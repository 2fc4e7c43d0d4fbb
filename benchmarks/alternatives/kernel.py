"""OpenCV's Gaussian kernel, for the hand-written versions."""

import numpy as np


def gaussian_kernel(size: int) -> np.ndarray:
    """The kernel of `cv2.GaussianBlur` with a sigma of 0, for sizes of at least 11."""
    sigma = 0.3 * ((size - 1) * 0.5 - 1) + 0.8
    taps = np.exp(-((np.arange(size) - (size - 1) / 2) ** 2) / (2 * sigma**2))
    return (taps / taps.sum()).astype(np.float32)
