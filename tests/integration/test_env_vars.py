"""`sam local invoke --env-vars`: SAM gives functions the names that were deployed."""

import json
import os
import subprocess
import sys

import pytest

from local.aws import ACCOUNT, REGION
from local.stack import Stack
from tests.support.api_client import Json
from tests.support.paths import ROOT
from tests.support.template import SAM_PYTHON

pytestmark = pytest.mark.feature("M2")

# What SAM would put into each container, without a container.
RESOLVE = """
import json, sys
from samcli.commands.local.lib.local_lambda import LocalLambdaRunner
from samcli.lib.providers.sam_function_provider import SamFunctionProvider
from samcli.lib.providers.sam_stack_provider import SamLocalStackProvider
stacks, _ = SamLocalStackProvider.get_stacks("template.yaml")
functions = SamFunctionProvider(stacks)
runner = LocalLambdaRunner(None, functions, ".", None, env_vars_values=json.load(sys.stdin))
print(json.dumps({f.function_id: runner._make_env_vars(f).resolve() for f in functions.get_all()}))
"""


def aws(running: Stack) -> dict[str, str]:
    """Return settings of somebody whose account is the emulator."""
    return {
        "AWS_ENDPOINT_URL": running.options.addresses.aws,
        "AWS_ACCESS_KEY_ID": ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
        "PATH": os.environ["PATH"],
    }


def resolved_by_sam(given: Json) -> Json:
    done = subprocess.run(
        [SAM_PYTHON, "-c", RESOLVE], cwd=ROOT, input=json.dumps(given), text=True,
        capture_output=True, check=True, env={"AWS_DEFAULT_REGION": "us-east-1"},
    )  # fmt: skip
    found: Json = json.loads(done.stdout)
    return found


def test_every_function_gets_what_it_has_where_it_is_deployed(running: Stack) -> None:
    words = [sys.executable, "-m", "skafu.cli", "env-vars", "-e", "local"]
    printed = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, env=aws(running))
    assert printed.returncode == 0, printed.stderr
    given = json.loads(printed.stdout)

    without, found = resolved_by_sam({}), resolved_by_sam(given)

    assert set(found) == set(given) == set(without)
    for name, variables in given.items():
        assert without[name]["EVENTS_TABLE"] == "EventsTable"
        assert found[name]["EVENTS_TABLE"] == "skafu-events-local"
        assert variables.items() <= found[name].items()
