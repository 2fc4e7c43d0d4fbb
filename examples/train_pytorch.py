"""Train a small network to find keypoints with PyTorch: `python examples/train_pytorch.py`.

The data loader's workers return keypoints, and the training loop encodes them, one batch at a time;
the evaluation decodes in batches. The bundled sample has annotations but no photographs, so the
images are colored stick figures. The network is trained on randomly rotated, scaled and shifted
crops and evaluated on the original ones: it overfits to these people and does not generalize.
"""

import argparse
import itertools

import numpy as np
import torch
from posecodec_rs import Crop, UDPHeatmap, set_num_threads
from posecodec_rs.cli.coco import Person, read_annotations
from posecodec_rs.torch import TargetEncoder
from torch import nn
from torch.utils.data import DataLoader, Dataset

INPUT_SIZE, HEATMAP_SIZE = (96, 128), (24, 32)  # (w, h)
CODEC = UDPHeatmap(INPUT_SIZE, HEATMAP_SIZE, sigma=1.5)
ENCODE = TargetEncoder(CODEC)  # on the CPU, as the network
SAMPLE = read_annotations(None)  # None, or the path of a file in COCO's format


def stick_figure(points: np.ndarray, visible: np.ndarray) -> np.ndarray:
    """An image, (3, H, W): one colored dot per keypoint, and the bones between them."""
    w, h = INPUT_SIZE
    hues = 2 * np.pi * np.arange(len(points), dtype=np.float32) / len(points)
    colors = 0.5 + 0.5 * np.cos(hues[:, None] - np.float32([0, 2, 4]) * np.pi / 3)  # (K, 3)
    pixels = np.stack(np.meshgrid(np.arange(w), np.arange(h)), axis=-1, dtype=np.float32)
    image = np.zeros((h, w, 3), np.float32)
    dots = [(number, number) for number in range(len(points))]
    for a, b in SAMPLE.skeleton + dots:
        if visible[a] and visible[b]:
            bone = points[b] - points[a]
            along = np.clip((pixels - points[a]) @ bone / max(bone @ bone, 1e-6), 0, 1)[..., None]
            distance = np.linalg.norm(pixels - points[a] - along * bone, axis=-1, keepdims=True)
            color = (1 - along) * colors[a] + along * colors[b]
            image = np.where(distance < (3 if a == b else 1.5), color, image)
    return image.transpose(2, 0, 1).astype(np.float32)


class People(Dataset):
    """Images of people with their keypoints, each person `repeats` times."""

    def __init__(self, people: list[Person], repeats: int = 1, augment: bool = False) -> None:
        self.people, self.augment = people * repeats, augment

    def __len__(self) -> int:
        return len(self.people)

    def __getitem__(self, index: int) -> dict[str, np.ndarray]:
        person = self.people[index]
        points = Crop.from_box(person.box, INPUT_SIZE).to_input(person.keypoints)
        if self.augment:
            points = self.moved(points, np.random.default_rng(torch.randint(2**31, ()).item()))
        return {
            "image": stick_figure(points, person.visible),
            "keypoints": points[None],  # (1, K, 2)
            "visible": person.visible[None],  # (1, K)
        }

    @staticmethod
    def moved(points: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Rotated by up to 40 degrees, scaled by 0.7 to 1.3, shifted by up to a tenth."""
        angle, scale = rng.uniform(-0.7, 0.7), rng.uniform(0.7, 1.3)
        cos, sin = scale * np.cos(angle), scale * np.sin(angle)
        center = np.array(INPUT_SIZE) / 2
        moved = (points - center) @ [[cos, sin], [-sin, cos]] + center
        return (moved + rng.uniform(-0.1, 0.1, 2) * INPUT_SIZE).astype(np.float32)


def network(num_keypoints: int, channels: int = 32) -> nn.Sequential:
    """From (B, 3, H, W) to (B, K, H / 4, W / 4); dilations let it see the whole body."""

    def block(inputs: int, **options: int) -> list[nn.Module]:
        return [
            nn.Conv2d(inputs, channels, 3, bias=False, **options),
            nn.BatchNorm2d(channels),
            nn.ReLU(inplace=True),
        ]

    return nn.Sequential(
        *block(3, stride=2, padding=1),
        *block(channels, stride=2, padding=1),
        *itertools.chain(*(block(channels, dilation=d, padding=d) for d in (1, 2, 4, 1))),
        nn.Conv2d(channels, num_keypoints, 1),
    )


@torch.no_grad()
def evaluate(model: nn.Module, loader: DataLoader, threshold: float = 0.05) -> float:
    """PCK: the share of keypoints with an error below `threshold` times the input's longer side."""
    model.eval()
    right = total = 0
    for batch in loader:
        logits = model(batch["image"])
        heatmaps = logits.flatten(2).softmax(-1).view_as(logits)
        found, _ = CODEC.batch_decode(heatmaps)  # takes tensors; (B, 1, K, 2), (B, 1, K)
        errors = np.linalg.norm(found - batch["keypoints"].numpy(), axis=-1)
        # Weights are 0 outside the input.
        counts = ENCODE(batch["keypoints"], batch["visible"])["keypoint_weights"].numpy() > 0
        right += int((errors[counts] < threshold * max(INPUT_SIZE)).sum())
        total += int(counts.sum())
    return right / total


def train(epochs: int = 8, workers: int = 2, seed: int = 0) -> float:
    """Train, print one line per epoch, and return the last PCK."""
    torch.manual_seed(seed)
    data = People(SAMPLE.people, repeats=16, augment=True)
    loader = DataLoader(
        data, batch_size=16, shuffle=True, num_workers=workers, persistent_workers=workers > 0
    )
    plain = DataLoader(People(SAMPLE.people), batch_size=16)

    model = network(SAMPLE.num_keypoints)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1e-2, epochs * len(loader))
    for epoch in range(1, epochs + 1):
        model.train()
        losses = []
        for batch in loader:
            encoded = ENCODE(batch["keypoints"], batch["visible"])
            weights = encoded["keypoint_weights"][:, 0]  # (B, K)
            targets = encoded["heatmaps"].flatten(2)  # (B, K, H * W)
            shares = targets / targets.sum(dim=-1, keepdim=True).clamp(min=1)
            entropies = -(shares * model(batch["image"]).flatten(2).log_softmax(-1)).sum(-1)
            loss = (entropies * weights).sum() / weights.sum()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
        pck = evaluate(model, plain)
        print(
            f"epoch {epoch:2}/{epochs}: loss {np.mean(losses):.3f}, PCK@0.05 {pck:.3f}", flush=True
        )
    return pck


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--workers", type=int, default=2, help="of the data loader")
    arguments = parser.parse_args()
    set_num_threads(torch.get_num_threads())  # of `batch_decode`: as many as the network uses
    train(arguments.epochs, arguments.workers)
