"""A person is forgotten while projects of theirs are created, and after: nothing of theirs is left.

Canaries go through runs that are held, that were completed, undone, tried again and deleted. Then
every store is looked at: tables, streams, queues, objects, executions with their histories, logs,
files of the stack's processes, and what running processes answer.
"""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import requests

from tests.domain.integration.test_forget_subject import (
    Person,
    beside_accounts,
    forget,
)
from tests.domain.integration.test_logs import logged
from tests.domain.integration.test_sagas import sagas, swept
from tests.domain.support.saga_stack import (
    ABANDONED,
    COMPLETED,
    FAILED,
    MANY,
    SLOW,
    TOO_MUCH,
    Sagas,
    definitions,
)
from tests.support import dumps, lab
from tests.support.api_client import Json, eventually
from tests.support.template import function_name, named

__all__ = ["sagas"]

pytestmark = [
    pytest.mark.feature("L10", "S2", "E10"),
    pytest.mark.timeout(600),
    pytest.mark.stack("sagas"),
    pytest.mark.long,
]
BY_SAGAS = ("SagaEvents", "SagaStep", "Reactor")
HELD = """
import json, os, time, urllib.request

def handler(event, context):
    url = os.environ["AWS_ENDPOINT_URL"] + "/2015-03-31/functions/{step}/invocations"
    asked = urllib.request.Request(url, json.dumps(event).encode(), method="POST")
    with urllib.request.urlopen(asked) as answer:
        answer.read()
    while not os.path.exists({until!r}):
        time.sleep(0.1)
"""
OTHER_FILE = {"path": "README.md", "content": "<%= name %>"}
TEXTS_MAY_BE_IN = {
    *("table skafu-events-local", "stream skafu-events-local"),
    *("table Analysis-local", "table Project-local"),
    *("table ProvisioningRun-local", "table Service-local"),
    # Of the template, whose author nobody has forgotten.
    *("table Template-local", "table TemplateDraft-local"),
}
"""Texts that people wrote stay in the history, and in the rows that are made of it."""


