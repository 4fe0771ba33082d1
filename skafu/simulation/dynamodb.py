"""DynamoDB, as far as all tables of the simulator share it: its errors, and the faults of a put."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError

from adapters.dynamodb.items import Item
from skafu.simulation.faults import Fault
from skafu.simulation.world import World


class ConditionalCheckFailedException(ClientError):
    """The error that botocore makes at run time; `response["Item"]` is what is stored."""


class TransactionCanceledException(ClientError):
    """The error that botocore makes; `response["CancellationReasons"]` has one for each part."""


EXCEPTIONS = SimpleNamespace(
    ConditionalCheckFailedException=ConditionalCheckFailedException,
    TransactionCanceledException=TransactionCanceledException,
)


def client_error(operation: str, code: str) -> ClientError:
    return ClientError(answer(code), operation)


def condition_failed(stored: Item | None = None) -> ConditionalCheckFailedException:
    found = {} if stored is None else {"Item": stored}
    return ConditionalCheckFailedException(
        answer("ConditionalCheckFailedException", **found), "PutItem"
    )


def canceled(reasons: list[dict[str, Any]]) -> TransactionCanceledException:
    return TransactionCanceledException(
        answer("TransactionCanceledException", CancellationReasons=reasons), "TransactWriteItems"
    )


def answer(code: str, **more: Any) -> Any:  # noqa: ANN401 - botocore's own
    return {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": 400}, **more}


def put(world: World, store: Callable[[], object]) -> dict[str, Any]:
    """Store an item, with the faults of a put."""
    throttle(world, Fault.PUT_THROTTLED, "PutItem")
    store()
    if world.strikes(Fault.PUT_SENT_TWICE):
        store()
    lose_answer(world)
    return {}


def throttle(world: World, fault: Fault, operation: str) -> None:
    if world.strikes(fault):
        raise client_error(operation, "ThrottlingException")


def lose_answer(world: World) -> None:
    if world.strikes(Fault.PUT_UNANSWERED):
        raise ReadTimeoutError(endpoint_url="dynamodb")
