"""UDP and SimCC in Numba, written by hand after MMPose as compiled loops.

Every function is compiled twice, for one thread and for several, which share the maps of a batch.
"""

from functools import partial

import numba
import numpy as np
from numba import prange

from alternatives.kernel import gaussian_kernel


def _udp_encode(points, visible, sigma, maps, weights):
    count, height, width = maps.shape
    radius = int(3 * sigma)
    scale = np.float32(-0.5 / (sigma * sigma))
    for each in prange(count):
        plane = maps[each]
        plane[:] = 0
        weights[each] = visible[each]
        x, y = points[each]
        left, top = int(x + 0.5) - radius, int(y + 0.5) - radius
        right, bottom = left + 2 * radius + 1, top + 2 * radius + 1
        if visible[each] < 0.5:
            continue
        if left >= width or top >= height or right < 0 or bottom < 0:
            weights[each] = 0
            continue
        row = np.empty(2 * radius + 1, np.float32)
        for column in range(left, right):
            row[column - left] = np.exp(scale * (column - x) ** 2)
        for line in range(max(top, 0), min(bottom, height)):
            factor = np.exp(scale * (line - y) ** 2)
            for column in range(max(left, 0), min(right, width)):
                plane[line, column] = factor * row[column - left]


def _udp_decode(maps, taps, points, scores):
    count, height, width = maps.shape
    size = len(taps)
    border = size // 2
    for each in prange(count):
        plane = maps[each].ravel()
        best = plane.argmax()
        score = plane[best]
        scores[each] = score
        px, py = best % width, best // width
        if score <= 0:
            points[each, 0] = points[each, 1] = -1
            continue
        padded = np.zeros((height + 2 * border, width + 2 * border), np.float32)
        padded[border : border + height, border : border + width] = maps[each]
        along = np.zeros((height, width + 2 * border), np.float32)
        for y in range(height):
            line = along[y]
            for tap in range(size):
                weight, source = taps[tap], padded[y + tap]
                for x in range(width + 2 * border):
                    line[x] += weight * source[x]
        blurred = np.zeros((height, width), np.float32)
        for y in range(height):
            line = blurred[y]
            for tap in range(size):
                weight, source = taps[tap], along[y, tap:]
                for x in range(width):
                    line[x] += weight * source[x]
        factor = score / blurred.max()
        samples = np.empty((3, 3), np.float32)
        for dy in range(3):
            for dx in range(3):
                y = min(max(py + dy - 1, 0), height - 1)
                x = min(max(px + dx - 1, 0), width - 1)
                samples[dy, dx] = np.log(min(max(blurred[y, x] * factor, 1e-3), 50.0))
        slope_x = 0.5 * (samples[1, 2] - samples[1, 0])
        slope_y = 0.5 * (samples[2, 1] - samples[0, 1])
        middle = samples[1, 1]
        epsilon = np.float32(1.1920929e-07)
        xx = samples[1, 2] - 2 * middle + samples[1, 0] + epsilon
        yy = samples[2, 1] - 2 * middle + samples[0, 1] + epsilon
        xy = 0.5 * (
            samples[2, 2]
            - samples[1, 2]
            - samples[2, 1]
            + 2 * middle
            - samples[1, 0]
            - samples[0, 1]
            + samples[0, 0]
        )
        determinant = xx * yy - xy * xy
        points[each, 0] = px - (yy * slope_x - xy * slope_y) / determinant
        points[each, 1] = py - (xx * slope_y - xy * slope_x) / determinant


def _simcc_encode(points, visible, ratio, table, labels, weights, axis):
    count, length = labels.shape
    middle = len(table) // 2
    reach = 3.0 * middle / length
    for each in prange(count):
        weights[each] = visible[each]
        center = int(np.rint(points[each, axis] * ratio))
        if visible[each] < 0.5 or center - reach >= length or center + reach + 1 < 0:
            labels[each] = 0
            continue
        labels[each] = table[middle - center : middle - center + length]


