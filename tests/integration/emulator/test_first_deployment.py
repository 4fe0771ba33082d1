"""A first deployment that fails leaves nothing that would block the next one."""

import json
from pathlib import Path
from typing import Any

import pytest

from local import deploy, template
from local.aws import Aws
from tests.support import lab
from tests.support.paths import ROOT

ENVIRONMENT = {"Environment": "first"}


def retained() -> dict[str, Any]:
    """Return the template with the resources alone that outlive their stack."""
    whole = template.load(ROOT / "template.yaml")
    kept = {
        name: resource
        for name, resource in whole["Resources"].items()
        if resource.get("DeletionPolicy") == "RetainExceptOnCreate"
    }
    return {
        "Parameters": {n: whole["Parameters"][n] for n in ("Environment", "DeletionProtection")},
        "Conditions": {"IsProtected": whole["Conditions"]["IsProtected"]},
        "Resources": kept,
    }


def failing(body: dict[str, Any], taken: str) -> dict[str, Any]:
    """Return the template with a parameter, made last, whose name is taken."""
    parameter = {
        "Type": "AWS::SSM::Parameter",
        "DependsOn": [*body["Resources"]],
        "Properties": {"Name": taken, "Type": "String", "Value": "new"},
    }
    return {**body, "Resources": {**body["Resources"], "Last": parameter}}


def tables(aws: Aws) -> set[str]:
    names = aws.client("dynamodb").list_tables()["TableNames"]
    return {name for name in names if name.endswith("-first")}


@pytest.mark.feature("E20", "M1")
def test_the_retry_of_a_first_deployment_that_failed_succeeds(ours: Aws, tmp_path: Path) -> None:
    file, taken = tmp_path / "template.json", lab.name("/taken")
    ours.client("ssm").put_parameter(Name=taken, Value="old", Type="String")

    file.write_text(json.dumps(failing(retained(), taken)))
    with pytest.raises(deploy.DeploymentFailed, match="Last"):
        deploy.deploy(ours, file, "first", ENVIRONMENT)
    assert tables(ours) == set()

    file.write_text(json.dumps(retained()))
    deploy.deploy(ours, file, "first", ENVIRONMENT)
    assert tables(ours) == {f"skafu-{name}-first" for name in ("events", "claims", "keys", "feed")}

    ours.client("cloudformation").delete_stack(StackName="first")
    assert len(tables(ours)) == 4
