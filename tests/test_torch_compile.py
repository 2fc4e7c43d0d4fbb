"""`torch.compile` keeps encoding in its graph; decoding breaks the graph once."""

from typing import Any

import numpy as np
import pytest
from numpy.random import Generator
from posecodec_rs import MSRAHeatmap, UDPHeatmap
from specs import CONFIGS, Config, each
from specs.shared.inputs import SIZES

torch = pytest.importorskip("torch")
batch_encode = pytest.importorskip("posecodec_rs.torch").batch_encode
batch_decode = pytest.importorskip("posecodec_rs.torch").batch_decode

pytestmark = [
    pytest.mark.torch,
    pytest.mark.slow,  # importing torch's compiler takes seconds
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning"),
]

UDP = UDPHeatmap(**SIZES)
PLAIN = [config for config in CONFIGS if not config.make().auxiliary_encode_keys]


@pytest.fixture(autouse=True)
def compiler() -> Any:
    """The compiler without earlier graphs."""
    torch._dynamo.reset()
    return torch.compile


@each(PLAIN)
@pytest.mark.parametrize("device", ["cpu", *["cuda"] * torch.cuda.is_available()])
def test_encoding_is_part_of_the_graph(config: Config, device: str, rng: Generator) -> None:
    codec = config.make()
    arguments = [torch.from_numpy(array) for array in config.encode_args(rng, 3).values()]
    options = {"device": device, "dtype": torch.float16}

    def encode(*arguments: Any) -> Any:
        targets = batch_encode(codec, arguments[0] + 1, *arguments[1:], **options)
        return {name: value + value for name, value in targets.items()}

    want = encode(*arguments)
    got = torch.compile(encode, backend="aot_eager", fullgraph=True)(*arguments)
    assert list(got) == list(want)
    for name, value in want.items():
        assert got[name].dtype == value.dtype
        assert torch.equal(got[name], value)


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16", "float64"])
def test_operator(dtype: str, rng: Generator) -> None:
    """What torch checks of operators: the fake has its shapes, dtypes and strides."""
    from posecodec_rs.torch._compile import _description, _encode_operator

    points = 20 + 100 * torch.rand(3, 1, 17, 2)
    for visible in (None, torch.ones(3, 1, 17, dtype=torch.int64), torch.rand(3, 1, 17).double()):
        arguments = (_description(UDP), points.to(getattr(torch, dtype)), visible)
        where = torch.device("cpu"), getattr(torch, dtype)
        torch.library.opcheck(_encode_operator, (*arguments, *where))


def test_numbers_of_samples_and_people_may_change() -> None:
    codec = next(config for config in PLAIN if config.codec == "SPR").make()
    compiled = torch.compile(
        lambda points: batch_encode(codec, points)["heatmaps"] * 2,
        backend="aot_eager",
        fullgraph=True,
        dynamic=True,
    )
    for shape in ((2, 3, 17, 2), (4, 2, 17, 2), (3, 5, 17, 2)):
        points = 200 * torch.rand(shape)
        assert torch.equal(compiled(points), batch_encode(codec, points)["heatmaps"] * 2)


def test_codecs_that_differ_only_in_an_option() -> None:
    def encode(codec: Any, points: Any) -> Any:
        return batch_encode(codec, points)["heatmaps"]

    points = 150 * torch.rand(2, 1, 17, 2)
    compiled = torch.compile(encode, backend="eager", fullgraph=True)
    for sigma in (2.0, 3.0, 2.0):
        for unbiased in (False, True):
            codec = MSRAHeatmap(**SIZES, sigma=sigma, unbiased=unbiased)
            assert torch.equal(compiled(codec, points), encode(codec, points))


def test_gradients_are_not_computed() -> None:
    points = (150 * torch.rand(2, 1, 17, 2)).requires_grad_()
    scale = torch.ones((), requires_grad=True)
    compiled = torch.compile(
        lambda points: batch_encode(UDP, points)["heatmaps"] * scale,
        backend="aot_eager",
        fullgraph=True,
    )
    compiled(points).sum().backward()
    assert points.grad is None
    assert scale.grad == batch_encode(UDP, points)["heatmaps"].sum()


def test_wrong_arguments() -> None:
    """Arguments are wrong when the graph is made or when it runs."""

    def encode(points: Any, dtype: Any) -> Any:
        return batch_encode(UDP, points, dtype=dtype)["heatmaps"]

    compiled = torch.compile(encode, backend="eager", fullgraph=True)
    for shape, dtype, message in (
        ((2, 17, 2), torch.float32, "`keypoints` must be of shape"),
        ((2, 2, 17, 2), torch.float32, "instance"),
        ((2, 1, 17, 2), torch.int32, "`dtype` must be one of .*, but got torch.int32"),
    ):
        with pytest.raises(Exception, match=message):
            compiled(torch.rand(shape), dtype)


class Other(UDPHeatmap):
    """A class of a user."""


@pytest.mark.parametrize("case", ["out", "subclass", "list", "decode"])
def test_one_graph_break(case: str) -> None:
    out = batch_encode(UDP, np.zeros((2, 1, 17, 2)))
    spr = next(config for config in PLAIN if config.codec == "SPR").make()

    def function(given: Any) -> Any:
        if case == "decode":
            return batch_decode(UDP, given * 2)[0] + given.sum()
        if case == "list":
            return batch_encode(spr, list(given * 2))["heatmaps"] + given.sum()
        codec = Other(**SIZES) if case == "subclass" else UDP
        options = {"out": out} if case == "out" else {}
        return batch_encode(codec, given * 2, **options)["heatmaps"] + given.sum()

    given = torch.rand(2, 17, 64, 48) if case == "decode" else 90 * torch.rand(2, 1, 17, 2)
    assert torch._dynamo.explain(function)(given).graph_break_count == 1
    assert torch.equal(torch.compile(function, backend="eager")(given), function(given))
