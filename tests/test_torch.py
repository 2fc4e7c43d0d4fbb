"""`posecodec_rs.torch`: bit-identical to the codecs, with tensors on the CPU and on CUDA."""

from typing import Any

import numpy as np
import pytest
from comparison import assert_same
from devices import OnDevice
from numpy.random import Generator
from posecodec_rs import InvalidInputError, MegviiHeatmap, MSRAHeatmap, SimCCLabel, UDPHeatmap
from products import random_keypoints, separable_codecs
from specs import CONFIGS, Config, each
from specs.shared.inputs import SIZES
from windows import KINDS, MAP_SIZES, network_maps

torch = pytest.importorskip("torch")
batch_encode = pytest.importorskip("posecodec_rs.torch").batch_encode
batch_decode = pytest.importorskip("posecodec_rs.torch").batch_decode

pytestmark = pytest.mark.torch

DEVICES = ["cpu", *["cuda"] * torch.cuda.is_available()]
on_each_device = pytest.mark.parametrize("device", DEVICES)
needs_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")

FLIP = [1, 0, 2, 4, 3]
UDP = UDPHeatmap(**SIZES)
MSRA = MSRAHeatmap(**SIZES, sigma=2.0)
UNBIASED = MSRAHeatmap(**SIZES, sigma=2.0, unbiased=True)
MEGVII = MegviiHeatmap(**SIZES, kernel_size=11)
each_profile_codec = pytest.mark.parametrize("codec", [UDP, MSRA, UNBIASED, MEGVII], ids=repr)
each_window_codec = pytest.mark.parametrize("codec", [UDP, MSRA, UNBIASED], ids=repr)


def arrays(result: Any) -> Any:
    """A nested result with arrays instead of tensors."""
    if isinstance(result, torch.Tensor):
        return result.cpu().numpy()
    if isinstance(result, dict):
        return {name: arrays(value) for name, value in result.items()}
    if isinstance(result, list | tuple):
        return type(result)(map(arrays, result))
    return result


def with_one_nan(array: Any) -> Any:
    """The array with the same bits in every NaN, which torch's `gather` changes in bfloat16."""
    return np.where(np.isnan(array), np.array(np.nan, array.dtype), array)


