"""Read models that are folded anew for a changed schema."""

import json
import shutil
from pathlib import Path

import pytest

from local import read_models
from local.read_models import GENERATED, digests

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
    assert set(digests()) == {"Project", "Service", "ServiceCheckpoint", "Metric"}


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


def test_an_index_changes_its_model(generated: Path) -> None:
    manifest = json.loads((generated / MANIFEST).read_text())
    name = manifest["tables"]["Service"]["globalSecondaryIndexes"][0]["indexName"]
    assert changed(generated, MANIFEST, f'"{name}"', '"another"') == {"Service"}
