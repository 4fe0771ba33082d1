"""The read models for which the rows of a stack were written.

The state folder keeps a digest of each read model. A model with another digest is emptied, AppSync
makes its table anew, and the rows are folded from their events: that is right for any change, also
for a required field that no row has yet.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from botocore.exceptions import ClientError
from graphql import DefinitionNode, EnumTypeDefinitionNode, ObjectTypeDefinitionNode, parse
from graphql.language import print_ast

from local.aws import Aws
from local.outputs import ROOT

GENERATED = ROOT / "amplify" / "generated"
CHECKPOINT = "projectionVersion"


@dataclass(frozen=True)
class ReadModels:
    """The tables of one stack's read models."""

    aws: Aws
    environment: str
    state_dir: Path

    def outdated(self) -> list[str]:
        """The models whose rows were written for another schema; none in a new state folder."""
        known = self._remembered()
        changed = [model for model, digest in digests().items() if known.get(model) != digest]
        return changed if known or any(map(self._exists, changed)) else []

    def drop(self, models: Iterable[str]) -> None:
        for model in filter(self._exists, models):
            self.aws.client("dynamodb").delete_table(TableName=self._table(model))

    def remember(self, found: Mapping[str, str]) -> None:
        """Keep the digests that the rows were brought up to."""
        self._record.write_text(json.dumps(found, indent=2) + "\n")

    @property
    def _record(self) -> Path:
        return self.state_dir / "read-models.json"

    def _remembered(self) -> Mapping[str, str]:
        return dict(json.loads(self._record.read_text())) if self._record.exists() else {}

    def _table(self, model: str) -> str:
        return f"{model}-{self.environment}"

    def _exists(self, model: str) -> bool:
        try:
            self.aws.client("dynamodb").describe_table(TableName=self._table(model))
        except ClientError:
            return False
        return True


def digests() -> dict[str, str]:
    """Digest each read model of the exported schema: its fields, its enums, its table."""
    definitions = parse((GENERATED / "schema.graphql").read_text()).definitions
    tables = json.loads((GENERATED / "resolvers" / "manifest.json").read_text())["tables"]
    enums = {
        node.name.value: print_ast(node)
        for node in definitions
        if isinstance(node, EnumTypeDefinitionNode)
    }
    return {
        node.name.value: digest([*fields(node, enums), json.dumps(tables[node.name.value])])
        for node in filter(is_read_model, definitions)
        if isinstance(node, ObjectTypeDefinitionNode)
    }


def is_read_model(node: DefinitionNode) -> bool:
    names = {field.name.value for field in getattr(node, "fields", None) or ()}
    return isinstance(node, ObjectTypeDefinitionNode) and CHECKPOINT in names


def fields(node: ObjectTypeDefinitionNode, enums: Mapping[str, str]) -> Iterable[str]:
    for field in node.fields or ():
        kind = print_ast(field.type)
        yield f"{field.name.value}: {kind} {enums.get(kind.strip('[]!'), '')}"


def digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
