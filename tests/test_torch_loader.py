"""`TargetEncoder` and `SharedMemoryCollate` behind torch's data loaders."""

import gc
import os
import signal
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pytest
from people import Keypoints
from posecodec_rs import InvalidInputError, build
from specs.shared.inputs import SIZES
from test_loaders import loader

torch = pytest.importorskip("torch")
from posecodec_rs.torch import SharedMemoryCollate, TargetEncoder  # noqa: E402

pytestmark = [
    pytest.mark.torch,
    pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:This DataLoader will create:UserWarning"),
]

UDP: dict[str, Any] = {"type": "UDPHeatmap", **SIZES}
SIMCC: dict[str, Any] = {"type": "SimCCLabel", "input_size": (192, 256), "sigma": 6.0}
SPR: dict[str, Any] = {"type": "SPR", **SIZES, "sigma": (4, 2), "generate_keypoint_heatmaps": True}
EMBEDDING: dict[str, Any] = {"type": "AssociativeEmbedding", **SIZES}
DECOUPLED: dict[str, Any] = {"type": "DecoupledHeatmap", **SIZES}
BATCH = 3


def lists(samples: list[Any]) -> dict[str, Any]:
    """Collates images with different numbers of people."""
    return {name: [sample[name] for sample in samples] for name in samples[0]}


def assert_encoded(batch: Mapping[str, Any], cfg: dict[str, Any], data: Keypoints) -> None:
    """The batch has the targets of its samples, encoded one by one."""
    codec = build(cfg)
    for row, number in enumerate(batch["number"]):
        sample = data[int(number)]
        for name, want in codec.encode(sample["keypoints"], sample["keypoints_visible"]).items():
            got = batch[name][row]
            assert isinstance(got, torch.Tensor)
            np.testing.assert_array_equal(got, want)
            assert got.numpy().dtype == want.dtype


@pytest.mark.parametrize("method", [None, "fork"])
@pytest.mark.parametrize(
    "cfg", [UDP, SIMCC, SPR, EMBEDDING, DECOUPLED], ids=lambda cfg: cfg["type"]
)
def test_encoding_after_the_loader(method: str | None, cfg: dict[str, Any]) -> None:
    crowds = cfg in (SPR, EMBEDDING, DECOUPLED)
    data = Keypoints(crowds=crowds, length=7)
    encode = TargetEncoder(cfg)
    if cfg is DECOUPLED and method is not None:
        pytest.skip("its targets are random")
    options = {"collate_fn": lists} if crowds else {}
    kept = []
    for batch in loader(data, method, batch_size=BATCH, **options):
        if cfg is DECOUPLED:
            assert isinstance(encode(batch["keypoints"])["heatmaps"], torch.Tensor)
            continue
        targets = encode(batch["keypoints"], batch["keypoints_visible"])
        kept.append(targets | {"number": batch["number"]})
    for targets in kept:  # no later call has written to them
        assert_encoded(targets, cfg, data)


def test_devices_and_dtypes() -> None:
    data = Keypoints()
    points = torch.from_numpy(np.stack([data[i]["keypoints"] for i in range(4)]))
    encode = TargetEncoder(build(UDP), "meta")
    assert {target.device.type for target in encode(points).values()} == {"meta"}
    want = TargetEncoder(UDP)(points)
    half = TargetEncoder(UDP, dtype=torch.float16)(points)
    assert torch.equal(half["heatmaps"], want["heatmaps"].half())
    assert torch.equal(half["keypoint_weights"], want["keypoint_weights"])
    with pytest.raises(InvalidInputError, match=r"`dtype` must be .* but got torch.int32"):
        TargetEncoder(UDP, dtype=torch.int32)
    with pytest.raises(RuntimeError, match="nothing"):
        TargetEncoder(UDP, "nothing")
    with pytest.raises(InvalidInputError, match="`keypoints`"):
        encode(torch.zeros(17, 2))
    assert repr(encode).endswith("device='meta', dtype=torch.float32)")


@pytest.mark.parametrize(
    ("method", "persistent"),
    [
        (None, False),
        ("fork", False),
        ("fork", True),
        ("spawn", True),
        pytest.param("forkserver", True, marks=pytest.mark.slow),  # workers import torch again
    ],
)
def test_buffers_are_used_again(method: str | None, persistent: bool) -> None:
    data = Keypoints()
    collate = SharedMemoryCollate(UDP, data[0], BATCH, num_buffers=6)
    batches = loader(
        data, method, batch_size=BATCH, collate_fn=collate, persistent_workers=persistent
    )
    for _ in range(2):
        seen = []
        for batch in batches:
            assert_encoded(batch, UDP, data)
            seen += batch["number"].tolist()
            assert in_buffers(batch["heatmaps"], collate) is (method is not None)
        assert seen == list(range(len(data)))
    del batch
    if method is not None:
        assert free_buffers(collate) == 6


def in_buffers(tensor: Any, collate: SharedMemoryCollate) -> bool:
    """Whether a tensor is in the shared memory."""
    first = collate._memory.data_ptr()
    return first <= tensor.data_ptr() < first + collate._memory.nbytes


