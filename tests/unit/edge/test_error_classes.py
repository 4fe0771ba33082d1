"""The one table from an error's class to severity and retryability: total over our own classes."""

import ast
import importlib
import subprocess
import sys
from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from application.failures import CommitTampered, Discarded, Failure, MessageGivenUp, Severity
from application.ports import Unavailable
from application.writing.execute import Contended
from application.writing.requests import CommandIdReused, WrongExpectedVersion
from edge.errors import ERRORS, failure, problem_type, row_of
from tests.support.paths import DOCS, ROOT, SRC

pytestmark = pytest.mark.feature("O7")

PAGE = DOCS / "operations.md"
GENERAL = (Exception, ValueError, LookupError, OSError)
"""Rows for errors that are not ours: a class of our own deserves a row that knows it."""


def our_errors() -> Iterator[type[Exception]]:
    """Every exception that a module of src defines, but those that never leave their module."""
    for file in sorted(SRC.rglob("*.py")):
        name = ".".join(file.relative_to(SRC).with_suffix("").parts).removesuffix(".__init__")
        for node in ast.parse(file.read_text()).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found = getattr(importlib.import_module(name), node.name)
                if isinstance(found, type) and issubclass(found, Exception):
                    yield found


def test_every_error_of_ours_has_a_row_that_knows_it() -> None:
    found = list(our_errors())

    assert len(found) > 20
    assert [error.__qualname__ for error in found if row_of(error).error in GENERAL] == [], (
        "give them a row in src/edge/errors.py"
    )


def test_no_row_stands_behind_one_that_takes_all_it_could() -> None:
    assert [row.error for row in ERRORS if row_of(row.error) is not row] == []
    assert ERRORS[-1].error is Exception


@pytest.mark.parametrize(
    ("error", "severity", "retryable"),
    [
        (CommitTampered(), Severity.CRITICAL, False),
        (MessageGivenUp(), Severity.ERROR, True),
        (Unavailable(), Severity.WARNING, True),
        (Contended(), Severity.WARNING, True),
        (EndpointConnectionError(endpoint_url="x"), Severity.WARNING, True),
        (ClientError({"Error": {"Code": "AccessDenied"}}, "PutItem"), Severity.ERROR, False),
        (ValueError(), Severity.ERROR, False),
        (KeyError(), Severity.ERROR, False),
        (AssertionError(), Severity.ERROR, False),
        (Discarded(), Severity.INFO, False),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_a_failure_carries_severity_and_retryability_of_its_error(
    error: Exception, severity: Severity, retryable: bool
) -> None:
    found = failure(error, where="here", key={"aggregateId": "TEAPOT#a"})

    assert (found.severity, found.retryable) == (severity, retryable)
    assert found.what == type(error).__name__


def test_a_failure_says_what_happened_where_why_and_to_what() -> None:
    found = failure(Unavailable("throttled"), what="RowNotWritten", where="here", key={"n": 1})

    assert (found.what, found.where, found.key) == ("RowNotWritten", "here", {"n": 1})
    assert found.why == "Unavailable: throttled"


@pytest.mark.parametrize(
    ("error", "name"),
    [(WrongExpectedVersion, "version-mismatch"), (CommandIdReused, "command-id-reused")],
)
def test_a_problem_is_named_by_the_table_or_by_its_class(error: type[Exception], name: str) -> None:
    assert problem_type(error) == name


def test_a_failure_is_read_back_from_its_event() -> None:
    found = failure(Unavailable("throttled"), what="RowNotWritten", where="here", key={"n": 1})

    assert Failure.from_dict(found.to_dict()) == found
    assert found.to_dict()["severity"] == "WARNING"


@pytest.mark.feature("S5")
def test_failures_are_made_from_the_table_and_nowhere_else() -> None:
    """So that severity and retryability of an error never depend on who met it."""
    makers = {
        file.name
        for folder in (SRC, ROOT / "skafu")
        for file in folder.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Failure"
    }

    assert makers == {"errors.py"}


def test_the_page_for_operators_prints_the_table() -> None:
    text = PAGE.read_text()

    assert [row.error.__name__ for row in ERRORS if f"| `{row.error.__name__}` |" not in text] == []


def test_the_table_is_read_without_the_resolver() -> None:
    """Projectors and the publisher need the table, not a hundred modules of the HTTP resolver."""
    code = "import edge.errors, sys; sys.exit('aws_lambda_powertools.event_handler' in sys.modules)"

    subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": str(SRC)}, check=True)


def test_the_first_row_that_fits_is_taken() -> None:
    assert row_of(Contended).error is Unavailable
