"""Parts that all tests share: settings of property tests, stacks, and the feature ids of tests.

Feature ids are refused when unknown, and written down when docs/features.md is generated.
"""

import gc
import json
import os
from collections.abc import Generator
from functools import cache
from pathlib import Path

import pytest
from botocore import session as botocore_session
from hypothesis import settings

from scripts import features
from tests.support.running import stacks

__all__ = ["stacks"]

# How long an example takes says more about the machine than about the code.
settings.register_profile("skafu", deadline=None, print_blob=True)
settings.load_profile("skafu")


def pytest_configure() -> None:
    # Every session of boto3 would parse the descriptions of AWS anew, in a tenth of a second.
    create_loader = cache(botocore_session.create_loader)
    pytest.MonkeyPatch().setattr(botocore_session, "create_loader", create_loader)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    known = features.known_ids()
    for item in items:
        if unknown := sorted(set(_ids(item)) - known):
            raise pytest.UsageError(f"{item.nodeid}: not in docs/features.yaml: {unknown}")
    # Begun last, they would leave all other processors idle.
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Escape what no encoding can carry from one process to another: halves of characters."""
    report = yield
    report.sections = [(name, escaped(text)) for name, text in report.sections]
    return report


def escaped(text: str) -> str:
    return text.encode(errors="backslashreplace").decode()


def pytest_collection_finish(session: pytest.Session) -> None:
    # What was imported stays; not looking through it again and again saves a tenth of the time.
    gc.freeze()
    if target := os.environ.get(features.COLLECTED):
        Path(target).write_text(json.dumps(_collected(session.items)))


def _collected(items: list[pytest.Item]) -> dict[str, list[str]]:
    return {item.nodeid.partition("[")[0]: sorted(set(_ids(item))) for item in items if _ids(item)}


def _ids(item: pytest.Item) -> list[str]:
    return [str(i) for mark in item.iter_markers("feature") for i in mark.args]
