"""CloudFormation: the SAM transform sees the values of the template's parameters, not their
defaults.

Stock MiniStack calls the transform without them, and the transform then puts each default in the
place of its `Ref`: a stack of `Environment=local` would ask for the user pool of `dev`.
"""

from contextvars import ContextVar
from functools import cache
from importlib import import_module
from typing import Any

from local.emulator.patching import Function, expect, expect_unimported, replace
from local.emulator.upstream import Untyped, cfn_changesets, cfn_engine, cfn_handlers

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


def apply() -> None:
    expect(cfn_engine, "_transform_parameters", "71639a086e76")
    replace(cfn_engine, "_apply_transforms", "d3f0e05e08db", apply_transforms)
    cfn_handlers._apply_transforms = cfn_changesets._apply_transforms = cfn_engine._apply_transforms
    expect_unimported(*SAM)
