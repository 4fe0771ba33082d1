"""Fold streams with the code in the folder that is named: the child process of a rehearsal.

It is run by itself (`child.py <folder>/src`) and takes all that it folds with from that folder,
whose release may be an older one: so it uses little of it. First it writes one line that says what
the code can fold, then one line for each line that it reads.
"""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from functools import cache, partial
from typing import Any

Json = dict[str, Any]
UNREADABLE, STATE = "unreadable", "state"


@dataclass
class Code:
    """What the child uses of the folder's code."""

    contents: Any
    commit: Any
    fold_rows: Callable[..., Any]
    adapter: Callable[[type], Any]

    def head(self) -> Json:
        """Return the versions of all folds, and the fields with texts of people by model."""
        projections = self.contents.projections
        personal = [getattr(one, "personal", {}) for one in projections]  # older ones have none
        return {
            "states": {k.aggregate_type: k.state_version for k in self.contents.aggregates},
            "rows": {one.name: one.version for one in projections},
            "personal": {model: names for one in personal for model, names in one.items()},
        }

    def fold(self, asked: Json) -> Json:
        """Return the state and the rows of a stream; an event that cannot be read ends them."""
        stream = asked["stream"]
        kind = next((k for k in self.contents.aggregates if of_type(k, stream)), None)
        if kind is None:
            return {UNREADABLE: [[1, "", "its type of aggregate is not known"]]}
        commits = [self.made(stream, one) for one in asked["commits"]]
        if unreadable := [fault for commit in commits for fault in faults(kind, commit)]:
            return {UNREADABLE: unreadable}
        recorded = [r for commit in commits for r in commit.recorded(kind.events)]
        own = [p for p in self.contents.projections if p.aggregate is kind]
        return {
            STATE: tried(partial(state, kind, recorded)),
            "rows": {p.name: tried(partial(self.rows, p, recorded)) for p in own},
        }

    def made(self, stream: str, given: Json) -> Any:  # noqa: ANN401 - the folder's commit
        """Return a commit of the folder's class, which may know fewer fields."""
        known = {field.name for field in fields(self.commit)}
        hashes = {"fingerprint": b"", "previous_hash": b""}
        values = {k: v for k, v in (given | hashes).items() if k in known}
        return self.commit(aggregate_id=stream, **values)

    def rows(self, projection: Any, recorded: list[Any]) -> Json:  # noqa: ANN401 - the folder's
        return {
            f"{key.model} {key.id}": self.adapter(type(row)).dump_python(row, mode="json")
            for key, row in self.fold_rows(projection, recorded).items()
        }


def of_type(kind: Any, stream: str) -> bool:  # noqa: ANN401 - the folder's aggregate
    return bool(kind.aggregate_type == stream.partition("#")[0])


def state(kind: Any, recorded: list[Any]) -> Json:  # noqa: ANN401 - the folder's aggregate
    folded = kind.fold(one.event for one in recorded)
    return dict(kind.states.dump_python(folded, mode="json"))


def tried(fold: Callable[[], Json]) -> Json:
    """Return what was folded, or the class of what was raised: its text may quote values."""
    try:
        return {"folded": fold()}
    except Exception as error:
        return {"fault": type(error).__name__}


def faults(kind: Any, commit: Any) -> Iterator[list[Any]]:  # noqa: ANN401 - the folder's
    """Yield number, type and reason of each event that cannot be read."""
    try:
        list(commit.recorded(kind.events))
    except Exception as error:
        found = list(faults_of_events(kind, commit))
        yield from found or [[commit.first_sequence, "", reason(error)]]


def faults_of_events(kind: Any, commit: Any) -> Iterator[list[Any]]:  # noqa: ANN401 - the folder's
    for sequence, stored in enumerate(json.loads(commit.events), commit.first_sequence):
        alone = replace(commit, first_sequence=sequence, count=1, events=json.dumps([stored]))
        try:
            list(alone.recorded(kind.events))
        except Exception as error:
            yield [sequence, stored["eventType"], reason(error)]


def reason(error: Exception) -> str:
    """Return the text of `UnreadableEvent`, which quotes no value, or the class of the error."""
    name = type(error).__name__
    return str(error) if name == "UnreadableEvent" else name


def code_in(source: str) -> Code:
    sys.path.insert(0, source)
    from pydantic import TypeAdapter

    from application.commit import Commit
    from domain.contents import contents
    from kernel.projection import fold_rows

    return Code(contents, Commit, fold_rows, cache(TypeAdapter))


def main() -> None:
    """Answer until the input ends. What the folder's code prints goes to standard error."""
    answers, sys.stdout = sys.stdout, sys.stderr
    code = code_in(sys.argv[1])
    print(json.dumps(code.head()), file=answers, flush=True)
    for line in sys.stdin:
        print(json.dumps(code.fold(json.loads(line))), file=answers, flush=True)


if __name__ == "__main__":
    main()