def free_buffers(collate: SharedMemoryCollate) -> int:
    """The number of buffers that are not locked."""
    gc.collect()
    free = [lock for lock in collate._locks if lock.acquire(block=False)]
    for lock in free:
        lock.release()
    return len(free)


def test_batches_that_are_kept_are_not_overwritten() -> None:
    """Two buffers for seven batches: the others come in new memory."""
    data = Keypoints()
    collate = SharedMemoryCollate(UDP, data[0], BATCH, num_buffers=2)
    kept = list(loader(data, "fork", batch_size=BATCH, collate_fn=collate))
    where = [in_buffers(batch["heatmaps"], collate) for batch in kept]
    assert sum(where) == 2
    for batch in kept:
        assert_encoded(batch, UDP, data)
    parts = [batch["heatmaps"][0, 3] for batch in kept]  # a view keeps its buffer
    wanted = [part.clone() for part in parts]
    del kept, batch
    assert free_buffers(collate) == 0
    for batch in loader(data, "fork", batch_size=BATCH, collate_fn=collate):
        assert_encoded(batch, UDP, data)
    assert all(torch.equal(*pair) for pair in zip(parts, wanted, strict=True))
    del parts, batch
    assert free_buffers(collate) == 2


@pytest.mark.parametrize("persistent", [False, True])
def test_an_epoch_that_is_left_early(persistent: bool) -> None:
    data = Keypoints()
    collate = SharedMemoryCollate(UDP, data[0], BATCH, num_buffers=6)
    batches = loader(
        data, "fork", batch_size=BATCH, collate_fn=collate, persistent_workers=persistent
    )
    for _ in range(4):
        for batch in batches:
            assert_encoded(batch, UDP, data)
            break
    used = []
    for _ in range(3):
        for batch in batches:
            assert_encoded(batch, UDP, data)
            used.append(in_buffers(batch["heatmaps"], collate))
    assert sum(used[-7:]) >= 6  # the buffers of ended workers came back
    del batch


def test_two_loaders_at_once() -> None:
    data = Keypoints()
    collate = SharedMemoryCollate(SPR, data[0], BATCH, num_buffers=8)
    options: dict[str, Any] = {"batch_size": BATCH, "collate_fn": collate}
    pairs = zip(*(loader(data, "fork", **options) for _ in range(2)), strict=True)
    for one, other in pairs:
        assert_encoded(one, SPR, data)
        assert_encoded(other, SPR, data)


@pytest.mark.parametrize("cfg", [SPR, EMBEDDING], ids=lambda cfg: cfg["type"])
def test_images_of_several_people(cfg: dict[str, Any]) -> None:
    data = Keypoints(crowds=True)
    collate = SharedMemoryCollate(cfg, data[0], BATCH, num_buffers=6)
    for batch in loader(data, "fork", batch_size=BATCH, collate_fn=collate):
        assert_encoded(batch, cfg, data)
        assert in_buffers(batch["heatmaps"], collate) or cfg is EMBEDDING


class Killed(Keypoints):
    """A worker that ends after some samples."""

    def __getitem__(self, number: int) -> dict[str, Any]:
        if number == 10 and torch.utils.data.get_worker_info() is not None:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().__getitem__(number)


def test_a_worker_that_is_killed() -> None:
    data = Killed()
    collate = SharedMemoryCollate(UDP, data[0], BATCH, num_buffers=6)

    def first_epoch() -> None:
        for batch in loader(data, "fork", batch_size=BATCH, collate_fn=collate):
            assert_encoded(batch, UDP, data)

    with pytest.raises(RuntimeError, match="exited unexpectedly"):
        first_epoch()
    whole = Keypoints()
    used = []
    for _ in range(2):
        for batch in loader(whole, "fork", batch_size=BATCH, collate_fn=collate):
            assert_encoded(batch, UDP, whole)
            used.append(in_buffers(batch["heatmaps"], collate))
    assert any(used)


def bad_arguments() -> Iterator[tuple[dict[str, Any], str]]:
    yield {"codec": DECOUPLED}, "`codec` must take `out=`"
    yield {"codec": {"type": "EDPoseLabel"}}, "`codec` must take `out=`"
    yield {"sample": {"points": 3}}, r"`sample` must have 'keypoints', but got \['points'\]"
    yield {"sample": {"keypoints": np.zeros((17, 2))}}, "`keypoints`"
    yield {"batch_size": 0}, "`batch_size` must be a positive integer, but got 0"
    yield {"num_buffers": 1.5}, "`num_buffers` must be a positive integer, but got 1.5"


@pytest.mark.parametrize(("change", "message"), list(bad_arguments()))
def test_bad_arguments(change: dict[str, Any], message: str) -> None:
    arguments = {"codec": UDP, "sample": Keypoints()[0], "batch_size": 2, "num_buffers": 2}
    with pytest.raises(InvalidInputError, match=message):
        SharedMemoryCollate(**{**arguments, **change})
    assert "6 buffers" in repr(SharedMemoryCollate(UDP, Keypoints()[0], 2, 6))
