"""The stored corpus: streams as they lie in tables, and what all of them fold to.

`python -m tests.support.corpus` records lives that have no stream yet
(tests/domain/support/lives.py), then examples of operations with an event, in today's version, that
no stream holds; writes folds of versions that have none yet, and signs what is new. It never
changes a file that it has signed.
"""

import hashlib
import json
import sys
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from adapters.dynamodb.items import Item, from_item, to_item
from application.commit import Commit, canonical_json
from domain.contents import contents
from kernel.aggregate import AnyAggregate
from kernel.messages import Recorded
from kernel.projection import Projection, fold_rows
from skafu.reach.quiet import quiet
from tests.support.life import Life, live
from tests.support.paths import TESTS

FOLDER = TESTS / "corpus"
MANIFEST = FOLDER / "MANIFEST"
Stored = dict[str, Any]
"""`{eventType, schemaVersion, data}`."""


@dataclass(frozen=True)
class Stream:
    """One stream of the corpus; its name is `<aggregate>/<what is special>`."""

    name: str
    commits: tuple[Commit, ...]
    decider: AnyAggregate

    def recorded(self) -> list[Recorded[Any]]:
        return [r for commit in self.commits for r in commit.recorded(self.decider.events)]

    def stored(self) -> list[Stored]:
        return [event for commit in self.commits for event in commit.stored_events()]


@cache
def streams() -> dict[str, Stream]:
    files = sorted((FOLDER / "streams").glob("*/*.json"))
    return {name_of(file): read_stream(file) for file in files}


def name_of(file: Path) -> str:
    return f"{file.parent.name}/{file.stem}"


def kind_of(name: str) -> AnyAggregate:
    return contents.aggregate[name.partition("/")[0].upper()]


def read_stream(file: Path) -> Stream:
    name, decider = name_of(file), kind_of(name_of(file))
    return Stream(name, tuple(from_item(item) for item in items(name)), decider)


def items(stream: str) -> list[Item]:
    written_items = json.loads(stream_file(stream).read_text())["items"]
    return [unwritten(item) for item in written_items]


def stream_file(name: str) -> Path:
    return FOLDER / "streams" / f"{name}.json"


def samples() -> dict[str, Stored]:
    """Single events in variants of their own, by file name."""
    return {name_of(f): json.loads(f.read_text()) for f in sorted(FOLDER.glob("samples/*/*.json"))}


def events() -> dict[str, tuple[AnyAggregate, Stored]]:
    """Every stored event once, wherever it comes from."""
    found = [
        (contents.aggregate[n.partition("/")[0].upper()], n, stored)
        for n, stored in samples().items()
    ]
    for stream in streams().values():
        found += [
            (stream.decider, f"{stream.name}#{number}", stored)
            for number, stored in enumerate(stream.stored(), 1)
        ]
    once: dict[str, tuple[AnyAggregate, str, Stored]] = {}
    for decider, name, stored in found:
        once.setdefault(decider.aggregate_type + canonical_json(stored), (decider, name, stored))
    return {name: (decider, stored) for decider, name, stored in once.values()}


def projections() -> tuple[Projection, ...]:
    return contents.projections


def folds(stream: Stream) -> dict[str, object]:
    """Return today's folds of a stream, by the file that says what they should be."""
    recorded = stream.recorded()
    state = stream.decider.fold(r.event for r in recorded)
    made = {
        f"state-{stream.decider.state_version}": stream.decider.states.dump_python(
            state, mode="json"
        )
    }
    for projection in projections():
        if projection.events is stream.decider.events:
            made[f"{projection.name}-{projection.version}"] = rows(projection, recorded)
    # Through JSON, so that tuples and enumerations compare by what they look like stored.
    return {name: json.loads(json.dumps(fold, default=str)) for name, fold in made.items()}


def rows(projection: Projection, recorded: list[Recorded[Any]]) -> Mapping[str, object]:
    folded = fold_rows(projection, recorded)
    # Rows are dataclasses, which a protocol cannot say.
    return {
        f"{key.model} {key.id}": asdict(row)  # type: ignore[call-overload] # rows are dataclasses
        for key, row in sorted(folded.items())
    }


def all_folds() -> Iterator[tuple[str, str]]:
    """Each stream with the name of each of its folds."""
    for name, stream in streams().items():
        yield from ((name, fold) for fold in folds(stream))


def file_of(stream: str, fold: str) -> Path:
    return FOLDER / "folds" / stream / f"{fold}.json"


def written(item: Item) -> dict[str, dict[str, str]]:
    """DynamoDB's own JSON, octets in Base64."""
    return {
        name: {kind: b64encode(v).decode() if kind == "B" else v for kind, v in value.items()}
        for name, value in item.items()
    }


def unwritten(item: dict[str, dict[str, str]]) -> Item:
    return {
        name: {kind: b64decode(v) if kind == "B" else v for kind, v in value.items()}
        for name, value in item.items()
    }


def signed() -> dict[str, str]:
    """SHA-256 by file, of all that was ever added."""
    lines = MANIFEST.read_text().splitlines() if MANIFEST.exists() else []
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


def present() -> dict[str, str]:
    files = sorted(FOLDER.rglob("*.json"))
    return {
        file.relative_to(FOLDER).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
    }


def tampered() -> list[str]:
    """Files that are no longer what was signed."""
    found = present()
    return [name for name, digest in signed().items() if found.get(name) != digest]


def put(file: Path, content: object) -> None:
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def record(name: str, life: Life) -> None:
    """Store the stream of a life."""
    before = () if life.after is None else streams()[life.after].commits
    commits = live(kind_of(name), life, before)
    items = [written(to_item(commit)) for commit in commits]
    put(stream_file(name), {"about": life.about, "items": items})
    streams.cache_clear()


def stored_types(kind: AnyAggregate) -> set[tuple[str, str]]:
    """Return the types of event, each with its version, that some stream of the kind holds."""
    return types_of(c for s in streams().values() if s.decider is kind for c in s.commits)


def types_of(commits: Iterable[Commit]) -> set[tuple[str, str]]:
    events = (event for commit in commits for event in commit.stored_events())
    return {(event["eventType"], event["schemaVersion"]) for event in events}


def main() -> int:
    if changed := tampered():
        sys.stderr.write(f"changed or removed, put them back: {', '.join(changed)}\n")
        return 1
    from tests.domain.support.lives import LIVES  # the domain's, which may be another
    from tests.support.example_lives import example_lives

    for name, life in LIVES.items():
        if not stream_file(name).exists():
            record(name, life)
    with quiet():
        examples = dict(example_lives())
    for name, life in examples.items():
        if types_of(live(kind_of(name), life)) - stored_types(kind_of(name)):
            record(name, life)
    for stream in streams().values():
        for fold, content in folds(stream).items():
            put(file_of(stream.name, fold), content)
    new = {name: digest for name, digest in present().items() if name not in signed()}
    with MANIFEST.open("a") as manifest:
        manifest.writelines(f"{digest}  {name}\n" for name, digest in new.items())
    sys.stdout.writelines(f"added {name}\n" for name in new)
    return 0


if __name__ == "__main__":
    sys.exit(main())
