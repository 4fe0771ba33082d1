"""Bad input gets a clear error, nothing is stored, and nothing is lost: one table, run as it is."""

from collections.abc import Iterator

import pytest

from tests.support.api_client import Json
from tests.support.bad_input import Case, World, assert_refused, nested, of_it, prepared, uuid7_at
from tests.support.dev import LISTING
from tests.support.owner import CHANGE, CREATE, data, path_of

pytestmark = pytest.mark.feature("C10", "C11", "C20")

ABSENT = "0198f2a0-0000-7000-8000-00000000dead"
CREATION, CHANGED = data(CREATE), data(CHANGE)
TASK, CHANGING = f"/commands/{CREATE.name}", f"/commands/{CHANGE.name}"
PROPERTIES = CREATE.body.model_json_schema()["properties"]


def change(world: World, **envelope: object) -> Json:
    """Return a change in task style."""
    return {"aggregateId": world.plain, "data": CHANGED, **envelope}


def at_version(header: str) -> Json:
    return {"method": CHANGE.method, "path": changing, "body": CHANGED,
            "headers": {"If-Match": header}}  # fmt: skip


def changing(world: World) -> str:
    return CHANGE.path.replace("<id>", world.plain)


def wrong_types() -> Iterator[Case]:
    """Yield the creation with a value of another type in each of its fields."""
    wrong = {"string": 5, "array": "text", "integer": "text", "object": "text"}
    for name, part in PROPERTIES.items():
        if part.get("type") in wrong:
            body = {**CREATION, name: wrong[part["type"]]}
            yield Case(f"another type for {name}", 400, "invalid-request", body=body)


