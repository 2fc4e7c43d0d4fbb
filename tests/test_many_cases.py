"""`many_cases`: all cases run, and an error lists those that failed."""

from functools import partial

import pytest
from many_cases import check_cases, in_one_test
from numpy.random import Generator


def test_every_failed_case_is_listed() -> None:
    def check(value: int) -> None:
        ran.append(value)
        assert value != 1, "it is 1"
        if value == 3:
            pytest.fail("it is 3")

    ran: list[int] = []
    with pytest.raises(AssertionError) as caught:
        check_cases({f"case {value}": partial(check, value) for value in range(5)})
    assert ran == [0, 1, 2, 3, 4]
    first, *lines = str(caught.value).splitlines()
    assert first == "2 of 5 cases failed:"
    assert lines[0] == "case 1: AssertionError: it is 1"
    assert lines[-1] == "case 3: Failed: it is 3"
    assert "it is 1" in str(caught.value.__cause__)


def test_no_cases_are_an_error() -> None:
    with pytest.raises(AssertionError, match="no cases"):
        check_cases({})


seen: list[tuple[str, type, str, float]] = []


@pytest.mark.parametrize("outer", ["a", "b"])
@in_one_test(kind=[int, float], value={"one": "1", "two": "2"})
def test_arguments_of_cases(outer: str, kind: type, value: str, rng: Generator) -> None:
    seen.append((outer, kind, value, rng.random()))
    mine = [each[1:] for each in seen if each[0] == outer]
    want = [(int, "1"), (int, "2"), (float, "1"), (float, "2")]
    assert [each[:2] for each in mine] == want[: len(mine)]
    assert len({number for *_, number in mine}) == 1


@in_one_test(value=[1, 1])
def run_two_of_a_name(value: int) -> None:
    del value


def test_names_are_unique() -> None:
    with pytest.raises(AssertionError, match="two cases are named 1"):
        run_two_of_a_name()
