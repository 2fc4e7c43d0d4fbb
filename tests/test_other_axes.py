"""Network outputs whose axes are exchanged are refused; other sizes are decoded as in MMPose."""

from typing import Any

import numpy as np
import posecodec_rs as pc
import pytest
from specs.shared.bad import Bad, ones

SIZES: dict[str, Any] = {"input_size": (192, 256), "heatmap_size": (48, 64)}
SIMCC = pc.SimCCLabel((192, 256))
SIMCC_3D = pc.SimCC3DLabel((192, 256, 64))
MAPS = ones(17, 48, 64)
TRANSPOSED = ("must have 64 rows and 48 columns per map", "48 rows and 64 columns")
ORDER = list(range(17))

CODECS: list[tuple[Any, str, tuple[Any, ...]]] = [
    (pc.MSRAHeatmap(**SIZES, sigma=2), "encoded", (MAPS,)),
    (pc.UDPHeatmap(**SIZES), "encoded", (MAPS,)),
    (pc.UDPHeatmap(**SIZES, heatmap_type="combined"), "encoded", (ones(51, 48, 64),)),
    (pc.MegviiHeatmap(**SIZES, kernel_size=11), "encoded", (MAPS,)),
    (pc.SKPSHeatmap(**SIZES, sigma=2), "encoded", (MAPS, ones(34, 48, 64))),
    (pc.SPR(**SIZES), "heatmaps", (ones(1, 48, 64), ones(34, 48, 64))),
    (pc.DecoupledHeatmap(**SIZES), "instance_heatmaps", (MAPS[None], ones(1, 1))),
]


def rows() -> list[Bad]:
    """Transposed maps, and SimCC vectors along other axes."""
    rows = [
        Bad(f"maps, {codec}", lambda codec=codec, maps=maps: codec.decode(*maps),
            (f"`{argument}`", *TRANSPOSED))
        for codec, argument, maps in CODECS
    ]  # fmt: skip
    grouping = pc.AssociativeEmbedding(**SIZES, decode_keypoint_order=ORDER)
    maps = MAPS[None]
    rows.append(
        Bad(
            "maps, AE", lambda: grouping.batch_decode(maps, maps), ("`batch_heatmaps`", *TRANSPOSED)
        )
    )
    x, y, z = ones(1, 17, 384), ones(1, 17, 512), ones(1, 17, 128)
    words = ("`simcc_x`", "the codec's 384 bins", "512 bins")
    rows += [
        Bad("x for y", lambda: SIMCC.decode(y, x), words),
        Bad("x for y, batches", lambda: SIMCC.batch_decode(y[None], x[None]), words),
        Bad(
            "y of 100 bins",
            lambda: SIMCC.decode(x, y[..., :100]),
            ("`simcc_y`", "the codec's 512 bins", "100 bins"),
        ),
        Bad("z for y", lambda: SIMCC_3D.decode(x, z, y), ("`y`", "512 bins", "128 bins")),
    ]
    return rows


@pytest.mark.parametrize("bad", [pytest.param(row, id=row.name) for row in rows()])
def test_exchanged_axes(bad: Bad) -> None:
    bad.check()


@pytest.mark.parametrize("size", [(64, 48), (32, 24), (48, 48), (47, 64)])
def test_maps_of_other_sizes(size: tuple[int, int]) -> None:
    maps = np.zeros((17, *size), np.float32)
    maps[:, 20, 10] = 1
    keypoints, _ = pc.MSRAHeatmap(**SIZES, sigma=2).decode(maps)
    assert keypoints.tolist() == [[[40, 80]] * 17]