CASES = (
    # The body is not one unambiguous JSON document
    Case("no body", 400, "invalid-request"),
    Case("empty text", 400, "invalid-request", body=""),
    Case("broken JSON", 400, "malformed-json", body='{"a": "b"'),
    Case("text after the document", 400, "malformed-json", body='{"a": "b"} x'),
    Case("a field twice", 400, "malformed-json", body='{"a": "b", "a": "c"}'),
    Case("a field twice, deep", 400, "malformed-json", body='{"a": {"b": {"c": 1, "c": 2}}}'),
    Case("NaN", 400, "malformed-json", body='{"a": NaN}'),
    Case("1e400", 400, "malformed-json", body='{"a": 1e400}'),
    Case("an integer of 54 bits", 400, "malformed-json", body='{"a": 9007199254740992}'),
    Case("a field with an empty name", 400, "malformed-json", body={"": 1}),
    Case("half of a surrogate pair", 400, "malformed-json", body='{"a": "\\ud800"}'),
    Case("too deep", 400, "malformed-json", body=nested(40)),
    Case("deep beyond the parser", 400, "malformed-json", body="[" * 100_000),
    Case("a list instead of an object", 400, "malformed-json", body=[CREATION]),
    Case("a text instead of an object", 400, "malformed-json", body='"text"'),
    Case("null", 400, "malformed-json", body="null"),
    Case("not JSON by its content type", 415, "unsupported-content-type", body="<a/>",
         headers={"Content-Type": "application/xml"}),
    Case("JSON as a form", 415, "unsupported-content-type", body=CREATION,
         headers={"Content-Type": "application/x-www-form-urlencoded"}),
    Case("another charset", 415, "unsupported-content-type", body=CREATION,
         headers={"Content-Type": "application/json; charset=ISO-8859-1"}),
    Case("compressed", 415, "unsupported-content-type", body=CREATION,
         headers={"Content-Encoding": "gzip"}),
    Case("bytes of cp1252", 400, "malformed-json", body=b'{"name": "Caf\xe9"}'),
    Case("half of a character", 400, "malformed-json", body=b'{"name": "Caf\xc3"}'),
    Case("a body of 300 KB", 413, "body-too-large", body={"a": "x" * 300_000}),
    # Fields
    Case("unknown field", 400, "invalid-request", body={**CREATION, "colour": "red"}),
    Case("unknown field of the envelope", 400, "invalid-request", path=TASK,
         body={"data": CREATION, "colour": "red"}),
    Case("missing data", 400, "invalid-request", path=TASK, body={"commandId": "a"}),
    Case("a change without data", 400, "invalid-request", CHANGE.method, changing, {}),
    Case("a text for a version", 400, "invalid-request", path=CHANGING,
         body=lambda w: change(w, expectedVersion="2")),
    Case("a negative version", 400, "invalid-request", path=CHANGING,
         body=lambda w: change(w, expectedVersion=-1)),
    Case("a time without an offset", 400, "invalid-request", path=TASK,
         body={"timestamp": "2026-01-01T00:00:00", "data": CREATION}),
    *wrong_types(),
    # Identity and versions
    Case("key of 129 characters", 400, "invalid-request", body=CREATION,
         headers={"Idempotency-Key": "x" * 129}),
    *(Case(f"key with {part}", 400, "invalid-request", body=CREATION,
           headers={"Idempotency-Key": f"a{part}b"}) for part in "/?#%&+"),
    Case("key of two dots", 400, "invalid-request", body=CREATION,
         headers={"Idempotency-Key": ".."}),
    Case("key with a blank", 400, "invalid-request", body=CREATION,
         headers={"Idempotency-Key": "a b"}),
    Case("key of the day before yesterday", 400, "key-expired", body=CREATION,
         headers={"Idempotency-Key": lambda _: uuid7_at(-48 * 3600)}),
    Case("key used for another command", 422, "command-id-reused", path=TASK,
         body=lambda w: {"commandId": w.used_key, "expectedVersion": 0, "data": CREATION}),
    Case("key used for another type of command", 422, "command-id-reused", path=CHANGING,
         body=lambda w: change(w, commandId=w.used_key)),
    Case("stale version", 412, "version-mismatch", **at_version('"1"')),
    Case("future version", 412, "version-mismatch", **at_version('"99"')),
    Case("version without quotes", 400, "invalid-request", **at_version("2")),
    Case("weak version", 412, "version-mismatch", **at_version('W/"2"')),
    Case("a tag of something else", 412, "version-mismatch", **at_version('"abc", "99"')),
    Case("half a tag", 400, "invalid-request", **at_version('"2')),
    Case("a version twice, differently", 400, "invalid-request", path=CHANGING,
         body=lambda w: change(w, expectedVersion=2), headers={"If-Match": '"1"'}),
    Case("a key twice, differently", 400, "invalid-request", path=TASK,
         body={"commandId": "a", "data": CREATION}, headers={"Idempotency-Key": "b"}),
    Case("a stale version in a header of the task style", 412, "version-mismatch", path=CHANGING,
         body=change, headers={"If-Match": '"99"'}),
    Case("If-None-Match with a change", 400, "invalid-request", CHANGE.method, changing, CHANGED,
         headers={"If-None-Match": "*"}),
    Case("wait without a number", 400, "invalid-request", body=CREATION,
         headers={"Prefer": "wait"}),
    Case("a command with a query parameter", 400, "invalid-request",
         path=f"{CREATE.path}?foo=", body=CREATION),
    Case("several with If-Match", 400, "invalid-request", path="/commands",
         body={"commands": [{"type": CREATE.name, "data": CREATION}]},
         headers={"If-Match": '"1"'}),
    # Whose, and who
    Case("another's, changed", 404, "aggregate-not-found", CHANGE.method, changing, CHANGED,
         who="second"),
    Case("another's, read", 404, "aggregate-not-found", "GET", of_it(), who="second"),
    Case("another's audit trail", 404, "aggregate-not-found", "GET", of_it("/events"),
         who="second"),
    Case("one that is not there", 404, "aggregate-not-found", CHANGE.method,
         CHANGE.path.replace("<id>", ABSENT), CHANGED),
    Case("an id that is none", 400, "invalid-request", CHANGE.method,
         CHANGE.path.replace("<id>", "1"), CHANGED),
    Case("none named", 400, "invalid-request", path=CHANGING, body={"data": CHANGED}),
    Case("another's userId", 400, "invalid-request", path=TASK,
         body={"userId": "somebody", "data": CREATION}),
    Case("a Developer's command", 403, "forbidden", body=CREATION, who="developer"),
    Case("no token", 401, "unauthorized", body=CREATION, token=None),
    Case("a token that is none", 401, "unauthorized", body=CREATION, token="nonsense"),
    Case("a forged token", 401, "unauthorized", body=CREATION, token="forged"),
    Case("a token of nobody's signature", 401, "unauthorized", body=CREATION, token="unsigned"),
    Case("an expired token", 401, "unauthorized", body=CREATION, token="expired"),
    Case("an access token", 401, "unauthorized", body=CREATION, token="access"),
    Case("an unknown method", 405, "method-not-allowed", "PUT", CREATE.path, CREATION),
    Case("a read of what is written", 405, "method-not-allowed", "GET", "/integration/commands"),
    Case("an unknown route", 404, "no-such-route", path="/cups", body=CREATION),
    # Queries
    Case("unknown status", 400, "invalid-request", "GET", f"{LISTING.path}?status=SOLD"),
    Case("unknown order", 400, "invalid-request", "GET", f"{LISTING.path}?sort=name:asc"),
    Case("an unknown parameter", 400, "invalid-request", "GET", f"{LISTING.path}?offset=1"),
    Case("an unknown parameter of one", 400, "invalid-request", "GET", of_it("?ids=a")),
    Case("a query with a key", 400, "invalid-request", "GET", of_it(),
         headers={"Idempotency-Key": "a"}),
    Case("limit 0", 400, "invalid-request", "GET", f"{LISTING.path}?limit=0"),
    *(
        Case(f"limit {limit!r}", 400, "invalid-request", "GET", f"{LISTING.path}?limit={limit}")
        for limit in ("1_0", "%2B1", "01", "1.0", "%205")
    ),
    Case("limit 101", 400, "invalid-request", "GET", f"{LISTING.path}?limit=101"),
    Case("a query without a token", 401, "unauthorized", "GET", LISTING.path, token=None),
    Case("a page of nothing", 404, "aggregate-not-found", "GET", f"{path_of(ABSENT)}/events"),
)  # fmt: skip


@pytest.fixture(scope="module")
def world(stack: Json) -> Iterator[World]:
    with prepared(stack) as world:
        yield world


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_bad_input_is_refused(case: Case, world: World) -> None:
    assert_refused(case, world)


def test_the_table_has_its_rows() -> None:
    assert len(CASES) >= 50
    assert len({case.name for case in CASES}) == len(CASES)
