"""The read models as AppSync keeps them: a small version of Amplify's resolvers."""

from collections import defaultdict
from functools import cache
from typing import Any

from gql import GraphQLRequest
from gql.transport.exceptions import TransportConnectionFailed, TransportQueryError
from graphql import OperationDefinitionNode
from pydantic.alias_generators import to_snake

from adapters.appsync.session import CONFLICT
from kernel.projection import RowKey
from skafu.simulation.faults import Fault
from skafu.simulation.world import World

Fields = dict[str, Any]


class Rows:
    """`execute` as gql's session has it. `history` keeps every state that a row has had."""

    def __init__(self, world: World) -> None:
        self.history: dict[RowKey, list[Fields]] = defaultdict(list)
        self._world = world

    def execute(self, request: GraphQLRequest, **_: Any) -> dict[str, Any]:  # noqa: ANN401 - gql's own
        definition = request.document.definitions[0]
        assert isinstance(definition, OperationDefinitionNode)
        assert definition.name is not None
        name = definition.name.value
        return {name: self._world.call(name, self._run, name, request.variable_values)}

    def listed(self, model: str) -> list[Fields]:
        """Return the rows of a model, eventually consistent, without the faults of a request."""
        found = (self._get(key) for key in [*self.history] if key.model == model)
        return [row for row in found if row is not None]

    def versions(self) -> dict[RowKey, int]:
        """Return the present version of each row."""
        return {key: states[-1]["version"] for key, states in self.history.items() if states}

    def _run(self, name: str, variables: dict[str, Any]) -> Fields | None:
        if self._world.strikes(Fault.ROW_THROTTLED):
            raise refused("ThrottlingException")
        verb, model = verb_and_model(name)
        if verb == "get":
            return self._get(RowKey(model, variables["id"]))
        key = RowKey(model, variables["input"]["id"])
        return self._mutate(verb, key, variables["input"], variables.get("condition"))

    def _get(self, key: RowKey) -> Fields | None:
        """Return a row, eventually consistent as in every resolver that Amplify generates."""
        states = self.history[key]
        seen = len(states)
        if seen and self._world.strikes(Fault.ROW_STALE):
            seen = self._world.rng.randrange(seen)
        return shown(states[seen - 1]) if seen else None

    def _mutate(self, verb: str, key: RowKey, given: Fields, condition: Any) -> Fields:  # noqa: ANN401 - GraphQL
        row = self.put(verb, key, given, condition)
        if self._world.strikes(Fault.ROW_SENT_TWICE):
            raise refused(CONFLICT)
        if self._world.strikes(Fault.ROW_UNANSWERED):
            raise TransportConnectionFailed("read timeout")
        return shown(row)

    def put(self, verb: str, key: RowKey, given: Fields, condition: Any) -> Fields:  # noqa: ANN401 - GraphQL
        """Create where no row is, or update one that meets the condition; null removes a field."""
        states = self.history[key]
        before = states[-1] if states else None
        if (verb == "create") != (before is None) or not self.holds(condition, before, given):
            raise refused(CONFLICT)
        states.append({k: v for k, v in {**(before or {}), **given}.items() if v is not None})
        return states[-1]

    def holds(self, condition: Any, before: Fields | None, _: Fields) -> bool:  # noqa: ANN401 - GraphQL
        return all((before or {}).get(name) == c["eq"] for name, c in (condition or {}).items())


@cache
def verb_and_model(operation: str) -> tuple[str, str]:
    """Return the verb and the model of an operation: its first word, and the rest."""
    verb = to_snake(operation).partition("_")[0]
    return verb, operation[len(verb) :]


def shown(row: Fields) -> Fields:
    """Return the row as a query shows it: only the last part of the owner (Amplify's resolver)."""
    if "owner" in row:
        return {**row, "owner": row["owner"].rpartition("::")[2]}
    return row


def refused(kind: str) -> TransportQueryError:
    return TransportQueryError(kind, errors=[{"errorType": kind, "message": kind}])