@dataclass
class Owner:
    """Somebody whose name, e-mail, browser, address and texts are canaries, and their projects."""

    sagas: Sagas
    person: Person
    projects: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, sagas: Sagas, number: int) -> "Owner":
        person = Person(sagas.running.outputs, number, uuid.uuid4().hex[:10])
        person.sign_up()
        return cls(sagas, person)

    @property
    def text(self) -> str:
        return f"text{self.person.run}"

    @property
    def correlation(self) -> str:
        return f"correlation{self.person.run}"

    @property
    def leaf(self) -> str:
        """Return the name of a parameter, which those who give a value send as well."""
        return f"leaf{self.person.run}"

    def send(self, method: str, path: str, body: object = None) -> requests.Response:
        headers = {"User-Agent": self.person.browser, "X-Forwarded-For": self.person.address}
        headers["X-Correlation-Id"] = self.correlation
        return self.person.client.send(method, path, body, headers)

    def create(self, name: str, template: str, parameters: Json) -> str:
        text = self.text
        body = {
            "name": f"{text} {name}",
            "description": text,
            "templateId": template,
            "templateParameters": parameters,
            "services": [{"serviceName": text, "serviceType": "API"}],
            "configuration": {
                "runtime": "python3.13",
                "region": "eu-central-1",
                "environment": {"STAGE": text},
            },
        }
        answer = self.send("POST", "/projects", body)
        assert answer.status_code == 202, answer.text
        id = self.projects[name] = str(answer.json()["aggregateId"])
        return id

    def drafted(self) -> str:
        """Publish a template that takes a value of the owner's; return what it is chosen by."""
        parameter = {"name": self.leaf, "type": "TEXT", "label": "Leaf"}
        file = {"path": "README.md", "content": f"<%= name %> <%= {self.leaf} %>"}
        slug = f"tea-{uuid.uuid4().hex[:12]}"
        return self.sagas.template(slug=slug, files=[file], parameters=[parameter])

    def download(self, name: str) -> requests.Response:
        return self.send("GET", f"/projects/{self.projects[name]}/repository/download")

    def completed(self, name: str) -> None:
        """Create a project that has an archive, and keep a link to that."""
        id = self.create(name, self.drafted(), {self.leaf: self.text})
        self.ended(name, COMPLETED)
        assert eventually(lambda: self.download(name).status_code == 200, SLOW)
        self.links[name] = self.longer(self.download(name).json()["data"]["url"])
        assert requests.get(self.links[name], timeout=60).status_code == 200
        assert len(self.sagas.archives(id)) == 1

    def longer(self, link: str) -> str:
        """Return a link that works for an hour: a busy machine takes longer than people get."""
        bucket, _, key = unquote(urlsplit(link).path).lstrip("/").partition("/")
        given = {"Bucket": bucket, "Key": key}
        s3 = self.sagas.running.aws.client("s3")
        return str(s3.generate_presigned_url("get_object", Params=given, ExpiresIn=3600))

    def undone(self, name: str) -> None:
        """Create a project whose values fit the template no longer when the run has begun."""
        template = self.drafted()
        with self.sagas.without("SagaRule"):
            id = self.create(name, template, {self.leaf: self.text})
            revised = {"files": [OTHER_FILE], "parameters": []}
            answer = self.sagas.admin.send("PATCH", f"/templates/{template}", revised)
            assert answer.status_code == 202, answer.text
            self.sagas.publish(template)
            self.sagas.skafu("resume", id)
        self.ended(name, FAILED)

    def tried_again(self, name: str) -> None:
        """Create a project whose first attempt makes too much, and whose second does not."""
        file = {"path": "README.md", "content": TOO_MUCH}
        slug = self.sagas.drafted(files=[file], parameters=[MANY])
        id = self.create(name, slug, {"many": [self.text, *["x"] * 1500]})
        self.ended(name, FAILED)
        again = {"templateParameters": {"many": [self.text]}}
        answer = self.send("POST", f"/projects/{id}/provisioning", again)
        assert answer.status_code == 202, answer.text
        self.ended(name, COMPLETED)

    def deleted(self, name: str) -> None:
        self.completed(name)
        answer = self.send("DELETE", f"/projects/{self.projects[name]}")
        assert answer.status_code == 202, answer.text
        assert eventually(lambda: self.sagas.archives(self.projects[name]) == [], SLOW)

    def ended(self, name: str, *ends: str) -> None:
        self.sagas.ended(self.projects[name], *ends)
        executions = self.sagas.executions
        assert eventually(lambda: "RUNNING" not in executions(self.projects[name]).values(), SLOW)

    def asks(self, name: str) -> None:
        """Ask a question that the analyst answers."""
        question = {"projectId": self.projects[name], "kind": "COST", "question": self.text}
        answer = self.send("POST", "/analyses", question)
        assert answer.status_code == 202, answer.text
        path = f"/analyses/{answer.json()['aggregateId']}/events"
        assert eventually(lambda: len(self.send("GET", path).json()["data"]) == 2, SLOW)


@dataclass(frozen=True)
class Case:
    """One owner who is forgotten, and one who is not; all that is held before and afterwards."""

    sagas: Sagas
    forgotten: Owner
    other: Owner
    before: dict[str, str]
    after: dict[str, str]


@pytest.fixture(scope="module")
def case(sagas: Sagas, tmp_path_factory: pytest.TempPathFactory) -> Case:
    first, other = Owner.of(sagas, 1), Owner.of(sagas, 2)
    other.completed("completed")
    first.completed("completed")
    first.asks("completed")
    first.deleted("deleted")
    first.undone("undone")
    first.tried_again("tried again")
    before = held_and_forgotten(sagas, first, tmp_path_factory.mktemp("held") / "until")
    assert eventually(lambda: archives(first) == [], SLOW), archives(first)
    assert eventually(lambda: shown(first) == set(), SLOW), shown(first)
    # Why runs were undone is kept until a sweep has seen that they have ended.
    assert eventually(lambda: forgets_why(sagas, first), SLOW, pause=3)
    return Case(sagas, first, other, before, dump(sagas))


