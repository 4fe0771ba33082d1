"""The tool that changes code tells a change that tests notice from one that they do not."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
import yaml

from scripts.mutating.mutations import mutants
from tests.support.paths import ROOT

pytestmark = pytest.mark.tools

SOURCE = """
class Desk:
    def __init__(self, limit):
        self.limit = limit

    def admits(self, count):
        return count < self.limit


def retried(calls):
    return any(call == "again" for call in calls)
"""
TESTS = """
from toy.desk import Desk, retried


def test_admits_few_and_not_many():
    assert Desk(3).admits(1)
    assert not Desk(3).admits(5)


def test_one_is_enough():
    assert retried(["again", "done"])
    assert not retried(["done"])
"""
SURVIVOR = {
    "function": "Desk.admits",
    "change": "count < self.limit => count <= self.limit",
    "reason": "the limit itself is tried nowhere",
}
KILLED = {
    "function": "retried",
    "change": "return any((call == 'again' for call in calls)) => return None",
    "reason": "some reason of former times",
}


def toy(root: Path, *listed: Mapping[str, str], source: str = SOURCE, tests: str = TESTS) -> Path:
    """Lay out a tree with one module, its tests, and the plan."""
    survivors = {"src/toy/desk.py": [dict(row) for row in listed]}
    plan = {"modules": ["src/toy"], "tests": ["tests"], "survivors": survivors}
    files = {
        "src/toy/__init__.py": "",
        "src/toy/desk.py": source,
        "tests/test_desk.py": tests,
        "tests/mutation/plan.yaml": yaml.safe_dump(plan),
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def mutate(root: Path, *words: str) -> tuple[int, str]:
    command = (sys.executable, "-m", "scripts.mutate", "--root", str(root), *words)
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_a_survivor_must_be_listed(tmp_path: Path) -> None:
    code, told = mutate(toy(tmp_path))

    assert code == 1
    assert SURVIVOR["change"] in told
    assert KILLED["change"] not in told


def test_a_listed_survivor_is_known_wherever_it_moves(tmp_path: Path) -> None:
    assert mutate(toy(tmp_path, SURVIVOR))[0] == 0

    assert mutate(toy(tmp_path, SURVIVOR, source=f"LIMIT = 3\n\n{SOURCE}"))[0] == 0


def test_a_listed_change_that_a_test_notices_fails(tmp_path: Path) -> None:
    code, told = mutate(toy(tmp_path, SURVIVOR, KILLED))

    assert code == 1
    assert f"a test notices it now: src/toy/desk.py: retried: {KILLED['change']}" in told


def test_a_listed_change_to_code_that_is_gone_fails(tmp_path: Path) -> None:
    gone = {**SURVIVOR, "change": "count < self.most => count <= self.most"}

    code, told = mutate(toy(tmp_path, SURVIVOR, gone))

    assert code == 1
    assert f"it does not exist: src/toy/desk.py: Desk.admits: {gone['change']}" in told


def test_a_new_test_turns_a_survivor_into_a_killed_one(tmp_path: Path) -> None:
    assert mutate(toy(tmp_path, SURVIVOR))[0] == 0
    stricter = f"{TESTS}\n\ndef test_the_limit():\n    assert not Desk(3).admits(3)\n"

    code, told = mutate(toy(tmp_path, SURVIVOR, tests=stricter))

    assert code == 1
    assert "a test notices it now" in told


def test_tests_that_fail_without_any_change_are_told(tmp_path: Path) -> None:
    code, told = mutate(toy(tmp_path, tests="def test_fails():\n    assert False\n"))

    assert code == 1
    assert "tests fail without any change to the code: tests/test_desk.py" in told


@pytest.mark.parametrize(
    ("body", "changes"),
    [
        ("return a < b", ["return a < b => return None", "a < b => a <= b"]),
        ("return a and b", ["return a and b => return None", "a and b => b", "a and b => a"]),
        ("a.pop(b)", ["a.pop(b) => pass"]),
        ("a[b] = 0", ["a[b] = 0 => pass", "0 => 1"]),
        ("a(b=b)", ["a(b=b) => pass", "a(b=b) => a()"]),
        ("raise a", ["raise a => pass"]),
        ("if a: raise b", ["if a: => if True:", "if a: => if False:", "raise b => pass"]),
        ("a = max(b)", ["max(b) => min(b)"]),
        ("a = [x for x in b if x]", ["[x for x in b if x] => [x for x in b]"]),
        ("a = b if b else a", ["b if b else a => b", "b if b else a => a"]),
        ("for a in b: continue", []),
        ("for a in b: a(); continue", ["a() => pass"]),
        ("for a in b: continue; a()", ["continue => pass", "a() => pass"]),
    ],
)
def test_code_is_changed_in_ways_that_matter(body: str, changes: Sequence[str]) -> None:
    found = mutants("src/toy.py", f"def toy(a, b):\n    {body}\n")

    assert [mutant.change for mutant in found] == changes


@pytest.mark.parametrize(
    ("last", "changes"),
    [("", []), ("return", ["continue => pass"])],
    ids=["the loop would go on", "the loop would end"],
)
def test_a_loop_that_goes_on_anyway_needs_no_test(last: str, changes: Sequence[str]) -> None:
    source = f"""
def toy(a):
    for b in a:
        try:
            b
        except a:
            continue
        except b:
            a
        {last}
"""
    found = [mutant.change for mutant in mutants("src/toy.py", source)]

    assert [change for change in found if change.startswith("continue")] == changes


def test_what_runs_when_a_module_is_imported_is_left_alone() -> None:
    assert mutants("src/toy.py", "LIMIT = 1 + 1\n\n\ndef toy(a: int = 3) -> None: ...\n") == []


def test_two_changes_of_one_text_are_numbered() -> None:
    found = mutants("src/toy.py", "def toy(a):\n    a.pop()\n    a.pop()\n")

    assert [mutant.change for mutant in found] == ["a.pop() => pass", "a.pop() => pass (2)"]


def test_a_changed_function_does_the_other_thing() -> None:
    source = "def toy(a, b):\n    return a < b\n"
    boundary = mutants("src/toy.py", source)[1]
    space: dict[str, object] = {}

    exec(boundary.code("src/toy.py"), space)

    toy_function = space["toy"]
    assert callable(toy_function)
    assert toy_function(1, 1)
