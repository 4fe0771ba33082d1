"""Parts that all tests share: settings of property tests, stacks, and the feature ids of tests.

Feature ids are refused when unknown, and where they are not written as the pages read them.
"""

import gc
import re
from collections.abc import Generator, Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest
from botocore import session as botocore_session
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from scripts import features, marks
from tests.support.paths import ROOT
from tests.support.running import stacks

__all__ = ["stacks"]

# How long an example takes says more about the machine than about the code.
# Every test of laws is run often, with new examples each time.
settings.register_profile("skafu", deadline=None, print_blob=True, max_examples=50)
settings.load_profile("skafu")


def pytest_configure() -> None:
    gc.disable()  # while tests are found: it took two fifths of that time
    # Every session of boto3 would parse the descriptions of AWS anew, in a tenth of a second.
    create_loader = cache(botocore_session.create_loader)
    pytest.MonkeyPatch().setattr(botocore_session, "create_loader", create_loader)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    known = features.known_ids()
    for item in items:
        ids = {str(one) for mark in item.iter_markers("feature") for one in mark.args}
        if unknown := sorted(ids - known):
            raise pytest.UsageError(f"{item.nodeid}: not in docs/features.yaml: {unknown}")
        if _is_written_there(item) and ids != _read(item):
            raise pytest.UsageError(f"{item.nodeid}: docs/features.md does not find {sorted(ids)}")
    # Begun last, they would leave all other processors idle.
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


class ByTest(LoadScopeScheduling):  # type: ignore[misc] # xdist has no types
    """Deal out tests one by one, but those of a file that is marked `together` to one process.

    The groups of `--dist=loadgroup` are not seen with pytest 9.2:
    https://github.com/pytest-dev/pytest-xdist/issues/1386
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return file if "pytest.mark.together" in _source(file) else nodeid


class ByFile(LoadScopeScheduling):  # type: ignore[misc] # xdist has no types
    """Deal out files, and those that share what one of them starts to one process.

    Those of a folder that starts stacks of its own do, and those that are marked with one `stack`.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        folder = file.rpartition("/")[0]
        marked = STACK.search(_source(file))
        return next(
            (one for one in STARTING if folder.endswith(one)), marked[1] if marked else file
        )


STARTING = ("integration/emulator", "integration/verified")
"""What conftest.py starts there is started in each process that takes a file."""
STACK = re.compile(r"pytest\.mark\.stack\(\"(\w+)\"\)")
SCHEDULERS = {"loadscope": ByTest, "loadfile": ByFile}


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling | None:
    scheduler = SCHEDULERS.get(config.getvalue("dist"))
    return scheduler and scheduler(config, log)


@cache
def _source(file: str) -> str:
    return (ROOT / file).read_text()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Escape what no encoding can carry from one process to another: halves of characters."""
    report = yield
    report.sections = [(name, escaped(text)) for name, text in report.sections]
    return report


def escaped(text: str) -> str:
    return text.encode(errors="backslashreplace").decode()


def pytest_collection_finish() -> None:
    # What was imported stays; not looking through it again and again saves a tenth of the time,
    # and looking less often for what goes in circles saves another.
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    gc.enable()


def _is_written_there(item: pytest.Item) -> bool:
    """Tell whether a test is its file's own; one that is imported shows nothing where it runs."""
    module = item.getparent(pytest.Module)
    return module is None or getattr(item, "obj", module).__module__ == module.obj.__name__


def _read(item: pytest.Item) -> set[str]:
    """Return the features of a test that the pages find in its source."""
    return {*_read_file(item.path).get(item.nodeid.partition("[")[0], [])}


@cache
def _read_file(file: Path) -> Mapping[str, Sequence[str]]:
    return marks.features(ROOT, file)
