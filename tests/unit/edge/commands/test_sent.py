"""Commands as they are sent: the metadata that they carry, and what is refused at once."""

from typing import Any

import pytest

from application.writing.requests import NO_VERSION, CommandMetadata, OnConflict
from edge.caller import Caller
from edge.commands.controls import Controls
from edge.commands.sent import SentCommand, from_named_envelope, traceparent
from edge.http.refusals import InvalidRequest
from kernel.actor import Actor
from tests.support.kitchen.contents import kitchen

pytestmark = pytest.mark.feature("C1", "C7", "E10")

Json = dict[str, Any]
ID = "0198f2a0-0000-7000-8000-00000000000a"
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
ADA = Caller("ada-sub", "ada", frozenset(), "")
CHANGE: Json = {"type": "change-teapot", "aggregateId": ID, "data": {"name": "Urn"}}
MAKE: Json = {"type": "make-teapot", "data": {"name": "Urn"}}
BARE: Json = {"type": "change-teapot", "data": {"name": "Urn"}}


def sent(item: Json, headers: Controls, trace: str | None = None) -> SentCommand:
    return from_named_envelope(ADA, kitchen, item, trace, headers)


def test_all_that_is_given_is_carried() -> None:
    given = {"commandId": "key-1", "correlationId": "order-7", "onConflict": "merge"}
    command = sent(CHANGE | given, Controls.of_headers(if_match='"1", "3", "2"'), TRACE)

    assert command.metadata == CommandMetadata(
        command_id="key-1",
        actor=Actor("ada-sub::ada"),
        correlation_id="order-7",
        expected_version=3,
        other_versions=(2, 1),
        on_conflict=OnConflict.MERGE,
        traceparent=TRACE,
    )


def test_nothing_given_is_nothing_expected() -> None:
    metadata = sent(CHANGE, Controls()).metadata

    assert metadata.correlation_id == metadata.command_id
    assert (metadata.expected_version, metadata.other_versions) == (None, ())
    assert (metadata.on_conflict, metadata.traceparent) == (OnConflict.REJECT, None)


@pytest.mark.parametrize(("item", "expected"), [(CHANGE, None), (MAKE, NO_VERSION)])
def test_any_version_is_none_that_a_creation_could_meet(item: Json, expected: int | None) -> None:
    metadata = sent(item, Controls.of_headers(if_match="*")).metadata

    assert (metadata.expected_version, metadata.other_versions) == (expected, ())


def test_a_change_must_name_its_aggregate() -> None:
    with pytest.raises(InvalidRequest, match="the teapot that the command is for"):
        sent(BARE, Controls())


@pytest.mark.parametrize(
    ("header", "kept"),
    [(TRACE, TRACE), (None, None), ("", None), (TRACE.upper(), None), (f"{TRACE}-x", None)],
)
def test_only_a_well_formed_trace_is_kept(header: str | None, kept: str | None) -> None:
    assert traceparent(header) == kept
