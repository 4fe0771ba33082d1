"""`skafu endpoint`: tell the page of an environment where its command API is."""

from pathlib import Path

import boto3
from requests import RequestException

from local import endpoint as row
from skafu.reach.target import (
    LOCAL_OUTPUTS,
    EnvironmentOption,
    OutputsOption,
    local_outputs,
    select,
)
from skafu.reach.trouble import Trouble
from skafu.terminal import say


def endpoint(
    environment: EnvironmentOption = "local",
    outputs: OutputsOption = LOCAL_OUTPUTS,
) -> None:
    """Tell the page where the command API of an environment is; `make deploy` ends with this."""
    graphql_url, url = addresses(environment, outputs)
    session = boto3.Session()
    credentials = session.get_credentials()
    if credentials is None or session.region_name is None:
        raise Trouble("No AWS credentials or no region are configured.")
    try:
        row.write(graphql_url, credentials, session.region_name, url)
    except row.EndpointRefused as error:
        if isinstance(error.__cause__, RequestException):
            raise error.__cause__ from None  # it did not answer, which is said in one way
        raise Trouble(f"{error}.") from error
    say(f"The page finds the command API at {url}")


def addresses(environment: str, outputs: Path) -> tuple[str, str]:
    """Return the address of AppSync and that of the command API."""
    target = select(environment, outputs)
    if environment == "local":
        found = local_outputs(outputs)
        return found["graphqlUrl"], found.get("commandApiUrl", "")
    return target.parameter("graphqlUrl"), target.stack_outputs()["CommandApiUrl"]
