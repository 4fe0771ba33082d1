"""Requests as HTTP has them: bodies, methods, headers, and the paths that answers lead to."""

import base64
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest

from adapters.memory.event_store import MemoryEventStore
from adapters.memory.feed import MemoryFeed
from adapters.memory.tickets import MemoryTickets
from application.ports import Fields
from application.publishing.feed import FeedReader
from application.writing.deferral import Deferral, Ticket, Worker
from edge.caller import bearer
from edge.commands import api as command_api
from edge.commands.api import Commands
from edge.commands.deferred import RunDeferred
from edge.http.api import Surroundings, resolve
from edge.http.paths import PAGE, methods, others
from edge.queries import api as query_api
from edge.queries.routes import QueryPorts
from tests.support.api import ADA, Answer, Api
from tests.support.fakes import Clock
from tests.support.kitchen.contents import kitchen

pytestmark = pytest.mark.feature("C10", "C20", "C26")

NOW = datetime.now(UTC)
CAFE = '{"name": "Café"}'
UNICODE, LATIN = CAFE.encode(), CAFE.encode("cp1252")
JSON = "application/json"
ID = "0198f2a0-0000-7000-8000-00000000000a"
Json = dict[str, Any]


class Kitchen:
    """Both APIs over one store, as a gateway calls them."""

    def __init__(self, base_path: str = "") -> None:
        surroundings = Surroundings(base_path=base_path)
        self.store, self.tickets = MemoryEventStore(), MemoryTickets()
        self.started: list[Ticket] = []
        commands = Commands.over(kitchen, self.store, Clock(NOW), {}, lambda _: None)
        self.worker = Worker(self.tickets, RunDeferred(commands))
        deferral = Deferral(self.tickets, self, Clock(NOW))
        self.commands = Api(
            command_api.build(commands, deferral=deferral, surroundings=surroundings)
        )
        feed = FeedReader(MemoryFeed(), self.store)
        ports = QueryPorts(kitchen, Rows(), self.store, feed, tickets=self.tickets)
        self.queries = Api(query_api.build(ports, surroundings))

    def start(self, ticket: Ticket) -> None:
        self.started.append(ticket)

    def run_deferred(self) -> None:
        for ticket in self.started:
            self.worker.run(ticket.key, ticket.attempt)

    def send(self, method: str, path: str, whole: str = "", **changes: Any) -> Answer:  # noqa: ANN401 - of an event
        """Send a request; `whole` is the path that the client sent."""
        api = self.queries if method in ("GET", "HEAD") else self.commands
        query = dict(part.split("=") for part in urlsplit(path).query.split("&") if part)
        headers = {"Authorization": "t", **changes.pop("headers", {"Content-Type": JSON})}
        event = api.event(method, urlsplit(path).path, None, headers, query) | changes
        event["requestContext"] |= {"path": urlsplit(whole).path} if whole else {}
        answer = resolve(api.app, event, None)
        firsts = {name: values[0] for name, values in answer["multiValueHeaders"].items()}
        return Answer(answer["statusCode"], answer.get("body") or "", firsts)


class Rows:
    """Rows of teapots that are always there."""

    def __init__(self) -> None:
        self.found = {
            "id": "x", "name": "Pot", "status": "ACTIVE", "version": 1, "projectionVersion": 1,
            "updatedAt": "2026-01-01T00:00:00.000Z",
        }  # fmt: skip

    def row(self, token: str, document: str, id: str) -> Json | None:
        return self.found

    def rows(self, token: str, document: str, ids: Sequence[str]) -> Json:
        return {"items": [self.found for _ in ids]}

    def page(
        self, token: str, document: str, variables: Mapping[str, Any], *, fields: Fields = ()
    ) -> Json:
        return {"items": [self.found], "nextToken": None}

    def pages(
        self,
        token: str,
        document: str,
        variables: Sequence[Mapping[str, Any]],
        *,
        fields: tuple[str, ...] = (),
    ) -> list[Json]:
        return [self.page(token, document, one, fields=fields) for one in variables]


@pytest.fixture
def both() -> Kitchen:
    return Kitchen()


