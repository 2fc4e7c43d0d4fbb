"""`posecodec_rs.functional`: the arrays that it takes, and where it differs from MMPose on purpose.

Its numbers are compared with recorded results and, if MMPose is installed, on random input.
"""

import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import golden_cases
import numpy as np
import posecodec_rs
import pytest
from comparison import assert_same
from golden_cases import GoldenCase
from numpy.random import Generator
from numpy.typing import NDArray
from posecodec_rs import functional
from specs.shared.inputs import responses

Array = NDArray[Any]

CASES = {case.method: case for case in golden_cases.load() if case.of_helper}
"""One of each helper."""

each_helper = pytest.mark.parametrize("case", CASES.values(), ids=CASES)
IN_KIND = ("batch_heatmap_nms", "get_simcc_normalized")


@pytest.fixture(autouse=True)
def no_warnings() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def test_every_helper_is_recorded() -> None:
    assert set(CASES) == set(functional.__all__)
    assert posecodec_rs.functional is functional


@each_helper
def test_by_position(case: GoldenCase) -> None:
    helper = getattr(functional, case.method)
    if case.method != "generate_3d_gaussian_heatmaps":  # some between are left out there
        assert_same(helper(*case.args.values()), helper(**case.args))


def with_gaps(array: Array) -> Array:
    gaps = np.zeros([2 * side for side in array.shape], array.dtype)
    gaps[tuple(slice(None, None, 2) for _ in array.shape)] = array
    return gaps[tuple(slice(None, None, 2) for _ in array.shape)]


def read_only(array: Array) -> Array:
    array.flags.writeable = False
    return array


FORMS: dict[str, Callable[[Array], Any]] = {
    "gaps": with_gaps,
    "Fortran": np.asfortranarray,
    "read-only": read_only,
    "lists": lambda array: array.tolist() if array.dtype == np.float64 else array,
}


@each_helper
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_forms_of_arrays(case: GoldenCase, form: Callable[[Array], Any]) -> None:
    helper, want = getattr(functional, case.method), CASES[case.method].args
    formed = {key: form(v) if isinstance(v, np.ndarray) else v for key, v in case.args.items()}
    assert_same(helper(**formed), helper(**want))


@pytest.mark.parametrize("name", ["gaussian_blur", "gaussian_blur1d", *IN_KIND])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_dtypes_are_kept(name: str, dtype: Any, rng: Generator) -> None:
    shape = (1, 2, 9, 8) if name == "batch_heatmap_nms" else (2, 3, 9)
    maps = rng.uniform(0, 1, shape).astype(dtype)
    answer = getattr(functional, name)(maps)
    assert (answer.dtype, answer.shape) == (maps.dtype, maps.shape)
    wide = getattr(functional, name)(maps.astype(np.float64))
    np.testing.assert_allclose(answer, wide, rtol=2e-3 if dtype == np.float16 else 3e-6)


@pytest.mark.torch
@pytest.mark.parametrize("name", IN_KIND)
def test_tensors_are_returned_for_tensors(name: str, rng: Generator) -> None:
    torch = pytest.importorskip("torch")
    shape = (2, 3, 9, 8) if name == "batch_heatmap_nms" else (2, 3, 9)
    helper, maps = getattr(functional, name), rng.uniform(0, 2, shape).astype(np.float32)
    tensor = torch.from_numpy(maps)
    answer = helper(tensor)
    assert_same(answer.numpy(), helper(maps))
    assert_same(helper(tensor.clone().requires_grad_()).numpy(), answer.numpy())
    for dtype in (torch.float16, torch.bfloat16, torch.float64):
        # Torch multiplies half precision by float32: so float32 it becomes.
        promoted = torch.float32 if dtype.itemsize == 2 and "nms" in name else dtype
        low = helper(tensor.to(dtype))
        assert (low.dtype, low.device) == (promoted, tensor.device)
        want = helper(tensor.to(dtype).float()).to(low.dtype)
        assert torch.allclose(low, want, rtol=1e-2, atol=0)
    meta = torch.zeros(shape, device="meta")
    with pytest.raises(posecodec_rs.InvalidInputError, match="meta"):
        helper(meta)


