"""`skafu invoke`: one function on one sample event, as Lambda would run it."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from local import invoke as local
from local.aws import Aws
from local.outputs import ROOT
from skafu.reach.target import LOCAL_OUTPUTS, OutputsOption, local_outputs
from skafu.terminal import document, say


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
    aws = Aws(local_outputs(outputs)["awsEndpointUrl"])
    payload = read(event)
    try:
        found = local.find(aws, ROOT / "template.yaml", "skafu-local", function)
    except local.UnknownFunction as error:
        raise typer.BadParameter(str(error)) from error
    done = local.invoke(found, payload)
    say(*done.log.rstrip().splitlines(), error=True)
    document(done.answer)
    raise typer.Exit(1 if done.failed else 0)


def read(event: Path) -> Any:  # noqa: ANN401 - JSON
    try:
        return json.loads(event.read_text())
    except ValueError as error:
        raise typer.BadParameter(f"{event} is not JSON: {error}") from error
