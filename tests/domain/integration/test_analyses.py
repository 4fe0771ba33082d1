"""Questions and archives on the running stack: answered, kept, downloaded, gone."""

import hashlib
import io
import uuid
import zipfile
from collections.abc import Iterator

import pytest
import requests

from local.stack import Stack
from skafu.generate import authorization
from tests.domain.support.project_client import ProjectClient
from tests.support import calls
from tests.support.api_client import ApiClient, Json, eventually
from tests.support.principals import PEOPLE
from tests.support.running import Stacks

pytestmark = [
    pytest.mark.feature("I8", "S4"),
    pytest.mark.timeout(240),
    pytest.mark.stack("sagas"),
    pytest.mark.long,
]
PAGE = "# <%= name %>\n"


@pytest.fixture(scope="module")
def answering(stacks: Stacks) -> Iterator[Stack]:
    """A stack on which sagas begin and events are answered."""
    running = stacks.named("sagas")
    yield running
    calls.keep(running)


@pytest.fixture(scope="module")
def owner(answering: Stack) -> ProjectClient:
    return ProjectClient(answering.outputs, "owner@skafu.dev")


@pytest.fixture(scope="module")
def admin(answering: Stack) -> ApiClient:
    return ApiClient(answering.outputs, "admin@skafu.dev")


def published(admin: ApiClient, **more: object) -> str:
    """Publish a template with one file, and return its slug."""
    slug = f"tea-{uuid.uuid4().hex[:12]}"
    files = [{"path": "README.md", "content": PAGE}]
    draft = {"slug": slug, "name": "Tea", "files": files, **more}
    drafted = admin.command("POST", "/templates", draft)
    assert drafted.status_code == 202, drafted.text
    id = drafted.json()["aggregateId"]
    assert admin.command("POST", f"/templates/{id}/publish", {}).status_code == 202
    return slug


@pytest.fixture(scope="module")
def provisioned(owner: ProjectClient, admin: ApiClient) -> str:
    """Return a project that has been created from a template."""
    id = str(owner.create_project("Ada's tea", templateId=published(admin))["aggregateId"])
    assert eventually(lambda: ended(owner, id), 120) == "COMPLETED"
    return id


def ended(owner: ProjectClient, id: str) -> str | None:
    answer = owner.send("GET", f"/projects/{id}")
    found = answer.json()["data"]["provisioning"] if answer.status_code == 200 else None
    return found if found in ("COMPLETED", "FAILED") else None


def answered(owner: ProjectClient, asked: str) -> Json:
    """Return the row of an analysis that has ended."""

    def found() -> list[Json]:
        answer = owner.send("GET", f"/analyses/{asked}")
        rows = [answer.json()["data"]] if answer.status_code == 200 else []
        return [row for row in rows if row["status"] != "REQUESTED"]

    (row,) = eventually(found, 120)
    return row


def test_a_question_is_answered_by_the_rules(owner: ProjectClient) -> None:
    services = [{"serviceName": "orders", "serviceType": "API"}]
    project = owner.create_project("Asked about", services=services)["aggregateId"]
    asked = owner.command("POST", "/analyses", {"projectId": project, "kind": "ARCHITECTURE"})
    found = answered(owner, asked.json()["aggregateId"])

    assert (found["status"], found["analyst"]) == ("COMPLETED", "rules-1")
    assert "Anybody may call the API" in [each["title"] for each in found["findings"]]
    assert found["monthlyCost"]["total"] > 0
    assert found["notJudged"]


def test_a_question_about_a_project_that_was_deleted_fails_or_was_answered_before(
    owner: ProjectClient,
) -> None:
    project = owner.create_project("Soon gone")["aggregateId"]
    asked = owner.command("POST", "/analyses", {"projectId": project, "kind": "COST"})
    assert owner.command("DELETE", f"/projects/{project}", None).status_code == 202
    found = answered(owner, asked.json()["aggregateId"])

    assert (found["status"], found["reason"]) in [
        ("FAILED", "The project was deleted."),
        ("COMPLETED", None),
    ]