def in_base64(octets: bytes) -> Json:
    return {"body": base64.b64encode(octets).decode(), "isBase64Encoded": True}


class TestBodies:
    @pytest.mark.parametrize(
        "announced",
        [
            JSON,
            "Application/JSON",
            "application/json;charset=utf-8",
            'APPLICATION/JSON ; Charset="UTF-8"',
            "application/json; charset=utf8; x=y",
        ],
    )
    @pytest.mark.parametrize("name", ["Content-Type", "content-type", "CONTENT-TYPE"])
    def test_json_is_taken_however_it_is_written(
        self, both: Kitchen, announced: str, name: str
    ) -> None:
        answer = both.send("POST", "/teapots", body=CAFE, headers={name: announced})

        assert answer.status == 202, answer.text

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"Content-Type": ""},
            {"Content-Type": "application/x-www-form-urlencoded"},
            {"Content-Type": "multipart/form-data; boundary=x"},
            {"Content-Type": "text/plain"},
            {"Content-Type": "text/json"},
            {"Content-Type": "application/jsonp"},
            {"Content-Type": "application/merge-patch+json"},
            {"Content-Type": "application/json, text/plain"},
            {"Content-Type": "application/json; charset=ISO-8859-1"},
            {"Content-Type": "application/json; Charset=UTF-16"},
            {"Content-Type": "application/json; charset="},
            {"Content-Type": "application/json; charset*=utf-8''utf-8"},
            {"Content-Type": "application/json; charset=utf-8; Charset=ISO-8859-1"},
            {"Content-Type": JSON, "Content-Encoding": "gzip"},
        ],
    )
    @pytest.mark.parametrize("path", ["/teapots", "/commands/make-teapot", "/commands"])
    def test_anything_else_is_415_and_told_what_to_send(
        self, both: Kitchen, path: str, headers: dict[str, str]
    ) -> None:
        answer = both.send("POST", path, body=CAFE, headers=headers)

        assert (answer.status, answer.problem) == (415, "unsupported-content-type")
        assert answer.headers["Accept"] == JSON
        if "Content-Encoding" not in headers:
            assert "`Content-Type: application/json`" in answer.body["detail"]

    @pytest.mark.parametrize("encoding", ["identity", " Identity "])
    def test_may_be_said_not_to_be_compressed(self, both: Kitchen, encoding: str) -> None:
        headers = {"Content-Type": JSON, "Content-Encoding": encoding}

        assert both.send("POST", "/teapots", body=CAFE, headers=headers).status == 202

    def test_of_a_command_without_data_may_be_left_out_with_its_type(self, both: Kitchen) -> None:
        teapot = both.send("POST", "/teapots", body=CAFE).headers["Location"]

        assert both.send("POST", f"{teapot}/retire", headers={}).status == 202

    def test_in_base64_is_the_same(self, both: Kitchen) -> None:
        answer = both.send("POST", "/teapots", **in_base64(UNICODE))
        (commit,) = both.store.read(next(both.store.heads())[0])

        assert answer.status == 202
        assert "Café" in commit.events

    @pytest.mark.parametrize(
        "body",
        [
            in_base64(LATIN),
            in_base64(UNICODE[:-3] + b'"}'),
            in_base64(b'{"name": "\xed\xa0\x80"}'),
            in_base64(b'{"name": "\xff\xfe"}'),
            in_base64(CAFE.encode("utf-16")),
            {"body": "no base64!", "isBase64Encoded": True},
            in_base64(UNICODE) | {"body": in_base64(UNICODE)["body"].replace("e", "!e", 1)},
            {"body": LATIN.decode(errors="replace")},
        ],
    )
    @pytest.mark.parametrize("path", ["/teapots", "/commands/make-teapot", "/commands"])
    def test_that_is_not_utf_8_is_400(self, both: Kitchen, body: Json, path: str) -> None:
        answer = both.send("POST", path, **body)

        assert (answer.status, answer.problem) == (400, "malformed-json")
        assert list(both.store.heads()) == []

    def test_of_a_machine_is_held_to_the_same(self, both: Kitchen) -> None:
        both.commands = both.commands.as_machine("arn:aws:iam::123456789012:user/erp")
        path = "/integration/commands"

        assert both.send("POST", path, **in_base64(LATIN)).status == 400
        assert both.send("POST", path, body=CAFE, headers={}).status == 415


