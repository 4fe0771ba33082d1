"""`skafu contract`: compare today's events and API with what was released, or release them."""

from typing import Annotated

import typer

from edge.http.api import VERSION
from skafu.commands.help import examples
from skafu.contract import released
from skafu.terminal import say

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Compare stored events and the API with the released contract, or release them.",
    epilog=examples("contract check"),
)

BREAKING = "Release even if the API breaks clients. Stored events must never break."


@app.command(epilog=examples("contract check"))
def check() -> None:
    """List what today's code breaks of the released contract, and what to do about it."""
    found = [*released.broken_events(), *released.broken_api()]
    for broken in found:
        say(*str(broken).splitlines(), "")
    if found:
        say(f"{len(found)} changes break what was released (docs/evolution.md).")
        raise typer.Exit(1)
    say("What was released is kept.")


@app.command(epilog=examples("contract release", "contract release --breaking-api"))
def release(breaking_api: Annotated[bool, typer.Option(help=BREAKING)] = False) -> None:
    """Make today's events and API the contract that later changes are compared with."""
    found = [*released.broken_events(), *(() if breaking_api else released.broken_api())]
    for broken in found:
        say(*str(broken).splitlines(), "", error=True)
    if found:
        say("Nothing was released.", error=True)
        raise typer.Exit(1)
    written = released.release()
    if not written:
        say(f"Nothing to release: the contract of {VERSION} is what was released already.")
        return
    say(*(f"schemas/released/{name}" for name in written))
    say(f"The contract is that of {VERSION}.")
