"""`posecodec_rs.torch.batch_decode` of `SPR`, also on a device: bit-identical to the codec."""

from typing import Any

import numpy as np
import pytest
from comparison import assert_same
from devices import DEVICES, OnDevice, to
from numpy.random import Generator
from posecodec_rs import SPR, InvalidInputError
from root_maps import KINDS, MAP_SIZES, people_codec, people_maps
from specs.shared.inputs import SIZES

torch = pytest.importorskip("torch")
batch_decode = pytest.importorskip("posecodec_rs.torch").batch_decode

pytestmark = pytest.mark.torch

on_each_device = pytest.mark.parametrize("device", DEVICES)
CODEC = SPR(**SIZES, sigma=(4, 2), generate_keypoint_heatmaps=True)


def drawn(rng: Generator, kind: str, dtype: str) -> tuple[SPR, list[Any]]:
    """A codec, and heatmaps and displacements."""
    size = MAP_SIZES[rng.integers(len(MAP_SIZES))]
    count = int(rng.integers(1, 6))
    maps = people_maps(
        rng, kind, int(rng.integers(0, 4)), count, size, int(rng.choice([1, count + 1]))
    )
    return people_codec(rng, size), [
        torch.from_numpy(values).to(getattr(torch, dtype)) for values in maps
    ]


def noisy(rng: Generator, batch: int = 3) -> list[Any]:
    """Heatmaps and displacements for `CODEC`, in single precision."""
    maps = people_maps(rng, "noisy", batch, 17, (48, 64), 18)
    return [torch.from_numpy(values).float() for values in maps]


def bits(result: Any) -> Any:
    """A nested result as arrays, those of bfloat16 in single precision, with one kind of NaN."""
    if isinstance(result, torch.Tensor):
        array = (result.float() if result.dtype == torch.bfloat16 else result).cpu().numpy()
        return np.where(np.isnan(array), np.array(np.nan, array.dtype), array)
    return type(result)(map(bits, result)) if isinstance(result, list | tuple) else result


@on_each_device
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16", "float64"])
def test_people_are_those_of_the_codec(kind: str, dtype: str, device: str) -> None:
    rng = np.random.default_rng(len(kind))
    for _ in range(10):
        codec, maps = drawn(rng, kind, dtype)
        want = bits(codec.batch_decode(*maps))
        assert_same(bits(batch_decode(codec, *maps)), want)
        on_device = [to(device, values) for values in maps]
        assert_same(bits(batch_decode(codec, *on_device)), want)
        assert_same(bits(codec.batch_decode(*on_device)), want)
        for image in range(len(maps[0])):
            got = codec.decode(*(values[image] for values in on_device))
            assert_same(bits(got), (want[0][image], want[1][image]))


@on_each_device
def test_results_are_on_the_device(device: str, rng: Generator) -> None:
    heatmaps, displacements = (to(device, values) for values in noisy(rng))
    keypoints, scores = CODEC.batch_decode(heatmaps, displacements.double())
    assert [points.dtype for points in keypoints] == [torch.float64] * 3
    assert {each.dtype for pair in scores for each in pair} == {torch.float32}
    where = {each.device for each in (*keypoints, *(each for pair in scores for each in pair))}
    assert where == {heatmaps.device}
    keypoints, _ = batch_decode(CODEC, heatmaps, displacements)
    assert {points.device.type for points in keypoints} == {"cpu"}


@pytest.mark.parametrize("layout", ["channels_last", "reversed", "part"])
def test_layouts_of_maps(layout: str, rng: Generator) -> None:
    maps = noisy(rng)
    others = [
        {
            "channels_last": lambda each: each.to(memory_format=torch.channels_last),
            "reversed": lambda each: each.flip(-1).contiguous().flip(-1),
            "part": lambda each: torch.cat([each, each], -1)[..., :48],
        }[layout](each)
        for each in maps
    ]
    assert_same(bits(batch_decode(CODEC, *others)), bits(CODEC.batch_decode(*maps)))


def test_peaks_are_copied_and_maps_are_not(rng: Generator, monkeypatch: Any) -> None:
    """Only images with equal peaks are copied as a whole."""
    copied = []

    def cpu(self: Any) -> Any:
        copied.append(self.nbytes)
        return self.as_subclass(torch.Tensor)

    monkeypatch.setattr(OnDevice, "cpu", cpu)
    maps = [each.as_subclass(OnDevice) for each in noisy(rng)]
    batch_decode(CODEC, *maps)
    peaks, total = sum(copied), sum(each.nbytes for each in maps)
    assert peaks < total / 5
    copied.clear()
    maps[0][1, -1] = 0.5
    batch_decode(CODEC, *maps)
    assert sum(copied) == peaks + total // 3


