"""The start of a function: its handler is imported in a process of its own, as Lambda does it."""

import os

from tests.support import template


def handlers() -> dict[str, dict[str, str]]:
    """Return the variables of each function by its module in handlers/; one of each module."""
    found = {}
    for name, resource in template.written().items():
        if resource["Type"] == "AWS::Serverless::Function":
            own = resource["Properties"].get("Environment", {}).get("Variables", {})
            module = resource["Properties"]["Handler"].split(".")[1]
            found[module] = {**variables(name), **{n: value_of(v) for n, v in own.items()}}
    return found


def value_of(reference: str) -> str:
    """Return the default of a parameter, or what is there."""
    return str(template.parameters().get(reference, {}).get("Default", reference))


def variables(function: str) -> dict[str, str]:
    """Return an environment in which clients are made at init, and reach nothing."""
    own = (name for name in template.function_variables() if not name.startswith("POWERTOOLS"))
    return {
        **dict.fromkeys(own, "x"),
        "OPEN_KEY_SECONDS": "60",
        "GRAPHQL_URL": "http://127.0.0.1:1/graphql",
        "AWS_LAMBDA_FUNCTION_NAME": function,
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "PATH": os.environ["PATH"],
    }
