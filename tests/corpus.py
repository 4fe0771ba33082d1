"""The stored corpus: every event shape ever written, and what all of it folds to.

`python tests/corpus.py` writes the folds of versions that have none yet.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from application.commit import decode_event
from domain.messages import AggregateId, Recorded
from domain.project.aggregate import project
from domain.project.events import ProjectEvent
from projections.projection import Projection, fold_rows
from projections.projects import projects
from projections.services import services

FOLDER = Path(__file__).resolve().parent / "corpus"
STREAM = AggregateId("PROJECT#01980000-0000-7000-8000-000000000001")
# A life in which every variant has its place: two aggregates' worth would be two streams.
LIFE = (
    "ProjectCreated-1.0",
    "ServiceAdded-1.0",
    "ProjectRenamed-1.0",
    "ServiceAdded-1.0-least",
    "ProjectDescriptionChanged-1.0",
    "ProjectDescriptionChanged-1.0-cleared",
    "ProjectArchived-1.0",
)


def samples() -> dict[str, dict[str, Any]]:
    """Every stored event, by file name."""
    return {file.stem: json.loads(file.read_text()) for file in FOLDER.glob("project/*.json")}


def read(sample: str) -> ProjectEvent:
    """A sample as today's codec reads it."""
    event: ProjectEvent = decode_event(project.events, samples()[sample])
    return event


def life() -> list[Recorded[ProjectEvent]]:
    return [
        Recorded(STREAM, sequence, read(sample), f"2026-01-01T00:00:{sequence:02}.000Z")
        for sequence, sample in enumerate(LIFE, 1)
    ]


def folds() -> Mapping[str, object]:
    """What today's code makes of the corpus, by the file that says what it should be."""
    state = project.fold(recorded.event for recorded in life())
    return {
        f"state-{project.state_version}": project.states.dump_python(state, mode="json"),
        **{f"{p.name}-{p.version}": rows(p) for p in (projects, services)},
    }


def rows(projection: Projection) -> object:
    folded = fold_rows(projection, life())
    # Rows are dataclasses, which a protocol cannot say.
    return {
        f"{key.model} {key.id}": asdict(row)  # type: ignore[call-overload]
        for key, row in sorted(folded.items())
    }


def file_of(fold: str) -> Path:
    return FOLDER / "folds" / f"{fold}.json"


def main() -> None:
    for fold, content in folds().items():
        file = file_of(fold)
        file.parent.mkdir(exist_ok=True)
        if not file.exists():
            file.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
