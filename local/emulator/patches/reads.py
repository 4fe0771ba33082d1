"""DynamoDB: a query costs its page, not its partition; reads are as stale as AWS may serve them.

Stock MiniStack sorts all items of a partition and tests each, whatever a query's limit (20 to 50 ms
at a thousand items), and parses the condition again for each. Its reads are always consistent.

A stock operation finds its table by `_tables.get`. Here it finds a copy of the table that lacks the
items a query cannot need, or the newest writes; it judges and answers as ever.
"""

import time
from collections import ChainMap, defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
from types import FunctionType
from typing import Any

from local.emulator import faults
from local.emulator.partitions import Orders, Partition, Wanted
from local.emulator.patching import Function, expect, replace
from local.emulator.upstream import Untyped, dynamodb

Table = dict[str, Any]
# The items to put back into one partition, by name; None takes one out.
Undone = dict[Any, Any]
MEMBERS = dynamodb._INDEX_MEMBERS
SMALL = 16  # items: testing them all is cheap
UNUSUAL = ("IndexName", "KeyConditions")

# What `asked_of` and `window` rely on.
EXPECTED = {
    "_apply_exclusive_start_key": "080cc305f303",
    "_compare_ddb": "59740ef65163",
    "_ddb_comparable": "ad3e9eb5f496",
    "_extract_key_val": "faaaf17a7c39",
    "_extract_pk_from_condition": "ccfbde309b05",
    "_get_attr_type": "8a518acbd15f",
    "_index_order_keys": "4428816c83c9",
    "_key_condition_clauses": "51cf95b535aa",
    "_paginate_evaluated_items": "d70cfb58e3a2",
    "_sort_key_value": "b88bd5d90e1f",
}

orders = Orders()


class History:
    """The writes of the last seconds, newest last, for reads that are to miss them."""

    def __init__(self) -> None:
        self._writes: deque[tuple[float, str, Any, Any, Any]] = deque(maxlen=10_000)

    def add(self, table: Table, partition: Untyped, sort: Untyped, old: Untyped) -> None:
        if faults.current.settings.staleReads:
            self._writes.append((time.monotonic(), table["TableArn"], partition, sort, old))

    def since(self, moment: float, table: Table) -> dict[Any, Undone]:
        """The changes to undo, by partition."""
        undone: defaultdict[Any, Undone] = defaultdict(dict)
        later = takewhile(lambda write: write[0] >= moment, reversed(self._writes.copy()))
        for _, arn, partition, sort, old in later:
            if arn == table["TableArn"]:
                undone[partition][sort] = old  # of several writes the first is found last
        return undone


history = History()


def written(table: Table, partition: Untyped, sort: Untyped, old: Untyped, new: Untyped) -> None:
    """To be called after each write of an item; `new` is None when it is gone."""
    history.add(table, partition, sort, old)
    item, key = new or old, (table["TableArn"], partition)
    if table["sk_name"]:
        entry = sort_value(table, item), sort
        orders.change(key, lambda order: (order.add if new else order.discard)(entry))


def sort_value(table: Table, attributes: Mapping[str, Any]) -> Untyped:
    name = table["sk_name"]
    return dynamodb._sort_key_value(attributes.get(name), dynamodb._get_attr_type(table, name))


@dataclass(frozen=True)
class View:
    """A table as one read sees it: as it is, but for what is undone."""

    table: Table
    undone: Mapping[Any, Undone]

    def whole(self) -> Table:
        if not self.undone:
            return self.table
        items = defaultdict(dict, self.table["items"])
        for partition, undone in self.undone.items():
            items[partition] = without_gone({**items.get(partition, {}), **undone})
        return copy_of(self.table, items)

    def narrowed(self, data: Mapping[str, Any]) -> Table:
        """The table with all that a query can need of its partition, and little else."""
        asked = asked_of(self.table, data)
        items = asked and self.table["items"].get(asked[0])
        if not asked or not items or len(items) < SMALL:
            return self.whole()
        partition, wanted = asked
        return copy_of(
            self.table,
            ChainMap({partition: self._page(partition, items, wanted)}, self.table["items"]),
        )

    def _page(self, partition: object, items: Mapping[str, Any], wanted: Wanted) -> Undone:
        """Let the stock operation take from the undone state what belongs to the page."""
        undone = self.undone.get(partition, {})
        key = (self.table["TableArn"], partition)
        ordered = Partition(items, lambda item: sort_value(self.table, item))
        names = orders.window(key, ordered, wanted, more=len(undone))
        return without_gone({**{name: items.get(name) for name in names}, **undone})


def without_gone(items: Undone) -> Undone:
    return {name: item for name, item in items.items() if item is not None}


def copy_of(table: Table, items: Mapping[Any, Any]) -> Table:
    return {**{name: value for name, value in table.items() if name != MEMBERS}, "items": items}


@dataclass(frozen=True)
class Only:
    """The tables, as a read that sees one of them finds them."""

    table: Table

    def get(self, _: str) -> Table:
        return self.table


def on(operation: Function, table: Table) -> Function:
    """The stock operation over this table; other threads find the one that is stored."""
    return FunctionType(operation.__code__, {**vars(dynamodb), "_tables": Only(table)})