def _simcc_decode(x, y, ratio, points, scores):
    for each in prange(len(x)):
        column, row = x[each].argmax(), y[each].argmax()
        score = min(x[each, column], y[each, row])
        scores[each] = score
        points[each, 0] = column / ratio if score > 0 else -1 / ratio
        points[each, 1] = row / ratio if score > 0 else -1 / ratio


def _compiled(function):
    """For one thread and for several."""
    return {each: numba.njit(function, parallel=each, nogil=True) for each in (False, True)}


UDP_ENCODE, UDP_DECODE = _compiled(_udp_encode), _compiled(_udp_decode)
SIMCC_ENCODE, SIMCC_DECODE = _compiled(_simcc_encode), _compiled(_simcc_decode)


class Udp:
    """`UDPHeatmap` of Gaussian maps, on batches (B, 1, K, 2) and (B, K, H, W)."""

    def __init__(self, codec, parallel):
        self.size, self.sigma, self.parallel = codec.heatmap_size, codec.sigma, parallel
        self.to_cells = np.float32((np.array(self.size) - 1) / (np.array(codec.input_size) - 1))
        self.to_pixels = np.array(codec.input_size) / (np.array(self.size) - 1)
        self.taps = gaussian_kernel(codec.blur_kernel_size)

    def encode(self, keypoints, visible):
        shape, (width, height) = keypoints.shape[:-1], self.size
        maps = np.empty((shape[0], shape[2], height, width), np.float32)
        weights = np.empty(shape, np.float32)
        points = (keypoints * self.to_cells).reshape(-1, 2)
        flat = maps.reshape(-1, height, width)
        UDP_ENCODE[self.parallel](points, visible.ravel(), self.sigma, flat, weights.ravel())
        return maps, weights

    def decode(self, maps):
        batch, count, height, width = maps.shape
        points = np.empty((batch, 1, count, 2), np.float32)
        scores = np.empty((batch, 1, count), np.float32)
        flat = maps.reshape(-1, height, width)
        UDP_DECODE[self.parallel](flat, self.taps, points.reshape(-1, 2), scores.ravel())
        return points * self.to_pixels, scores


class SimCC:
    """`SimCCLabel` of Gaussian labels, on batches (B, 1, K, 2) and (B, 1, K, W)."""

    def __init__(self, codec, parallel):
        self.ratio, self.parallel = codec.simcc_split_ratio, parallel
        self.lengths = [round(side * self.ratio) for side in codec.input_size]
        self.tables = [
            self._table(length, float(sigma), codec.normalize)
            for length, sigma in zip(self.lengths, codec.sigma, strict=True)
        ]

    @staticmethod
    def _table(length, sigma, normalize):
        """The Gaussian around 0, from which a label is a slice, wherever its center is."""
        half = length + int(3 * sigma) + 2
        table = np.exp(-((np.arange(-half, half + 1)) ** 2) / (2 * sigma**2))
        return (table / (sigma * np.sqrt(2 * np.pi) if normalize else 1)).astype(np.float32)

    def encode(self, keypoints, visible):
        shape = keypoints.shape[:-1]
        weights = np.empty(shape, np.float32)
        points = keypoints.reshape(-1, 2)
        answer = []
        for axis, (length, table) in enumerate(zip(self.lengths, self.tables, strict=True)):
            labels = np.empty((*shape, length), np.float32)
            run = partial(SIMCC_ENCODE[self.parallel], points, visible.ravel(), self.ratio, table)
            run(labels.reshape(-1, length), weights.ravel(), axis)
            answer.append(labels)
        return *answer, weights

    def decode(self, x, y):
        points = np.empty((*x.shape[:-1], 2), np.float32)
        scores = np.empty(x.shape[:-1], np.float32)
        x, y = x.reshape(-1, x.shape[-1]), y.reshape(-1, y.shape[-1])
        SIMCC_DECODE[self.parallel](x, y, self.ratio, points.reshape(-1, 2), scores.ravel())
        return points, scores
