"""The way of a command on the running stack: HTTP, store, bus, row, query."""

import os
import signal
from functools import partial
from secrets import choice
from string import ascii_lowercase
from typing import Any
from urllib.parse import urljoin

import pytest
import requests
import uuid6

from benchmarks.way import projected
from tests.domain.support.project_client import GET_PROJECT, SERVICES, ProjectClient, row
from tests.support.api_client import Json, count_items, eventually
from tests.support.storm import environments
from tests.support.template import function_name


@pytest.fixture
def owner(stack: dict[str, Any]) -> ProjectClient:
    return ProjectClient(stack, "owner@skafu.dev")


@pytest.mark.feature("C1", "C4", "C18", "C19", "R1", "R2", "P4")
def test_a_command_becomes_a_row(owner: ProjectClient) -> None:
    created = owner.create_project("Way", services=[{"serviceName": "a", "serviceType": "API"}])
    assert created["status"] == "accepted"
    assert created["version"] == 2

    found = row(owner, created["aggregateId"], 2)
    assert found is not None

    assert (found["name"], found["serviceCount"]) == ("Way", 1)
    services = eventually(
        lambda: owner.graphql(SERVICES, id=created["aggregateId"])["data"]["servicesByProject"][
            "items"
        ]
    )
    assert services == [{"name": "a", "type": "API", "version": 2}]


def test_the_benchmark_reads_when_a_row_was_written(
    owner: ProjectClient, stack: dict[str, Any]
) -> None:
    project = owner.create_project("Timed")["aggregateId"]
    found = eventually(lambda: projected(stack).get((project, 1)))

    assert found
    sent, written = found
    assert 0 <= written - sent < 60


def test_a_process_that_has_just_started_goes_on_with_a_row(
    owner: ProjectClient, stack: dict[str, Any]
) -> None:
    project = owner.create_project("Asked")["aggregateId"]
    question = {"projectId": project, "kind": "COST"}
    analysis = owner.send("POST", "/analyses", question).json()["aggregateId"]
    assert eventually(lambda: status(owner, analysis) == "REQUESTED")

    for process in environments(stack, function_name("AnalysisProjector")):
        os.kill(process, signal.SIGKILL)
    admin, answer = ProjectClient(stack, "admin@skafu.dev"), {"summary": "Fine.", "analyst": "Ada"}

    assert admin.send("POST", f"/analyses/{analysis}/complete", answer).status_code == 202
    assert eventually(lambda: status(owner, analysis) == "COMPLETED")


def status(client: ProjectClient, analysis: str) -> str | None:
    shown = client.send("GET", f"/analyses/{analysis}")
    return shown.json()["data"]["status"] if shown.status_code == 200 else None


@pytest.mark.feature("C15")
def test_the_same_key_gets_the_identical_answer_and_one_commit(
    owner: ProjectClient, stack: dict[str, Any]
) -> None:
    key, body = str(uuid6.uuid7()), {"name": "Once"}
    before = count_items(stack)
    answers = [owner.command("POST", "/projects", body, key) for _ in range(3)]

    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.text for answer in answers}) == 1
    assert count_items(stack) == before + 1
    assert owner.command("POST", "/projects", {"name": "Other"}, key).status_code == 422


@pytest.mark.feature("C5", "C6")
def test_both_styles_command_the_same_project(owner: ProjectClient) -> None:
    project = owner.create_project("Styles")["aggregateId"]
    envelope = {"aggregateId": project, "data": {"serviceName": "a", "serviceType": "WORKER"}}
    task = owner.send("POST", "/commands/add-service", envelope)
    rest = owner.command("PATCH", f"/projects/{project}", {"name": "Styled"})
    archived = owner.command("POST", f"/projects/{project}/archive", {})

    assert [a.json()["version"] for a in (task, rest, archived)] == [2, 3, 4]
    assert rest.headers["ETag"] == '"3"'
    assert urljoin(rest.url, rest.headers["Location"]) == owner.url(f"/projects/{project}")
    assert row(owner, project, 4)
    assert (
        requests.head(
            urljoin(rest.url, rest.headers["Location"]),
            headers={"Authorization": owner.tokens["IdToken"]},
            timeout=60,
        )
        .headers["ETag"]
        .startswith('"4.')
    )


@pytest.mark.feature("C11", "R37", "L8")
def test_who_may_see_and_command_what(owner: ProjectClient, stack: dict[str, Any]) -> None:
    project = owner.create_project("Mine")["aggregateId"]
    row(owner, project, 1)
    second, developer, admin = (
        ProjectClient(stack, f"{name}@skafu.dev") for name in ("second", "developer", "admin")
    )
    change = {"name": "Theirs"}

    assert second.graphql(GET_PROJECT, id=project)["data"]["getProject"] is None
    assert second.send("GET", f"/projects/{project}").status_code == 404
    assert second.command("PATCH", f"/projects/{project}", change).status_code == 404
    assert developer.send("GET", f"/projects/{project}").status_code == 200
    assert developer.command("PATCH", f"/projects/{project}", change).status_code == 403
    assert admin.command("PATCH", f"/projects/{project}", change).status_code == 202


