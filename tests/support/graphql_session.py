"""A connected GraphQL session that answers as it is told, and keeps what it was asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gql import GraphQLRequest
from graphql import FieldNode, OperationDefinitionNode


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
        name = root_field(request)
        headers = arguments.get("extra_args", {}).get("headers", {})
        self.asked.append(Asked(name, dict(request.variable_values or {}), headers))
        answer = self.answers[name]
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if isinstance(answer, Exception):
            raise answer
        return {name: answer}


def root_field(request: GraphQLRequest) -> str:
    (operation,) = request.document.definitions
    assert isinstance(operation, OperationDefinitionNode)
    (selected,) = operation.selection_set.selections
    assert isinstance(selected, FieldNode)
    assert selected.alias is None, "aliased mutations are reported to fire no subscription"
    return selected.name.value
