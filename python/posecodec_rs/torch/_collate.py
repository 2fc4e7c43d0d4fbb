"""A collate function that encodes targets in the workers of a loader, into shared buffers.

The buffers are made once. For a batch of new shared memory, a worker and its parent wait for the
system to map thousands of pages, which takes longer than encoding.

Each buffer is in one of three states:

    free --(a worker locks it and fills it)--> sent --(the parent reads its number)--> lent
      ^                                                                                  |
      '---------------------(no tensor reads it any more: it is unlocked)----------------'

No process waits: a worker that finds no free buffer returns its batch in new memory. Its parent
then unlocks the buffers of workers that ended before their batches were read.
"""

from __future__ import annotations  # the documentation is built without torch

import math
import multiprocessing
import os
import uuid
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any
from weakref import WeakValueDictionary

import numpy as np
import numpy.typing as npt
import torch

from posecodec_rs._build import build
from posecodec_rs._core import SPR, BaseKeypointCodec, InvalidInputError
from posecodec_rs.torch._tensors import as_tensors

__all__ = ["SharedMemoryCollate"]

INPUTS = ("keypoints", "keypoints_visible")
"""Items of samples that are encoded."""

ALIGNMENT = 64
"""Bytes: that of the arrays in a buffer."""

WORKER, PARENT, SERIAL = range(3)
"""Columns of the state of a buffer: process ids, 0 if it is free, and how often it was filled."""


