"""`skafu seed` against a running system: as nobody's token, and only what has to be sent."""

import subprocess
import sys
import uuid
from pathlib import Path
from typing import cast

import pytest
import yaml

from domain.seeding import NAMESPACE
from local.stack import Stack
from tests.support.api_client import ApiClient, Json
from tests.support.paths import ROOT

pytestmark = pytest.mark.feature("C8")


class Folder:
    """A folder with one template, and `skafu seed` of it."""

    def __init__(self, path: Path, outputs: Path) -> None:
        self.path, self.outputs = path, outputs
        self.slug = f"tea-{uuid.uuid4().hex[:8]}"
        (path / "tea/files").mkdir(parents=True)
        self.write("Tea", "# <%= name %>\n")

    def write(self, name: str, readme: str) -> None:
        manifest = yaml.safe_dump({"slug": self.slug, "name": name})
        (self.path / "tea/manifest.yaml").write_text(manifest)
        (self.path / "tea/files/README.md").write_text(readme)

    def seed(self) -> tuple[int, str]:
        command = [sys.executable, "-m", "skafu.cli", "seed", str(self.path), "--outputs"]
        done = subprocess.run(
            [*command, str(self.outputs)], cwd=ROOT, text=True, check=False, capture_output=True
        )
        return done.returncode, (done.stdout + done.stderr).strip()


@pytest.fixture
def folder(tmp_path: Path, stack_outputs: Path) -> Folder:
    return Folder(tmp_path, stack_outputs)


def test_a_template_is_made_left_alone_and_changed(folder: Folder, running: Stack) -> None:
    assert folder.seed() == (0, f"{folder.slug}: made")
    assert folder.seed() == (0, f"{folder.slug}: as it should be")

    folder.write("Tea and more", "# <%= name %>\n")
    assert folder.seed() == (0, f"{folder.slug}: changed")

    history = events(running, folder.slug)
    assert [event["eventType"] for event in history] == [
        *("TemplateDrafted", "TemplatePublished"),
        *("TemplateRenamed", "TemplatePublished"),
    ]
    assert {event["metadata"]["userId"].split(":")[0] for event in history} == {"operator"}


def test_what_is_refused_is_said_with_its_place(folder: Folder) -> None:
    folder.write("Tea", "fine\n<%= nobody %>\n")
    code, said = folder.seed()

    assert code == 1
    assert said.startswith(f"{folder.slug}: README.md, line 2: There is no parameter nobody.")


def test_a_field_that_does_not_exist_is_refused_before_anything_is_sent(folder: Folder) -> None:
    (folder.path / "tea/manifest.yaml").write_text("slug: tea\nnmae: Tea\n")

    assert folder.seed()[1].endswith(
        "There is no field nmae. There are slug, name, description, parameters, services, settings."
    )


def events(running: Stack, slug: str) -> list[Json]:
    """Return the history of a template, as an Admin sees it."""
    admin = ApiClient(running.outputs, "admin@skafu.dev")
    target = uuid.uuid5(NAMESPACE, slug)
    answer = admin.send("GET", f"/templates/{target}/events")
    return cast(list[Json], answer.json()["data"])