def test_arrays_need_no_torch() -> None:
    code = """
        import sys, numpy as np, posecodec_rs.functional as functional
        functional.batch_heatmap_nms(np.zeros((1, 1, 4, 4)))
        functional.get_simcc_normalized(np.zeros((1, 1, 4)), 2.0)
        functional.get_heatmap_maximum(np.zeros((1, 4, 4)))
        print("torch" in sys.modules)
    """
    lines = "\n".join(line.strip() for line in code.splitlines())
    done = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


# Where it differs from MMPose 1.3.2 on purpose. The first lines describe what MMPose does.

SIZE = (24, 16)


def bumps(rng: Generator, count: int = 3) -> Array:
    return responses(rng, (count,), SIZE[::-1])


@pytest.mark.parametrize("kind", ["", "udp_", "unbiased_"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_nonfinite_keypoints(kind: str, value: float) -> None:
    """MMPose: NaN maps where unbiased, NumPy's warnings elsewhere."""
    points = np.array([[[5.0, 5.0], [value, 3.0]], [[9.0, 9.0], [7.0, 2.0]]])
    generate = getattr(functional, f"generate_{kind}gaussian_heatmaps")
    maps, weights = generate(SIZE, points, np.full((2, 2), 2), 1.5)
    np.testing.assert_array_equal(weights, [[2, 0], [2, 2]])
    points[0, 1] = (-99, 0)
    assert_same(maps, generate(SIZE, points, np.full((2, 2), 2), 1.5)[0])


def test_other_maps_of_nonfinite_keypoints() -> None:
    """MMPose: NaN offsets, `ValueError`, `IndexError`, NaN boxes."""
    points, seen = np.array([[[np.nan, 5.0], [4.0, 3.0]]]), np.ones((1, 2))
    maps, weights = functional.generate_offset_heatmap(SIZE, points, seen, 0.1)
    assert not maps[:3].any()
    np.testing.assert_array_equal(weights, [[0, 1]])
    root, length = np.array([[np.nan, 2]]), np.ones(1)
    for roots in (root, np.array([[4.0, 3.0]])):
        args = (SIZE, points, seen, roots, np.ones(1), length, 2.0)
        maps, weights = functional.generate_displacement_heatmap(*args)
        assert not maps[:2].any()
        assert maps[2:].any() == np.isfinite(roots).all()
    hand = np.concatenate([points, points[..., :1]], -1)
    args = ((8, 8, 4), hand, seen, 1.0, (16, 16))
    maps, weights = functional.generate_3d_gaussian_heatmaps(*args)
    assert not maps[:4].any()
    np.testing.assert_array_equal(weights, [[0, 1]])
    np.testing.assert_array_equal(functional.get_instance_bbox(points), [[4, 3, 4, 3]])
    np.testing.assert_array_equal(functional.get_instance_root(points)[0], [[4, 3]])
    np.testing.assert_array_equal(functional.get_diagonal_lengths(points), [0])


@pytest.mark.parametrize("kind", ["", "udp_", "unbiased_"])
def test_a_sigma_of_0(kind: str) -> None:
    """MMPose: 0 / 0 makes the keypoint's pixel NaN."""
    generate = getattr(functional, f"generate_{kind}gaussian_heatmaps")
    maps, _ = generate(SIZE, np.array([[[5.0, 3.0]]]), np.ones((1, 1)), 0)
    want = np.zeros((1, *SIZE[::-1]), np.float32)
    want[0, 3, 5] = 1
    assert_same(maps, want)


def test_a_blur_of_zeros() -> None:
    """MMPose: NaN or infinity, of x / 0."""
    assert not functional.gaussian_blur(np.zeros((2, 5, 6)), 3).any()
    assert not functional.gaussian_blur1d(np.zeros((2, 5, 6)), 3).any()
    blurred = functional.gaussian_blur1d(np.array([[[-2.0, 1.0, 0.0, -2.0]]]), 3)
    np.testing.assert_array_equal(blurred, [[[-0.75, 0.0, -0.25, -1.0]]])


def test_a_blur_kernel_of_size_1(rng: Generator) -> None:
    """MMPose: `ValueError`."""
    maps = bumps(rng)
    np.testing.assert_array_equal(functional.gaussian_blur(maps, 1), maps)
    np.testing.assert_array_equal(functional.gaussian_blur1d(maps, 1), maps)


@pytest.mark.parametrize("name", ["refine_keypoints_dark", "refine_keypoints_dark_udp"])
def test_refining_without_a_peak(name: str, rng: Generator) -> None:
    """MMPose: NaN, or `LinAlgError`."""
    maps = np.concatenate([0 * bumps(rng, 1), bumps(rng, 1) - 2, bumps(rng, 1)])
    points = np.full((1, 3, 2), 7.0)
    refined = getattr(functional, name)(points, maps, 5)
    np.testing.assert_array_equal(refined[:, :2], points[:, :2])
    assert (refined[:, 2] != points[:, 2]).any()


OUTSIDE = [[-1, -1], [-1, 5], [5, -1], [24, 5], [5, 16], [99, 99]]
OUTSIDE += [[np.nan, 5], [5, np.inf], [1e30, 5]]


@pytest.mark.parametrize("point", OUTSIDE, ids=str)
def test_refining_what_is_outside(point: list[float], rng: Generator) -> None:
    """MMPose: values of other locations, of other keypoints too, or `IndexError`."""
    maps, points = bumps(rng), np.tile(np.array(point, float), (2, 3, 1))
    points[1] = 7
    for name in ("refine_keypoints", "refine_keypoints_dark", "refine_keypoints_dark_udp"):
        kernel = () if name == "refine_keypoints" else (5,)
        refined = getattr(functional, name)(points, maps, *kernel)
        np.testing.assert_array_equal(refined[0], points[0])
        assert (refined[1] != 7).any()
    locations = np.where(np.isin(points[..., 1], (5, 7)), 99, points[..., 1])
    vectors = responses(rng, (2, 3), (16,))
    np.testing.assert_array_equal(functional.refine_simcc_dark(locations, vectors, 5), locations)


def test_refining_between_rows(rng: Generator) -> None:
    """MMPose: a fraction of y moves its index along x; beyond the last column it reads a margin."""
    maps = bumps(rng, 1)
    points = np.array([[[23.0, 5.96]], [[3.0, 5.0]]])  # 24 + 0.96 · 26 pixels after row 5's first
    refined = functional.refine_keypoints_dark_udp(points, maps, 5)
    want = functional.refine_keypoints_dark_udp(np.array([[[21.0, 6.0]]]), maps, 5) - [21, 6]
    np.testing.assert_allclose(refined[0], points[0] + want[0], rtol=1e-12)
    points[0] = 12.0, 5.5  # 13 + 0.5 · 26: the margin before row 6
    refined = functional.refine_keypoints_dark_udp(points, maps, 5)
    np.testing.assert_array_equal(refined[0], points[0])


def test_refining_leaves_its_arguments_alone(rng: Generator) -> None:
    """MMPose: refines the caller's keypoints, blurs and logs the caller's maps."""
    maps, points = bumps(rng), np.full((1, 3, 2), 7.0)
    for name in ("refine_keypoints", "refine_keypoints_dark", "refine_keypoints_dark_udp"):
        kernel = () if name == "refine_keypoints" else (5,)
        before = maps.copy()
        refined = getattr(functional, name)(points, maps, *kernel)
        assert not np.shares_memory(refined, points)
        assert (points == 7).all()
        assert_same(maps, before)
    assert functional.gaussian_blur(maps, 5) is not maps
    assert_same(maps, before)


def test_an_infinite_response() -> None:
    """MMPose: what is suppressed becomes NaN, of infinity times 0."""
    maps = np.array([[[[np.inf, 1.0, -np.inf, 0.5]]]])
    np.testing.assert_array_equal(functional.batch_heatmap_nms(maps, 3), [[[[np.inf, 0, 0, 0.5]]]])


def test_a_root_counted_from_the_end() -> None:
    """MMPose: `ValueError`."""
    poses = np.random.default_rng(7).normal((0, 0, 5), 0.3, (2, 4, 3))
    camera = {"f": np.array([1145.0, 1143.0]), "c": np.array([512.0, 515.0])}
    answers = [functional.camera_to_image_coord(root, poses, camera) for root in (-1, 3)]
    assert_same(*answers)