def held_and_forgotten(sagas: Sagas, owner: Owner, until: Path) -> dict[str, str]:
    """Forget the owner while a run waits for its analysis, and another is at its repository.

    Return what was held before.
    """
    held = lab.create_function(
        sagas.running.aws,
        HELD.format(step=function_name("SagaStep"), until=str(until)),
        timeout=100,
    )
    with definitions(sagas) as change:
        change("REPOSITORY", held)
        at_repository = owner.create("repository", owner.drafted(), {owner.leaf: owner.text})
        assert eventually(lambda: "RepositoryLinked" in sagas.names(at_repository), SLOW)
    with sagas.without("ReactionRule"):
        at_analysis = owner.create("analysis", owner.drafted(), {owner.leaf: owner.text})
        analysis = sagas.waiting(at_analysis)
        before = dump(sagas)
        forget(owner.person.email, sagas.running.options.state_dir / "outputs.json")
        until.touch()
        answer = sagas.admin.send("POST", f"/analyses/{analysis}/complete", REPORT)
        assert answer.status_code == 202, answer.text
    for name in ("repository", "analysis"):
        owner.ended(name, FAILED)
    return before


REPORT = {"summary": "Fine.", "analyst": "rules-1"}


def forgets_why(sagas: Sagas, owner: Owner) -> bool:
    """Sweep, and tell whether the table of sagas knows nothing of the owner's runs any more."""
    swept(sagas, owner.projects["undone"])
    kept = dumps.items(sagas.running.aws.client("dynamodb"), sagas.outputs["SagaTable"])
    return dumps.holding({"": dumps.plain(kept)}, *owner.projects.values(), owner.leaf) == []


def dump(sagas: Sagas) -> dict[str, str]:
    return dumps.dump(sagas.running.aws, sagas.running.options.state_dir)


def archives(owner: Owner) -> list[str]:
    return [key for id in owner.projects.values() for key in owner.sagas.archives(id)]


def shown(owner: Owner) -> set[str]:
    """Return the projects whose rows show the owner, or a repository."""
    asked = "query G($id: ID!) { getProject(id: $id) { userName userEmail repositoryUrl } }"
    rows = {
        name: owner.sagas.admin.graphql(asked, id=id)["data"]["getProject"]
        for name, id in owner.projects.items()
    }
    return {name for name, row in rows.items() if any(row.values())}


def test_the_dump_finds_what_is_there(case: Case) -> None:
    """So that what it does not find is not there: executions, objects and their names included."""
    id, other = case.other.projects["completed"], case.other
    places = dumps.holding(case.after, id)

    assert {place.split(" ")[0] for place in places} >= {"table", "stream", "object", "execution"}
    assert [p for p in dumps.holding(case.after, other.text) if p.startswith("object ")]
    assert [p for p in dumps.holding(case.before, case.forgotten.text) if p.startswith("object ")]
    assert "table Project-local" in dumps.holding(case.after, other.person.name)
    assert "table Project-local" in dumps.holding(case.before, case.forgotten.person.name)


def test_every_function_of_sagas_has_logged(case: Case) -> None:
    for name in BY_SAGAS:
        assert logged(case.sagas.running, name)


def test_nothing_personal_is_anywhere_afterwards(case: Case) -> None:
    assert beside_accounts(case.after, *case.forgotten.person.canaries) == []


def test_what_people_wrote_is_in_the_history_and_its_rows_alone(case: Case) -> None:
    """In no log, execution, object, claim, ticket or feed."""
    places = beside_queues(case, case.forgotten.text, case.forgotten.leaf)

    assert places - TEXTS_MAY_BE_IN == set()
    assert "table skafu-events-local" in places


