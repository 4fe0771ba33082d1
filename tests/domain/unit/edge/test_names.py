"""Names that mislead are refused wherever a name is given, in every way in which it can be sent."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.api import ADMIN, Api
from tests.support.world import APP

pytestmark = pytest.mark.feature("C10", "C20")

MACHINE = "arn:aws:iam::123456789012:user/worker"
PROJECT, SERVICE = "0198f2a0-0000-7000-8000-00000000000a", "0198f2a0-0000-7000-8000-000000000064"
NAMES = {
    "C1": "a\x9bb",
    "override": "gpj\u202eexe",
    "isolate": "a\u2066b",
    "invisible": "\u200b\u3164",
}
Json = dict[str, Any]


def named(name: str) -> Iterator[tuple[str, str, Json, Json]]:
    """Yield route, command, its data and its envelope, for every field that is short."""
    service: Json = {"serviceName": name, "serviceType": "API"}
    within, part = {"aggregateId": PROJECT}, f"/projects/{PROJECT}"
    yield "POST /projects", "create-project", {"name": name}, {}
    yield "POST /projects", "create-project", {"name": "a", "services": [service]}, {}
    yield f"PATCH {part}", "change-project", {"name": name}, within
    yield f"POST {part}/services", "add-service", service, within
    change = {"serviceName": name}
    yield f"PATCH {part}/services/{SERVICE}", "change-service", change, within
    yield "POST /templates", "draft-template", {"slug": "a", "name": name}, {}
    yield f"PATCH /templates/{PROJECT}", "revise-template", {"name": name}, within
    reason = {"reason": name}
    yield f"POST /templates/{PROJECT}/deprecate", "deprecate-template", reason, within
    finding = {"severity": "INFO", "title": name}
    result = {"summary": "a", "analyst": "a", "findings": [finding]}
    yield f"POST /analyses/{PROJECT}/complete", "complete-analysis", result, within
    result = {"summary": "a", "analyst": name}
    yield f"POST /analyses/{PROJECT}/complete", "complete-analysis", result, within
    link = {"provider": "GITHUB", "url": "https://example.org/a", "defaultBranch": name}
    yield f"PUT {part}/repository", "link-repository", link, within


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_name_that_misleads_is_refused(name: str) -> None:
    api, machine = Api(APP, ADMIN), Api(APP).as_machine(MACHINE)
    for route, command, data, envelope in named(name):
        method, path = route.split()
        whole = data | ({"serviceId": SERVICE} if command == "change-service" else {})
        item = {"type": command, **envelope, "data": whole}
        answers = [
            api.call(method, path, data, {}),
            api.post(f"/commands/{command}", {**envelope, "data": whole}),
            machine.post("/integration/commands", item),
        ]
        for answer in answers:
            assert (answer.status, answer.problem) == (400, "invalid-request"), answer.text
            assert len(answer.faults) == 1, answer.text
            assert not answer.faults[0].endswith("Id"), answer.text
        results = [
            api.post("/commands", {"commands": [item]}).body["results"],
            machine.post("/integration/commands", {"commands": [item]}).body["results"],
        ]
        for (result,) in results:
            assert result["problem"]["errors"] == answers[1].body["errors"]