@pytest.mark.parametrize("mode", [torch.inference_mode, torch.no_grad])
def test_modes_of_torch(mode: Any, rng: Generator) -> None:
    maps = noisy(rng)
    want = bits(CODEC.batch_decode(*maps))
    with mode(), torch.autocast("cpu", torch.bfloat16):
        assert_same(bits(batch_decode(CODEC, *maps)), want)


def test_gradients_are_not_computed(rng: Generator) -> None:
    maps = noisy(rng)
    want = bits(CODEC.batch_decode(*maps))
    for values in maps:
        values.requires_grad_()
    for got in (
        batch_decode(CODEC, *maps),
        CODEC.batch_decode(*(each.as_subclass(OnDevice) for each in maps)),
    ):
        assert not any(points.requires_grad for points in got[0])
        assert_same(bits(got), want)


def test_subclasses_keep_their_methods(rng: Generator) -> None:
    class Doubled(SPR):
        def batch_decode(self, *args: Any) -> Any:
            keypoints, scores = super().batch_decode(*args)
            return [2 * points for points in keypoints], scores

    codec = Doubled(**SIZES, sigma=(4, 2), generate_keypoint_heatmaps=True)
    maps = noisy(rng)
    want = bits(codec.batch_decode(*maps))
    assert_same(want[0], [2 * points for points in bits(CODEC.batch_decode(*maps))[0]])
    assert_same(bits(batch_decode(codec, *maps)), want)
    assert_same(bits(codec.batch_decode(*(each.as_subclass(OnDevice) for each in maps))), want)


def test_wrong_maps(rng: Generator) -> None:
    """The errors are those of the codec."""
    heatmaps, displacements = noisy(rng, 2)
    many = SPR(**SIZES, decode_max_instances=48 * 64 + 1)
    for codec, wrong in (
        (CODEC, (heatmaps[0], displacements)),
        (CODEC, (heatmaps.int(), displacements)),
        (CODEC, (heatmaps.mT, displacements.mT)),
        (CODEC, (heatmaps, displacements.mT)),
        (CODEC, (heatmaps, displacements[:, 1:])),
        (CODEC, (heatmaps, displacements[:1])),
        (CODEC, (heatmaps[:, :0], displacements)),
        (CODEC, (heatmaps[..., :0], displacements[..., :0])),
        (many, (heatmaps, displacements)),
    ):
        with pytest.raises(InvalidInputError) as want:
            codec.batch_decode(*wrong)
        for given in (wrong, [each.as_subclass(OnDevice) for each in wrong]):
            for decode in (batch_decode, SPR.batch_decode):
                with pytest.raises(InvalidInputError) as got:
                    decode(codec, *given)
                assert str(got.value) == str(want.value)
    with pytest.raises(InvalidInputError) as want:
        CODEC.decode(heatmaps, displacements)
    with pytest.raises(InvalidInputError) as got:
        CODEC.decode(heatmaps.as_subclass(OnDevice), displacements.as_subclass(OnDevice))
    assert str(got.value) == str(want.value)
    with pytest.raises(InvalidInputError, match="`heatmaps` must be"):
        batch_decode(CODEC, heatmaps.to_sparse(), displacements)
    meta = heatmaps.to("meta"), displacements.to("meta")
    for decode in (batch_decode, SPR.batch_decode):
        with pytest.raises(InvalidInputError, match="with values, but got some on meta"):
            decode(CODEC, *meta)
    with pytest.raises(InvalidInputError, match="with values, but got some on meta"):
        CODEC.decode(meta[0][0], meta[1][0])
    with pytest.raises(InvalidInputError, match="on one device, but got some on cpu and meta"):
        batch_decode(CODEC, heatmaps, meta[1])


@pytest.mark.parametrize("shape", [(0, 18, 64, 48), (2, 1, 64, 48)])
@pytest.mark.parametrize("count", [0, 17])
def test_no_images_and_no_keypoints(count: int, shape: tuple[int, ...]) -> None:
    maps = torch.rand(shape), torch.rand(shape[0], 2 * count, 64, 48)
    want = bits(CODEC.batch_decode(*maps))
    for given in (maps, [each.as_subclass(OnDevice) for each in maps]):
        assert_same(bits(batch_decode(CODEC, *given)), want)
        assert_same(bits(CODEC.batch_decode(*given)), want)