class TestMethods:
    @pytest.mark.parametrize("path", ["/teapots", "/teapots/0198f2a0-0000-7000-8000-00000000000a"])
    def test_head_is_get_without_a_body(self, both: Kitchen, path: str) -> None:
        head, get = both.send("HEAD", path), both.send("GET", path)

        assert (head.status, head.text, head.headers) == (200, "", get.headers)
        assert get.text

    def test_head_of_what_is_not_there_has_no_body_either(self, both: Kitchen) -> None:
        assert both.send("HEAD", "/cups").status == 404
        assert both.send("HEAD", "/cups").text == ""

    @pytest.mark.parametrize(
        ("method", "path", "allow"),
        [
            ("PUT", "/teapots", "GET, HEAD, POST"),
            ("DELETE", "/teapots/", "GET, HEAD, POST"),
            ("PUT", "/teapots/x", "DELETE, GET, HEAD, PATCH"),
            ("GET", "/teapots/x/retire", "POST"),
            ("HEAD", "/teapots/x/retire", "POST"),
            ("DELETE", "/teapots/x/events", "GET, HEAD"),
            ("PUT", "/commands", "POST"),
            ("GET", "/commands", "POST"),
            ("PATCH", "/commands/make-teapot", "POST"),
            ("PUT", "/commands/k", "GET, HEAD"),
            ("GET", "/integration/commands", "POST"),
            ("POST", "/events", "GET, HEAD"),
            ("POST", "/docs", "GET, HEAD"),
        ],
    )
    def test_another_method_of_a_known_path_is_405(
        self, both: Kitchen, method: str, path: str, allow: str
    ) -> None:
        answer = both.send(method, path)

        assert (answer.status, answer.headers["Allow"]) == (405, allow)
        assert method == "HEAD" or answer.problem == "method-not-allowed"
        assert method == "HEAD" or answer.body["detail"] == f"This path takes {allow}."

    @pytest.mark.parametrize("path", ["/", "/cups", "/teapots/x/lids", "/commands/a/b"])
    def test_an_unknown_path_is_404(self, both: Kitchen, path: str) -> None:
        assert both.send("POST", path).problem == "no-such-route"
        assert both.send("GET", path).problem == "no-such-route"

    def test_every_route_of_both_apis_is_known_and_no_other(self, both: Kitchen) -> None:
        routes = [
            route
            for api in (both.commands, both.queries)
            for route in (*api.app._static_routes, *api.app._dynamic_routes)
        ]
        found = {(route.method, route.path) for route in routes}
        known = {(method, path) for path, taken in methods(kitchen).items() for method in taken}

        assert {pair for pair in known if pair[0] != "HEAD"} - {("GET", PAGE)} == found
        for _, path in found:
            example = path.replace("<", "").replace(">", "")
            assert others(kitchen, "TRACE", example) == sorted(methods(kitchen)[path])


