"""A person's steps against a `skafu dev`."""

from scripts.dev_process import Dev
from tests.support.api_client import ApiClient


def create_project(dev: Dev, name: str) -> None:
    answer = ApiClient(dev.outputs, "owner@skafu.dev").command(
        "POST", "/projects", {"name": name}, ""
    )
    assert answer.status_code == 202


def names(dev: Dev) -> list[str]:
    answer = ApiClient(dev.outputs, "owner@skafu.dev").send("GET", "/projects")
    return [project["name"] for project in answer.json()["data"]]
