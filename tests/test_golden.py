"""Every codec answers as the reference did when it was recorded, and leaves its inputs alone."""

import copy

import golden_cases
import numpy as np
import posecodec_rs
import pytest
from golden_cases import DARK, DECODED, ENCODED, EXACT, GoldenCase, Tolerance, differences
from specs import SPECS

CASES = golden_cases.load()


@pytest.mark.parametrize("case", [pytest.param(case, id=case.id) for case in CASES])
def test_answers_as_recorded(case: GoldenCase) -> None:
    args = case.args
    got = case.call(posecodec_rs, args)
    asked = f"{case.codec}({case.kwargs}).{case.method}"
    wrong = list(differences(got, case.out, case.tolerance))
    assert not wrong, "\n".join([asked, *wrong])
    changed = list(differences(args, case.args, EXACT, "args"))
    assert not changed, "\n".join([f"{asked} changed its input", *changed])


def test_every_codec_is_recorded() -> None:
    assert {case.codec for case in CASES} == {*SPECS, "functional"}


WANT = {"maps": np.array([[0.5, 200.0]], np.float32), "pair": (np.array([2, 1]), "name")}


def test_the_comparison_accepts_what_agrees() -> None:
    assert not list(differences(copy.deepcopy(WANT), WANT, EXACT))


@pytest.mark.parametrize(
    "got",
    [
        pytest.param(WANT | {"maps": WANT["maps"].astype(np.float64)}, id="dtype"),
        pytest.param(WANT | {"maps": WANT["maps"][0]}, id="shape"),
        pytest.param(WANT | {"maps": WANT["maps"] * np.float32("nan")}, id="nan"),
        pytest.param(WANT | {"maps": WANT["maps"].tolist()}, id="list, not array"),
        pytest.param(WANT | {"pair": list(WANT["pair"])}, id="list, not tuple"),
        pytest.param(WANT | {"pair": WANT["pair"][:1]}, id="too few"),
        pytest.param(WANT | {"pair": (np.array([2, 0]), "name")}, id="integer"),
        pytest.param(WANT | {"pair": (np.array([2, 1]), "other")}, id="text"),
        pytest.param({"maps": WANT["maps"]}, id="key missing"),
        pytest.param(WANT | {"more": 1}, id="key too many"),
    ],
)
def test_the_comparison_notices(got: object) -> None:
    assert len(list(differences(got, WANT, DECODED))) == 1


@pytest.mark.parametrize("tolerance", [ENCODED, DECODED, DARK])
@pytest.mark.parametrize("want", [np.array([0.0, 0.1]), np.array([3.0, -250.0])])
def test_the_comparison_has_its_tolerance(tolerance: Tolerance, want: np.ndarray) -> None:
    allowed = tolerance.rtol * np.abs(want) + tolerance.atol * max(1, np.abs(want).max())
    assert not list(differences(want - 0.99 * allowed, want, tolerance))
    assert list(differences(want + 1.01 * allowed, want, tolerance))
