"""The backend as ampx itself synthesises it, for a branch and for a sandbox.

Without AWS it stops where it needs the account, and leaves the templates that it would deploy.

Each kind is synthesised in a clone of its own, by plain `npx`, with an empty home and no pnpm on
PATH.
"""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from domain.contents import contents
from local import ports
from local.aws import ACCOUNT, REGION
from local.outputs import ROOT
from local.stack import running_emulator
from tests.support import template

WISHED = "DynamoDBEnablePointInTimeRecovery"
IF_WISHED = {
    "Fn::If": [
        "ShouldUsePointInTimeRecovery",
        {"PointInTimeRecoveryEnabled": True},
        {"Ref": "AWS::NoValue"},
    ]
}
"""Point-in-time recovery of a table, unless the parameter `WISHED` is false, as it is by itself."""
NEEDED = ("package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml")
BRANCH = ("pipeline-deploy", "--app-id", "d123456789", "--branch")
SANDBOX = ("sandbox", "--once", "--identifier")
LONGEST_SECONDS = 600
pytestmark = [pytest.mark.timeout(2 * LONGEST_SECONDS), pytest.mark.feature("M3")]
# CDK's own rules only warn, and take half of the time.
QUICK = {"CDK_VALIDATION": "false"}
# What a region is prepared with, so that ampx goes on to the assets.
BOOTSTRAP = ("/cdk-bootstrap/hnb659fds/version", "30")
REFUSED = (
    'The branch feature/login would be the stage "feature/login". '
    "A stage has 1 to 20 characters: a small letter, then small letters, digits and hyphens; "
    'it is not "local". Set SKAFU_ENVIRONMENT to the stage of this branch.'
)


@dataclass(frozen=True)
class Run:
    """One run of ampx, and the templates that it left in its clone."""

    clone: Path
    said: str

    @cached_property
    def templates(self) -> list[dict[str, Any]]:
        files = (self.clone / ".amplify/artifacts/cdk.out").glob("*.template.json")
        return [json.loads(file.read_text()) for file in files]

    @cached_property
    def resources(self) -> list[dict[str, Any]]:
        return [resource for made in self.templates for resource in made["Resources"].values()]

    @property
    def recovery_wished(self) -> set[str]:
        """Return what the parameter is by itself, and what stacks give it: the name of another."""
        own = {made.get("Parameters", {}).get(WISHED, {}).get("Default") for made in self.templates}
        stacks = self.of_type("AWS::CloudFormation::Stack")
        given = [stack["Properties"].get("Parameters", {}).get(WISHED) for stack in stacks]
        return {*filter(None, own), *(one.get("Ref", "?") for one in given if one)}

    def of_type(self, kind: str) -> list[dict[str, Any]]:
        return [resource for resource in self.resources if resource["Type"] == kind]

    def the(self, kind: str) -> dict[str, Any]:
        (found,) = self.of_type(kind)
        return found


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Run]]:
    folder = tmp_path_factory.mktemp("ampx")
    with running_emulator(ports.free(1)[0], folder / "emulator", stock=True) as aws:
        name, version = BOOTSTRAP
        aws.client("ssm").put_parameter(Name=name, Value=version, Type="String")
        account = {
            "AWS_ENDPOINT_URL": aws.endpoint,
            "AWS_ACCESS_KEY_ID": ACCOUNT,
            "AWS_SECRET_ACCESS_KEY": "test",
        }
        with ThreadPoolExecutor() as pool:
            started = {
                "branch": pool.submit(ampx, quick(folder / "branch"), *BRANCH, "main", **QUICK),
                "sandbox": pool.submit(
                    ampx, quick(folder / "sandbox"), *SANDBOX, "Ada", **account, **QUICK,
                    SKAFU_API_KEY="off",
                ),
            }  # fmt: skip
        yield {kind: future.result() for kind, future in started.items()}


def cloned(clone: Path) -> Path:
    shutil.copytree(ROOT / "amplify", clone / "amplify")
    for name in NEEDED:
        shutil.copy(ROOT / name, clone)
    (clone / "node_modules").symlink_to(ROOT / "node_modules")
    (clone / "home").mkdir()
    return clone


def quick(clone: Path) -> Path:
    """Make a clone in which ampx checks no types: that takes it longer than all the rest."""
    cloned(clone)
    (clone / "amplify/tsconfig.json").unlink()
    return clone


