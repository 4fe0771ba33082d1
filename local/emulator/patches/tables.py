"""DynamoDB: a journal of every write, and streams that survive a restart.

Stock MiniStack saves tables at a graceful stop only and never their streams, while it does save how
far each consumer has read: after a restart the new records are skipped.
"""

import errno
import json
import os
from collections.abc import Iterator
from io import FileIO
from pathlib import Path
from typing import Any

from local.emulator import endings
from local.emulator.patches import reads
from local.emulator.patching import Function, expect, replace
from local.emulator.upstream import Untyped, dynamodb, persistence

MEMBERS = dynamodb._INDEX_MEMBERS
STATE_KEYS = {"stream_records": "_stream_records", "stream_trimmed": "_stream_trimmed"}


class Journal:
    """Files of JSON lines, numbered; a snapshot names the first one that it does not contain."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.number = 0
        self._file: FileIO | None = None

    def path(self, number: int) -> Path:
        return self.folder / f"journal-{number:06d}.jsonl"

    def append(self, entry: dict[str, Any]) -> None:
        """Write a change before it is made; without room for it, nothing is answered any more."""
        if self._file is None:
            return
        line = json.dumps(entry, default=persistence._json_default).encode() + b"\n"
        try:
            whole = self._file.write(line) == len(line)
        except OSError as error:
            endings.unsaved(error)
        if not whole:
            endings.unsaved(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))

    def rotate(self) -> int:
        """Begin the next file and return its number; what came before belongs into a snapshot."""
        if self._file is not None:
            self._file.close()
        self.number += 1
        self._file = FileIO(self.path(self.number), "a")
        return self.number

    def entries(self) -> Iterator[dict[str, Any]]:
        """Return the changes after the snapshot; a last line cut short by a crash was never
        acknowledged. Raises `ValueError` for a broken line before it.
        """
        for path in sorted(self.folder.glob("journal-*.jsonl")):
            number = int(path.stem.split("-")[1])
            if number >= self.number:
                yield from lines(path)
                self.number = max(self.number, number)

    def forget(self) -> None:
        for path in self.folder.glob("journal-*.jsonl"):
            if path != self.path(self.number):
                path.unlink()


def lines(path: Path) -> Iterator[dict[str, Any]]:
    listed = path.read_text(encoding="utf-8", errors="replace").split("\n")
    for number, line in enumerate(listed, 1):
        try:
            yield json.loads(line, object_hook=persistence._json_object_hook)
        except ValueError:
            if any(listed[number:]):
                raise ValueError(f"line {number} of {path} is broken") from None
            return


journal = Journal(Path(os.environ["STATE_DIR"]))


def set_item(original: Function) -> Function:
    def run(table: dict[str, Any], partition: Untyped, sort: Untyped, item: Untyped) -> Untyped:
        journal.append(
            {"table": table["TableArn"], "partition": partition, "sort": sort, "item": item}
        )
        old = original(table, partition, sort, item)
        reads.written(table, partition, sort, old, item)
        return old

    return run


def remove_item(original: Function) -> Function:
    def run(table: dict[str, Any], partition: Untyped, sort: Untyped) -> Untyped:
        old = original(table, partition, sort)
        if old is not None:
            journal.append(
                {"table": table["TableArn"], "partition": partition, "sort": sort, "item": None}
            )
            reads.written(table, partition, sort, old, None)
        return old

    return run


def change_record(original: Function) -> Function:
    def run(table: dict[str, Any], *args: Untyped) -> Untyped:
        record = original(table, *args)
        if (table.get("StreamSpecification") or {}).get("StreamEnabled"):
            journal.append({"stream": table["TableArn"], "record": record})
        return record

    return run


# Of a table: all but these is its definition.
CONTENT = {"items", "ItemCount", "TableSizeBytes"}
_defined: set[str] = set()


def definitions() -> set[str]:
    """The tables as they are declared; CloudFormation changes them without a request of its own."""
    return {
        repr({key: value for key, value in table.items() if key not in CONTENT | {MEMBERS}})
        for table in list(dynamodb._tables.all_values())
    }


def defined_anew() -> bool:
    """Tell if a table was made, changed or deleted since the last copy."""
    return definitions() != _defined


def get_state(original: Function) -> Function:
    def run() -> dict[str, Any]:
        streams = {key: getattr(dynamodb, name) for key, name in STATE_KEYS.items()}
        _defined.clear()
        _defined.update(definitions())
        return {**original(), **dynamodb.copy.deepcopy(streams), "journal": journal.rotate()}

    return run


def load_state(original: Function) -> Function:
    def run(data: dict[str, Any]) -> None:
        original(data)
        journal.number = data.get("journal", 0)
        for key, name in STATE_KEYS.items():
            getattr(dynamodb, name).update(data.get(key) or {})

    return run


def replay() -> None:
    """Do again what was done after the last snapshot."""
    for entry in journal.entries():
        table = table_of(entry.get("table") or entry["stream"])
        if table is None:
            continue
        if "record" in entry:
            add_record(table, entry["record"])
        elif entry["item"] is None:
            dynamodb._remove_item(table, entry["partition"], entry["sort"])
        else:
            dynamodb._set_item(table, entry["partition"], entry["sort"], entry["item"])


def table_of(arn: str) -> Untyped:
    _, _, _, region, account, name = arn.split(":", 5)
    return dynamodb._tables.get_scoped(account, region, name.split("/")[1])


def add_record(table: dict[str, Any], record: dict[str, Any]) -> None:
    _, _, _, region, account, name = table["TableArn"].split(":", 5)
    key = (account, region, name.split("/")[1])
    records = dynamodb._stream_records.get_scoped(*key) or []
    dynamodb._stream_records.set_scoped(*key, [*records, record])


def apply() -> None:
    replace(dynamodb, "_set_item", "4e78ad492132", set_item)
    replace(dynamodb, "_remove_item", "5cce50c99688", remove_item)
    replace(dynamodb, "_build_change_record", "45f604ee4772", change_record)
    expect(dynamodb, "_emit_stream_event", "8568d0446f26")
    replace(dynamodb, "get_state", "ce90690a6033", get_state)
    replace(dynamodb, "load_persisted_state", "6f58d9dc1e6e", load_state)