class SharedMemoryCollate:
    """Collates samples, and encodes their targets into shared buffers that are used again.

    A ``collate_fn`` for loaders that must encode in their workers, fork, spawn and forkserver,
    persistent or not. Where possible, return keypoints and use `TargetEncoder` instead.

    Args:
        codec: A codec that takes ``out=`` and no other arguments, or its config.
        sample: A sample of the data set: a dict with ``keypoints`` (N, K, D) and, if the samples
            have them, ``keypoints_visible`` (N, K).
        batch_size: The number of samples per batch.
        num_buffers: The number of batches in shared memory. With ``num_workers *
            prefetch_factor + 2`` there is always a free one, if a batch is dropped before the next
            but one is read.
        collate: Collates the other items of the samples. Default: torch's ``default_collate``.

    Raises:
        InvalidInputError: If the codec has other arguments or no ``out=``, ``sample`` has no
            keypoints, or a number is not positive.
    """

    def __init__(
        self,
        codec: BaseKeypointCodec | Mapping[str, Any],
        sample: Mapping[str, Any],
        batch_size: int,
        num_buffers: int,
        collate: Callable[[Any], Any] | None = None,
    ) -> None:
        """Reserve the memory, which takes space only when it is filled."""
        self.codec: Any = build(codec) if isinstance(codec, Mapping) else codec
        for name, number in (("batch_size", batch_size), ("num_buffers", num_buffers)):
            if not isinstance(number, int) or number < 1:
                raise InvalidInputError(f"`{name}` must be a positive integer, but got {number!r}")
        self.batch_size: int = batch_size
        self.collate: Callable[[Any], Any] = collate or torch.utils.data.default_collate
        self._outputs = _checked_outputs(self.codec, sample)
        sizes = [
            batch_size * math.prod(shape) * dtype.itemsize for _, shape, dtype in self._outputs
        ]
        ends = np.cumsum([-(-size // ALIGNMENT) * ALIGNMENT for size in sizes]).tolist()
        self._offsets = [0, *ends[:-1]]
        memory = torch.empty((num_buffers, ends[-1]), dtype=torch.uint8)
        self._memory = memory.share_memory_()
        self._state = torch.zeros((num_buffers, 3), dtype=torch.int64).share_memory_()
        # Locks of other contexts cannot be sent to workers that are spawned.
        context = multiprocessing.get_context("spawn")
        self._locks = [context.Lock() for _ in range(num_buffers)]
        self._name = uuid.uuid4().hex
        self._register()

    def __repr__(self) -> str:
        """Return the codec and the buffers."""
        count, size = self._memory.shape
        return f"SharedMemoryCollate({self.codec!r}, {count} buffers of {size} bytes)"

    def _register(self) -> None:
        """Let batches that arrive in this process find their buffers."""
        self._lent: set[int] = set()
        self._next = 0
        _COLLATES[self._name] = self

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what belongs to a process."""
        return {name: value for name, value in vars(self).items() if name != "_lent"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Use the same memory in another process."""
        vars(self).update(state)
        self._register()

    def __call__(self, samples: Sequence[Mapping[str, Any]]) -> Any:
        """Return the collated items of samples, with their targets instead of keypoints.

        Args:
            samples: Dicts with ``keypoints``, ``keypoints_visible`` and other items.

        Returns:
            A dict of the items, and the tensors of the codec's ``batch_encode``. In a worker:
            what becomes that dict in its parent.
        """
        names = [name for name in INPUTS if name in samples[0]]
        given = [_stacked([np.asarray(sample[name]) for sample in samples]) for name in names]
        others = [
            {name: item for name, item in sample.items() if name not in names} for sample in samples
        ]
        batch = self.collate(others) if others[0] else {}
        in_worker = torch.utils.data.get_worker_info() is not None
        fits = in_worker and self._fits(given)
        number = self._locked() if fits else None
        if number is not None:
            arrays = self._arrays(self._memory[number].numpy(), len(samples))
            self.codec.batch_encode(*given, out=arrays)
            serial = int(self._state[number, SERIAL])
            return _Sent(_in_buffer, (self._name, number, serial, len(samples), batch))
        batch |= {
            name: as_tensors(target) for name, target in self.codec.batch_encode(*given).items()
        }
        return _Sent(_in_new_memory, (self._name, batch)) if fits else batch

    def _fits(self, given: Sequence[Any]) -> bool:
        """Whether the targets have the shapes and dtypes of the buffers."""
        if len(given[0]) > self.batch_size:
            return False
        if isinstance(given[0], list) and not isinstance(self.codec, SPR):
            return False
        return _outputs(self.codec, tuple(_kind(each[0]) for each in given)) == self._outputs

    def _arrays(self, buffer: npt.NDArray[Any], count: int) -> dict[str, npt.NDArray[Any]]:
        """The outputs of a batch in a buffer."""
        arrays = {}
        for (name, shape, dtype), offset in zip(self._outputs, self._offsets, strict=True):
            size = count * math.prod(shape) * dtype.itemsize
            arrays[name] = buffer[offset : offset + size].view(dtype).reshape(count, *shape)
        return arrays

    def _locked(self) -> int | None:
        """The number of a buffer that was free, and is now this worker's."""
        parent = multiprocessing.parent_process()
        for step in range(len(self._locks)):
            number = (self._next + step) % len(self._locks)
            if self._locks[number].acquire(block=False):
                self._next = number + 1
                owners = (os.getpid(), parent.pid if parent else 0)
                self._state[number, WORKER : PARENT + 1] = torch.tensor(owners)
                self._state[number, SERIAL] += 1
                return number
        return None

    def _lend(self, number: int, serial: int, count: int) -> dict[str, torch.Tensor]:
        """The tensors in a buffer, which is free again when none of them is left."""
        if int(self._state[number, SERIAL]) != serial:
            raise RuntimeError("a worker of the loader ended while its batch was on the way")
        self._lent.add(number)
        buffer = np.asarray(_Loan(self, number))
        arrays = self._arrays(buffer, count)
        return {name: torch.from_numpy(array) for name, array in arrays.items()}

    def _unlock(self, number: int) -> None:
        """Give a buffer to the workers."""
        self._state[number, WORKER : PARENT + 1] = 0
        self._lent.discard(number)
        self._locks[number].release()

    def _unlock_of_ended_workers(self) -> None:
        """Free the buffers that workers of this process filled, and that cannot arrive any more."""
        running = [0, *(process.pid for process in multiprocessing.active_children())]
        for number, (worker, parent, _) in enumerate(self._state.tolist()):
            if parent == os.getpid() and worker not in running and number not in self._lent:
                self._state[number, SERIAL] += 1
                self._unlock(number)


class _Loan:
    """A buffer as the memory of arrays. They keep it, and it unlocks the buffer at their end."""

    def __init__(self, collate: SharedMemoryCollate, number: int) -> None:
        self.collate, self.number, self.process = collate, number, os.getpid()
        memory = collate._memory[number].numpy()
        self.__array_interface__ = memory.__array_interface__

    def __del__(self) -> None:
        """Unlock it, but not for a copy of this object in a forked process."""
        if os.getpid() == self.process:
            self.collate._unlock(self.number)


_COLLATES: WeakValueDictionary[str, SharedMemoryCollate] = WeakValueDictionary()
"""Those of this process, by name."""


class _Sent:
    """Becomes the result of a function where it is unpickled."""

    def __init__(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        self.reduced = function, arguments

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return self.reduced


def _in_buffer(name: str, number: int, serial: int, count: int, batch: Any) -> Any:
    return batch | _COLLATES[name]._lend(number, serial, count)


def _in_new_memory(name: str, batch: Any) -> Any:
    _COLLATES[name]._unlock_of_ended_workers()
    return batch


def _checked_outputs(codec: Any, sample: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """The outputs for samples like this one."""
    if "keypoints" not in sample:
        raise InvalidInputError(f"`sample` must have 'keypoints', but got {sorted(sample)}")
    outputs = None
    if not codec.auxiliary_encode_keys:
        kinds = tuple(_kind(np.asarray(sample[name])) for name in INPUTS if name in sample)
        outputs = _outputs(codec, kinds)
    if outputs is None:
        raise InvalidInputError(
            "`codec` must take `out=` and no arguments other than keypoints and visibilities, but "
            f"got {codec!r}"
        )
    return outputs


def _kind(array: npt.NDArray[Any]) -> tuple[tuple[int, ...], np.dtype[Any]]:
    return array.shape, array.dtype


@lru_cache(maxsize=256)
def _outputs(codec: Any, kinds: tuple[Any, ...]) -> list[tuple[str, Any, Any]] | None:
    """Name, shape per sample and dtype of each output, or None without `out=`."""
    targets = codec.batch_encode(*(np.zeros((1, *shape), dtype) for shape, dtype in kinds))
    if not all(isinstance(target, np.ndarray) for target in targets.values()):
        return None
    return [(name, target.shape[1:], target.dtype) for name, target in targets.items()]


def _stacked(arrays: Sequence[npt.NDArray[Any]]) -> Any:
    """One array, or the list if shapes differ."""
    first = arrays[0].shape
    return np.stack(arrays) if all(array.shape == first for array in arrays) else list(arrays)