def ampx(clone: Path, *words: str, **settings: str) -> Run:
    """Run ampx in a fresh clone; what it prints is read as one line."""
    with (clone / "said").open("w") as said:
        process = subprocess.Popen(
            (str(shutil.which("npx")), "ampx", *words),
            cwd=clone,
            env=environment(clone / "home") | settings,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            process.wait(LONGEST_SECONDS)
        except subprocess.TimeoutExpired:
            # npx alone would leave ampx behind, which goes on.
            os.killpg(process.pid, signal.SIGKILL)
            raise
    return Run(clone, " ".join((clone / "said").read_text().split()))


def environment(home: Path) -> dict[str, str]:
    node = Path(str(shutil.which("node"))).parent
    return {
        "PATH": f"{node}:/usr/bin:/bin",
        "HOME": str(home),
        "CI": "true",
        "AWS_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AMPLIFY_DISABLE_TELEMETRY": "1",
    }


def test_a_branch_is_synthesised_up_to_the_missing_account(runs: Mapping[str, Run]) -> None:
    assert "Unable to resolve AWS account" in runs["branch"].said


def test_a_sandbox_is_synthesised_up_to_its_assets(runs: Mapping[str, Run]) -> None:
    assert "Building and publishing assets" in runs["sandbox"].said


def test_parameters_carry_the_stage_of_their_backend(runs: Mapping[str, Run]) -> None:
    assert stages(runs["branch"]) == {"main"}
    assert stages(runs["sandbox"]) == {"sandbox-ada"}


def stages(run: Run) -> set[str]:
    names = [p["Properties"]["Name"] for p in run.of_type("AWS::SSM::Parameter")]
    ours = [name.split("/") for name in names if str(name).startswith("/skafu/")]
    assert len(ours) == 6
    return {stage for _, _, stage, _ in ours}


@pytest.mark.soak
def test_a_branch_is_synthesised_with_its_types_checked(tmp_path: Path) -> None:
    """`make check` checks the same types by the same settings."""
    run = ampx(cloned(tmp_path / "branch"), *BRANCH, "main")

    assert "Type checks completed" in run.said
    assert "Unable to resolve AWS account" in run.said
    assert stages(run) == {"main"}


@pytest.mark.soak
def test_a_branch_that_names_no_stage_is_refused_with_what_to_do(tmp_path: Path) -> None:
    run = ampx(quick(tmp_path / "misnamed"), *BRANCH, "feature/login")

    assert REFUSED in run.said
    assert run.resources == []


def test_the_people_of_a_branch_outlive_its_stack(runs: Mapping[str, Run]) -> None:
    pool = runs["branch"].the("AWS::Cognito::UserPool")

    assert (pool["DeletionPolicy"], pool["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert pool["Properties"]["DeletionProtection"] == "ACTIVE"


def test_the_people_of_a_sandbox_go_with_it(runs: Mapping[str, Run]) -> None:
    pool = runs["sandbox"].the("AWS::Cognito::UserPool")

    assert pool["DeletionPolicy"] == "Delete"
    assert "DeletionProtection" not in pool["Properties"]


@pytest.mark.feature("L10", "W11")
@pytest.mark.parametrize("kind", ["branch", "sandbox"])
def test_rows_are_in_no_backup(runs: Mapping[str, Run], kind: str) -> None:
    """Rows show people by name: what is gone from them is gone. Each can be folded again."""
    run = runs[kind]
    tables = [table["Properties"] for table in run.of_type("Custom::AmplifyDynamoDBTable")]
    named = json.dumps([table["tableName"] for table in tables])

    assert [model for model in contents.read_models.rows if f'"{model}-"' not in named] == []
    assert run.of_type("AWS::DynamoDB::Table") == []
    for table in tables:
        assert table["pointInTimeRecoverySpecification"] == IF_WISHED
        assert "tags" not in table
    assert run.recovery_wished == {"false", WISHED}
    types = {resource["Type"] for resource in [*run.resources, *template.written().values()]}
    assert [found for found in types if found.startswith("AWS::Backup::")] == []


@pytest.mark.feature("R38")
def test_the_api_key_is_there_unless_it_is_switched_off(runs: Mapping[str, Run]) -> None:
    assert len(runs["branch"].of_type("AWS::AppSync::ApiKey")) == 1
    assert "API_KEY" in modes(runs["branch"])
    assert runs["sandbox"].of_type("AWS::AppSync::ApiKey") == []
    assert modes(runs["sandbox"]) == {"AMAZON_COGNITO_USER_POOLS", "AWS_IAM"}


def modes(run: Run) -> set[str]:
    properties = run.the("AWS::AppSync::GraphQLApi")["Properties"]
    additional = [p["AuthenticationType"] for p in properties["AdditionalAuthenticationProviders"]]
    return {properties["AuthenticationType"], *additional}


@pytest.mark.parametrize(
    ("kind", "introspection"), [("branch", "DISABLED"), ("sandbox", "ENABLED")]
)
def test_requests_are_limited(runs: Mapping[str, Run], kind: str, introspection: str) -> None:
    api = runs[kind].the("AWS::AppSync::GraphQLApi")["Properties"]

    assert (api["QueryDepthLimit"], api["ResolverCountLimit"]) == (6, 150)
    assert api["IntrospectionConfig"] == introspection
