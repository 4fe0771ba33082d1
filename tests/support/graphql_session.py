"""A connected GraphQL session that answers as it is told, and keeps what it was asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gql import GraphQLRequest
from gql.transport.exceptions import TransportQueryError
from graphql import FieldNode, Node, OperationDefinitionNode, OperationType


@dataclass(frozen=True)
class Asked:
    """One request: the field of its document, its variables, its extra headers."""

    field: str
    variables: Mapping[str, Any]
    headers: Mapping[str, str]


@dataclass
class Session:
    """`answers` by field: a value, an exception, or a list of them to be given in turn."""

    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def execute(self, request: GraphQLRequest, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401 - gql's own
        headers = arguments.get("extra_args", {}).get("headers", {})
        given = dict(request.variable_values or {})
        answers, errors = {}, []
        for name, key in root_fields(request):
            answer = self._answer(Asked(name, own(given, key), headers))
            if key == name and isinstance(answer, Exception):
                raise answer
            if isinstance(answer, TransportQueryError):
                errors += [
                    one | {"path": [key, *one.get("path", ())[1:]]} for one in answer.errors or ()
                ]
                answer = next(iter((answer.data or {}).values()), None)
            if isinstance(answer, Exception):
                raise answer
            answers[key] = answer
        if errors:
            raise TransportQueryError("", errors=errors, data=answers)
        return answers

    def _answer(self, asked: Asked) -> Any:  # noqa: ANN401 - JSON or an exception
        self.asked.append(asked)
        answer = self.answers[asked.field]
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        return answer


def root_fields(request: GraphQLRequest) -> list[tuple[str, str]]:
    """Return each field that is asked for, with the key of its answer."""
    (operation,) = request.document.definitions
    assert isinstance(operation, OperationDefinitionNode)
    return [names(selected, operation) for selected in operation.selection_set.selections]


def names(selected: Node, operation: OperationDefinitionNode) -> tuple[str, str]:
    assert isinstance(selected, FieldNode)
    if selected.alias is None:
        return selected.name.value, selected.name.value
    reading = operation.operation is OperationType.QUERY
    assert reading, "aliased mutations are reported to fire no subscription"
    return selected.name.value, selected.alias.value


def root_field(request: GraphQLRequest) -> str:
    ((name, _),) = root_fields(request)
    return name


def own(variables: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Return the variables of one field; those of the alias `_1` end in `_1`."""
    if not key.startswith("_"):
        return dict(variables)
    found = {name.rpartition("_"): value for name, value in variables.items()}
    return {name: value for (name, _, number), value in found.items() if number == key[1:]}
