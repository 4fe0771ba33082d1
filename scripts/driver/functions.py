"""The functions that a tree's template names, each with its own copy of the tree's modules."""

import importlib
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import boto3

from scripts.driver.world import FixedDatetime, Json

SRC = Path.cwd().resolve() / "src"
QUIET = {"POWERTOOLS_LOG_LEVEL": "CRITICAL", "POWERTOOLS_TRACE_DISABLED": "true"}
CONTEXT = SimpleNamespace(
    function_name="driven",
    aws_request_id="request-1",
    memory_limit_in_mb=512,
    invoked_function_arn="arn:aws:lambda:us-east-1:123456789012:function:driven",
    get_remaining_time_in_millis=lambda: 10_000,
)


class Function:
    """One Lambda function: its environment, and its own copy of the tree's modules."""

    def __init__(self, properties: Json, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._modules: dict[str, ModuleType] = {}
        module, _, name = properties["Handler"].rpartition(".")
        with self._process():
            self._handler = getattr(importlib.import_module(module), name)

    def __call__(self, event: Json) -> Any:  # noqa: ANN401 - JSON
        with self._process():
            return self._handler(event, CONTEXT)

    @contextmanager
    def _process(self) -> Iterator[None]:
        sys.modules.update(self._modules)
        os.environ.update(self._environment)
        fix_time(self._modules)
        try:
            yield
        finally:
            self._modules = {n: m for n, m in list(sys.modules.items()) if is_of_the_tree(m)}
            for name in self._modules:
                del sys.modules[name]
            for name in self._environment:
                del os.environ[name]


def is_of_the_tree(module: ModuleType) -> bool:
    paths = [getattr(module, "__file__", None), *getattr(module, "__path__", ())]
    return any(path is not None and str(path).startswith(f"{SRC}/") for path in paths)


def fix_time(modules: Mapping[str, ModuleType]) -> None:
    for module in modules.values():
        if getattr(module, "datetime", None) is datetime:
            module.datetime = FixedDatetime  # type: ignore[attr-defined]


class Deployment:
    """The template's functions and rules, over tables and a key in moto."""

    def __init__(self, template: Json, graphql_url: str) -> None:
        self._parameters: Json = template.get("Parameters", {})
        self._resources: Json = template["Resources"]
        self._common: Json = template["Globals"]["Function"]["Environment"]["Variables"]
        self._known = {"GraphqlUrl": graphql_url}
        self._functions: dict[str, Function] = {}
        self.tables = [
            n for n, r in self._resources.items() if r["Type"].endswith("DynamoDB::Table")
        ]
        self.dynamodb = client("dynamodb")
        for name in self.tables:
            self._make_table(name)
        key = client("kms").create_key()["KeyMetadata"]
        self._known["SealingKey.Arn"] = self._known["SealingKey"] = key["Arn"]

    def _make_table(self, name: str) -> None:
        wanted = ("KeySchema", "AttributeDefinitions", "BillingMode")
        properties = self._resources[name]["Properties"]
        self.dynamodb.create_table(TableName=name, **{w: properties[w] for w in wanted})

    def function(self, name: str) -> Function:
        if name not in self._functions:
            properties = self._resources[name]["Properties"]
            own = properties.get("Environment", {}).get("Variables", {})
            environment = {n: self._value(v) for n, v in {**self._common, **own}.items()}
            self._functions[name] = Function(properties, environment | QUIET)
        return self._functions[name]

    def _value(self, value: object) -> str:
        """Resolve what the template refers to; resources have their logical names."""
        match value:
            case {"Ref": str(name)}:
                default = self._parameters.get(name, {}).get("Default", name)
                return self._known.get(name, str(default))
            case {"Fn::GetAtt": [name, attribute]}:
                return self._known.get(f"{name}.{attribute}", str(name))
            case dict():
                raise ValueError(f"the driver cannot resolve {value}")
        return str(value)

    def consumers(self, entry: Json) -> Iterator[str]:
        """Name the functions whose queues get the entry by some rule."""
        for rule in self._of_type("AWS::Events::Rule"):
            if matches(rule["EventPattern"], entry):
                targets = [target["Arn"].get("Fn::GetAtt", [""])[0] for target in rule["Targets"]]
                yield from (name for target in targets for name in self._fed_by(target))

    def _of_type(self, kind: str) -> Iterator[Json]:
        return (r["Properties"] for r in self._resources.values() if r["Type"] == kind)

    def _fed_by(self, queue: str) -> Iterator[str]:
        for name, resource in self._resources.items():
            sources = resource["Properties"].get("Events", {}).values()
            if any(s["Properties"].get("Queue") == {"Fn::GetAtt": [queue, "Arn"]} for s in sources):
                yield name

    def items(self, table: str) -> list[Json]:
        """Read a whole table, in the order of its keys."""
        keys = [key["AttributeName"] for key in self._resources[table]["Properties"]["KeySchema"]]
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=table)
        found = [item for page in pages for item in page["Items"]]
        return sorted(found, key=lambda item: [sortable(item[key]) for key in keys])


def client(service: str) -> Any:  # noqa: ANN401 - boto3 makes clients by name
    make: Any = boto3.client
    return make(service)


def sortable(value: Json) -> tuple[int, str]:
    return (int(value["N"]), "") if "N" in value else (0, str(value.get("S", value)))


def matches(pattern: Json, entry: Json) -> bool:
    """Tell whether a rule of the event bus takes the entry, by source and detail type."""
    types = pattern.get("detail-type")
    # A group's rule takes replays besides, which nothing that is driven causes.
    sources = pattern["$or"][0]["source"] if "$or" in pattern else pattern.get("source")
    return all(
        wanted is None or entry[field] in wanted
        for field, wanted in (("Source", sources), ("DetailType", types))
    )
