"""The same call of MMPose and of this package, and the comparison of their results."""

import copy
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from golden_cases import EXACT, Tolerance, differences
from hypothesis import HealthCheck, reject, settings
from numpy.random import Generator

EXAMPLES = settings(
    max_examples=200,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.data_too_large, HealthCheck.too_slow],
)
PERTURBATION = 1e-5
"""As large as the tolerance of targets: after a blur, some ulps of float32 are left of it."""


class Inconclusive(Exception):
    """MMPose's result is not a valid reference; the message has the reason."""


class Comparison(NamedTuple):
    """Our result, MMPose's, and the differences, one line each."""

    got: Any
    want: Any
    differences: list[str]


@dataclass(frozen=True)
class ParityCase:
    """A call of both, with the same arguments.

    Attributes:
        description: The call, for messages.
        ill_conditioned: Whether the result may depend on the last bits of the arguments.
        reference_is_valid: Whether a result of MMPose's can be compared with.
    """

    description: str
    theirs: Callable[..., Any]
    ours: Callable[..., Any]
    arguments: list[Any]
    tolerance: Tolerance
    ill_conditioned: bool = False
    reference_is_valid: Callable[[Any], bool] = lambda _: True

    def check(self, rng: Generator) -> None:
        """Both return the same, and ours leaves its arguments alone."""
        try:
            comparison = self.compare(rng)
        except Inconclusive:
            reject()
        found = comparison.differences
        assert not found, "\n".join([self.description, *found])

    def compare(self, rng: Generator) -> Comparison:
        """Calls both.

        Raises:
            Inconclusive: Where our result may differ.
        """
        want = self._want(self.arguments)
        given = copy.deepcopy(self.arguments)
        got = self.ours(*given)
        found = list(differences(given, self.arguments, EXACT, "arguments"))
        found += differences(got, want, self.tolerance)
        if found and self.ill_conditioned and self._depends_on_the_last_bits(want, rng):
            raise Inconclusive("it depends on the last bits of the arguments")
        return Comparison(got, want, found)

    def _want(self, arguments: list[Any]) -> Any:
        """MMPose's result, where ours does not differ on purpose (docs/differences.md)."""
        with warnings.catch_warnings():
            warnings.simplefilter("error", RuntimeWarning)
            try:
                result = self.theirs(*copy.deepcopy(arguments))
            except (RuntimeWarning, np.linalg.LinAlgError) as error:
                raise Inconclusive("MMPose fails") from error
        if list(differences(result, result, EXACT)):  # NaN is not equal to itself
            raise Inconclusive("MMPose returns NaN")
        if not self.reference_is_valid(result):
            raise Inconclusive("MMPose returns the values of another location")
        return result

    def _depends_on_the_last_bits(self, want: Any, rng: Generator) -> bool:
        """Whether MMPose's own result changes if its input is perturbed slightly."""

        def perturbed(value: Any) -> Any:
            if not isinstance(value, np.ndarray):
                return value
            factor = 1 + PERTURBATION * rng.uniform(-1, 1, value.shape)
            return (value * factor).astype(value.dtype)

        for _ in range(30):
            result = self._want([perturbed(value) for value in self.arguments])
            if list(differences(result, want, self.tolerance)):
                return True
        return False
