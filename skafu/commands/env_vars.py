"""`skafu env-vars`: what `sam local invoke` must know of the functions that are deployed."""

from skafu.reach.target import EnvironmentOption, Target
from skafu.terminal import document

FUNCTION = "AWS::Lambda::Function"


def env_vars(environment: EnvironmentOption = "dev") -> None:
    """Print the variables of the functions in AWS, for `sam local invoke --env-vars`."""
    # SAM knows the template only, and would name a table by its logical id.
    document(deployed(Target(environment)))


def deployed(target: Target) -> dict[str, dict[str, str]]:
    """Return the environment variables of each function, by its logical id."""
    functions, client = target.resources(FUNCTION), target.client("lambda")
    return {
        logical_id: client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        for logical_id, name in functions.items()
    }
