"""`Spec`: all that the tests know of one codec. `Config`: one configuration of it."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from golden_cases import DARK, DECODED, Tolerance
from hypothesis import strategies as st
from numpy.random import Generator
from numpy.typing import NDArray

from .shared.bad import Bad
from .shared.golden import Case, Size
from .shared.inputs import keypoint_args

Array = NDArray[Any]
Args = dict[str, Any]
Draw = Callable[[st.SearchStrategy[Any]], Any]

SPECS: dict[str, "Spec"] = {}
"""All specs, by the names of their codecs."""


@contextmanager
def seeded(seed: int = 7) -> Iterator[None]:
    """Seeds the generators that `DecoupledHeatmap` draws from, and restores them."""
    # MMPose draws from Python's generator and from NumPy's global one.
    before = random.getstate(), np.random.get_state()  # noqa: NPY002
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002
    try:
        yield
    finally:
        random.setstate(before[0])
        np.random.set_state(before[1])  # noqa: NPY002


@dataclass(frozen=True)
class Config:
    """A codec's name and arguments, and the size of its test inputs."""

    codec: str
    kwargs: Mapping[str, Any]
    count: int = 17
    """Keypoints per instance."""
    note: str = field(default="", kw_only=True)
    """Distinguishes it from the other configurations of its codec."""

    def __str__(self) -> str:
        return "-".join(filter(None, (self.codec, self.note)))

    @property
    def spec(self) -> "Spec":
        return SPECS[self.codec]

    @property
    def instances(self) -> int:
        """Instances per sample."""
        return self.spec.instances

    @property
    def combined(self) -> bool:
        """Whether there are three heatmaps per keypoint."""
        return self.kwargs.get("heatmap_type") == "combined"

    def make(self) -> Any:
        """A new codec."""
        return self.spec.codec(**self.kwargs)

    def encode_args(self, rng: Generator, *batch: int) -> Args:
        """Arguments of `encode`, or of `batch_encode` with a `batch`."""
        return self.spec.encode_args(self, rng, *batch)

    def decode_args(self, rng: Generator, *batch: int) -> Args:
        """Arguments of `decode`, or of `batch_decode` with a `batch`, in their order.

        The names are those of `decode`; those of `batch_decode` may differ.
        """
        return self.spec.decode_args(self, rng, *batch)

    def keypoints(self, rng: Generator, *batch: int) -> Array:
        """The keypoints of `encode_args`."""
        return self.encode_args(rng, *batch)["keypoints"]

    def visible(self, rng: Generator, *batch: int) -> Array:
        """The visibilities of `encode_args`."""
        return self.encode_args(rng, *batch)["keypoints_visible"]

    def encoded(self, rng: Generator, *batch: int) -> tuple[Array, ...]:
        """The arrays of `decode_args`."""
        return tuple(self.decode_args(rng, *batch).values())

    def encode(self, codec: Any, *args: Any, **kwargs: Any) -> Any:
        """`codec.encode`, always with the same random numbers."""
        with seeded():
            return codec.encode(*args, **kwargs)

    def batch_encode(self, codec: Any, *args: Any, **kwargs: Any) -> Any:
        """`codec.batch_encode`, always with the same random numbers."""
        with seeded():
            return codec.batch_encode(*args, **kwargs)

    def decode(self, codec: Any, *encoded: Any) -> Any:
        """One decoded sample, of a batch of one where the codec decodes batches only."""
        if not self.spec.decodes_batches_only:
            return codec.decode(*encoded)
        return tuple(part[0] for part in codec.batch_decode(*(array[None] for array in encoded)))

    def sample(self, args: Args, number: int) -> Args:
        """The arguments of one sample of a batch."""
        return {
            name: value if self.is_shared(name, value) else value[number]
            for name, value in args.items()
        }

    def is_shared(self, name: str, value: Any) -> bool:
        """Whether an argument of a batch is the same for all samples."""
        return name in self.spec.shared_args or value is None or isinstance(value, dict)

    def encode_samples(self, codec: Any, samples: Sequence[Args]) -> list[Any]:
        """`encode` of each sample, all from one seed."""
        with seeded():
            return [codec.encode(**args) for args in samples]

    def merge_encoded(self, samples: Sequence[Args], *, ragged: bool = False) -> Args:
        """What `batch_encode` returns for samples that `encode` returned one by one."""
        lists = self.spec.ragged_lists if ragged or self.spec.random else frozenset()
        return {
            name: first
            if name in self.spec.constant_items
            else [sample[name] for sample in samples]
            if name in lists
            else merged([sample[name] for sample in samples])
            for name, first in samples[0].items()
        }

    def merge_decoded(self, samples: Sequence[Any]) -> Any:
        """What `batch_decode` returns for samples that `decode` returned one by one."""
        if self.spec.decodes_to_lists:
            return tuple(list(parts) for parts in zip(*samples, strict=True))
        return merged(list(samples))


