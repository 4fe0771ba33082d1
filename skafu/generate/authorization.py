"""The authorization table (docs/authorization.yaml), and the page that shows it."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from domain.contents import contents
from kernel.operation import Who, as_shown

TABLE = Path(__file__).resolve().parents[2] / "docs" / "authorization.yaml"
COMMANDERS = {
    Who.OWNER: "owner, Admin",
    Who.WORKER: "machines, Admin",
    Who.ADMIN: "Admin",
}
NAMED = ("nobody", "owner", "second", "admin")
"""Whom a machine may name: the columns of `machines`."""
HEAD = """# Who may do what

<!-- Generated from docs/authorization.yaml and src/domain/*/commands.py: `make docs` -->

The code has one table: `who` of each command in `src/domain/*/commands.py`, read by
`src/edge/authorization.py`. What follows is what everybody is answered, compared with both
APIs and with AppSync by tests (`test_authorization.py`, twice). Of what is another's, people learn
nothing: it answers 404, as what is not there does. Admin may send every command to every aggregate;
Developers read all rows and command nothing; history is for the owner and for Admin.
"""


@cache
def table() -> Mapping[str, Any]:
    """`principals`, and for `commands`, `machines`, `operations` and `graphql` a row by name."""
    loaded: Mapping[str, Any] = yaml.safe_load(TABLE.read_text())
    return loaded


def principals() -> Sequence[str]:
    return list(table()["principals"])


def expected(section: str, name: str) -> dict[str, Any]:
    """Return the answer to each principal. Raises `KeyError` for what has no row."""
    columns = NAMED if section == "machines" else principals()
    return dict(zip(columns, table()[section][name], strict=True))


def page() -> str:
    people = table()["principals"]
    explained = [f"- **{name}**: {meaning}" for name, meaning in people.items()]
    return "\n".join(
        [
            *(HEAD, *explained, "", *commands(), "", *machines(), "", *operations(), ""),
            *(*graphql_fields(), ""),
        ]
    )


def commands() -> Iterable[str]:
    yield "## Commands\n"
    yield "In task style, in REST style and as an item of a batch; the status of the answer.\n"
    yield from grid(
        ("command", "REST style", "may be sent by"),
        ((*described(name), *cells) for name, cells in table()["commands"].items()),
    )


def machines() -> Iterable[str]:
    yield "## Machines\n"
    yield "One command or several at `POST /integration/commands`, by whom `onBehalfOf` names."
    yield "Another domain whose events cause commands ([integration](integration.md)) is a machine"
    yield "that acts for the owner of what they are about.\n"
    rows = table()["machines"].items()
    yield from grid(("command",), ((f"`{name}`", *cells) for name, cells in rows), NAMED)


def described(name: str) -> tuple[str, str, str]:
    operation = contents.operation[name]
    path = as_shown(operation.path)
    return f"`{name}`", f"`{operation.method} {path}`", COMMANDERS[operation.who or Who.ADMIN]


def operations() -> Iterable[str]:
    yield "## Batches, queries, history\n"
    yield "`own`: 200 with nothing of others; `all`: 200 with everybody's rows.\n"
    rows = table()["operations"].items()
    yield from grid(("operation",), ((f"`{name}`", *cells) for name, cells in rows))


def graphql_fields() -> Iterable[str]:
    yield "## AppSync\n"
    yield "`yes`: the owner's row is shown, written, or sent to the subscriber; `no`: it is not;"
    yield "401: not even heard. A machine's role grants it fields one by one.\n"
    rows = table()["graphql"].items()
    yield from grid(("field",), ((f"`{name}`", *map(word, cells)) for name, cells in rows))


def word(cell: object) -> str:
    """Return the cell as a word: YAML reads `yes` and `no` as booleans."""
    return ("yes" if cell else "no") if isinstance(cell, bool) else str(cell)


def grid(
    names: Sequence[str], rows: Iterable[Sequence[object]], columns: Sequence[str] = ()
) -> Iterable[str]:
    head = (*names, *(columns or principals()))
    yield line(head)
    yield line(["---"] * len(head))
    yield from map(line, rows)


def line(cells: Iterable[object]) -> str:
    return f"| {' | '.join(map(str, cells))} |"
