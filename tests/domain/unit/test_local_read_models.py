"""Read models that are folded anew for a changed schema."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from local import read_models
from local.aws import Aws
from local.read_models import GENERATED, ReadModels, digests

SDL, MANIFEST = "schema.graphql", "resolvers/manifest.json"


@pytest.fixture
def generated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (SDL, MANIFEST):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(GENERATED / name, tmp_path / name)
    monkeypatch.setattr(read_models, "GENERATED", tmp_path)
    return tmp_path


def changed(generated: Path, name: str, old: str, new: str) -> set[str]:
    """The models whose digest differs once a text of a generated file is another."""
    before, file = digests(), generated / name
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    return {model for model, digest in digests().items() if digest != before[model]}


def test_every_model_with_a_checkpoint_is_a_read_model() -> None:
    assert set(digests()) == {
        *(
            "Project",
            "Service",
            "ServiceCheckpoint",
            "Deployment",
            "ProvisioningRun",
            "ProjectAnalytics",
            "Template",
            "TemplateDraft",
            "Analysis",
            "Metric",
            "OwnerShare",
            "OwnerPart",
            "OwnerSummary",
        )
    }


@pytest.mark.parametrize(
    ("old", "new", "models"),
    [
        ("  description: String\n", "  description: String\n  label: String\n", {"Project"}),
        ("  description: String\n", "  description: String!\n", {"Project"}),
        ("  ARCHIVED\n", "  ARCHIVED\n  PAUSED\n", {"Project"}),
        ("enum ServiceType {\n", "enum ServiceType {\n  JOB\n", {"Service"}),
        ("type Mutation {\n", "type Mutation {\n  other: String\n", set()),
    ],
)
def test_a_field_or_an_enum_changes_the_models_that_have_it(
    generated: Path, old: str, new: str, models: set[str]
) -> None:
    assert changed(generated, SDL, old, new) == models


def test_a_rule_of_who_may_read_changes_no_row(generated: Path) -> None:
    rule = '  description: String @aws_cognito_user_pools(cognito_groups: ["Admin"])\n'
    assert changed(generated, SDL, "  description: String\n", rule) == set()


@dataclass(frozen=True)
class Tables(ReadModels):
    """Read models whose tables are known by name."""

    there: frozenset[str] = frozenset()

    def _exists(self, model: str) -> bool:
        return model in self.there


def test_nothing_is_outdated_in_a_new_folder_and_everything_in_one_without_a_record(
    tmp_path: Path,
) -> None:
    def outdated(*there: str) -> list[str]:
        aws: Any = None
        return Tables(aws, "local", tmp_path, frozenset(there)).outdated()

    every = list(digests())
    assert outdated() == []
    assert outdated("Project") == every
    ReadModels(Aws("http://127.0.0.1:1"), "local", tmp_path).remember(digests())
    assert outdated("Project") == []


def test_a_model_that_was_emptied_but_not_folded_again_stays_outdated(tmp_path: Path) -> None:
    aws: Any = None
    models = Tables(aws, "local", tmp_path)
    models.remember({**digests(), "Service": "of an older schema"})
    assert models.outdated() == ["Service"]


def test_an_index_changes_its_model(generated: Path) -> None:
    manifest = json.loads((generated / MANIFEST).read_text())
    name = manifest["tables"]["Service"]["globalSecondaryIndexes"][0]["indexName"]
    assert changed(generated, MANIFEST, f'"{name}"', '"another"') == {"Service"}
