"""The package of `sam build`, deployed by `sam deploy`, both as they are."""

from pathlib import Path

import pytest

from local import ports
from local.stack import Options, running_stack
from tests.support.api_client import eventually
from tests.support.owner import Owner

pytestmark = pytest.mark.long


@pytest.mark.timeout(400)
def test_what_sam_builds_and_deploys_runs(tmp_path: Path) -> None:
    emulator, appsync = ports.free(2)
    options = Options(
        state_dir=tmp_path, emulator_port=emulator, appsync_port=appsync, packaged=True
    )
    with running_stack(options) as stack:
        owner = Owner(stack.outputs, "owner@skafu.dev")
        plain = owner.begin()
        assert eventually(lambda: owner.shown(plain))
