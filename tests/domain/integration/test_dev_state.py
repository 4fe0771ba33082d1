"""`skafu dev` on what an earlier version left."""

import signal
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from scripts.dev_process import Dev
from skafu.cli import app
from tests.domain.support.dev_process import create_project, names
from tests.domain.support.project_client import ProjectClient
from tests.support import lab

pytestmark = [pytest.mark.long, pytest.mark.tools]

# Projects, services, an archive, as `skafu dev` left them; without logs and keys.
EARLIER = Path(__file__).parent / "states" / "first.tar.gz"


@pytest.fixture
def dev(tmp_path: Path) -> Iterator[Dev]:
    one = Dev(tmp_path)
    yield one
    one.signal(signal.SIGTERM)


@pytest.mark.timeout(240)
def test_the_data_of_an_earlier_version_is_gone_on_with_on_other_ports(dev: Dev) -> None:
    """The folder was left by a version of November 2026, on the ports 4566 and 20002."""
    with tarfile.open(EARLIER) as archive:
        archive.extractall(dev.state_dir, filter="data")
    dev.start().ready()
    assert "Folding the rows" in dev.said()
    owner = ProjectClient(dev.outputs, "owner@skafu.dev")
    rows = {row["name"]: row for row in owner.send("GET", "/projects").json()["data"]}
    assert {name: row["status"] for name, row in rows.items()} == {
        "Shop": "ACTIVE",
        "Blog": "ARCHIVED",
    }
    services = owner.send("GET", f"/projects/{rows['Shop']['id']}/services").json()["data"]
    assert {service["name"] for service in services} == {"checkout", "pages"}
    renamed = owner.command("PATCH", f"/projects/{rows['Shop']['id']}", {"name": "Tea"})
    assert renamed.status_code == 202
    create_project(dev, "New")
    assert lab.eventually(lambda: sorted(names(dev)) == ["Blog", "New", "Tea"])
    words = ("verify", "--outputs", str(dev.state_dir / "outputs.json"))
    verified = CliRunner().invoke(app, words)
    assert verified.exit_code == 0, verified.output
