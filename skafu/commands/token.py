"""`skafu token`: sign in to the running local stack."""

from typing import Annotated

import typer
from botocore.exceptions import ClientError

from local import people
from local.aws import Aws
from skafu.reach.target import LOCAL_OUTPUTS, OutputsOption, local_outputs
from skafu.terminal import say


def token(
    email: Annotated[str, typer.Argument(help="The e-mail of a user of the local stack.")],
    access: Annotated[
        bool, typer.Option("--access", help="Print the access token instead of the ID token.")
    ] = False,
    password: Annotated[
        str, typer.Option(help="The password of a user that you made yourself.")
    ] = people.PASSWORD,
    outputs: OutputsOption = LOCAL_OUTPUTS,
) -> None:
    """Sign in to the local stack and print a token for the Authorization header.

    In a shell: `curl -H "Authorization: $(skafu token owner@skafu.dev)" ...`.
    """
    found = local_outputs(outputs)
    try:
        tokens = people.sign_in(
            Aws(found["awsEndpointUrl"]), found["userPoolClientId"], email, password
        )
    except ClientError as error:
        raise typer.BadParameter(f"{email}: {error.response['Error']['Message']}") from error
    say(tokens["AccessToken" if access else "IdToken"])