def seen(data: Mapping[str, Any]) -> View | None:
    table = dynamodb._tables.get(dynamodb._normalize_table_name(data.get("TableName")))
    if not table:
        return None
    if data.get("ConsistentRead") or not struck(table):
        return View(table, {})
    age = faults.current.fraction() * faults.current.settings.staleSeconds
    return View(table, history.since(time.monotonic() - age, table))


def struck(table: Table) -> bool:
    return str(table["TableName"]).startswith(
        faults.current.settings.tables
    ) and faults.current.strikes("staleReads")


def stale(original: Function) -> Function:
    def read(data: dict[str, Any]) -> Untyped:
        view = seen(data)
        if view is None or not view.undone:
            return original(data)
        return on(original, view.whole())(data)

    return read


def query(original: Function) -> Function:
    def read(data: dict[str, Any]) -> Untyped:
        view = seen(data)
        return original(data) if view is None else on(original, view.narrowed(data))(data)

    return read


def asked_of(table: Table, data: Mapping[str, Any]) -> tuple[str, Wanted] | None:
    """The partition and what is wanted of it; None when it is for the stock operation to say."""
    start, limit = data.get("ExclusiveStartKey"), data.get("Limit")
    if any(data.get(name) for name in UNUSUAL) or not (limit is None or is_count(limit)):
        return None
    if start is not None and not is_key(table, start):
        return None
    conditions = conditions_of(data)
    partition = conditions.pop(table["pk_name"], NOTHING)
    sort = conditions.pop(table["sk_name"], NOTHING)
    suit = partition.suits(table, table["pk_name"]) and sort.suits(table, table["sk_name"])
    if partition.operator != "=" or conditions or not suit:
        return None
    values = [sort_value(table, {table["sk_name"]: operand}) for operand in sort.operands]
    after = None if start is None else sort_value(table, start)
    forward = bool(data.get("ScanIndexForward", True))
    [name] = map(dynamodb._extract_key_val, partition.operands)
    return name, Wanted(sort.operator, values, forward, after, limit)


def is_count(limit: object) -> bool:
    return type(limit) is int and limit > 0


def is_key(table: Table, start: object) -> bool:
    sort = table["sk_name"]
    return isinstance(start, dict) and Condition("", [start.get(sort)]).suits(table, sort)


@dataclass(frozen=True)
class Condition:
    """One clause of a key condition: an operator of `SPANS` and attribute values."""

    operator: str
    operands: Sequence[Any]

    def suits(self, table: Table, name: str) -> bool:
        """Tell if the values are keys that the table may have, and can be compared so."""
        kind = dynamodb._get_attr_type(table, name)
        if (self.operator, kind) == ("begins_with", "N"):
            return False
        return all(is_value(operand, kind) for operand in self.operands)


NOTHING = Condition("", [])


def is_value(operand: object, kind: str) -> bool:
    if not isinstance(operand, dict) or [*operand] != [kind] or type(operand[kind]) is not str:
        return False
    return kind != "N" or dynamodb._ddb_canonicalize_number(operand[kind]) is not None


def conditions_of(data: Mapping[str, Any]) -> dict[str, Condition]:
    """The conditions by attribute; none when one is not plain."""
    text, names = data.get("KeyConditionExpression"), data.get("ExpressionAttributeNames", {})
    values = data.get("ExpressionAttributeValues", {})
    if not (isinstance(text, str) and isinstance(names, dict) and isinstance(values, dict)):
        return {}
    clauses = dynamodb._key_condition_clauses(dynamodb._tokenize(text))
    plain = [known for known in map(plain_form, clauses) if known]
    found = {
        str(names.get(name) if name.startswith("#") else name): Condition(
            operator, [values.get(operand) for operand in operands]
        )
        for name, operator, operands in plain
    }
    return found if len(found) == len(clauses) else {}


def plain_form(clause: Sequence[tuple[str, str]]) -> tuple[str, str, Sequence[str]] | None:
    """Attribute, operator and operands of a clause in one of the usual forms."""
    match clause:
        case [
            ("IDENT" | "NAME_REF", name),
            ("EQ" | "LT" | "LE" | "GT" | "GE", operator),
            ("VALUE_REF", value),
        ]:
            return name, operator, [value]
        case [
            ("IDENT" | "NAME_REF", name),
            ("IDENT", "BETWEEN"),
            ("VALUE_REF", low),
            ("IDENT", "AND"),
            ("VALUE_REF", high),
        ]:
            return name, "BETWEEN", [low, high]
        case [
            ("IDENT", "begins_with"),
            ("LPAREN", _),
            ("IDENT" | "NAME_REF", name),
            ("COMMA", _),
            ("VALUE_REF", prefix),
            ("RPAREN", _),
        ]:
            return name, "begins_with", [prefix]
    return None


def remembered(original: Function) -> Function:
    """Expressions are few, and nobody changes what was parsed of one."""
    return lru_cache(maxsize=512)(original)


def apply() -> None:
    replace(dynamodb, "_tokenize", "6abb13395c3e", remembered)
    replace(dynamodb, "_condition_syntax_error", "5213f1ffac34", remembered)
    replace(dynamodb, "_get_item", "40a3e29c3c4d", stale)
    replace(dynamodb, "_query", "50c2e7ec69e9", query)
    replace(dynamodb, "_scan", "7094ff00335e", stale)
    for name, digest in EXPECTED.items():
        expect(dynamodb, name, digest)
