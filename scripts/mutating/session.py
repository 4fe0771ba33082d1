"""A pytest session that collects tests once, and runs chosen ones in forked processes.

Nothing is set up in the session itself: each process begins with modules imported and tests
collected, and may change what it likes.
"""

import gc
import importlib
import json
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from types import CodeType, FunctionType

import pytest
from coverage import Coverage

from scripts.mutating.mutations import Mutant

PASSED, FAILED, UNCHANGED = 0, 1, 2
TOO_SLOW = -signal.SIGPROF
# A test gets four seconds, as it may have to make what an earlier one left behind, and more if it
# is a slow one.
LEAST, PATIENCE = 4.0, 4.0


@dataclass
class Reached:
    """The tests that reach each line, and the processor seconds that each test takes."""

    lines: dict[str, dict[int, list[str]]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def tests(self, file: str, lines: Iterable[int]) -> set[str]:
        known = self.lines.get(file, {})
        return {test for line in lines for test in known.get(line, ()) if test}

    def at_import(self, file: str, lines: Iterable[int]) -> bool:
        """Tell whether a line was reached by no test, but when modules were imported."""
        known = self.lines.get(file, {})
        return any("" in known.get(line, ()) for line in lines)

    def add(self, other: "Reached") -> None:
        self.seconds |= other.seconds
        for file, lines in other.lines.items():
            mine = self.lines.setdefault(file, {})
            for line, tests in lines.items():
                mine[line] = [*mine.get(line, ()), *tests]

    def write(self, path: Path) -> None:
        path.write_text(json.dumps({"lines": self.lines, "seconds": self.seconds}))

    @classmethod
    def read(cls, path: Path) -> "Reached":
        stored = json.loads(path.read_text())
        lines = {
            file: {int(line): tests for line, tests in found.items()}
            for file, found in stored["lines"].items()
        }
        return cls(lines, stored["seconds"])


class Session:
    """The plugin: hands the collected tests to `use` instead of running them."""

    def __init__(self, root: Path, files: Sequence[str], use: Callable[["Session"], None]) -> None:
        self.root, self.files, self.use = root, files, use
        self.items: dict[str, pytest.Item] = {}
        self.failed: list[str] = []
        self.seconds: dict[str, float] = {}
        self.functions: dict[str, list[FunctionType]] = {}
        self.imported = Reached()

    def begin(self) -> None:
        """Import with coverage what is changed, before any test: some functions run only then."""
        sys.path.insert(0, str(self.root / "src"))
        covering = self.coverage()
        covering.start()
        for file in self.files:
            importlib.import_module(module_of(file))
        covering.stop()
        self.imported = self.found(covering)

    def pytest_configure(self) -> None:
        repeat_examples()

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.items = {item.nodeid: item for item in session.items}
        gc.unfreeze()
        self.functions = functions_of({str(self.root / file) for file in self.files})
        self.use(self)
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.append(report.nodeid)

    def by_file(self) -> Iterator[tuple[str, list[str]]]:
        for file, tests in groupby(self.items, key=file_of):
            yield file, list(tests)

    def knows(self, target: Path) -> bool:
        """Tell whether it was written down what tests reach of all the files."""
        return target.exists() and set(Reached.read(target).lines) >= set(self.files)

    def measure(self, tests: Sequence[str], target: Path) -> int:
        """Run tests with coverage, and write down what they reached."""
        covering = self.coverage()
        covering.start()
        self.run(tests, covering.switch_context)
        covering.stop()
        found = self.found(covering)
        found.seconds = dict(self.seconds)
        found.write(target)
        return FAILED if self.failed else PASSED

    def try_out(self, mutant: Mutant, tests: Sequence[str]) -> int:
        """Run tests against the mutant until one fails."""
        filename = str(self.root / mutant.file)
        if not patch(self.functions[filename], mutant.code(filename)):
            return UNCHANGED
        self.run(tests, self.limit)
        return FAILED if self.failed else PASSED

    def limit(self, test: str) -> None:
        """Let SIGPROF end the process when the test takes much longer than without the mutant.

        Only time of the processor counts: what else the machine does must not matter.
        """
        usual = self.imported.seconds.get(test, 0)
        signal.setitimer(signal.ITIMER_PROF, LEAST + PATIENCE * usual)

    def run(self, tests: Sequence[str], before: Callable[[str], object]) -> None:
        items = [self.items[test] for test in tests]
        for item, following in zip(items, [*items[1:], None], strict=True):
            before(item.nodeid)
            began = time.process_time()
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            self.seconds[item.nodeid] = time.process_time() - began
            if self.failed:
                return

    def coverage(self) -> Coverage:
        files = [str(self.root / file) for file in self.files]
        covering = Coverage(data_file=None, config_file=False, include=files)
        covering.set_option("run:disable_warnings", ["no-data-collected"])
        return covering

    def found(self, covering: Coverage) -> Reached:
        data = covering.get_data()
        lines = {file: data.contexts_by_lineno(str(self.root / file)) for file in self.files}
        return Reached(lines)


def repeat_examples() -> None:
    """Let property tests take the same examples in every run: a survivor is one every time.

    The first example that fails is enough, however long.
    """
    from hypothesis import Phase, settings  # pytest must see it first

    settings.register_profile(
        "mutation",
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        report_multiple_bugs=False,
    )
    settings.load_profile("mutation")


def module_of(file: str) -> str:
    return ".".join(Path(file).with_suffix("").parts[1:])


def file_of(test: str) -> str:
    return test.partition("::")[0]


def functions_of(files: set[str]) -> dict[str, list[FunctionType]]:
    """Return the functions that live now, by the file that they were written in."""
    found: dict[str, list[FunctionType]] = {file: [] for file in files}
    for thing in gc.get_objects():
        if isinstance(thing, FunctionType) and thing.__code__.co_filename in found:
            found[thing.__code__.co_filename].append(thing)
    return found


def patch(functions: Iterable[FunctionType], module: CodeType) -> bool:
    """Give functions the code that they have in this module; tell whether it is another."""
    new = {key(code): code for code in codes(module)}
    changed = False
    for function in functions:
        code = new.get(key(function.__code__))
        if code is not None and not same(code, function.__code__):
            function.__code__ = code
            changed = True
    return changed


def codes(code: CodeType) -> Iterator[CodeType]:
    """Yield all code within; where code was kept beside its replacement, that comes last."""
    for constant in reversed(code.co_consts):
        if isinstance(constant, CodeType):
            yield constant
            yield from codes(constant)


def key(code: CodeType) -> tuple[str, int, tuple[str, ...]]:
    return code.co_qualname, code.co_firstlineno, code.co_freevars


def same(one: CodeType, other: CodeType) -> bool:
    """Compare what is run, without the positions in the source."""
    return (
        one.co_code == other.co_code
        and one.co_names == other.co_names
        and len(one.co_consts) == len(other.co_consts)
        and all(map(same_constant, one.co_consts, other.co_consts))
    )


def same_constant(one: object, other: object) -> bool:
    if isinstance(one, CodeType) and isinstance(other, CodeType):
        return same(one, other)
    return type(one) is type(other) and one == other
