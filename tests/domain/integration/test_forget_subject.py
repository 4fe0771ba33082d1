"""One of ten people is forgotten: nothing of theirs is readable, and the nine are intact."""

import base64
import uuid
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from adapters.dynamodb.event_store import DynamoDbEventStore
from application.privacy.opening import Opener
from application.reading.catch_up import CatchUp
from domain.project.aggregate import project
from handlers import wiring
from kernel.messages import AggregateId
from local.aws import Aws
from local.people import PASSWORD
from local.stack import Stack
from projections.projects import projects
from skafu.cli import app
from tests.domain.support.project_client import row
from tests.support import dumps
from tests.support.api_client import ApiClient, Json, eventually

pytestmark = [pytest.mark.feature("L10", "W11", "E12"), pytest.mark.timeout(300)]

# Sign-in is Cognito's: an account holds the person's name and e-mail, forgotten or not.
ACCOUNTS = "file emulator/cognito."


@dataclass
class Person:
    """Somebody with an account, who commands from an address and by a browser of their own."""

    stack: Json
    number: int
    run: str
    project: str = ""
    others: list[str] = field(default_factory=list)
    later: str = ""

    @property
    def email(self) -> str:
        return f"canary.{self.number}.{self.run}@example.com"

    @property
    def name(self) -> str:
        return f"Canary {self.number} {self.run}"

    @property
    def browser(self) -> str:
        return f"CanaryBrowser/{self.number}.{self.run}"

    @property
    def address(self) -> str:
        return f"198.51.100.{200 + self.number}"

    @property
    def canaries(self) -> tuple[str, ...]:
        return self.email, self.name, self.browser, self.address

    @cached_property
    def client(self) -> ApiClient:
        user = {"email": self.email, "password": PASSWORD}
        return ApiClient({**self.stack, "users": [user]}, self.email)

    def sign_up(self, *groups: str) -> None:
        cognito = Aws(self.stack["awsEndpointUrl"]).client("cognito-idp")
        pool = {"UserPoolId": self.stack["userPoolId"], "Username": self.email}
        values = {"email": self.email, "email_verified": "true", "name": self.name}
        attributes = [{"Name": name, "Value": value} for name, value in values.items()]
        cognito.admin_create_user(**pool, UserAttributes=attributes, MessageAction="SUPPRESS")
        cognito.admin_set_user_password(**pool, Password=PASSWORD, Permanent=True)
        for group in groups:
            cognito.admin_add_user_to_group(**pool, GroupName=group)

    def send(self, method: str, path: str, body: object = None) -> Json:
        headers = {"User-Agent": self.browser, "X-Forwarded-For": self.address}
        answer = self.client.send(method, path, body, headers)
        return {"status": answer.status_code, **answer.json()}

    def create(self, path: str, body: Json) -> str:
        created = self.send("POST", path, body)
        assert created["status"] == "accepted", created
        return str(created["aggregateId"])

    def trail(self, collection: str, id: str) -> list[Json]:
        found: list[Json] = self.send("GET", f"/{collection}/{id}/events")["data"]
        return found

    @cached_property
    def sub(self) -> str:
        return str(self.trail("projects", self.project)[0]["metadata"]["userId"])


@dataclass
class Case:
    """The dumps before the first person was forgotten, and since."""

    people: list[Person]
    outputs: Path
    before: dict[str, str]
    after: dict[str, str]
    backup: list[dict[str, Any]]
    wrapped: bytes
    said: str

    @property
    def forgotten(self) -> Person:
        return self.people[0]

    @property
    def aws(self) -> Aws:
        return Aws(self.forgotten.stack["awsEndpointUrl"])


def forget(subject: str, outputs: Path) -> str:
    answer = CliRunner().invoke(
        app, ["forget-subject", subject, "--yes", "--outputs", str(outputs)]
    )
    assert answer.exit_code == 0, answer.output
    return answer.output


@pytest.fixture(scope="module")
def people(stack: Json) -> list[Person]:
    """Ten, each with a project; the first is an Admin, with streams of every kind."""
    run = uuid.uuid4().hex[:8]
    found = [Person(stack, number, run) for number in range(10)]
    for person in found:
        person.sign_up(*(["Admin"] if person is found[0] else []))
        services = [{"serviceName": "api", "serviceType": "API"}]
        person.project = person.create("/projects", {"name": "Teapot", "services": services})
    act(found[0], found[1], run)
    admin = ApiClient(stack, "admin@skafu.dev")
    assert all(row(admin, person.project, 2) for person in found)
    return found


