"""`skafu seed`: what a system begins with, from a folder."""

from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any

import typer

from kernel.seeding import Seed
from local.outputs import SEEDS
from skafu.reach.command_api import NotTaken, send
from skafu.reach.target import LOCAL_OUTPUTS, EnvironmentOption, OutputsOption, Target, select
from skafu.seeding.folders import read
from skafu.terminal import say, tracked

Result = Mapping[str, Any]


def seed(
    folder: Annotated[
        Path,
        typer.Argument(exists=True, file_okay=False, help="A folder of folders, or one of them."),
    ] = SEEDS,
    environment: EnvironmentOption = "local",
    outputs: OutputsOption = LOCAL_OUTPUTS,
) -> None:
    """Bring a system to what a folder says, as an Admin; `make dev` and `make deploy` do it.

    Each folder in it has a `manifest.yaml` and its files below `files/`. What is as it should be
    already is left alone, and nothing is recorded of it; so is what an Admin has done away with. On
    AWS you need no user: the function of the command API is invoked with your own rights
    (`lambda:InvokeFunction`). Ends with 1 when something was refused.
    """
    seeds = read(folder)
    target = select(environment, outputs)
    refused = [line for each in tracked(seeds, "Seeding") for line in planted(target, each)]
    if refused:
        say(*refused, error=True)
        raise typer.Exit(1)


def planted(target: Target, seed: Seed) -> Iterator[str]:
    """Bring one aggregate to what it should be, say so, and yield what was refused."""
    try:
        yield from changed(target, seed)
    except NotTaken as error:
        yield f"{seed.name}: {error}"


def changed(target: Target, seed: Seed) -> Iterator[str]:
    results = send(target, seed.changes)
    if missing(results):
        yield from told(seed, send(target, (seed.creation, *seed.changes)), "made")
    elif is_final(seed, results):
        say(f"{seed.name}: left alone. {results[0]['problem']['detail']}")
    else:
        yield from told(seed, results, "as it should be" if same(results) else "changed")


def missing(results: Sequence[Result]) -> bool:
    return all(result["status"] == HTTPStatus.NOT_FOUND for result in results)


def is_final(seed: Seed, results: Sequence[Result]) -> bool:
    """Tell whether an Admin has done away with it: no deployment brings it back, nor fails."""
    problem = results[0].get("problem") or {"type": ""}
    return problem["type"].rpartition("/")[2] in seed.final


def same(results: Sequence[Result]) -> bool:
    """Tell whether nothing was recorded: the last command found what the first had left."""
    versions = {result["accepted"]["version"] for result in results if result.get("accepted")}
    return len(versions) == 1


def told(seed: Seed, results: Sequence[Result], outcome: str) -> Iterator[str]:
    problems = [result["problem"] for result in results if result.get("problem")]
    if not problems:
        say(f"{seed.name}: {outcome}")
    for problem in problems[:1]:  # those after it follow from it
        yield f"{seed.name}: {problem['detail']}"
        for fault in problem.get("errors") or ():
            yield f"{seed.name}: {fault['path']}: {fault['message']}"