class TestHeaders:
    @pytest.mark.parametrize("scheme", ["Bearer ", "bearer ", "BEARER  ", ""])
    def test_a_token_is_taken_by_any_name_of_its_scheme(self, scheme: str) -> None:
        assert bearer({"headers": {"AUTHORIZATION": f"{scheme}token"}}) == "token"

    def test_lines_of_one_name_are_one_list(self, both: Kitchen) -> None:
        teapot = both.send("POST", "/teapots", body=CAFE).headers["Location"]
        lines = {"If-Match": ['"9"', '"1"'], "Content-Type": [JSON], "Prefer": ["a", "wait=x"]}
        changes: Json = {"body": '{"name": "Urn"}', "multiValueHeaders": lines}

        refused = both.send("PATCH", teapot, **changes)
        assert refused.faults == ["header.prefer"]
        del lines["Prefer"]
        assert both.send("PATCH", teapot, **changes).status == 202

    def test_the_answer_has_the_id_of_the_command_that_was_read(self, both: Kitchen) -> None:
        body = '{"commandId": "own-1", "data": {"name": "Pot"}}'
        answer = both.send("POST", "/commands/make-teapot", body=body)

        assert answer.headers["X-Correlation-Id"] == "own-1"

    @pytest.mark.parametrize(("other", "status"), [("k1", 202), ("k2", 400)])
    def test_one_that_is_no_list_may_be_said_twice_alike(
        self, both: Kitchen, other: str, status: int
    ) -> None:
        lines = {"Idempotency-Key": ["k1", other], "Content-Type": [JSON]}

        assert both.send("POST", "/teapots", body=CAFE, multiValueHeaders=lines).status == status

    @pytest.mark.parametrize(("other", "status"), [("k1", 202), ("k2", 400)])
    def test_names_that_differ_in_case_are_one(
        self, both: Kitchen, other: str, status: int
    ) -> None:
        lines = {"IDEMPOTENCY-KEY": ["k1"], "Idempotency-Key": [other], "Content-Type": [JSON]}

        assert both.send("POST", "/teapots", body=CAFE, multiValueHeaders=lines).status == status

    @pytest.mark.parametrize(
        "lines",
        [
            {"Authorization": ["Bearer a", "Bearer b"]},
            {"Authorization": ["Bearer a"], "authorization": ["b"]},
            {"Authorization": ["Bearer a, Bearer b"]},
        ],
    )
    def test_two_tokens_are_401(self, both: Kitchen, lines: dict[str, list[str]]) -> None:
        lines = {**lines, "Content-Type": [JSON]}
        answer = both.send("POST", "/teapots", body=CAFE, multiValueHeaders=lines)

        assert (answer.status, answer.problem) == (401, "unauthorized")


VALUES = {"Idempotency-Key": "k", "X-On-Conflict": "reject", "X-Correlation-Id": "a b"}


@pytest.mark.feature("C10")
class TestNothingIsIgnored:
    """What an operation does not take is refused, wherever it stands."""

    @pytest.mark.parametrize(
        ("method", "path", "takes"),
        [
            (
                "GET",
                "/teapots",
                "It takes status, userId, sort, page, limit, nextToken, ids, include.",
            ),
            ("POST", "/teapots", "It takes none."),
        ],
    )
    def test_a_parameter(self, both: Kitchen, method: str, path: str, takes: str) -> None:
        answer = both.send(method, f"{path}?colour=red", body=CAFE)

        assert (answer.status, answer.faults) == (400, ["query.colour"])
        assert answer.body["errors"][0]["message"].endswith(takes)

    @pytest.mark.parametrize("path", ["/cups?colour=red", "/?colour=red"])
    def test_but_a_path_that_is_not_known_comes_first(self, both: Kitchen, path: str) -> None:
        assert both.send("GET", path).problem == "no-such-route"

    @pytest.mark.parametrize(
        ("method", "path", "header", "status"),
        [
            ("GET", "/teapots", "Idempotency-Key", 400),
            ("GET", "/teapots", "If-Match", 400),
            ("GET", "/teapots", "X-On-Conflict", 400),
            ("GET", "/teapots", "X-Correlation-Id", 400),
            ("GET", "/teapots", "If-None-Match", 200),  # a list has no tag that could match
            ("GET", f"/teapots/{ID}", "If-Match", 200),
            ("POST", "/teapots", "If-None-Match", 202),
            ("POST", "/teapots", "Idempotency-Key", 202),
            ("POST", "/commands", "If-None-Match", 400),
        ],
    )
    def test_a_header_that_would_change_the_effect(
        self, both: Kitchen, method: str, path: str, header: str, status: int
    ) -> None:
        value = VALUES.get(header, "*")
        answer = both.send(method, path, body=CAFE, headers={"Content-Type": JSON, header: value})

        assert answer.status == status, answer.text
        assert status != 400 or answer.faults == [f"header.{header.lower()}"]

    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_a_preference_that_is_malformed(self, both: Kitchen, method: str) -> None:
        headers = {"Content-Type": JSON, "Prefer": "wait=x"}
        answer = both.send(method, "/teapots", body=CAFE, headers=headers)

        assert (answer.status, answer.faults) == (400, ["header.prefer"])

    def test_but_a_body_of_a_request_that_has_none(self, both: Kitchen) -> None:
        assert both.send("GET", "/teapots", body="tea", headers={}).status == 200