def act(first: Person, second: Person, run: str) -> None:
    """Streams of the other kinds, a command on somebody else's, and commands that fail."""
    template = first.create("/templates", {"slug": f"shop-{run}", "name": "Shop"})
    analysis = {"projectId": first.project, "kind": "SECURITY"}
    first.later = deferred(first)
    first.others = [
        f"TEMPLATE#{template}",
        f"ANALYSIS#{first.create('/analyses', analysis)}",
        f"PROJECT#{first.later}",
    ]
    renamed = first.send("PATCH", f"/projects/{second.project}", {"name": "Samovar"})
    assert renamed["status"] == "accepted"
    assert first.send("POST", f"/projects/{uuid.uuid4()}/archive")["status"] == 404
    assert first.send("POST", "/projects", {"nonsense": first.email})["status"] == 400


def deferred(person: Person) -> str:
    """A project that is created later: until then the whole command lies in a table."""
    headers = {"Prefer": "respond-async", "User-Agent": person.browser}
    headers["X-Forwarded-For"] = person.address
    answer = person.client.send("POST", "/projects", {"name": "Later"}, headers)
    assert answer.status_code == 202, answer.text
    place = answer.headers["Location"]

    def outcome() -> Json | None:
        found: Json = person.client.send("GET", place).json()
        return found if found.get("status") == "accepted" else None

    found = eventually(outcome)
    assert found is not None
    return str(found["aggregateId"])


@pytest.fixture(scope="module")
def case(running: Stack, people: list[Person], stack_outputs: Path) -> Case:
    first, state = people[0], running.options.state_dir
    before = dumps.dump(running.aws, state)
    dynamodb = running.aws.client("dynamodb")
    backup = dumps.items(dynamodb, "skafu-events-local")
    key = {"subject": {"S": first.sub}}
    wrapped = dynamodb.get_item(TableName="skafu-keys-local", Key=key)["Item"]["wrappedKey"]["B"]
    said = forget(first.sub, stack_outputs)
    admin = ApiClient(running.outputs, "admin@skafu.dev")
    assert row(admin, first.project, 3)
    assert row(admin, people[1].project, 4)
    assert row(admin, first.later, 2)
    after = dumps.dump(running.aws, state)
    return Case(people, stack_outputs, before, after, backup, bytes(wrapped), said)


def test_the_dump_finds_what_is_there(case: Case) -> None:
    """So that what it does not find is not there: names of tables, rows, logs, encoded or not."""
    found = dumps.holding(case.before, "Teapot")
    encoded = base64.b64encode(b"xx CanaryBrowser/1 yy").decode()

    assert {"table skafu-events-local", "table Project-local", "stream skafu-events-local"} <= {
        *found
    }
    assert {"log /aws/vendedlogs/states/skafu-command-local", "log /skafu/local/api"} <= {
        *dumps.holding(case.before, "api_request_id", "execution_arn")
    }
    assert dumps.holding({"here": encoded}, "CanaryBrowser/1") == ["here"]


def test_only_rows_of_projects_show_names_and_nothing_shows_where_from(case: Case) -> None:
    for person in case.people:
        assert beside_accounts(case.before, person.name, person.email) == ["table Project-local"]
        assert dumps.holding(case.before, person.address, person.browser) == []


def test_rows_of_the_others_show_them_still(case: Case) -> None:
    for person in case.people[1:]:
        assert beside_accounts(case.after, person.name, person.email) == ["table Project-local"]


def test_nothing_personal_is_anywhere_afterwards(case: Case) -> None:
    assert beside_accounts(case.after, *case.forgotten.canaries) == []


def beside_accounts(found: dict[str, str], *texts: str) -> list[str]:
    places = dumps.holding(found, *texts)
    accounts = [place for place in places if place.startswith(ACCOUNTS)]
    assert accounts  # it is found where it is
    return [place for place in places if place not in accounts]


def test_the_wrapped_key_is_nowhere_any_more(case: Case) -> None:
    encoded = base64.b64encode(case.wrapped).decode()
    as_bytes = case.wrapped.decode("latin-1")
    holding = {p for p, text in case.after.items() if encoded in text or as_bytes in text}

    assert holding == set()


def test_each_of_the_persons_streams_was_told(case: Case) -> None:
    first = case.forgotten
    projects_of = [f"PROJECT#{first.project}", f"PROJECT#{case.people[1].project}"]
    told = [
        event["aggregateId"]
        for aggregate in (*projects_of, *first.others)
        for event in trail_of(case, aggregate)
        if event["eventType"] == "SubjectForgotten" and event["data"] == {"subject": first.sub}
    ]

    assert len(told) == len(set(told)) == 5
    assert "5 streams know of it" in case.said


def trail_of(case: Case, aggregate: str) -> list[Json]:
    kinds = {"PROJECT": "projects", "TEMPLATE": "templates", "ANALYSIS": "analyses"}
    kind, _, id = aggregate.partition("#")
    admin = ApiClient(case.forgotten.stack, "admin@skafu.dev")
    found: list[Json] = admin.send("GET", f"/{kinds[kind]}/{id}/events").json()["data"]
    return found


