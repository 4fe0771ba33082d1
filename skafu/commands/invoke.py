"""`skafu invoke`: one function on one sample event, as Lambda would run it."""

import json
from pathlib import Path
from typing import Annotated

import typer
from botocore.exceptions import BotoCoreError
from rich.console import Console

from local import invoke as local
from local.aws import Aws
from local.outputs import ROOT
from skafu.reach.target import LOCAL_OUTPUTS, OutputsOption

console = Console()
errors = Console(stderr=True)


def invoke(
    function: Annotated[str, typer.Argument(help="Logical id of the function in template.yaml.")],
    event: Annotated[
        Path,
        typer.Argument(
            exists=True, dir_okay=False, help="A sample, e.g. one of those in events/command_api/."
        ),
    ],
    outputs: OutputsOption = LOCAL_OUTPUTS,
) -> None:
    """Run one function on an event, against the running local stack. Ends with 1 if it fails."""
    if not outputs.exists():
        raise typer.BadParameter(f"{outputs} does not exist: is `make dev` running?")
    aws = Aws(json.loads(outputs.read_text())["awsEndpointUrl"])
    try:
        found = local.find(aws, ROOT / "template.yaml", "skafu-local", function)
    except (local.UnknownFunction, BotoCoreError) as error:
        raise typer.BadParameter(str(error)) from error
    done = local.invoke(found, json.loads(event.read_text()))
    errors.print(done.log.rstrip(), highlight=False, markup=False, soft_wrap=True, style="dim")
    console.print_json(data=done.answer)
    raise typer.Exit(1 if done.failed else 0)