PLACES = [
    ("", ""),
    ("", "/dev"),
    ("", "/_aws/execute-api/abc123/dev"),
    ("/shop", "/shop"),
    ("/shop/v1", "/shop/v1"),
    ("/shop", "/dev/shop"),
]


@pytest.mark.feature("C18")
@pytest.mark.parametrize(("base", "root"), PLACES)
class TestLocation:
    """It leads to the place from wherever the API is reached: below a stage or a base path."""

    def follow(self, both: Kitchen, base: str, root: str, sent: str, location: str) -> Answer:
        there = urljoin(f"https://api.example{root}{sent}", location)
        assert there.startswith(f"https://api.example{root}/"), there
        path = there.removeprefix(f"https://api.example{root}")
        return both.send("GET", base + path, root + path)

    @pytest.mark.parametrize("trail", ["", "/"])
    @pytest.mark.parametrize(
        ("path", "body"),
        [("/teapots", CAFE), ("/commands/make-teapot", '{"data": {"name": "Pot"}}')],
    )
    def test_of_a_command(self, base: str, root: str, path: str, body: str, trail: str) -> None:
        both, sent = Kitchen(base), path + trail
        answer = both.send("POST", base + sent, root + sent, body=body)

        assert self.follow(both, base, root, sent, answer.headers["Location"]).status == 200

    def test_of_a_deep_path(self, base: str, root: str) -> None:
        both = Kitchen(base)
        teapot = both.send("POST", f"{base}/teapots", body=CAFE).body["aggregateId"]
        sent = f"/teapots/{teapot}/parts"
        part = '{"name": "lid", "material": "CLAY"}'
        answer = both.send("POST", base + sent, root + sent, body=part)

        assert self.follow(both, base, root, sent, answer.headers["Location"]).status == 200

    def test_of_a_deferred_command_and_its_outcome(self, base: str, root: str) -> None:
        both = Kitchen(base)
        headers = {"Content-Type": JSON, "Prefer": "respond-async"}
        answer = both.send("POST", f"{base}/teapots", f"{root}/teapots", body=CAFE, headers=headers)
        both.run_deferred()
        place = answer.headers["Location"]
        outcome = self.follow(both, base, root, "/teapots", place)

        assert outcome.body["status"] == "accepted"
        shown = self.follow(both, base, root, "/commands/x", outcome.body["location"])
        assert shown.status == 200

    def test_of_a_machine(self, base: str, root: str) -> None:
        both = Kitchen(base)
        both.commands = both.commands.as_machine("arn:aws:iam::123456789012:user/erp")
        owner = f"{ADA.sub}::{ADA.username}"
        body = f'{{"type": "make-teapot", "data": {{"name": "a"}}, "onBehalfOf": "{owner}"}}'
        sent = "/integration/commands"
        answer = both.send("POST", base + sent, root + sent, body=body)

        assert self.follow(both, base, root, sent, answer.headers["Location"]).status == 200


def test_another_base_path_than_that_of_the_domain_is_not_stripped() -> None:
    assert Kitchen("/shop").send("GET", "/shopping/teapots").problem == "no-such-route"


