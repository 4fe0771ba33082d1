"""Saved files below amplify/, and what `skafu dev` does; the stack is a stand-in."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from local import schema
from local.emulator.sources import Sources
from local.processes import ProcessEnded
from local.schema import SchemaFollower


@dataclass
class Processes:
    """Runs what is asked as it is told: `results` by name, exit code or something to do."""

    folder: Path
    results: dict[str, int | Callable[[], int]] = field(default_factory=dict)
    ran: list[str] = field(default_factory=list)

    def run(self, name: str, *_: object) -> int:
        self.ran.append(name)
        self.log(name).write_text(f"the log of {name}\n")
        result = self.results.get(name, 0)
        return result if isinstance(result, int) else result()

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"


@dataclass
class Stack:
    """Stands for a running stack."""

    processes: Processes
    outdated_models: list[str] = field(default_factory=list)
    restarted: list[list[str]] = field(default_factory=list)
    refuses: bool = False

    @property
    def read_models(self) -> "Stack":
        return self

    def outdated(self) -> list[str]:
        return self.outdated_models

    def restart_appsync(self, emptied: list[str]) -> None:
        if self.refuses:
            self.processes.log("appsync").write_text("JavaScript is not run here")
            raise ProcessEnded("appsync", 1, self.processes.log("appsync"))
        self.restarted.append(emptied)


@dataclass
class House:
    """A follower over an amplify/ of its own."""

    amplify: Path
    stack: Stack
    told: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        stack: Any = self.stack
        self.follower = SchemaFollower(
            stack, lambda *line: self.told.append(line), Sources(self.amplify)
        )

    def write(self, name: str, text: str) -> int:
        file = self.amplify / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
        return 0

    def step(self) -> list[str]:
        """Return what is told in one step."""
        self.told.clear()
        self.follower._step()
        return [text for text, _ in self.told]


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    amplify = tmp_path / "amplify"
    for name in ("generated/schema.graphql", "data/schema.ts", "test/backend.test.ts"):
        (amplify / name).parent.mkdir(parents=True, exist_ok=True)
        (amplify / name).write_text("")
    tsx = tmp_path / "tsx"
    tsx.touch()
    for name, value in {
        "ROOT": tmp_path,
        "AMPLIFY": amplify,
        "GENERATED": amplify / "generated",
        "TESTS": amplify / "test",
        "TSX": tsx,
        "PAUSE_SECONDS": 0.0,
    }.items():
        monkeypatch.setattr(schema, name, value)
    monkeypatch.setattr(schema, "bring_rows", lambda stack: stack.processes.run("rows") == 0)
    return House(amplify, Stack(Processes(tmp_path)))


def exports(house: House, text: str) -> None:
    house.stack.processes.results["export"] = lambda: house.write("generated/schema.graphql", text)


def test_nothing_is_told_while_nothing_is_saved(house: House) -> None:
    assert house.step() == []
    house.write("test/backend.test.ts", "changed")
    house.write("README.md", "changed")
    assert house.step() == []


def test_a_saved_schema_is_exported_served_and_shown_by_the_rows(house: House) -> None:
    exports(house, "type Teapot")
    house.stack.outdated_models = ["Teapot"]
    house.write("data/schema.ts", "changed")
    changed, exported, served, shown = house.step()
    assert changed == "amplify/data/schema.ts changed; exporting the schema"
    assert exported.endswith("; the rows and documents in src/ follow it")
    assert served.startswith("AppSync restarted in ")
    assert shown.startswith("rows brought up to date in ")
    assert house.stack.processes.ran == ["export", "generate", "rows"]
    assert house.stack.restarted == [["Teapot"]]
    assert house.step() == []


def test_a_saved_resolver_is_exported_and_served(house: House) -> None:
    exports(house, "type Teapot")
    house.write("data/resolvers/teapots.js", "changed")
    changed, _, served = house.step()
    assert changed == "amplify/data/resolvers/teapots.js changed; exporting the schema"
    assert served.startswith("AppSync restarted in ")
    house.write("generated/resolvers/teapots.js", "exported by somebody else")
    house.step()
    assert house.stack.processes.ran == ["export", "generate"]


def test_an_export_of_the_same_restarts_nothing(house: House) -> None:
    exports(house, "")
    house.write("data/schema.ts", "// a comment")
    assert house.step()[1].endswith("; nothing differs for AppSync")
    assert house.stack.restarted == []
    assert house.stack.processes.ran == ["export"]


def test_a_schema_without_changed_models_touches_no_rows(house: House) -> None:
    exports(house, "type Mutation")
    house.write("data/schema.ts", "changed")
    house.step()
    assert house.stack.restarted == [[]]
    assert "rows" not in house.stack.processes.ran


def test_without_amplifys_packages_the_command_is_told(house: House) -> None:
    (house.amplify.parent / "tsx").unlink()
    house.write("data/schema.ts", "changed")
    assert house.step() == ["amplify/data/schema.ts changed; run `make docs` to export the schema"]
    assert house.stack.processes.ran == []


def test_what_somebody_else_exported_is_served(house: House) -> None:
    house.write("generated/schema.graphql", "type Teapot")
    (served,) = house.step()
    assert served.startswith("AppSync restarted in ")


def test_a_schema_that_cannot_be_exported_is_told_with_the_log(house: House) -> None:
    house.stack.processes.results["export"] = 1
    house.write("data/schema.ts", "changed")
    house.step()
    assert house.told[-1] == ("the schema was not exported; correct it", "the log of export")
    assert house.stack.restarted == []


def test_rows_that_cannot_be_generated_are_told_with_the_command(house: House) -> None:
    exports(house, "type Teapot")
    house.stack.processes.results["generate"] = 1
    house.write("data/schema.ts", "changed")
    told = house.step()
    assert "run `make docs`" in told[1]
    assert house.stack.restarted == [[]]


def test_a_schema_that_appsync_refuses_is_told_and_tried_again_when_it_is_corrected(
    house: House,
) -> None:
    """The tables were emptied at the first attempt: there is nothing outdated at the second."""
    house.stack.refuses = True
    house.stack.outdated_models = ["Teapot"]
    house.write("generated/schema.graphql", "javascript")
    house.step()
    assert house.told == [
        ("AppSync does not take the schema; correct it", "JavaScript is not run here")
    ]
    house.stack.refuses = False
    house.stack.outdated_models = []
    house.write("generated/schema.graphql", "type Teapot")
    assert [text[:12] for text in house.step()] == ["AppSync rest", "rows brought"]


def test_rows_that_could_not_be_brought_up_are_tried_again_after_the_next_reload(
    house: House,
) -> None:
    house.stack.processes.results["rows"] = 1
    house.follower.reloaded(["src/projections/projects.py"])
    (told,) = house.step()
    assert told.startswith("rows were not all brought up to date; `skafu verify --repair`")
    assert house.step() == []
    house.stack.processes.results["rows"] = 0
    house.follower.reloaded(["src/edge/http/api.py"])
    assert house.step()[0].startswith("rows brought up to date in ")
    house.follower.reloaded(["src/edge/http/api.py"])
    assert house.step() == []


def test_the_progress_of_a_tool_is_no_detail(house: House) -> None:
    log = house.stack.processes.log("rows")
    log.write_text("Mending ━━━━  100% 0:00:00\nReading streams    0% -:--:--\nKeyError: 'x'\n")
    assert house.follower._log("rows") == "KeyError: 'x'"
