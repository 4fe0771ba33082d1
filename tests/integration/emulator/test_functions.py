"""Lambda functions on the emulator."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from local import ports
from local.aws import Aws
from local.stack import running_emulator
from local.template import source_package
from tests.support import lab

pytestmark = pytest.mark.tools

RAISES = """
class NameTaken(Exception): pass
def handler(event, context):
    raise NameTaken("there is one")
"""
COUNTS = """
calls = 0
def handler(event, context):
    global calls
    calls += 1
    if event == "fail":
        raise ValueError
    return calls
"""
OPTIONAL = """
try:
    from later import VALUE
except ImportError:
    VALUE = "absent"
def handler(event, context):
    return VALUE
"""
# A module of a package that reads no environment; the project's own functions have one of the name.
PURE = "kernel.query"
CALLS = 60  # more than a page of log streams has
QUIET = "def handler(event, context): return None"
LOUD = "def handler(event, context): print('called')"


def error_type(aws: Aws) -> str:
    return str(lab.call(aws, lab.create_function(aws, RAISES))["errorType"])


def test_an_error_is_named_by_its_class(ours: Aws, stock: Aws) -> None:
    assert error_type(ours) == "NameTaken"
    assert error_type(stock) == "Runtime.HandlerError"


def calls_seen_after_an_error(aws: Aws) -> int:
    function = lab.create_function(aws, COUNTS)
    lab.call(aws, function, "fail")
    return int(lab.call(aws, function))


def test_an_error_leaves_the_environment_warm(ours: Aws, stock: Aws) -> None:
    assert calls_seen_after_an_error(ours) == 2
    assert calls_seen_after_an_error(stock) == 1


def milliseconds_of_a_quiet_call(aws: Aws) -> float:
    """Return those of the quickest: other work makes a call slower, never quicker."""
    function, times = lab.create_function(aws, QUIET), []
    for _ in range(15):
        began = time.perf_counter()
        lab.call(aws, function)
        times.append((time.perf_counter() - began) * 1000)
    return min(times)


def test_a_call_that_logs_nothing_does_not_wait_for_a_log(ours: Aws, stock: Aws) -> None:
    assert milliseconds_of_a_quiet_call(ours) < 40
    assert milliseconds_of_a_quiet_call(stock) > 50


def log_streams_after_many_calls(aws: Aws) -> int:
    function = lab.create_function(aws, LOUD)
    for _ in range(CALLS):
        lab.call(aws, function)
    pages = aws.client("logs").get_paginator("describe_log_streams")
    found = pages.paginate(logGroupName=f"/aws/lambda/{function}")
    return sum(len(page["logStreams"]) for page in found)


def test_a_function_has_one_log_stream_of_bounded_length(ours: Aws, stock: Aws) -> None:
    assert log_streams_after_many_calls(ours) == 1
    assert log_streams_after_many_calls(stock) == CALLS


def test_the_log_of_a_call_is_found_after_many_others(ours: Aws) -> None:
    function = lab.create_function(ours, "def handler(event, context): print(f'call {event}')")
    for number in range(CALLS):
        lab.call(ours, function, number)
    group = f"/aws/lambda/{function}"
    found = ours.client("logs").filter_log_events(logGroupName=group, filterPattern='"call 7"')

    assert "call 7" in [event["message"] for event in found["events"]]


def answer_of_sources(aws: Aws, folder: Path) -> object:
    (folder / "code.py").write_text("import pydantic\ndef handler(event, context): return 'old'")
    return lab.call(aws, lab.create_function(aws, source_package(folder)))


def test_functions_run_from_their_sources_with_the_projects_libraries(
    ours: Aws, stock: Aws, tmp_path: Path
) -> None:
    assert answer_of_sources(ours, tmp_path) == "old"
    assert answer_of_sources(stock, tmp_path) != "old"


@pytest.fixture(params=["forked", "spawned"])
def either(request: pytest.FixtureRequest) -> Aws:
    """Our emulator as it starts environments on Linux, and on other systems."""
    name = "ours" if request.param == "forked" else "without_forks"
    aws: Aws = request.getfixturevalue(name)
    return aws


@pytest.fixture(scope="module")
def without_forks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SKAFU_FORK", "0")
        folder = tmp_path_factory.mktemp("spawned")
        with running_emulator(ports.free(1)[0], folder) as aws:
            yield aws


def module_in(folder: Path, name: str) -> Path:
    """Return the file of a module, whose package is there."""
    file = folder / f"{name.replace('.', '/')}.py"
    file.parent.mkdir(exist_ok=True)
    (file.parent / "__init__.py").touch()
    return file


@pytest.mark.parametrize("name", ["part", PURE])
def test_no_event_after_a_save_reaches_the_code_of_before(
    either: Aws, tmp_path: Path, name: str
) -> None:
    """Also when it is saved again within a second in the same length: Python's bytecode is blind to
    that.
    """
    part = module_in(tmp_path, name)
    part.write_text("VALUE = 10")
    source = f"from {name} import VALUE\ndef handler(event, context): return VALUE"
    (tmp_path / "code.py").write_text(source)
    function = lab.create_function(either, source_package(tmp_path))
    assert lab.call(either, function) == 10
    for value in range(11, 17):
        part.write_text(f"VALUE = {value}")
        assert lab.call(either, function) == value


@pytest.mark.parametrize(("name", "shared"), [(PURE, True), ("part", False)])
def test_a_module_of_a_pure_package_is_imported_once_for_all_functions(
    ours: Aws, tmp_path: Path, name: str, shared: bool
) -> None:
    module_in(tmp_path, name).write_text("import os\nIMPORTER = os.getpid()")
    source = f"import os\nfrom {name} import IMPORTER\n"
    source += "def handler(event, context): return IMPORTER != os.getpid()"
    (tmp_path / "code.py").write_text(source)

    def importer_is_another() -> bool:
        function = lab.create_function(ours, source_package(tmp_path))
        return lab.call(ours, function) is True

    assert lab.eventually(importer_is_another, lab.PATIENCE if shared else 1) is shared


def test_a_new_module_and_a_removed_one_are_noticed(either: Aws, tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text(OPTIONAL)
    function = lab.create_function(either, source_package(tmp_path))
    assert lab.call(either, function) == "absent"
    (tmp_path / "later.py").write_text("VALUE = 'there'")
    assert lab.call(either, function) == "there"
    (tmp_path / "later.py").unlink()
    assert lab.call(either, function) == "absent"


def test_requests_that_arrive_while_code_is_imported_wait_for_it(
    either: Aws, tmp_path: Path
) -> None:
    source = tmp_path / "code.py"
    source.write_text("def handler(event, context): return 'old'")
    function = lab.create_function(either, source_package(tmp_path))
    assert lab.call(either, function) == "old"
    source.write_text("import time; time.sleep(1)\ndef handler(event, context): return 'new'")
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: lab.call(either, function), range(4)))
    assert answers == ["new"] * 4


def test_a_source_that_cannot_be_imported_is_reported_and_can_be_mended(
    either: Aws, tmp_path: Path
) -> None:
    source = tmp_path / "code.py"
    source.write_text("import nothing_of_that_name")
    function = lab.create_function(either, source_package(tmp_path))
    assert lab.call(either, function)["errorType"] == "Runtime.ImportModuleError"
    source.write_text("def handler(event, context): return 'mended'")
    assert lab.call(either, function) == "mended"


def test_a_package_sees_no_libraries_but_its_own(ours: Aws) -> None:
    function = lab.create_function(ours, "import pydantic\ndef handler(event, context): pass")
    assert lab.call(ours, function)["errorType"] == "Runtime.ImportModuleError"


def test_nothing_of_this_machines_settings_reaches_a_function(ours: Aws) -> None:
    source = "import os\ndef handler(event, context): return sorted(os.environ)"
    names = lab.call(ours, lab.create_function(ours, source))
    assert not {"HOME", "PYTHONPATH", "STATE_DIR", "AWS_PROFILE"} & set(names)


def test_a_function_that_takes_too_long_is_ended(ours: Aws) -> None:
    source = "import time\ndef handler(event, context): time.sleep(30)"
    answer = lab.call(ours, lab.create_function(ours, source, timeout=1))
    assert answer["errorType"] == "Sandbox.Timedout"
    assert "Task timed out after 1.00 seconds" in answer["errorMessage"]


def test_a_function_that_dies_is_an_error_and_runs_again(ours: Aws) -> None:
    source = "import os\ndef handler(event, context): return os._exit(3) if event else 'alive'"
    function = lab.create_function(ours, source)
    assert lab.call(ours, function, "die")["errorType"] == "Runtime.ExitError"
    assert lab.call(ours, function) == "alive"
