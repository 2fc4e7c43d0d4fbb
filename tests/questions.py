"""Questions that MMPose and this package are both asked, and the comparison of their answers."""

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
NUDGE = 1e-5
"""As little as what is encoded may be off: after a blur some ulps of float32 are left of it."""


class NoAnswerToGoBy(Exception):
    """MMPose's answer to a question is none that ours has to be; the message says why."""


class Answers(NamedTuple):
    """Ours, MMPose's, and what is wrong with ours, a line each."""

    got: Any
    want: Any
    wrong: list[str]


@dataclass(frozen=True)
class Question:
    """A call of both, with the same arguments.

    Attributes:
        asked: What is asked, for messages.
        hangs: Whether the answer may hang on the last bits of the arguments.
        trusted: Whether an answer of MMPose's is one to go by.
    """

    asked: str
    theirs: Callable[..., Any]
    ours: Callable[..., Any]
    arguments: list[Any]
    tolerance: Tolerance
    hangs: bool = False
    trusted: Callable[[Any], bool] = lambda _: True

    def check(self, rng: Generator) -> None:
        """Both answer the same, and ours leaves its arguments alone."""
        try:
            answers = self.ask(rng)
        except NoAnswerToGoBy:
            reject()
        assert not answers.wrong, "\n".join([self.asked, *answers.wrong])

    def ask(self, rng: Generator) -> Answers:
        """What both answer.

        Raises:
            NoAnswerToGoBy: Where ours may be another one.
        """
        want = self._want(self.arguments)
        given = copy.deepcopy(self.arguments)
        got = self.ours(*given)
        wrong = list(differences(given, self.arguments, EXACT, "arguments"))
        wrong += differences(got, want, self.tolerance)
        if wrong and self.hangs and self._hangs_on_the_last_bits(want, rng):
            raise NoAnswerToGoBy("it hangs on the last bits of the arguments")
        return Answers(got, want, wrong)

    def _want(self, arguments: list[Any]) -> Any:
        """MMPose's answer, where ours is not another one on purpose (docs/differences.md)."""
        with warnings.catch_warnings():
            warnings.simplefilter("error", RuntimeWarning)
            try:
                answer = self.theirs(*copy.deepcopy(arguments))
            except (RuntimeWarning, np.linalg.LinAlgError) as error:
                raise NoAnswerToGoBy("MMPose fails") from error
        if list(differences(answer, answer, EXACT)):  # NaN is not itself
            raise NoAnswerToGoBy("MMPose answers NaN")
        if not self.trusted(answer):
            raise NoAnswerToGoBy("MMPose answers with another place's values")
        return answer

    def _hangs_on_the_last_bits(self, want: Any, rng: Generator) -> bool:
        """Whether MMPose would itself answer otherwise if its input were off by next to nothing."""

        def nudged(value: Any) -> Any:
            if not isinstance(value, np.ndarray):
                return value
            return (value * (1 + NUDGE * rng.uniform(-1, 1, value.shape))).astype(value.dtype)

        for _ in range(30):
            answer = self._want([nudged(value) for value in self.arguments])
            if list(differences(answer, want, self.tolerance)):
                return True
        return False