def merged(values: list[Any]) -> Any:
    """One value for a batch: arrays stacked, lists joined, dicts listed."""
    if values[0] is None:
        return None
    if isinstance(values[0], tuple):
        return tuple(merged(list(parts)) for parts in zip(*values, strict=True))
    if isinstance(values[0], list):
        return [item for value in values for item in value]
    return values if isinstance(values[0], dict) else np.stack(values)


@dataclass(frozen=True, kw_only=True)
class Parity:
    """How a codec is compared with MMPose's on random input."""

    kwargs: st.SearchStrategy[Args]
    encode_args: Callable[[Draw, Generator, Args], Args]
    decode_args: Callable[[Draw, Generator, Args], Args] | None = None
    reference_is_valid: Callable[[Args, Any], bool] = lambda kwargs, answer: True
    """Whether an answer of MMPose's decoder can be compared with."""
    takes_tensors: bool = False
    """Whether MMPose's decoder takes tensors only."""
    skipped_notes: frozenset[str] = frozenset()
    """Configurations in which MMPose fails or differs on purpose (docs/differences.md)."""
    fixed_encode_args: Callable[[Config, Generator], Args] = Config.encode_args
    fixed_decode_args: Callable[[Config, Generator], Args] = Config.decode_args
    """Arguments for a configuration of the tests, as MMPose takes them."""

    def tolerance(self, kwargs: Args) -> Tolerance:
        """Of decoded values."""
        return DARK if kwargs.get("use_dark") else DECODED


@dataclass(frozen=True, kw_only=True)
class Spec:
    """All that the tests know of one codec."""

    codec: type[Any]
    family: str
    """Tests of what only some codecs do select them by this name."""
    configs: tuple[Config, ...]
    """Several configurations; the last one has options."""
    instances: int = 1
    encode_args: Callable[..., Args] = keypoint_args
    decode_args: Callable[..., Args] = lambda *_: {}
    """Arguments of a configuration: `(config, rng, *batch)`. Empty if nothing is decoded."""
    shapes: Callable[[Config], dict[str, tuple[int, ...]]]
    """Shapes of the arrays that `encode` returns for `encode_args`."""

    attributes: Mapping[str, tuple[Args, Args]]
    """Constructor arguments, and the attributes in addition to these, by a note."""
    hidden_arguments: frozenset[str] = frozenset()
    """Constructor arguments that are not attributes."""
    labels: Sequence[str] | Mapping[str, str] = ()
    fields: Sequence[str] | Mapping[str, str] = ()
    instance_items: Sequence[str] | Mapping[str, str] = ()
    """Mapping tables; those that keep the names are sequences."""
    auxiliary_keys: frozenset[str] = frozenset()
    lists_all_items: bool = True
    """Whether the tables have all items that are encoded, as in MMPose's top-down codecs."""

    bad_rows: Callable[[], Iterator[Bad]]
    """Wrong calls of the constructor and the methods."""
    optional_args: frozenset[str] = frozenset({"keypoints_visible"})
    """Arguments of `encode` that may be None."""
    unread_args: frozenset[str] = frozenset()
    """Arguments that some configurations do not read, so that wrong ones may pass."""

    golden: Callable[[Generator, Size], Iterator[Case]]
    """Calls whose results are recorded from MMPose."""
    repository: tuple[str, str] | None = None
    """Folder and module in MMPose's repository, if the codec is not in its package."""
    parity: Parity | None = None
    """None where there is no MMPose codec to compare with."""

    random: bool = False
    """Whether `encode` draws random numbers."""
    takes_out: bool = True
    flips: bool = False
    """Whether `batch_decode` takes `flipped`."""
    decodes_batches_only: bool = False
    decodes_to_lists: bool = False
    """Whether `batch_decode` returns one item per image in lists."""
    ragged: bool = False
    """Whether `batch_encode` takes lists of images with different numbers of instances."""
    ragged_lists: frozenset[str] = frozenset()
    """Encoded items that are lists of arrays then."""
    instance_args: frozenset[str] = frozenset({"keypoints", "keypoints_visible"})
    """Arguments of `encode` with one row per instance."""
    shared_args: frozenset[str] = frozenset()
    """Arguments that are the same for all samples of a batch."""
    constant_items: frozenset[str] = frozenset()
    """Encoded items that are the same for all samples of a batch."""
    decoded_dtypes: Callable[[Config, Any], list[Any]]
    """Dtypes of decoded arrays for encoded ones of a dtype."""
    weights: str = "visibilities"
    """`keypoint_weights` are "visibilities" in their dtype, 0/1 "flags", or "other"."""
    returns_tensors: bool = False
    """Whether `decode` returns tensors for tensors."""

    def __post_init__(self) -> None:
        SPECS[self.name] = self

    @property
    def name(self) -> str:
        return self.codec.__name__

    @property
    def decodes(self) -> bool:
        return bool(self.decode_args(self.configs[0], np.random.default_rng(0)))

    @property
    def methods(self) -> list[str]:
        """The methods of the codec that can be called."""
        decoding = ["decode"] * (self.decodes and not self.decodes_batches_only)
        return ["encode", "batch_encode", *decoding, *["batch_decode"] * self.decodes]
