"""`skafu invoke`: one function on one sample event, as Lambda would run it."""

import json
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any

import typer
from botocore.exceptions import ClientError

from local import invoke as local
from local import people
from local.aws import Aws
from local.outputs import ROOT
from skafu.reach.target import LOCAL_OUTPUTS, OutputsOption, local_outputs
from skafu.terminal import document, say

ADVICE = """
This sample was refused. Samples build on what some of them begin: invoke
events/command_api/0_begin_*.json first, in the order of their names.
They can be sent again for 24 hours; `make dev ARGS=--fresh` begins with an empty system."""


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
    """Run one function on an event, against the running local stack. Ends with 1 if it fails.

    The token `sample` is replaced by one of the person in the event's claims. Generated samples
    build on `events/command_api/0_begin_*.json`: invoke these first, in the order of their names.
    """
    running = local_outputs(outputs)
    aws = Aws(running["awsEndpointUrl"])
    payload = signed_in(read(event), aws, running["userPoolClientId"])
    try:
        found = local.find(aws, ROOT / "template.yaml", "skafu-local", function)
    except local.UnknownFunction as error:
        raise typer.BadParameter(str(error)) from error
    done = local.invoke(found, payload)
    say(*done.log.rstrip().splitlines(), error=True)
    document(done.answer)
    if refused(done.answer) and is_generated(payload):
        say(ADVICE, error=True)
    raise typer.Exit(1 if done.failed else 0)


def read(event: Path) -> Any:  # noqa: ANN401 - JSON
    try:
        return json.loads(event.read_text())
    except ValueError as error:
        raise typer.BadParameter(f"{event} is not JSON: {error}") from error


def signed_in(payload: Any, aws: Aws, client: str) -> Any:  # noqa: ANN401 - JSON
    """Return a sample with a token of the person in its claims, as the gateway passes one on."""
    match payload:
        case {
            "headers": {"Authorization": local.TOKEN, **headers},
            "multiValueHeaders": {"Authorization": _, **several},
            "requestContext": {"authorizer": {"claims": {"email": str(email)}}},
        }:
            token = token_of(aws, client, email)
            return {
                **payload,
                "headers": {**headers, "Authorization": token},
                "multiValueHeaders": {**several, "Authorization": [token]},
            }
    return payload


def token_of(aws: Aws, client: str, email: str) -> str:
    """Return a token, or what stands for one if nobody of that e-mail signs in here."""
    try:
        return people.sign_in(aws, client, email)["IdToken"]
    except ClientError:
        return local.TOKEN


def refused(answer: Any) -> bool:  # noqa: ANN401 - JSON
    match answer:
        case {"statusCode": int(status)}:
            return status >= HTTPStatus.BAD_REQUEST
    return False


def is_generated(payload: Any) -> bool:  # noqa: ANN401 - JSON
    match payload:
        case {"requestContext": {"apiId": local.GENERATED}}:
            return True
    return False
