"""Generated documents with fewer fields, or with their field several times."""

from functools import cache

from graphql import (
    DocumentNode,
    FieldNode,
    NameNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    Visitor,
    parse,
    print_ast,
    visit,
)


@cache
def selecting(document: str, fields: tuple[str, ...]) -> str:
    """Return the document with these fields of its rows alone."""
    return print_ast(visit(parse(document), _OfRows(fields)))


class _OfRows(Visitor):
    """Replaces each selection of fields of a row: every row has an `id`."""

    def __init__(self, fields: tuple[str, ...]) -> None:
        super().__init__()
        self._fields = tuple(FieldNode(name=NameNode(value=name)) for name in fields)

    def enter_selection_set(self, node: SelectionSetNode, *_: object) -> SelectionSetNode:
        names = {field.name.value for field in node.selections if isinstance(field, FieldNode)}
        return SelectionSetNode(selections=self._fields) if "id" in names else node


@cache
def repeated(document: str, count: int) -> str:
    """Return the query with its field `count` times: as `_0`, `_1` …, with variables of its own.

    The variable `id` of the second is `id_1`.
    """
    copies = [_copy(document, number) for number in range(count)]
    whole = OperationDefinitionNode(
        operation=copies[0].operation,
        name=copies[0].name,
        variable_definitions=tuple(
            one for copy in copies for one in copy.variable_definitions or ()
        ),
        selection_set=SelectionSetNode(
            selections=tuple(named(copy, f"_{number}") for number, copy in enumerate(copies))
        ),
    )
    return print_ast(DocumentNode(definitions=(whole,)))


def _copy(document: str, number: int) -> OperationDefinitionNode:
    (operation,) = visit(parse(document), _Numbered(number)).definitions
    assert isinstance(operation, OperationDefinitionNode)
    return operation


def named(operation: OperationDefinitionNode, alias: str) -> FieldNode:
    """Return the root field under another name."""
    (field,) = operation.selection_set.selections
    assert isinstance(field, FieldNode)
    return FieldNode(
        alias=NameNode(value=alias),
        name=field.name,
        arguments=field.arguments,
        selection_set=field.selection_set,
    )


class _Numbered(Visitor):
    """Numbers the variables."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number

    def enter_variable(self, node: VariableNode, *_: object) -> VariableNode:
        return VariableNode(name=NameNode(value=f"{node.name.value}_{self._number}"))
