"""A request cannot write the log: one line for each record, whatever is in it."""

import json
import logging
from collections.abc import Iterator
from io import StringIO

import pytest

from edge.http.problems import bug
from edge.observability import logger
from tests.support.api import ADA, Api
from tests.support.world import APP, CHANGE, FIRST, World, typical

pytestmark = pytest.mark.feature("C10", "C20")

FORGED = '{"level":"ERROR","message":"forged"}'
HOSTILE = (
    f"a\n{FORGED}",
    f"a\r\n{FORGED}",
    f"a\u2028{FORGED}",
    f"a\u0085{FORGED}",
    "\x1b[2J\x1b[31mred",
    "\x00",
    "\ud800",
    "%s %d {0} ${jndi:ldap://x}",
)


@pytest.fixture
def log() -> Iterator[StringIO]:
    """The lines that the handlers' logger writes from now on."""
    (handler,) = (h for h in logger.handlers if isinstance(h, logging.StreamHandler))
    written = StringIO()
    before = handler.setStream(written)
    yield written
    handler.setStream(before)


def lines(log: StringIO) -> Iterator[dict[str, object]]:
    """Each must be one JSON object without raw control characters."""
    printed = log.getvalue()
    assert not set(printed) & set("\x00\x1b\r\x85\u2028")
    for line in printed.split("\n"):
        if line:
            yield json.loads(line)


def sent(api: Api, text: str) -> None:
    """Send the text wherever a request has a place for it."""
    path, data = FIRST.path, typical(FIRST)
    api.post(path, {**dict.fromkeys(data, text), text: text})
    api.post(path, data, idempotency_key=text, x_correlation_id=text)
    api.post(path, data, traceparent=text, user_agent=text)
    api.post(path, data, if_match=text, x_on_conflict=text)
    api.post(path, text)
    api.call(
        CHANGE.method,
        CHANGE.path.replace("<id>", text),
        typical(CHANGE),
        {},
    )
    api.post(f"/{text}", data)
    api.post("/commands", {"commands": [{"type": text, "commandId": text, "data": {text: text}}]})


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_a_request_writes_no_line_of_its_own(text: str, log: StringIO) -> None:
    World()
    sent(Api(APP, ADA), text)
    found = list(lines(log))

    assert found
    assert {line["message"] for line in found} <= {"accepted", "refused", "answered"}
    assert {line["level"] for line in found} == {"INFO"}


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_an_unexpected_error_is_one_line_as_well_and_stays_inside(text: str, log: StringIO) -> None:
    problem = bug(raised(text))
    (line,) = lines(log)

    assert line["message"] == "unexpected"
    assert text not in problem.model_dump_json()


def test_a_line_names_the_route_and_never_the_path(log: StringIO) -> None:
    World()
    api = Api(APP, ADA)
    logger.remove_keys(["route"])  # of the test before: no handler stands around this API
    api.post("/canary", {})
    api.call("GET", f"{FIRST.path}/canary", None, {})
    api.call(CHANGE.method, CHANGE.path.replace("<id>", "canary"), {"colour": "red"}, {})
    routes = {line.get("route") for line in lines(log) if line["message"] == "answered"}

    assert routes == {f"{CHANGE.method} {CHANGE.path}", None}
    assert "canary" not in log.getvalue()


def raised(text: str) -> Exception:
    try:
        raise RuntimeError(text)
    except RuntimeError as error:
        return error
