"""Writes the files that follow from others, or says that they are stale.

    python -m skafu.generate [--check] [--read-models]

- `src/projections/generated/` from Amplify's SDL
- `docs/openapi.json` from the API's models
- `docs/events.md` and `schemas/` from the event classes
- `docs/authorization.md` from docs/authorization.yaml and the operations
- `events/command_api/` and `events/query_api/` from the operations' examples and the queries
- `docs/merging.md` from what operations and events touch
- `docs/metrics.md` from src/application/metrics.py
- `statemachines/` from the sagas, but for the one of deferred commands
- the error table of `docs/operations.md`, and `docs/reference/problems.md`, from src/edge/errors.py

With --read-models those of the first line alone, which follow from nothing but the SDL.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from skafu.generate import read_models

ROOT = Path(__file__).resolve().parents[2]

Files = Mapping[str, str]
"""Every file by its path, with what it should hold."""


def of_read_models() -> Files:
    return {name: make() for name, make in read_models.GENERATED.items()}


def of_domain() -> Files:
    """The domain imports the files of the read models, so it is imported when they are right."""
    from domain.contents import contents
    from edge.http.openapi import document
    from skafu.generate import (
        authorization,
        catalogue,
        errors,
        merging,
        metrics,
        sagas,
        samples,
        schemas,
    )

    return {
        "docs/openapi.json": json.dumps(document(contents), indent=2, ensure_ascii=False) + "\n",
        "docs/events.md": catalogue.page(),
        "docs/authorization.md": authorization.page(),
        "docs/operations.md": errors.operations_page(),
        "docs/reference/problems.md": errors.problems_page(),
        "docs/merging.md": merging.page(),
        "docs/metrics.md": metrics.page(contents),
        **sagas.files(),
        **schemas.files(),
        **samples.files(),
    }


def superfluous(wanted: Files) -> list[Path]:
    """Return generated files that are no more: schemas of events, samples of requests."""
    from skafu.generate import samples

    found = (ROOT / "schemas" / "events").rglob("*.json")
    gone = [file for file in found if file.relative_to(ROOT).as_posix() not in wanted]
    return [*gone, *samples.superfluous(wanted)]


def stale(wanted: Files) -> Iterator[str]:
    for name, text in wanted.items():
        path = ROOT / name
        if not path.exists() or path.read_text() != text:
            yield name


def check(*, only_read_models: bool) -> list[str]:
    """Return what is stale; the domain is not looked at before the files that it imports."""
    found = [*stale(of_read_models())]
    if found or only_read_models:
        return found
    wanted = of_domain()
    gone = [file.relative_to(ROOT).as_posix() for file in superfluous(wanted)]
    return [*gone, *stale(wanted)]


def write(*, only_read_models: bool) -> None:
    write_files(of_read_models())
    if only_read_models:
        return
    write_files(wanted := of_domain())
    for file in superfluous(wanted):
        file.unlink()


def write_files(wanted: Files) -> None:
    for name in stale(wanted):
        path = ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted[name])


def main(arguments: list[str]) -> int:
    if "--help" in arguments:
        sys.stdout.write(__doc__ or "")
        return 0
    only = "--read-models" in arguments
    if "--check" not in arguments:
        write(only_read_models=only)
        return 0
    if found := check(only_read_models=only):
        sys.stderr.write(f"stale, run `make docs`: {', '.join(found)}\n")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
