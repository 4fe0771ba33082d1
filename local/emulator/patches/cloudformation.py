"""CloudFormation: the SAM transform sees the values of the template's parameters, not their
defaults; a state machine may be defined in YAML.

Stock MiniStack calls the transform without them, and the transform then puts each default in the
place of its `Ref`: a stack of `Environment=local` would ask for the user pool of `dev`. A
definition that `sam deploy` left in S3 as YAML it keeps as it is, and cannot perform it.
"""

import json
from contextvars import ContextVar
from functools import cache
from importlib import import_module
from typing import Any

import yaml

from local.emulator.answers import is_json
from local.emulator.patching import Function, expect, expect_unimported, replace
from local.emulator.upstream import (
    Untyped,
    cfn_changesets,
    cfn_engine,
    cfn_handlers,
    cfn_provisioners,
)

# Its import takes half as long as all of MiniStack's, and few emulators deploy anything.
SAM = ("samtranslator.translator.transform", "transform", "cd53e6d93351")
_values: ContextVar[dict[str, str]] = ContextVar("parameter_values", default={})  # noqa: B039 - never changed


def apply_transforms(original: Function) -> Function:
    def run(
        template: dict[str, Any], provided: Untyped = None, previous: Untyped = None
    ) -> Untyped:
        patch_sam()
        token = _values.set(cfn_engine._transform_parameters(template, provided, previous))
        try:
            return original(template, provided, previous)
        finally:
            _values.reset(token)

    return run


def transform(original: Function) -> Function:
    def run(template: dict[str, Any], _: dict[str, str], policies: Untyped) -> Untyped:
        return original(template, dict(_values.get()), policies)

    return run


@cache
def patch_sam() -> None:
    module, name, digest = SAM
    replace(import_module(module), name, digest, transform)


def sfn_definition(original: Function) -> Function:
    def run(properties: dict[str, Any]) -> str:
        text = str(original(properties))
        return text if is_json(text) else json.dumps(yaml.load(text, Loader=DefinitionLoader))

    return run


class DefinitionLoader(yaml.SafeLoader):
    """Read YAML as JSON can hold it: a timestamp stays text."""


DefinitionLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in known if not tag.endswith(":timestamp")]
    for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def apply() -> None:
    replace(cfn_provisioners, "_sfn_definition", "e29ae22959e7", sfn_definition)
    expect(cfn_engine, "_transform_parameters", "71639a086e76")
    replace(cfn_engine, "_apply_transforms", "d3f0e05e08db", apply_transforms)
    cfn_handlers._apply_transforms = cfn_changesets._apply_transforms = cfn_engine._apply_transforms
    expect_unimported(*SAM)