@on_each_device
@pytest.mark.parametrize("seed", range(5))
def test_targets_are_those_of_the_codec(device: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    for codec in [codec for _ in range(10) for codec in separable_codecs(rng)]:
        points, visible = random_keypoints(codec, rng)
        targets = batch_encode(codec, points, visible, device=device)
        assert all(value.device.type == device for value in targets.values())
        assert_same(arrays(targets), codec.batch_encode(points, visible))


@on_each_device
@each(config for config in CONFIGS if not config.spec.random)
def test_every_codec_encodes(config: Config, device: str, rng: Generator) -> None:
    codec, args = config.make(), config.encode_args(rng, 3)
    assert_same(arrays(batch_encode(codec, **args, device=device)), codec.batch_encode(**args))


@on_each_device
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float64"])
@pytest.mark.parametrize("seed", range(5))
def test_targets_are_rounded_once(seed: int, device: str, dtype: str) -> None:
    rng = np.random.default_rng(seed)
    for codec in separable_codecs(rng):
        points, visible = random_keypoints(codec, rng)
        want = codec.batch_encode(points, visible)
        got = batch_encode(codec, points, visible, device=device, dtype=getattr(torch, dtype))
        for name, value in want.items():
            rounds = value.dtype == np.float32 and name != "keypoint_weights"
            wanted = torch.from_numpy(value).to(getattr(torch, dtype) if rounds else None)
            assert got[name].dtype == wanted.dtype
            assert torch.equal(got[name].cpu(), wanted)


@on_each_device
@each_profile_codec
@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_out_is_filled(codec: Any, device: str, dtype: str, rng: Generator) -> None:
    points = rng.uniform(0, 190, (2, 1, 17, 2))
    options = {"device": device, "dtype": getattr(torch, dtype)}
    want = batch_encode(codec, points, **options)
    out = {name: torch.full_like(value, 7) for name, value in reversed(want.items())}
    given = dict(out)
    assert batch_encode(codec, points, **options, out=out) is out
    for name, value in given.items():
        assert out[name] is value
        assert torch.equal(value, want[name])
    del options["device"]
    assert batch_encode(codec, points, **options, out=out) is out


@on_each_device
@each(config for config in CONFIGS if config.codec in ("SPR", "AssociativeEmbedding"))
@pytest.mark.parametrize("counts", [(2, 0, 3), (0, 0), (1,)], ids=str)
def test_lists_of_images(
    config: Config, counts: tuple[int, ...], device: str, rng: Generator
) -> None:
    codec = config.make()
    images = [config.keypoints(rng)[:count] for count in counts]
    visible = [config.visible(rng)[:count] for count in counts]
    for seen in (None, visible, [row.astype(int) for row in visible]):
        want = codec.batch_encode(images, seen)
        assert_same(arrays(batch_encode(codec, images, seen, device=device)), want)
        tensors = [torch.from_numpy(image) for image in images]
        assert_same(arrays(batch_encode(codec, tensors, seen, device=device)), want)
    mixed = [image.astype(kind) for image, kind in zip(images, ["f4", "f8", "f4"], strict=False)]
    assert_same(arrays(batch_encode(codec, mixed, device=device)), codec.batch_encode(mixed))


def test_subclasses_keep_their_methods(rng: Generator) -> None:
    class Doubled(UDPHeatmap):
        def batch_encode(self, *args: Any, **kwargs: Any) -> Any:
            targets = super().batch_encode(*args, **kwargs)
            targets["heatmaps"] *= 2
            return targets

        def batch_decode(self, *args: Any, **kwargs: Any) -> Any:
            keypoints, scores = super().batch_decode(*args, **kwargs)
            return 2 * keypoints, scores

    codec, points = Doubled(**SIZES), rng.uniform(0, 190, (2, 1, 17, 2))
    assert_same(arrays(batch_encode(codec, points)), codec.batch_encode(points))
    maps = torch.rand(2, 17, 64, 48)
    want = codec.batch_decode(maps)
    assert_same(want[0], 2 * UDP.batch_decode(maps)[0])
    assert_same(arrays(batch_decode(codec, maps)), want)
    assert_same(codec.batch_decode(maps.as_subclass(OnDevice)), want)


def test_device_is_that_of_the_keypoints() -> None:
    points = torch.zeros(1, 1, 17, 2)
    for codec in (UDP, UDPHeatmap(**SIZES, heatmap_type="combined")):
        targets = batch_encode(codec, points, device="meta")
        assert {value.device.type for value in targets.values()} == {"meta"}
        assert batch_encode(codec, points)["heatmaps"].device == points.device


def test_gradients_are_not_computed(rng: Generator) -> None:
    points = torch.rand(1, 1, 17, 2, requires_grad=True)
    assert not batch_encode(UDP, points)["heatmaps"].requires_grad
    maps = torch.rand(1, 17, 64, 48)
    want = UDP.batch_decode(maps)
    keypoints, scores = batch_decode(UDP, maps.requires_grad_())
    assert not keypoints.requires_grad
    assert_same((keypoints.numpy(), scores.numpy()), want)


@pytest.mark.parametrize("mode", [torch.inference_mode, torch.no_grad])
def test_modes_of_torch(mode: Any, rng: Generator) -> None:
    points, maps = rng.uniform(0, 190, (2, 1, 17, 2)), torch.rand(2, 17, 64, 48)
    with mode():
        assert_same(arrays(batch_encode(UNBIASED, points)), UNBIASED.batch_encode(points))
        assert_same(arrays(batch_decode(UDP, maps)), UDP.batch_decode(maps))


@each_profile_codec
def test_autocast_changes_nothing(codec: Any, rng: Generator) -> None:
    points, maps = rng.uniform(0, 190, (2, 1, 17, 2)), torch.rand(2, 17, 64, 48)
    want = codec.batch_encode(points), codec.batch_decode(maps)
    with torch.autocast("cpu", torch.bfloat16):
        assert_same(arrays((batch_encode(codec, points), batch_decode(codec, maps))), want)


@on_each_device
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16", "float64"])
def test_keypoints_are_those_of_the_codec(kind: str, dtype: str, device: str) -> None:
    rng = np.random.default_rng(len(kind))
    for _ in range(6):
        size = MAP_SIZES[rng.integers(len(MAP_SIZES))]
        sizes: dict[str, Any] = {"input_size": (size[0] * 4, size[1] * 4), "heatmap_size": size}
        taps = int(rng.choice([1, 3, 5, 11, 17, 31, 61]))
        shape = (int(rng.integers(1, 4)), int(rng.integers(2, 6)))
        maps, flipped = (
            torch.from_numpy(network_maps(rng, kind, shape, size)).to(getattr(torch, dtype))
            for _ in range(2)
        )
        flip = {"flip_indices": [1, 0, *range(2, shape[1])], "shift": bool(rng.integers(2))}
        for codec in (
            UDPHeatmap(**sizes, blur_kernel_size=taps),
            MSRAHeatmap(**sizes, sigma=2.0),
            MSRAHeatmap(**sizes, sigma=2.0, unbiased=True, blur_kernel_size=taps),
        ):
            for options in ({}, {"flipped": flipped, **flip}):
                want = codec.batch_decode(maps, **options)
                if options:
                    options = options | {"flipped": flipped.to(device)}
                got = arrays(batch_decode(codec, maps.to(device), **options))
                assert_same(tuple(map(with_one_nan, got)), tuple(map(with_one_nan, want)))


@on_each_device
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16", "float64"])
@pytest.mark.parametrize("use_dark", [False, True])
def test_vectors(use_dark: bool, kind: str, dtype: str, device: str) -> None:
    rng = np.random.default_rng(len(kind))
    for sigma in (1.0, 6.0):
        codec = SimCCLabel(input_size=(24, 32), sigma=sigma, use_dark=use_dark)
        vectors, flipped = (
            [
                # The rows and the columns of one-pixel maps.
                torch.from_numpy(network_maps(rng, kind, (2, 5), size)).to(getattr(torch, dtype))
                for size in ((48, 1), (64, 1))
            ]
            for _ in range(2)
        )
        x, y = (axis.flatten(2) for axis in vectors)
        other = tuple(axis.flatten(2) for axis in flipped)
        for shape in ((2, 5), (2, 1, 5), (1, 2, 5)):
            own = [axis.reshape(*shape, -1) for axis in (x, y)]
            for options in (
                {},
                {"flipped": [axis.reshape(*shape, -1) for axis in other], "flip_indices": FLIP},
            ):
                want = codec.batch_decode(*own, **options)
                if options:
                    options = options | {
                        "flipped": [axis.to(device) for axis in options["flipped"]]
                    }
                got = arrays(batch_decode(codec, *(axis.to(device) for axis in own), **options))
                assert_same(tuple(map(with_one_nan, got)), tuple(map(with_one_nan, want)))


@on_each_device
@each(config for config in CONFIGS if config.spec.decodes)
def test_every_codec_decodes(config: Config, device: str, rng: Generator) -> None:
    codec = config.make()
    encoded = [torch.from_numpy(array) for array in config.encoded(rng, 3)]
    got = batch_decode(codec, *(tensor.to(device) for tensor in encoded))
    assert_same(arrays(got), arrays(codec.batch_decode(*encoded)))


@each_window_codec
@pytest.mark.parametrize("layout", ["channels_last", "reversed", "part"])
def test_layouts_of_maps(codec: Any, layout: str, rng: Generator) -> None:
    maps = torch.from_numpy(network_maps(rng, "noisy", (2, 5), (48, 64))).float()
    other = {
        "channels_last": lambda: maps.to(memory_format=torch.channels_last),
        "reversed": lambda: maps.flip(-1).contiguous().flip(-1),
        "part": lambda: torch.cat([maps, maps], -1)[..., :48],
    }[layout]()
    assert_same(arrays(batch_decode(codec, other)), codec.batch_decode(maps))


@each_window_codec
def test_codecs_decode_tensors_of_a_device_there(
    codec: Any, rng: Generator, monkeypatch: Any
) -> None:
    maps = torch.from_numpy(network_maps(rng, "noisy", (2, 5), (48, 64))).float()
    on_device = maps.as_subclass(OnDevice)
    assert_same(codec.batch_decode(on_device), codec.batch_decode(maps))
    options = {"flip_indices": FLIP, "shift": True}
    want = codec.batch_decode(maps, flipped=maps, **options)
    assert_same(codec.batch_decode(on_device, flipped=on_device, **options), want)
    vectors = [maps[:, :, 0].repeat(1, 1, 8), maps[:, :, :, 0].repeat(1, 1, 8)]
    simcc = SimCCLabel(input_size=(192, 256))
    want = simcc.batch_decode(*vectors)
    assert_same(simcc.batch_decode(*(each.as_subclass(OnDevice) for each in vectors)), want)
    with pytest.raises(InvalidInputError, match="with values, but got some on meta"):
        codec.batch_decode(maps.to("meta"))


@each_profile_codec
def test_wrong_maps(codec: Any) -> None:
    """The errors are those of the codec."""
    maps = torch.rand(2, 3, 64, 48)
    flip = {"flipped": maps, "flip_indices": [1, 0, 2]}
    for wrong, options in (
        (maps[0], {}),
        (maps.int(), {}),
        (maps.mT, {}),
        (maps[..., :0], {}),
        (maps, {"flip_indices": [0, 1, 2]}),
        (maps, {"shift": True}),
        (maps, {"flipped": maps}),
        (maps, flip | {"flip_indices": [1, 2, 0]}),
        (maps, flip | {"flip_indices": 5}),
        (maps, flip | {"flipped": maps[:1]}),
        (maps, flip | {"flipped": maps.half()}),
        (maps, flip | {"shift": 2}),
    ):
        with pytest.raises(InvalidInputError) as want:
            codec.batch_decode(wrong, **options)
        with pytest.raises(InvalidInputError) as got:
            batch_decode(codec, wrong, **options)
        assert str(got.value) == str(want.value)
    with pytest.raises(
        InvalidInputError, match=r"`batch_decode` must get .*, but got some on meta"
    ):
        batch_decode(codec, maps.to("meta"))
    with pytest.raises(InvalidInputError, match="on one device, but got some on cpu and meta"):
        batch_decode(codec, maps, flipped=maps.to("meta"), flip_indices=[1, 0, 2])


@each_window_codec
def test_no_samples_and_no_keypoints(codec: Any) -> None:
    for shape in ((0, 17, 64, 48), (2, 0, 64, 48)):
        maps = torch.zeros(shape)
        assert_same(arrays(batch_decode(codec, maps)), codec.batch_decode(maps))


def test_wrong_targets(rng: Generator) -> None:
    points = rng.uniform(0, 190, (2, 1, 17, 2))
    with pytest.raises(InvalidInputError, match=r"`dtype` must be one of .*, but got torch.int32"):
        batch_encode(UDP, points, dtype=torch.int32)
    for device in ("nowhere", "cuda:99", [1]):
        with pytest.raises(InvalidInputError, match="`device` must be a device") as error:
            batch_encode(UDP, points, device=device)
        assert repr(device) in str(error.value)
    with pytest.raises(InvalidInputError, match="`keypoints`"):
        batch_encode(UDP, points[0])
    with pytest.raises(InvalidInputError, match="`codec` must be a codec, but got dict"):
        batch_encode({}, points)
    with pytest.raises(InvalidInputError, match="`codec` must be a codec, but got str"):
        batch_decode("UDPHeatmap", torch.zeros(1, 17, 64, 48))
    good = batch_encode(UDP, points)
    for wrong, message in (
        ([], "`out` must be a dict of tensors .*, but got list"),
        ({}, r"`out` must be a dict of tensors .*, but got \[\]"),
        (good | {"labels": good["heatmaps"]}, "`out` must be a dict"),
        (good | {"heatmaps": np.zeros(3)}, r"`out\['heatmaps'\]` .*, but got ndarray"),
        (good | {"heatmaps": good["heatmaps"][1:]}, r"\(2, 17, 64, 48\).*got .*\(1, 17, 64, 48\)"),
        (good | {"heatmaps": good["heatmaps"].half()}, "torch.float32 .*, but got torch.float16"),
        (good | {"heatmaps": good["heatmaps"].to("meta")}, "on cpu.*, but got .* on meta"),
        (good | {"heatmaps": good["heatmaps"].clone().requires_grad_()}, "requires_grad=True"),
    ):
        with pytest.raises(InvalidInputError, match=message):
            batch_encode(UDP, points, device="cpu", out=wrong)


@needs_cuda
@each_profile_codec
def test_encoding_does_not_wait_for_the_device(codec: Any, rng: Generator) -> None:
    points = rng.uniform(0, 190, (2, 1, 17, 2))
    torch.cuda.set_sync_debug_mode("error")
    try:
        targets = batch_encode(codec, points, device="cuda")
    finally:
        torch.cuda.set_sync_debug_mode("default")
    assert_same(arrays(targets), codec.batch_encode(points))


@needs_cuda
@each_window_codec
def test_streams(codec: Any, rng: Generator) -> None:
    maps = torch.from_numpy(network_maps(rng, "noisy", (2, 5), (48, 64))).float()
    with torch.cuda.stream(torch.cuda.Stream()):
        on_device = maps.cuda(non_blocking=True) * 1
        assert_same(arrays(codec.batch_decode(on_device)), codec.batch_decode(maps))