def test_the_archive_of_a_project_is_what_its_row_says(
    owner: ProjectClient, provisioned: str
) -> None:
    data = owner.send("GET", f"/projects/{provisioned}/repository/download").json()["data"]
    answer = requests.get(data["url"], timeout=60)
    row = owner.send("GET", f"/projects/{provisioned}").json()["data"]

    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="Ada-s-tea.zip"')
    assert hashlib.sha256(answer.content).hexdigest() == data["sha256"] == row["repositorySha256"]
    assert len(answer.content) == data["bytes"] == row["repositoryBytes"]
    packed = zipfile.ZipFile(io.BytesIO(answer.content))
    assert len(packed.namelist()) == row["repositoryFiles"]
    assert packed.read("README.md").decode() == "# Ada's tea\n"


@pytest.mark.feature("C11", "L8")
def test_a_download_answers_whom_the_table_says(answering: Stack, provisioned: str) -> None:
    path = f"/projects/{provisioned}/repository/download"
    table = authorization.expected("operations", "download_repository")
    answers = {
        who: ApiClient(answering.outputs, f"{who}@skafu.dev").send("GET", path).status_code
        for who in PEOPLE
    }

    assert answers == {who: table[who] for who in PEOPLE}


def test_a_link_opens_no_other_archive(owner: ProjectClient, provisioned: str) -> None:
    path = f"/projects/{provisioned}/repository/download"
    url = owner.send("GET", path).json()["data"]["url"]
    sha256 = owner.send("GET", path).json()["data"]["sha256"]

    assert requests.get(url.replace(sha256, "0" * 64), timeout=60).status_code == 403


def test_the_archive_of_another_project_cannot_be_linked_and_downloaded(
    owner: ProjectClient, answering: Stack, provisioned: str
) -> None:
    url = owner.send("GET", f"/projects/{provisioned}").json()["data"]["repositoryUrl"]
    second = ProjectClient(answering.outputs, "second@skafu.dev")
    thief = second.create_project("Thief")["aggregateId"]
    linked = {"provider": "ARCHIVE", "url": url}
    assert second.command("PUT", f"/projects/{thief}/repository", linked).status_code == 202
    shown = eventually(
        lambda: second.send("GET", f"/projects/{thief}").json().get("data", {}).get("repositoryUrl")
    )

    assert shown == url
    assert second.send("GET", f"/projects/{thief}/repository/download").status_code == 404


def test_an_attempt_that_is_undone_leaves_no_archive(
    owner: ProjectClient, admin: ApiClient, answering: Stack
) -> None:
    """Its configuration fits into no event: that comes out when the archive is there already."""
    slug = published(admin, settings={"environment": variables("T", 3)})
    configuration = {
        "runtime": "python3.13",
        "region": "eu-central-1",
        "environment": variables("V", 13),
    }
    created = owner.create_project("Undone", templateId=slug, configuration=configuration)
    project = str(created["aggregateId"])

    assert eventually(lambda: ended(owner, project), 120) == "FAILED"
    events = owner.send("GET", f"/projects/{project}/events?limit=100").json()["data"]
    (linked,) = (one["data"]["url"] for one in events if one["eventType"] == "RepositoryLinked")
    bucket = answering.deployed["ArchiveBucket"]
    assert linked.startswith(f"s3://{bucket}/{project}/1/")
    found = answering.aws.client("s3").list_objects_v2(Bucket=bucket, Prefix=f"{project}/")
    assert found["KeyCount"] == 0
    assert owner.send("GET", f"/projects/{project}/repository/download").status_code == 404


def variables(prefix: str, number: int) -> dict[str, str]:
    """Return variables of four kilobytes each."""
    return {f"{prefix}{n}": "\U0001fad6" * 1024 for n in range(number)}
