"""Faults of this domain's requests: what is expected, in words."""

import pytest

from tests.support.api import ADA, Api
from tests.support.world import APP

pytestmark = pytest.mark.feature("C10", "C20")
NAME = "Must be text of at most 100 characters, not blank and without control characters."
SLUG = (
    "Must be lower-case letters and digits, in groups separated by single hyphens; at most 64 "
    "characters."
)


def faults(path: str, body: object) -> dict[str, str]:
    answer = Api(APP, ADA).post(path, body)
    return {fault["path"]: fault["message"] for fault in answer.body["errors"]}


@pytest.mark.parametrize(
    "value", ["x" * 101, 5, "  ", "a\nb", None, "a\x85b", "a\u202eb", "\u200b"]
)
def test_a_name_is_refused_in_words(value: object) -> None:
    assert faults("/projects", {"name": value}) == {"name": NAME}


@pytest.mark.parametrize("slug", ["Web API", "a--b", "-a", "x" * 65])
def test_a_slug_is_refused_in_words(slug: str) -> None:
    assert faults("/templates", {"slug": slug, "name": "a"}) == {"slug": SLUG}


def test_choices_are_listed() -> None:
    assert faults("/projects", {"name": "a", "services": [{"serviceType": "DATABASE"}]}) == {
        "services.0.serviceName": "This is required.",
        "services.0.serviceType": "Must be one of API, FRONTEND, WORKER.",
    }


def test_an_unknown_field_is_named() -> None:
    assert faults("/projects", {"name": "a", "colour": "red"}) == {
        "colour": "There is no such field; leave it out."
    }


def test_a_change_without_changes_names_what_it_could_change() -> None:
    path = "/projects/0198f2a0-0000-7000-8000-00000000000a"
    answer = Api(APP, ADA).patch(path, {})

    assert answer.body["errors"] == [
        {"path": "body", "message": "Give at least one of name, description."}
    ]


def test_a_range_of_numbers_is_named() -> None:
    data = {"reason": "late"}
    body = {"aggregateId": "1", "expectedVersion": -1, "data": data}

    assert faults("/commands/deprecate-template", body) == {
        "aggregateId": "Must be a UUID, such as 0198f2a0-0000-7000-8000-00000000000a.",
        "expectedVersion": "Must be a whole number of 0 or more.",
    }
