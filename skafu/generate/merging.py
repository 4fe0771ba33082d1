"""docs/merging.md: which command merges with which event, from what each of them touches."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from domain.contents import contents
from kernel.aggregate import SUBJECT, AnyAggregate
from kernel.merging import LIFE, UNMERGED, Aspects, Touches
from kernel.operation import Operation
from kernel.personal import ForgetSubject

HEAD = """# What merges with what

<!-- Generated from `touches` of each command and event: `make docs` -->

A command that names an `expectedVersion` behind the stream's, with `onConflict: merge`, is decided on the newest state unless an event since then
conflicts with it; then it is refused with 409, which names those events ([why](adr/0020-merge-by-what-is-touched.md)). These tables say for every
event and every command which it is. `tests/unit/domain/test_merging.py` compares them with the code, pair by pair.

- **–**: merges. The rules still hold on the newest state: a name that was taken meanwhile is refused all the same.
- **conflict**: refused.
- **same** and a kind of parts: refused when both are about the same one; otherwise merges.

A command that changes several fields meets what each of them meets.
"""  # noqa: E501, RUF001 - a page; the dash is what its tables have
WIDEST = 240  # characters of a line, before the column of events
LONGEST = 290  # characters of a line with it
MERGES = "–"  # noqa: RUF001 - as the page has it


class Touched(NamedTuple):
    """A command, perhaps with a field that it changes, or an event, and what it touches.

    Of a part that is told from others of its kind by an id, `aspects` hold `<kind>:`.
    """

    label: str
    aspects: Aspects


def page() -> str:
    return "\n".join([HEAD, *(section(kind) for kind in contents.aggregates)])


def section(kind: AnyAggregate) -> str:
    asked, happened = list(commands(kind)), list(events(kind))
    rows = {event.label: [verdict(c, event) for c in asked] for event in happened}
    columns = {c.label: [verdict(c, event) for event in happened] for c in asked}
    tables = [
        table(heads, rows, [list(columns).index(group[0]) for group in heads])
        for heads in side_by_side(grouped(columns))
    ]
    return "\n".join([f"## {kind.noun.capitalize()}\n", *tables])


def side_by_side(groups: Iterable[list[str]]) -> Iterator[list[list[str]]]:
    """Yield as many groups of columns as a line of the page can hold."""
    heads: list[list[str]] = []
    for group in chain.from_iterable(parts(group, WIDEST) for group in groups):
        if heads and size(map(together, [*heads, group])) > WIDEST:
            yield heads
            heads = []
        heads.append(group)
    yield heads


def table(
    heads: Sequence[Sequence[str]], rows: Mapping[str, Sequence[str]], places: Sequence[int]
) -> str:
    lines = [
        line(["event since then", *map(together, heads)]),
        line(["---"] * (1 + len(heads)), ""),
    ]
    for group in grouped({label: [row[n] for n in places] for label, row in rows.items()}):
        shown = [rows[group[0]][place] for place in places]
        lines += [line([together(part), *shown]) for part in parts(group, LONGEST - size(shown))]
    return "\n".join([*lines, ""])


def commands(kind: AnyAggregate) -> Iterator[Touched]:
    for operation in kind.operations:
        yield from columns_of(operation)
    yield Touched(f"`{ForgetSubject.__name__}`", SUBJECT)


def columns_of(operation: Operation) -> Iterator[Touched]:
    """Yield the command, or the command with each field that is an aspect of its own."""
    touches, name = operation.touches or UNMERGED, f"`{operation.command.__name__}`"
    if not touches.given:
        yield Touched(name, aspects(touches))
    for field in touches.given:
        yield Touched(f"{name} {field}", aspects(touches) | {field})


def events(kind: AnyAggregate) -> Iterator[Touched]:
    for name, event in kind.events.classes.items():
        yield Touched(f"`{name}`", aspects(event.touches or UNMERGED))


def aspects(touches: Touches) -> Aspects:
    return touches.aspects | {f"{kind}:" for kind, _ in touches.parts}


def verdict(command: Touched, event: Touched) -> str:
    if LIFE in command.aspects | event.aspects:
        return "conflict"
    both = sorted(command.aspects & event.aspects)
    if any(not aspect.endswith(":") for aspect in both):
        return "conflict"
    return " or ".join(f"same {aspect[:-1]}" for aspect in both) or MERGES


def grouped(verdicts: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Put together what has the same verdicts, in the order of what comes first."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for label, found in verdicts.items():
        groups.setdefault(tuple(found), []).append(label)
    return list(groups.values())


def parts(group: Iterable[str], width: int) -> Iterator[list[str]]:
    """Yield as many labels at a time as a cell of this width can hold."""
    part: list[str] = []
    for label in group:
        if part and len(together([*part, label])) > width:
            yield part
            part = []
        part.append(label)
    yield part


def size(cells: Iterable[str]) -> int:
    return len(line(cells))


def together(labels: Sequence[str]) -> str:
    return "<br>".join(labels)


def line(cells: Iterable[str], space: str = " ") -> str:
    return f"|{space}{f'{space}|{space}'.join(cells)}{space}|"
