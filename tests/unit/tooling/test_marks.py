"""The features of tests are read from their source as pytest collects them."""

from pathlib import Path

from scripts import marks

SOURCE = """
import pytest
from tests.contract.test_other import TestElsewhere

pytestmark = [pytest.mark.feature("A1"), pytest.mark.timeout(9)]

@pytest.mark.parametrize("n", [1, 2])
@pytest.mark.feature("B1", "A1")
def test_one(n): ...

@pytest.mark.feature("B2")
def not_a_test(): ...

@pytest.mark.feature("B3")
class TestMany:
    pytestmark = pytest.mark.feature("B4")

    async def test_two(self): ...

    class TestInner:
        @pytest.mark.feature("B5")
        def test_three(self): ...

@pytest.mark.soak
@pytest.mark.feature("B6")
def test_for_hours(): ...
"""
READ = {
    "tests/test_it.py::test_one": ["A1", "B1"],
    "tests/test_it.py::TestMany::test_two": ["A1", "B3", "B4"],
    "tests/test_it.py::TestMany::TestInner::test_three": ["A1", "B3", "B4", "B5"],
}


def written(root: Path) -> Path:
    file = root / "tests/test_it.py"
    file.parent.mkdir()
    file.write_text(SOURCE)
    return file


def test_a_test_has_its_own_features_and_those_around_it(tmp_path: Path) -> None:
    found = marks.features(tmp_path, written(tmp_path))

    assert found == {**READ, "tests/test_it.py::test_for_hours": ["A1", "B6"]}


def test_a_test_on_demand_shows_nothing(tmp_path: Path) -> None:
    written(tmp_path)

    found = list(marks.every_time(tmp_path))

    assert found == [(feature, test) for test, features in READ.items() for feature in features]
