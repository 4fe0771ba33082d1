"""The reason of a failure tells what is wrong, and quotes nothing that a user may have sent."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from application.failures import Failure, Severity, reason
from application.upcasting import UnreadableEvent
from kernel.errors import DomainError

pytestmark = pytest.mark.feature("L10", "W11")

SECRET = "ada@example.com"


class NameTaken(DomainError):
    text = "The name {name!r} is taken."


def raised(work: Callable[[], object]) -> BaseException:
    with pytest.raises(Exception) as error:  # noqa: PT011 - any error at all
        work()
    return error.value


def test_a_refusal_is_told_as_it_is_before_it_is_filled() -> None:
    assert reason(NameTaken(name=SECRET)) == "NameTaken: The name {name!r} is taken."


@pytest.mark.parametrize("error", [UnreadableEvent, OSError, RuntimeError])
def test_a_text_that_quotes_nothing_is_told(error: type[Exception]) -> None:
    assert reason(error("no such table")) == f"{error.__name__}: no such table"


def test_only_the_first_line_is_told_and_not_all_of_a_long_one() -> None:
    assert reason(OSError("first\nsecond")) == "OSError: first"
    assert reason(OSError("x" * 201)) == "OSError: " + "x" * 200
    assert reason(OSError()) == "OSError: "


@pytest.mark.parametrize("error", [KeyError, ValueError, TypeError, AssertionError])
def test_of_python_s_own_errors_the_class_is_told(error: type[Exception]) -> None:
    assert reason(error(SECRET)) == error.__name__


def refused(found: dict[str, str]) -> None:
    raise KeyError(found[SECRET])


def test_the_place_is_where_it_was_raised() -> None:
    """Between this file and itself lie three frames of the library that called back."""
    error = raised(lambda: json.loads(f'{{"{SECRET}": "x"}}', object_hook=refused))
    line = refused.__code__.co_firstlineno + 1

    assert reason(error) == f"KeyError in refused, {Path(__file__).name}:{line}"


def validate() -> None:
    TypeAdapter(int).validate_python(SECRET)


def test_the_place_is_in_the_code_that_called_an_installed_library() -> None:
    line = validate.__code__.co_firstlineno + 1

    assert reason(raised(validate)) == f"ValidationError in validate, {Path(__file__).name}:{line}"


def test_the_place_is_in_the_library_where_nothing_else_is_known() -> None:
    error = raised(validate)
    trace = error.__traceback__
    while trace is not None and "site-packages" not in trace.tb_frame.f_code.co_filename:
        trace = trace.tb_next
    library = sys.modules[TypeAdapter.__module__].__file__ or ""

    told = reason(error.with_traceback(trace))
    assert told.startswith(f"ValidationError in validate_python, {Path(library).name}:")


def test_a_failure_is_read_back_as_it_was_written() -> None:
    failure = Failure("RecordNotPublished", "publish", "OSError: x", Severity.WARNING, True)

    assert Failure.from_dict(json.loads(json.dumps(failure.to_dict()))) == failure
