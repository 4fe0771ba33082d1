"""Compare what two commits store, publish, answer and promise; exit with 1 when they differ."""

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from itertools import islice
from typing import Annotated

import typer

from scripts.comparing.differences import Differences
from scripts.comparing.driven import DRIVEN
from scripts.comparing.driving import DriverFailed, driving, plan_of
from scripts.comparing.files import is_event_schema, same_files
from scripts.comparing.openapi import openapi
from scripts.trees import WORKING_TREE, NoSuchCommit, Tree, tree_of

SHOWN = 5  # differences per comparison
FILES: Mapping[str, Callable[[Tree, Tree], Differences]] = {
    "schemas/asyncapi.json": lambda b, a: same_files(b, a, "schemas/asyncapi.json".__eq__),
    "schemas of events": lambda b, a: same_files(b, a, is_event_schema),
    "schema.graphql": lambda b, a: same_files(b, a, "amplify/generated/schema.graphql".__eq__),
    "openapi.json": openapi,
}


def report(name: str, found: Differences, otherwise: str = "same") -> bool:
    """Print one comparison; return whether it found no difference."""
    first = list(islice(found, SHOWN + 1))
    typer.echo(f"{name:<24}{'differs' if first else otherwise}")
    for line in first[:SHOWN]:
        typer.echo(f"    {line}")
    if len(first) > SHOWN:
        typer.echo("    ...")
    return not first


def compare(before: Tree, after: Tree, same_ids: bool) -> bool:
    same = [report(name, compared(before, after)) for name, compared in FILES.items()]
    plan = plan_of(before)
    with driving(before, plan) as one, driving(after, plan) as other:
        try:
            results = one(), other()
        except DriverFailed as error:
            return report("driven functions", iter([str(error)]))
    for name, compared in DRIVEN.items():
        exact = next(compared(*results, True), None) is None
        found = compared(*results, same_ids)
        same.append(report(name, found, "same" if exact else "same but for ids"))
    return all(same)


EXAMPLES = """
Examples:

  python scripts/compare_commits.py HEAD

  python scripts/compare_commits.py v0.1 HEAD --same-ids

Both trees get the same requests and the same stored streams, under one clock and one source of
randomness. The items that they store, the events that they publish and the answers that they give
are compared; so are the documents for consumers.
"""


def main(
    before: Annotated[str, typer.Argument(help="The commit to compare with.")],
    after: Annotated[str, typer.Argument(help="Another commit.")] = WORKING_TREE,
    same_ids: Annotated[
        bool,
        typer.Option(
            "--same-ids",
            help="Ids of events, services and deployments must be the same as well, and what is "
            "computed over them: fingerprints and hashes.",
        ),
    ] = False,
) -> None:
    began = time.monotonic()
    with ExitStack() as stack:
        try:
            one, other = (stack.enter_context(tree_of(name)) for name in (before, after))
        except NoSuchCommit as error:
            raise typer.BadParameter(str(error)) from None
        same = compare(one, other, same_ids)
    verdict = "are equal" if same else "differ"
    typer.echo(f"{before} and {after} {verdict} ({time.monotonic() - began:.0f} s)")
    raise typer.Exit(not same)


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
app.command(help=f"{__doc__}\n{EXAMPLES}")(main)

if __name__ == "__main__":
    app()
