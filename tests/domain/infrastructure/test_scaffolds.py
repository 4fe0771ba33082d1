"""Scaffolds as their users find them: unpacked in an empty home, installed, tested and built."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from tests.domain.support.scaffolds import CASES, FEATURES, FEWEST, rendered
from tests.domain.support.workshop import Outcome, Scaffold, Workshop

pytestmark = [pytest.mark.feature("C8", "I8"), pytest.mark.together]
# The function without whose body no test passes.
HANDLERS = {
    "full-stack-template": (("backend/src/app.py", "handler"), ("frontend/src/App.tsx", "App")),
    "react-template": (("src/App.tsx", "App"),),
    "sam-api-template": (("src/app.py", "handler"),),
    "worker-template": (("src/worker.py", "handler"),),
}
PYTHON = ("sam-api-template", "worker-template")
ODD = '"It\'s" `${{ x }}` {{ y }} \\n </script> 🫖 \u2028 \uffff # &*{{resolve:a}} ${AWS::Region}'
Unpack = Callable[[str, Sequence[str]], Scaffold]


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop(tmp_path_factory.mktemp("home"))


@pytest.fixture
def unpack(workshop: Workshop, request: pytest.FixtureRequest) -> Unpack:
    """Return what unpacks and installs a scaffold in a folder of its own."""

    def unpacked(slug: str, features: Sequence[str]) -> Scaffold:
        files = rendered(slug, replace(FEWEST, name=ODD, features=features))
        name = f"{request.node.originalname}-{slug}-{len(features)}"
        scaffold = workshop.unpack(name, files)
        scaffold.install()
        return scaffold

    return unpacked


def run(scaffold: Scaffold, task: str) -> Outcome:
    made = (scaffold.folder / "Makefile").exists()
    return scaffold.make(task) if made else scaffold.pnpm("run", task)


def check(scaffold: Scaffold) -> None:
    """Run the scaffold's own tests and linter, and build it."""
    tested = run(scaffold, "test")
    assert tested.code == 0, tested.output
    assert tested.count("passed") >= 4
    for task in ("lint", "build"):
        done = run(scaffold, task)
        assert done.code == 0, done.output


def check_emptied(scaffold: Scaffold, path: str, function: str) -> None:
    """Empty a function: the scaffold's own tests fail, all of them that are about it."""
    scaffold.empty(path, function)
    page = path.startswith("frontend/")
    tested = run(scaffold.part("frontend") if page else scaffold, "test")
    assert tested.code != 0
    assert tested.count("failed") >= 3, tested.output
    assert tested.count("passed") == 0, tested.output


@pytest.mark.parametrize("slug", PYTHON)
def test_a_python_scaffold_passes_its_own_tests_and_builds(slug: str, unpack: Unpack) -> None:
    check(unpack(slug, FEATURES[slug][1]))


@pytest.mark.parametrize("slug", PYTHON)
def test_no_test_of_a_python_scaffold_passes_without_its_handler(slug: str, unpack: Unpack) -> None:
    check_emptied(unpack(slug, FEATURES[slug][1]), *HANDLERS[slug][0])


@pytest.mark.soak
@pytest.mark.parametrize(("slug", "features"), CASES)
def test_every_scaffold_passes_its_own_tests_and_builds(
    slug: str, features: Sequence[str], unpack: Unpack
) -> None:
    check(unpack(slug, features))


@pytest.mark.soak
@pytest.mark.parametrize(
    ("slug", "features", "path", "function"),
    [(slug, features, *each) for slug, features in CASES for each in HANDLERS[slug]],
)
def test_no_scaffold_passes_its_tests_without_its_handler(
    slug: str, features: Sequence[str], path: str, function: str, unpack: Unpack
) -> None:
    check_emptied(unpack(slug, features), path, function)
