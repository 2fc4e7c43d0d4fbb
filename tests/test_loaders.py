"""Torch's data loaders: every kind of worker returns the same targets, and none hangs."""

import sys
from typing import Any

import numpy as np
import posecodec_rs
import pytest
from comparison import assert_same
from people import Chances, Crowds, People, threads
from specs import seeded

torch = pytest.importorskip("torch")

DEADLINE = 60  # seconds, after which a worker counts as hung

pytestmark = [
    pytest.mark.torch,
    pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning"),
    # Torch warns of more workers than CPUs.
    pytest.mark.filterwarnings("ignore:This DataLoader will create:UserWarning"),
]
each_kind = pytest.mark.parametrize("method", [None, "fork", "spawn", "forkserver"])


def loader(data: Any, method: str | None, **options: Any) -> Any:
    """A loader with two workers, or none for None. A worker that hangs is a `RuntimeError`."""
    if method is not None:
        if sys.platform == "win32" and method != "spawn":
            pytest.skip(f"this system has no {method}")
        options |= {"num_workers": 2, "multiprocessing_context": method, "timeout": DEADLINE}
    return torch.utils.data.DataLoader(data, **options)


@pytest.fixture(autouse=True)
def used_pool() -> None:
    """The parent process has used every thread of its pool before workers start."""
    posecodec_rs.set_num_threads(max(2, posecodec_rs.get_num_threads()))
    crowd, _ = Crowds()[0]
    assert len(crowd["heatmaps"]) > 1


@each_kind
def test_targets(method: str | None) -> None:
    data = People()
    loaded = list(loader(data, method, batch_size=3))
    assert sum(len(batch["UDPHeatmap"]["heatmaps"]) for batch in loaded) == len(data)
    for number, batch in enumerate(loaded):
        wanted = [data[3 * number + i] for i in range(len(batch["UDPHeatmap"]["heatmaps"]))]
        for name, targets in batch.items():
            for key, got in targets.items():
                np.testing.assert_array_equal(got, np.stack([want[name][key] for want in wanted]))


@each_kind
def test_seed_repeats_random_targets(method: str | None) -> None:
    def drawn(seed: int) -> list[Any]:
        generator = torch.Generator().manual_seed(
            seed
        )  # from which torch draws the seeds of workers
        with seeded(seed):
            return list(loader(Chances(), method, batch_size=None, generator=generator))

    one, again, other = drawn(1), drawn(1), drawn(2)
    assert len(one) == len(Chances())
    for first, second in zip(one, again, strict=True):
        assert all(torch.equal(first[name], second[name]) for name in first)
    coords = [[targets["instance_coords"] for targets in drawn] for drawn in (one, other)]
    assert not all(torch.equal(*pair) for pair in zip(*coords, strict=True))


@each_kind
def test_batches_in_workers_run_in_parallel(method: str | None) -> None:
    data = Crowds()
    loaded = list(loader(data, method, batch_size=None))
    assert len(loaded) == len(data)
    for number, (targets, _) in enumerate(loaded):
        want, _ = data[number]
        assert_same({key: got.numpy() for key, got in targets.items()}, want)
    if method is not None and threads():
        # Each worker starts two threads, once, and is the third; torch may start others.
        assert sum(started >= 2 for _, started in loaded) == 2