def test_correlation_ids_of_clients_are_in_the_history_and_in_logs_alone(case: Case) -> None:
    places = beside_queues(case, case.forgotten.correlation)

    assert {place for place in places if not place.startswith(LOGS)} == {
        *("table skafu-events-local", "stream skafu-events-local")
    }
    assert f"log {named('SagaStepLogs', 'LogGroupName', 'local')}" in places


def beside_queues(case: Case, *texts: str) -> set[str]:
    """Return the places, but for what waits in queues."""
    places = dumps.holding(case.after, *texts)
    return {place for place in places if not place.startswith("queue ")}


LOGS = ("log ", "file logs/")


def test_runs_held_when_their_owner_was_forgotten_are_undone(case: Case) -> None:
    for name in ("repository", "analysis"):
        names = case.sagas.names(case.forgotten.projects[name])

        assert names.index("SubjectForgotten") < names.index(ABANDONED)
        assert names[-1] == FAILED
    assert "RepositoryUnlinked" in case.sagas.names(case.forgotten.projects["repository"])


def test_archives_are_gone_and_those_of_others_are_not(case: Case) -> None:
    assert archives(case.forgotten) == []
    assert len(case.sagas.archives(case.other.projects["completed"])) == 1


@pytest.mark.parametrize("name", ["completed", "deleted"])
def test_a_link_of_before_leads_nowhere(case: Case, name: str) -> None:
    answer = requests.get(case.forgotten.links[name], timeout=60)

    assert answer.status_code == 404
    assert case.forgotten.text not in answer.text


def test_a_link_of_somebody_else_works(case: Case) -> None:
    assert requests.get(case.other.links["completed"], timeout=60).status_code == 200


@pytest.mark.parametrize("name", ["completed", "deleted", "tried again", "undone", "repository"])
def test_nothing_is_there_to_download(case: Case, name: str) -> None:
    path = f"/projects/{case.forgotten.projects[name]}/repository/download"
    answer = case.sagas.admin.send("GET", path)

    assert answer.status_code == 404
    assert answer.json()["type"].endswith("/aggregate-not-found")
    what = "project" if name == "deleted" else "archive of the repository"
    assert answer.json()["detail"] == f"The {what} does not exist."


def test_no_running_process_answers_with_anything_personal(case: Case) -> None:
    answers = dict(asked(case))
    texts = {path: found.text for path, found in answers.items()}

    assert {found.status_code for found in answers.values()} == {200}
    assert dumps.holding(texts, case.forgotten.person.run) != []  # their texts are shown
    assert dumps.holding(texts, *case.forgotten.person.canaries) == []


def asked(case: Case) -> Iterator[tuple[str, requests.Response]]:
    """Ask for everything that is known of the projects of who was forgotten."""
    admin = case.sagas.admin
    for name, id in case.forgotten.projects.items():
        root = f"/projects/{id}"
        for part in ("/events?limit=100", *(() if name == "deleted" else READ)):
            yield root + part, admin.send("GET", root + part)


READ = ("", "/state", "/services", "/provisioning", "/provisioning/1", "/analyses", "/deployments")


def test_a_repeated_end_finds_nothing_to_do(case: Case) -> None:
    """Somebody sends what the bus has sent already."""
    id = case.forgotten.projects["deleted"]
    (end,) = [e for e in case.sagas.trail(id) if e["eventType"] == "ProjectDeleted"]
    detail = {**end, "aggregateId": f"PROJECT#{id}", "correlationId": f"again-{id}"}
    body: Any = {"source": "skafu.project", "detail-type": "ProjectDeleted", "detail": detail}
    sqs, found = case.sagas.running.aws.client("sqs"), case.sagas.outputs
    sqs.send_message(QueueUrl=found["SagaQueueUrl"], MessageBody=json.dumps(body))

    def heard() -> list[str]:
        lines = logged(case.sagas.running, "SagaEvents")
        return [line["message"] for line in lines if line["correlation_id"] == f"again-{id}"]

    assert eventually(heard, SLOW) == ["removed"]
