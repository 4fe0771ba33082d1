"""Differences between two commits, and what is none."""

import json
from copy import deepcopy
from typing import Any

import pytest

from scripts.comparing.differences import Allowed, differences
from scripts.comparing.driven import answers, envelopes, stored_items
from scripts.comparing.openapi import meaning
from scripts.driver.functions import matches
from scripts.driver.world import CONDITION_FAILED, AppSync, inner_ids

A, B, C = (f"0198f2a0-0000-7000-8000-00000000000{n}" for n in "abc")
HASH, OTHER_HASH = "0" * 64, "1" * 64


def found(before: object, after: object, *, same_ids: bool = False) -> list[str]:
    return list(differences(before, after, Allowed(same_ids)))


def item(service: str, state: object = None, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    events = [{"eventType": "ServiceAdded", "data": {"serviceId": service, "serviceName": "n"}}]
    return {
        "aggregateId": {"S": "PROJECT#1"},
        "previousHash": {"B": "AAAA"},
        "fingerprint": {"B": "AAAA"},
        "events": {"S": json.dumps(events)},
        "state": {"S": json.dumps(state or {"services": {service: {"name": "n"}}})},
        **more,
    }


def stored(*items: dict[str, Any], pages: str = HASH) -> dict[str, Any]:
    page = {"feed": {"S": "PAGES"}, "entries": {"S": json.dumps([["PROJECT#1", 1, pages]])}}
    return {"items": {"EventsTable": list(items), "FeedTable": [page]}}


class TestDifferences:
    @pytest.mark.parametrize(
        ("before", "after", "line"),
        [
            ({"a": 1}, {"a": 2}, "a: 1 -> 2"),
            ({"a": 1}, {"a": True}, "a: 1 -> true"),
            ({"a": {"b": [1, 2]}}, {"a": {"b": [1, 3]}}, "a.b[1]: 2 -> 3"),
            ({"a": [1]}, {"a": [1, 2]}, "a: 1 entries -> 2 entries"),
            ({"a": 1}, {}, "a: 1 -> (nothing)"),
            ({}, {"a": None}, "a: (nothing) -> null"),
            ({"S": '{"n":1}'}, {"S": '{"n":2}'}, "S.n: 1 -> 2"),
            ({"S": '{"n":1}'}, {"S": '{"n": 1}'}, "S: the same JSON, written otherwise"),
        ],
    )
    def test_each_has_a_line_with_its_path(self, before: object, after: object, line: str) -> None:
        assert found(before, after) == found(before, after, same_ids=True) == [line]

    def test_a_map_may_lie_in_any_order(self) -> None:
        assert found({"a": 1, "b": 2}, {"b": 2, "a": 1}, same_ids=True) == []


class TestIds:
    def test_of_events_are_compared_on_demand(self) -> None:
        assert found({"eventId": A}, {"eventId": B}) == []
        assert found({"eventId": A}, {"eventId": B}, same_ids=True) != []

    def test_an_id_of_an_event_that_is_gone_is_a_difference(self) -> None:
        assert found({"eventId": A}, {}) == [f'eventId: "{A}" -> (nothing)']

    def test_one_may_stand_for_another_everywhere(self) -> None:
        before = [{"serviceId": A}, {"services": {A: 1}}, {"serviceId": A}]
        after = [{"serviceId": B}, {"services": {B: 1}}, {"serviceId": B}]

        assert found(before, after) == []
        assert found(before, after, same_ids=True) != []

    def test_two_may_stand_for_one_but_not_one_for_two(self) -> None:
        one, two = [{"serviceId": A}, {"serviceId": A}], [{"serviceId": B}, {"serviceId": C}]

        assert found(one, two) == []
        assert found(two, one) == [f'[1].serviceId: "{C}" -> "{A}"']

    def test_one_that_stayed_stands_for_no_other(self) -> None:
        before, after = [{"serviceId": A}, {"serviceId": B}], [{"serviceId": A}, {"serviceId": A}]

        assert found(before, after) == [f'[1].serviceId: "{B}" -> "{A}"']

    def test_of_aggregates_and_commands_are_always_compared(self) -> None:
        assert found({"causationId": A}, {"causationId": B}) != []


class TestStoredItems:
    def test_hashes_follow_the_ids_that_they_cover(self) -> None:
        before = stored(item(A), item(A))
        last = item(B, fingerprint={"B": "BBBB"}, previousHash={"B": "BBBB"})
        after = stored(item(B, fingerprint={"B": "BBBB"}), last, pages=OTHER_HASH)

        assert list(stored_items(before, after, False)) == []
        assert len(list(stored_items(before, after, True))) > 5

    def test_hashes_are_compared_where_no_id_changed(self) -> None:
        before = stored(item(A))
        after = stored(item(A, fingerprint={"B": "BBBB"}), pages=OTHER_HASH)

        assert list(stored_items(before, after, False)) == [
            'PROJECT#1[0].fingerprint.B: "AAAA" -> "BBBB"',
            f'FeedTable[0].entries.S[0][2]: "{HASH}" -> "{OTHER_HASH}"',
        ]

    def test_a_new_attribute_and_a_lost_item_are_named(self) -> None:
        before, after = stored(item(A), item(A)), stored(item(A, kind={"S": "x"}))

        assert list(stored_items(before, after, False)) == [
            "PROJECT#1: 2 entries -> 1 entries",
            'PROJECT#1[0].kind: (nothing) -> {"S": "x"}',
        ]

    def test_another_state_behind_another_id_is_named(self) -> None:
        after = stored(item(B, state={"services": {B: {"name": "m"}}}))

        assert list(stored_items(stored(item(A)), after, False)) == [
            f'PROJECT#1[0].state.S.services.{A}.name: "n" -> "m"'
        ]


class TestEnvelopes:
    def published(self, **fields: object) -> dict[str, Any]:
        envelope = {
            "eventId": A,
            "aggregateId": "P",
            "eventSequence": 1,
            "eventType": "T",
            **fields,
        }
        entry = {"DetailType": "T", "Detail": json.dumps(envelope)}
        return {"envelopes": [entry], "corpus envelopes": {}}

    def test_every_field_but_the_id_is_compared(self) -> None:
        assert list(envelopes(self.published(), self.published(eventId=B), False)) == []
        assert list(envelopes(self.published(a=1), self.published(a=2), False)) == [
            "P 1 T[0].Detail.a: 1 -> 2"
        ]


class TestAnswers:
    def answered(self, **fields: object) -> dict[str, Any]:
        problem = {"type": "https://skafu.dev/problems/x", "title": "t", "detail": "d", **fields}
        return {"answers": {"a request": {"status": 400, "body": problem}}}

    @pytest.mark.parametrize(
        "fields", [{"detail": "other"}, {"errors": [{"path": "p", "message": "other"}]}]
    )
    def test_texts_of_problems_may_differ(self, fields: dict[str, object]) -> None:
        before = self.answered(errors=[{"path": "p", "message": "m"}])
        after = self.answered(**{"errors": [{"path": "p", "message": "m"}], **fields})

        assert list(answers(before, after, True)) == []

    @pytest.mark.parametrize(
        "fields",
        [
            {"type": "https://skafu.dev/problems/y"},
            {"errors": [{"path": "q", "message": "m"}]},
            {"title": None},
            {"more": 1},
        ],
    )
    def test_types_paths_and_fields_may_not(self, fields: dict[str, object]) -> None:
        before = self.answered(errors=[{"path": "p", "message": "m"}])
        after = self.answered(**{"errors": [{"path": "p", "message": "m"}], **fields})

        assert list(answers(before, after, True)) != []


OPENAPI: dict[str, Any] = {
    "info": {"title": "An API"},
    "paths": {
        "/a": {
            "post": {
                "summary": "Send",
                "parameters": [
                    {"$ref": "#/components/parameters/Key"},
                    {"in": "path", "name": "id"},
                ],
                "responses": {"202": {"description": "Done", "content": {}}},
                "requestBody": {"schema": {"$ref": "#/components/schemas/Body"}},
            }
        },
    },
    "components": {
        "parameters": {"Key": {"in": "header", "name": "Key", "description": "A key"}},
        "schemas": {
            "Body": {
                "title": "Body",
                "required": ["title", "inner"],
                "properties": {
                    "title": {"type": "string", "title": "Title", "examples": ["x"]},
                    "inner": {"$ref": "#/components/schemas/Body"},
                },
            }
        },
    },
}


class TestOpenApi:
    @pytest.fixture
    def other(self) -> dict[str, Any]:
        return deepcopy(OPENAPI)

    def test_texts_names_of_components_and_orders_mean_nothing(self, other: dict[str, Any]) -> None:
        operation = other["paths"]["/a"]["post"]
        operation |= {"summary": "Post", "responses": {"202": {"content": {}}}}
        operation["parameters"].reverse()
        operation["requestBody"]["schema"] = {"$ref": "#/components/schemas/Renamed"}
        body = other["components"]["schemas"].pop("Body")
        other["components"]["schemas"]["Renamed"] = body
        body["properties"]["inner"] = {"$ref": "#/components/schemas/Renamed"}
        body["required"].reverse()
        body["properties"]["title"] |= {"title": "T", "examples": ["y"]}

        assert meaning(other) == meaning(OPENAPI)

    def test_a_property_that_is_called_title_means_something(self, other: dict[str, Any]) -> None:
        del other["components"]["schemas"]["Body"]["properties"]["title"]

        assert meaning(other) != meaning(OPENAPI)

    def test_a_status_code_means_something(self, other: dict[str, Any]) -> None:
        responses = other["paths"]["/a"]["post"]["responses"]
        responses["200"] = responses.pop("202")

        assert meaning(other) != meaning(OPENAPI)


class TestTheDriver:
    def test_a_rule_takes_entries_by_source_and_type(self) -> None:
        entry = {"Source": "skafu.project", "DetailType": "ServiceAdded"}

        assert matches({"source": ["skafu.project"]}, entry)
        assert matches({"source": ["skafu.project"], "detail-type": ["ServiceAdded"]}, entry)
        assert not matches({"source": ["skafu.project"], "detail-type": ["Other"]}, entry)
        assert not matches({"source": ["github.com"]}, entry)

    def test_rows_are_written_by_compare_and_set(self) -> None:
        appsync = AppSync()
        create = {"query": "mutation M { createRow(input: 1) { id n } }"}
        update = {"query": "mutation M { updateRow(input: 1) { id n } }"}
        first = {"variables": {"input": {"id": "1", "n": 1}}}
        wanted = {"variables": {"input": {"id": "1", "n": 2}, "condition": {"n": {"eq": 1}}}}

        assert appsync.answer(create | first) == {"data": {"createRow": {"id": "1", "n": 1}}}
        assert appsync.answer(create | first)["errors"][0]["errorType"] == CONDITION_FAILED
        assert appsync.answer(update | wanted) == {"data": {"updateRow": {"id": "1", "n": 2}}}
        assert appsync.answer(update | wanted)["errors"][0]["errorType"] == CONDITION_FAILED
        assert appsync.rows == {"Row 1": {"id": "1", "n": 2}}

    def test_ids_are_learnt_from_what_is_stored(self) -> None:
        assert inner_ids(item(A)) == {"serviceId": A}
        assert inner_ids({"claim": {"S": "slug"}}) == {}