@pytest.mark.feature("C15", "C26")
class TestOneKeyForSeveralAggregates:
    """It is several commands, deferred or not, and each has an outcome that can be read."""

    def sent(self, both: Kitchen, path: str, name: str = "Urn", prefer: str = "") -> Answer:
        headers = {"Content-Type": JSON, "Idempotency-Key": "k"}
        headers |= {"Prefer": prefer} if prefer else {}
        method = "POST" if path == "/teapots" else "PATCH"
        return both.send(method, path, body=f'{{"name": "{name}"}}', headers=headers)

    @pytest.fixture
    def teapots(self, both: Kitchen) -> list[str]:
        """Paths of two teapots."""
        return [both.send("POST", "/teapots", body=CAFE).headers["Location"] for _ in range(2)]

    @pytest.mark.parametrize("prefer", ["", "respond-async"])
    def test_is_accepted(self, both: Kitchen, teapots: list[str], prefer: str) -> None:
        answers = [self.sent(both, path, prefer=prefer) for path in ("/teapots", *teapots)]

        assert [answer.status for answer in answers] == [202, 202, 202]

    @pytest.mark.parametrize("prefer", ["", "respond-async"])
    def test_with_another_content_for_one_of_them_is_422(
        self, both: Kitchen, teapots: list[str], prefer: str
    ) -> None:
        for path in teapots:
            assert self.sent(both, path, prefer=prefer).status == 202
        for path in teapots:
            assert self.sent(both, path, "Pot", prefer).problem == "command-id-reused"
            assert self.sent(both, path, prefer=prefer).status == 202

    def test_each_has_its_outcome(self, both: Kitchen, teapots: list[str]) -> None:
        answers = [self.sent(both, path, prefer="respond-async") for path in (*teapots, "/teapots")]
        pending = both.send("GET", "/commands/k")
        both.run_deferred()
        outcomes = [both.send("GET", answer.headers["Location"]).body for answer in answers]
        first = both.send("GET", "/commands/k")

        assert [outcome["location"] for outcome in outcomes[:2]] == teapots
        assert len({outcome["location"] for outcome in outcomes}) == 3
        assert {outcome["status"] for outcome in outcomes} == {"accepted"}
        assert first.body == outcomes[0]
        assert (pending.headers["Retry-After"], first.headers.get("Retry-After")) == ("1", None)

    def test_of_an_aggregate_without_one_there_is_none(
        self, both: Kitchen, teapots: list[str]
    ) -> None:
        self.sent(both, teapots[0], prefer="respond-async")
        other = f"/commands/k?target={teapots[1][1:]}"

        assert both.send("GET", other).problem == "command-not-found"
        assert both.send("GET", f"/commands/k?target={teapots[0][1:]}").status == 200
        cups = "/commands/k?target=cups/0198f2a0-0000-7000-8000-00000000000a"
        assert both.send("GET", cups).problem == "command-not-found"


KEYS = ["k", "K-1._~:@", "0", "x" * 128, "a..b", "018f:deploy@eu.west~1"]
NO_KEYS = ["", ".", "..", "-", "a b", "a/b", "a?b", "a#b", "a%2Fb", "a+b", "é", "x" * 129, "a\\b"]


@pytest.mark.feature("C15", "C26")
class TestOneAlphabetOfKeys:
    @pytest.mark.parametrize("prefer", [None, "respond-async"])
    @pytest.mark.parametrize("key", KEYS)
    def test_the_outcome_of_every_accepted_key_can_be_read(
        self, both: Kitchen, key: str, prefer: str | None
    ) -> None:
        headers = {"Content-Type": JSON, "Idempotency-Key": key}
        headers |= {"Prefer": prefer} if prefer else {}
        answer = both.send("POST", "/teapots", body=CAFE, headers=headers)
        both.run_deferred()
        place = answer.headers["Location"] if prefer else ""
        teapot = both.send("GET", place).body["location"] if prefer else answer.headers["Location"]
        by_aggregate = both.send("GET", f"{teapot}/commands/{key}")

        assert by_aggregate.body["data"]["commandId"] == key
        assert urlsplit(urljoin("https://a/x", f"/commands/{key}")).path == f"/commands/{key}"

    @pytest.mark.parametrize("prefer", [None, "respond-async"])
    @pytest.mark.parametrize("key", NO_KEYS)
    def test_another_is_refused_in_every_way_in(
        self, both: Kitchen, key: str, prefer: str | None
    ) -> None:
        more = {"Prefer": prefer} if prefer else {}
        header = {"Content-Type": JSON, "Idempotency-Key": key, **more}
        envelope = {"commandId": key, "data": {"name": "a"}}

        assert both.send("POST", "/teapots", body=CAFE, headers=header).status == 400
        api = both.commands
        assert api.post("/commands/make-teapot", envelope, **more).status == 400
        (result,) = api.post("/commands", {"commands": [{"type": "make-teapot", **envelope}]}).body[
            "results"
        ]
        assert result["status"] == 400
