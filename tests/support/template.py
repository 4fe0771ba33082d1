"""template.yaml, as written and as CloudFormation gets it."""

import json
import subprocess
from collections.abc import Mapping
from functools import cache
from typing import Any

import yaml

from local.template import CloudFormationLoader
from tests.support.paths import ROOT

FILE = ROOT / "template.yaml"
SAM = ROOT / ".tools/sam/bin/sam"
SAM_PYTHON = ROOT / ".tools/sam/bin/python"  # the translator wants another pydantic than ours
Resources = Mapping[str, Mapping[str, Any]]

TRANSFORM = """
import json, sys
from samtranslator.public.translator import ManagedPolicyLoader
from samtranslator.translator.transform import transform
from samcli.yamlhelper import yaml_parse

class NoManagedPolicies:
    def load(self):
        return {}

template = yaml_parse(open(sys.argv[1]).read())
template["Globals"]["Function"]["CodeUri"] = "s3://packaged/code.zip"  # as after `sam package`
for resource in template["Resources"].values():
    if "DefinitionUri" in resource.get("Properties", {}):
        resource["Properties"]["DefinitionUri"] = "s3://packaged/definition.yaml"
parameters = json.loads(sys.argv[2])
print(json.dumps(transform(template, parameters, NoManagedPolicies())))
"""


class _ShortForms(CloudFormationLoader):
    """Makes plain values of `!Ref` and `!Sub`."""


def _plain(loader: _ShortForms, _: str, node: yaml.Node) -> object:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    assert isinstance(node, yaml.ScalarNode)
    return loader.construct_scalar(node)


_ShortForms.add_multi_constructor("!", _plain)


def written() -> Resources:
    """The resources as the file has them, short forms undone."""
    return _section("Resources")


def parameters() -> Resources:
    return _section("Parameters")


def projectors() -> dict[str, str]:
    """Return the function of each projection."""
    return {
        resource["Properties"]["Environment"]["Variables"]["PROJECTION"]: name
        for name, resource in written().items()
        if resource["Properties"].get("Handler") == "handlers.projector.handler"
    }


def function_name(resource: str, environment: str = "local") -> str:
    return named(resource, "FunctionName", environment)


def queue_name(resource: str, environment: str = "local") -> str:
    return named(resource, "QueueName", environment)


def named(resource: str, field: str, environment: str) -> str:
    name: str = written()[resource]["Properties"][field]
    return name.replace("${Environment}", environment)


def outputs() -> dict[str, str]:
    """Return the target of each output."""
    return {name: output["Value"] for name, output in _section("Outputs").items()}


def _section(name: str) -> Resources:
    return _read()[name]


@cache
def _read() -> Mapping[str, Resources]:
    read: Mapping[str, Resources] = unconditional(yaml.load(FILE.read_text(), _ShortForms))
    return read


@cache
def transformed(environment: str = "dev") -> Resources:
    """The resources after SAM's transform, offline."""
    parameters = json.dumps({"Environment": environment, "AWS::Region": "us-east-1"})
    made = subprocess.run(
        [SAM_PYTHON, "-c", TRANSFORM, FILE, parameters],
        env={"AWS_DEFAULT_REGION": "us-east-1"},
        capture_output=True,
        text=True,
    )
    if made.returncode:
        raise ValueError(f"SAM does not transform template.yaml:\n{made.stderr}")
    resources: Resources = unconditional(json.loads(made.stdout)["Resources"])
    return resources


def unconditional(found: Any) -> Any:  # noqa: ANN401 - YAML
    """Return what was read with every statement that is there on a condition, as if that held."""
    match found:
        case {"Fn::If": [_, {"Sid": _} as statement, _]} | [str(), {"Sid": _} as statement, str()]:
            return statement
        case dict():
            return {name: unconditional(value) for name, value in found.items()}
        case list():
            return [unconditional(value) for value in found]
        case _:
            return found


def function_variables() -> list[str]:
    """Return the names in the environment of every function."""
    return [*_section("Globals")["Function"]["Environment"]["Variables"]]