@pytest.mark.feature("K6", "K5", "R8", "R33", "K7")
def test_a_query_waits_for_the_version_of_ones_own_write(owner: ProjectClient) -> None:
    project = owner.create_project("Awaited")["aggregateId"]
    answer = owner.send("GET", f"/projects/{project}?minVersion=1")

    assert answer.status_code == 200, answer.text
    assert answer.json()["data"]["name"] == "Awaited"
    assert answer.json()["meta"] | {"lastUpdated": ""} == {
        "lastUpdated": "",
        "version": 1,
        "stale": False,
        "cached": False,
    }
    again = owner.send(
        "GET", f"/projects/{project}", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304
    late = owner.send("GET", f"/projects/{project}?minVersion=9")
    assert late.json()["meta"]["stale"] is True


@pytest.mark.feature("K6", "K5", "W7")
def test_a_query_waits_for_the_services_that_it_shows(owner: ProjectClient) -> None:
    project = owner.create_project("Served")["aggregateId"]
    path = f"/projects/{project}"
    for number in (1, 2, 3):
        service = {"serviceName": f"Till {number}", "serviceType": "API"}
        version = owner.command("POST", f"{path}/services", service).json()["version"]
        whole = owner.send("GET", f"{path}?include=services&minVersion={version}").json()
        alone = owner.send("GET", f"{path}/services?limit=20&minVersion={version}").json()

        assert len(whole["data"]["services"]["items"]) == len(alone["data"]) == number
        assert (whole["meta"]["stale"], alone["meta"]["stale"]) == (False, False)
    removed = whole["data"]["services"]["items"][0]["id"]
    version = owner.command("DELETE", f"{path}/services/{removed}", None).json()["version"]
    left = owner.send("GET", f"{path}/services?limit=20&minVersion={version}").json()
    assert (len(left["data"]), left["meta"]["stale"]) == (2, False)


@pytest.mark.feature("R9", "R10", "R12", "R13", "R14")
def test_lists_go_through_indexes_page_by_page(owner: ProjectClient) -> None:
    ids = [owner.create_project(f"Listed {n}")["aggregateId"] for n in range(3)]
    for project in ids:
        row(owner, project, 1)

    first = owner.send("GET", "/projects?limit=2&sort=createdAt:desc").json()
    token = first["pagination"]["nextToken"]
    second = owner.send("GET", f"/projects?limit=2&sort=createdAt:desc&nextToken={token}").json()

    assert [found["id"] for found in (*first["data"], *second["data"])][:3] == ids[::-1]
    assert owner.send("GET", "/projects?status=ARCHIVED&limit=1").status_code == 200
    assert owner.send("GET", f"/projects/{ids[0]}/services").json()["data"] == []


def services_of(owner: ProjectClient, project: str) -> list[Json]:
    found: list[Json] = owner.send("GET", f"/projects/{project}/services").json()["data"]
    return found


@pytest.mark.feature("R9", "R12", "R27", "R28", "R29")
def test_lists_are_filtered_numbered_and_shown_with_parts(
    owner: ProjectClient, stack: dict[str, Any]
) -> None:
    region = f"eu-{''.join(choice(ascii_lowercase) for _ in range(8))}-1"
    configuration = {"runtime": "python3.13", "region": region, "features": []}
    ids = [
        owner.create_project(
            f"Chosen {n}",
            configuration=configuration,
            services=[{"serviceName": "api", "serviceType": "API"}],
        )["aggregateId"]
        for n in range(3)
    ]
    for project in ids:
        row(owner, project, 2)
        assert eventually(partial(services_of, owner, project))
    chosen = f"/projects?filters=region:{region},runtime:python3.13&limit=1"

    pages = [owner.send("GET", f"{chosen}&page={n}").json() for n in (1, 2, 3, 4)]
    found = [shown["id"] for page in pages for shown in page["data"]]
    assert found == ids[::-1]
    assert pages[-1]["data"] == []
    asked = ",".join([ids[2], str(uuid6.uuid7()), ids[0]])
    named = owner.send("GET", f"/projects?ids={asked}&include=services,deployments").json()
    assert [shown["id"] for shown in named["data"]] == [ids[2], ids[0]]
    assert all(shown["deployments"]["items"] == [] for shown in named["data"])
    shown = [[part["name"] for part in shown["services"]["items"]] for shown in named["data"]]
    assert shown == [["api"], ["api"]]
    second = ProjectClient(stack, "second@skafu.dev")
    assert second.send("GET", f"/projects?ids={ids[0]}").json()["data"] == []
    mine = named["data"][0]["userId"]
    assert second.send("GET", f"/projects?userId={mine}").status_code == 403
    developer = ProjectClient(stack, "developer@skafu.dev")
    theirs = developer.send("GET", f"/projects?userId={mine}&limit=3").json()["data"]
    assert {shown["userId"] for shown in theirs} == {mine}


@pytest.mark.feature("R15", "R29")
def test_projects_are_found_by_words(owner: ProjectClient, stack: dict[str, Any]) -> None:
    word = "".join(choice(ascii_lowercase) for _ in range(12))
    named = owner.create_project(f"Café {word}")["aggregateId"]
    described = owner.create_project("Bistro", description=f"As good as {word}s")["aggregateId"]
    for project in (named, described):
        row(owner, project, 1)

    path = f"/projects/search?q={word.upper()}"
    assert [found["id"] for found in owner.send("GET", path).json()["data"]] == [named, described]
    both = owner.send("GET", f"{path}%20cafe").json()["data"]
    assert [(found["id"], found["name"]) for found in both] == [(named, f"Café {word}")]
    assert ProjectClient(stack, "second@skafu.dev").send("GET", path).json()["data"] == []
    for other in ("developer@skafu.dev", "admin@skafu.dev"):
        everybodys = ProjectClient(stack, other).send("GET", path).json()["data"]
        assert [one["id"] for one in everybodys] == [named, described]
    theirs = f"{path}&userId={both[0]['userId']}"
    assert ProjectClient(stack, "second@skafu.dev").send("GET", theirs).status_code == 403
    found = ProjectClient(stack, "admin@skafu.dev").send("GET", theirs).json()["data"]
    assert [one["id"] for one in found] == [named, described]


@pytest.mark.feature("T10", "C26")
def test_the_audit_trail_is_for_the_owner_and_admin(
    owner: ProjectClient, stack: dict[str, Any]
) -> None:
    project = owner.create_project("Audited")["aggregateId"]
    owner.command("PATCH", f"/projects/{project}", {"name": "B", "description": "c"})

    answer = owner.send("GET", f"/projects/{project}/events?limit=2").json()

    assert [event["eventType"] for event in answer["data"]] == ["ProjectCreated", "ProjectRenamed"]
    token = answer["pagination"]["nextToken"]
    rest = owner.send("GET", f"/projects/{project}/events?limit=2&nextToken={token}").json()
    assert [event["eventSequence"] for event in rest["data"]] == [3]
    path = f"/projects/{project}/events"
    assert ProjectClient(stack, "admin@skafu.dev").send("GET", path).status_code == 200
    assert ProjectClient(stack, "developer@skafu.dev").send("GET", path).status_code == 403


@pytest.mark.feature("C27")
def test_a_browser_may_read_our_headers_also_on_errors(owner: ProjectClient) -> None:
    origin = {"Origin": "http://127.0.0.1:5173"}
    taken = owner.send("POST", "/projects", {"name": "Cors"}, origin)
    refused = owner.send("POST", "/projects", {}, origin)
    stranger = owner.send("POST", "/projects", {}, origin, token=None)

    for answer in (taken, refused, stranger):
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        exposed = answer.headers["Access-Control-Expose-Headers"].replace(" ", "").split(",")
        assert {"ETag", "Location", "Retry-After", "X-Correlation-Id"} <= set(exposed)
    preflight = owner.session.options(
        owner.outputs["commandApiUrl"] + "/projects",
        headers={**origin, "Access-Control-Request-Method": "POST"},
        timeout=60,
    )
    assert preflight.status_code == 200
    assert "Idempotency-Key" in preflight.headers["Access-Control-Allow-Headers"]


@pytest.mark.feature("E10")
def test_the_correlation_id_travels_to_the_audit_trail(owner: ProjectClient) -> None:
    answer = owner.send("POST", "/projects", {"name": "C"}, {"X-Correlation-Id": "trace-me"})
    assert answer.headers["X-Correlation-Id"] == "trace-me"
    project = answer.json()["aggregateId"]
    events = owner.send("GET", f"/projects/{project}/events").json()["data"]
    assert {event["correlationId"] for event in events} == {"trace-me"}


@pytest.mark.feature("K5", "K8")
def test_an_answer_waits_for_its_row(stack: Json) -> None:
    owner = ProjectClient(stack, "owner@skafu.dev")
    answer = owner.send("POST", "/projects", {"name": "Awaited"}, {"Prefer": "wait=10"})
    body = answer.json()
    found = owner.send("GET", f"/projects/{body['aggregateId']}")

    assert (answer.status_code, body["projection"]) == (202, "reached")
    assert answer.headers["Preference-Applied"] == "wait=10"
    assert (found.status_code, found.json()["data"]["version"]) == (200, body["version"])
