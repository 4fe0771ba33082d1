"""Generated documents with fewer fields, for rows that cannot be shown whole."""

from functools import cache

from graphql import FieldNode, NameNode, SelectionSetNode, Visitor, parse, print_ast, visit


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
