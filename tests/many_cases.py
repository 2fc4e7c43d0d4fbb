"""Many small cases in one test: of each, pytest's own work would take longer than the case.

All cases run, and the test's error lists every one that failed by its name.
"""

import copy
import inspect
import itertools
from collections.abc import Callable, Iterable, Mapping
from functools import partial, wraps
from typing import Any

import pytest


def check_cases(cases: Mapping[str, Callable[[], object]]) -> None:
    """Runs all cases, and raises one error for those that fail, with the first as its cause."""
    __tracebackhide__ = True
    assert cases, "there are no cases"
    failed: dict[str, BaseException] = {}
    for name, case in cases.items():
        try:
            case()
        except (Exception, pytest.fail.Exception) as error:
            failed[name] = error
    if failed:
        lines = [f"{len(failed)} of {len(cases)} cases failed:"]
        lines += [
            f"{name}: {type(error).__name__}: {str(error).strip()}"
            for name, error in failed.items()
        ]
        raise AssertionError("\n".join(lines)) from next(iter(failed.values()))


def in_one_test(**values: Mapping[str, Any] | Iterable[Any]) -> Callable[[Any], Any]:
    """Like `pytest.mark.parametrize`, but as cases of one test.

    Each case gets a copy of the fixture `rng`, so that its random numbers do not depend on the
    cases before it. Other fixtures are shared.

    Args:
        values: The values of each argument, in a mapping if they need names.
    """
    named = {argument: list(_named(each)) for argument, each in values.items()}

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(test)

        @wraps(test)
        def run_cases(**fixtures: Any) -> None:
            __tracebackhide__ = True
            cases = {}
            for chosen in itertools.product(*named.values()):
                name = "-".join(name for name, _ in chosen)
                assert name not in cases, f"two cases are named {name}"
                arguments = dict(zip(named, (value for _, value in chosen), strict=True))
                cases[name] = partial(_call, test, fixtures, arguments)
            check_cases(cases)

        kept = [each for each in signature.parameters.values() if each.name not in named]
        run_cases.__signature__ = signature.replace(parameters=kept)  # type: ignore[attr-defined]
        return run_cases

    return decorate


def _named(values: Mapping[str, Any] | Iterable[Any]) -> Iterable[tuple[str, Any]]:
    if isinstance(values, Mapping):
        return values.items()
    return ((getattr(value, "__name__", None) or str(value), value) for value in values)


def _call(test: Callable[..., None], fixtures: dict[str, Any], arguments: dict[str, Any]) -> None:
    __tracebackhide__ = True
    own = {"rng": copy.deepcopy(fixtures["rng"])} if "rng" in fixtures else {}
    test(**fixtures | own, **arguments)