def test_what_the_person_did_is_still_told_but_not_from_where(case: Case) -> None:
    created, *_ = trail_of(case, f"PROJECT#{case.forgotten.project}")

    assert created["data"]["name"] == "Teapot"
    assert created["data"]["ownerName"] == created["data"]["ownerEmail"] == "[forgotten]"
    # The number of a trace tells nothing of who caused it.
    assert {n: told for n, told in created["metadata"].items() if n != "traceparent"} == {
        "userId": case.forgotten.sub,
        "sourceIp": "[forgotten]",
        "userAgent": "[forgotten]",
    }


def test_the_nine_others_read_theirs(case: Case) -> None:
    for person in case.people[1:]:
        created, *_ = person.trail("projects", person.project)

        assert created["data"]["ownerName"] == person.name
        assert created["data"]["ownerEmail"] == person.email
        assert created["metadata"]["sourceIp"] == person.address
        assert created["metadata"]["userAgent"] == person.browser


def test_the_person_commands_no_more_and_the_others_do(case: Case) -> None:
    refused = case.forgotten.send("POST", "/projects", {"name": "Urn"})
    assert refused["type"].endswith("/subject-is-forgotten")

    last = case.people[-1]
    assert last.send("PATCH", f"/projects/{last.project}", {"name": "Urn"})["version"] == 3


def test_the_rows_are_rebuilt(case: Case) -> None:
    dynamodb = case.aws.client("dynamodb")
    for person in (case.forgotten, case.people[1]):
        key = {"id": {"S": person.project}}
        before = dynamodb.get_item(TableName="Project-local", Key=key)["Item"]
        dynamodb.delete_item(TableName="Project-local", Key=key)
        stream = AggregateId(f"PROJECT#{person.project}")
        opener = wiring.row_opener(projects)
        rows = CatchUp(wiring.event_store(), wiring.read_models(), projects, opener=opener)
        rows.rebuild(stream)

        assert dynamodb.get_item(TableName="Project-local", Key=key)["Item"] == before


def test_a_backup_from_before_stays_unreadable(case: Case) -> None:
    restored = restore(case)
    owned = [f"PROJECT#{person.project}" for person in case.people]
    shown = [opened(restored, AggregateId(aggregate)) for aggregate in owned]

    assert shown[0]["data"]["ownerEmail"] == "[forgotten]"
    assert shown[0]["metadata"]["sourceIp"] == "[forgotten]"
    assert [s["data"]["ownerEmail"] for s in shown[1:]] == [p.email for p in case.people[1:]]


def restore(case: Case) -> DynamoDbEventStore:
    """The events table as it was, under another name."""
    dynamodb = case.aws.client("dynamodb")
    described = dynamodb.describe_table(TableName="skafu-events-local")["Table"]
    name = f"restored-{uuid.uuid4().hex[:8]}"
    dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=described["KeySchema"],
        AttributeDefinitions=described["AttributeDefinitions"],
    )
    for item in case.backup:
        dynamodb.put_item(TableName=name, Item=item)
    return DynamoDbEventStore(dynamodb, name, name)


def opened(store: DynamoDbEventStore, aggregate: AggregateId) -> Json:
    """The first event of a stream, as an Admin would be shown it."""
    opener = Opener(wiring.sealer(), lambda _: True)
    first = next(iter(store.read(aggregate)))
    return next(opener.envelopes(project.events, first))


@pytest.mark.parametrize(
    ("person", "words"),
    [
        ("nobody@example.com", "No account has the e-mail nobody@example.com"),
        (str(uuid.UUID(int=7)), "Nobody is known as"),
    ],
)
def test_nobody_is_forgotten_who_is_not_known(case: Case, person: str, words: str) -> None:
    answer = CliRunner().invoke(
        app, ["forget-subject", person, "--yes", "--outputs", str(case.outputs)]
    )

    assert answer.exit_code == 1
    assert answer.stdout == ""
    assert words in answer.stderr
    assert "othing was destroyed" in answer.stderr


def test_an_email_names_its_account(case: Case) -> None:
    person = case.people[2]
    asked = ["forget-subject", person.email.upper(), "--outputs", str(case.outputs)]
    answer = CliRunner().invoke(app, asked, input="n\n")

    assert answer.exit_code == 1
    assert f"Forget {person.sub}?" in answer.output


def test_who_thinks_better_of_it_changes_nothing(case: Case) -> None:
    person = case.people[2]
    asked = ["forget-subject", person.sub, "--outputs", str(case.outputs)]
    answer = CliRunner().invoke(app, asked, input="n\n")

    assert answer.exit_code == 1
    assert "unreadable for ever" in answer.output
    assert person.trail("projects", person.project)[0]["data"]["ownerEmail"] == person.email


def test_forgetting_again_changes_nothing(case: Case) -> None:
    events = "skafu-events-local"
    before = len(dumps.items(case.aws.client("dynamodb"), events))
    said = forget(case.forgotten.sub, case.outputs)

    assert "5 streams know of it" in said
    assert len(dumps.items(case.aws.client("dynamodb"), events)) == before
