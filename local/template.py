"""The SAM template as it stands, with its local code put where CloudFormation can fetch it, as `sam
package` does.
"""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

try:
    from yaml import CSafeLoader as SafeLoader  # seven times as fast
except ImportError:  # PyYAML was built without libyaml
    from yaml import SafeLoader  # type: ignore[assignment] # another class with the same methods

from local.emulator.environments import SOURCE_MARKER

Template = dict[str, Any]
# Properties that name a local folder, by resource type and by section of Globals.
CODE = {"AWS::Serverless::Function": "CodeUri", "Function": "CodeUri"}


class CloudFormationLoader(SafeLoader):
    """Reads the short forms (`!Ref x`) as the long ones (`{"Ref": "x"}`)."""


def _short_form(loader: CloudFormationLoader, tag: str, node: yaml.Node) -> dict[str, Any]:
    value = _constructed(loader, node)
    if tag == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {tag if tag in ("Ref", "Condition") else f"Fn::{tag}": value}


def _constructed(loader: CloudFormationLoader, node: yaml.Node) -> object:
    match node:
        case yaml.ScalarNode():
            return loader.construct_scalar(node)
        case yaml.SequenceNode():
            return loader.construct_sequence(node, deep=True)
        case yaml.MappingNode():
            return loader.construct_mapping(node, deep=True)
    raise TypeError(node)


CloudFormationLoader.add_multi_constructor("!", _short_form)
# Dates stay text: `AWSTemplateFormatVersion: 2010-09-09` and `Version: 2012-10-17`.
CloudFormationLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in SafeLoader.yaml_implicit_resolvers.items()
}


def load(path: Path) -> Template:
    template = yaml.load(path.read_text(encoding="utf-8"), CloudFormationLoader)
    assert isinstance(template, dict)
    return template


def functions(template: Template) -> dict[str, Any]:
    """Logical id → properties of each function, globals merged in as far as anyone here asks for
    them.
    """
    defaults = (template.get("Globals") or {}).get("Function") or {}
    return {
        name: {**defaults, **(resource.get("Properties") or {})}
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function"
    }


def packaged(template: Template, folder: Path, upload: Callable[[bytes], str]) -> Template:
    """Return the template with each local code folder replaced by what `upload` answers for its
    source package.
    """
    template = json.loads(json.dumps(template))
    for properties, name in _code_properties(template):
        if isinstance(properties.get(name), str):
            properties[name] = upload(source_package((folder / properties[name]).resolve()))
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::StateMachine":
            _with_definition(resource["Properties"], folder)
    return template


def _with_definition(properties: dict[str, Any], folder: Path) -> None:
    """A state machine's definition in its place; the emulator reads JSON alone."""
    if isinstance(properties.get("DefinitionUri"), str):
        definition = folder / properties.pop("DefinitionUri")
        properties["Definition"] = yaml.safe_load(definition.read_text(encoding="utf-8"))


def _code_properties(template: Template) -> Iterator[tuple[dict[str, Any], str]]:
    for section, properties in (template.get("Globals") or {}).items():
        if section in CODE:
            yield properties, CODE[section]
    for resource in template["Resources"].values():
        if resource["Type"] in CODE:
            yield resource.setdefault("Properties", {}), CODE[resource["Type"]]


def source_package(root: Path) -> bytes:
    """A function package that says where the sources lie: the emulator runs them from there."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as package:
        entry = zipfile.ZipInfo(
            SOURCE_MARKER
        )  # its date is fixed, so equal folders make equal packages
        package.writestr(entry, json.dumps({"root": str(root)}))
    return content.getvalue()
