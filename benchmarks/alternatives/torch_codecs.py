"""UDP and SimCC in torch on the CPU, written by hand for whole batches."""

import math

import torch
from torch.nn import functional

from alternatives.kernel import gaussian_kernel


class Udp:
    """`UDPHeatmap` of Gaussian maps, on tensors (B, 1, K, 2) and (B, K, H, W)."""

    def __init__(self, codec):
        self.size, self.sigma = codec.heatmap_size, codec.sigma
        heatmap, pixels = torch.tensor(codec.heatmap_size), torch.tensor(codec.input_size)
        self.to_heatmap, self.to_pixels = (
            (heatmap - 1) / (pixels - 1),
            pixels / (heatmap - 1).double(),
        )
        self.axes = [torch.arange(side, dtype=torch.float32) for side in codec.heatmap_size]
        taps = torch.from_numpy(gaussian_kernel(codec.blur_kernel_size))
        self.across, self.down = (self._band(side, taps) for side in codec.heatmap_size)

    @staticmethod
    def _band(side, taps):
        """The blur along an axis as a matrix: faster on CPUs than a convolution of one channel."""
        distance = torch.arange(side)[:, None] - torch.arange(side) + len(taps) // 2
        inside = (distance >= 0) & (distance < len(taps))
        return taps[distance.clamp(0, len(taps) - 1)] * inside

    @torch.no_grad()
    def encode(self, keypoints, visible):
        points = (keypoints * self.to_heatmap)[:, 0]  # B, K, 2
        centers = (points + 0.5).trunc()
        radius = int(3 * self.sigma)
        profiles, inside = [], visible[:, 0] >= 0.5
        for axis, columns in enumerate(self.axes):
            point, center = points[..., axis, None], centers[..., axis, None]
            profile = torch.exp((columns - point).square_().mul_(-0.5 / self.sigma**2))
            profiles.append(profile.masked_fill_((columns - center).abs_() > radius, 0))
            first, last = center[..., 0] - radius, center[..., 0] + radius + 1
            inside = inside & (first < len(columns)) & (last >= 0)
        across = profiles[0] * inside[..., None]
        weights = torch.where(inside, visible[:, 0], visible[:, 0] * (visible[:, 0] < 0.5))
        return profiles[1][..., None] * across[..., None, :], weights[:, None]

    @torch.no_grad()
    def decode(self, maps):
        batch, count, height, width = maps.shape
        flat = maps.reshape(batch * count, height, width)
        scores, best = flat.flatten(1).max(dim=1)
        blurred = self.down @ (flat @ self.across)
        blurred *= (scores / blurred.flatten(1).amax(dim=1)).view(-1, 1, 1)
        logs = blurred.clamp_(1e-3, 50).log_()
        padded = functional.pad(logs[None], (1, 1, 1, 1), mode="replicate")[0].flatten(1)
        x, y = best % width, best // width
        stride = width + 2
        middle = (y + 1) * stride + x + 1
        steps = torch.tensor([0, 1, stride, stride + 1, -stride - 1, -1, -stride])
        samples = padded.gather(1, middle[:, None] + steps)
        i, ix1, iy1, ix1y1, ix1_y1_, ix1_, iy1_ = samples.unbind(1)
        dx, dy = 0.5 * (ix1 - ix1_), 0.5 * (iy1 - iy1_)
        epsilon = torch.finfo(torch.float32).eps
        xx, yy = ix1 - 2 * i + ix1_ + epsilon, iy1 - 2 * i + iy1_ + epsilon
        xy = 0.5 * (ix1y1 - ix1 - iy1 + 2 * i - ix1_ - iy1_ + ix1_y1_)
        determinant = xx * yy - xy * xy
        points = torch.stack(
            [x - (yy * dx - xy * dy) / determinant, y - (xx * dy - xy * dx) / determinant], dim=-1
        )
        points = torch.where(scores[:, None] > 0, points, -1.0)
        shape = (batch, 1, count)
        return points.view(*shape, 2) * self.to_pixels, scores.view(shape)


class SimCC:
    """`SimCCLabel` of Gaussian labels, on tensors (B, 1, K, 2) and (B, 1, K, W)."""

    def __init__(self, codec):
        self.ratio = codec.simcc_split_ratio
        self.sigmas = [float(sigma) for sigma in codec.sigma]
        self.norms = [
            sigma * math.sqrt(2 * math.pi) if codec.normalize else 1.0 for sigma in self.sigmas
        ]
        lengths = [round(side * self.ratio) for side in codec.input_size]
        self.axes = [torch.arange(length, dtype=torch.float32) for length in lengths]

    @torch.no_grad()
    def encode(self, keypoints, visible):
        centers = (keypoints * self.ratio).round()
        shown = visible >= 0.5
        labels = []
        for axis, (bins, sigma) in enumerate(zip(self.axes, self.sigmas, strict=True)):
            center = centers[..., axis]
            inside = (center - 3 * sigma < len(bins)) & (center + 3 * sigma + 1 >= 0)
            shown = shown & inside
            label = (bins - center[..., None]).square_().mul_(-0.5 / sigma**2).exp_()
            labels.append(label.div_(self.norms[axis]))
        weights = torch.where(shown, visible, visible * (visible < 0.5))
        return *(label.mul_(shown[..., None]) for label in labels), weights

    @torch.no_grad()
    def decode(self, x, y):
        across, columns = x.max(dim=-1)
        down, rows = y.max(dim=-1)
        scores = torch.minimum(across, down)
        points = torch.stack([columns, rows], dim=-1).float()
        points = torch.where(scores[..., None] > 0, points, -1.0)
        return points / self.ratio, scores
