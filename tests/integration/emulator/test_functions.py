"""Lambda functions on the emulator."""

import time
from pathlib import Path
from statistics import median

from local.aws import Aws
from local.template import source_package
from tests.support import lab

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
    function, times = lab.create_function(aws, QUIET), []
    for _ in range(15):
        began = time.perf_counter()
        lab.call(aws, function)
        times.append((time.perf_counter() - began) * 1000)
    return median(times)


def test_a_call_that_logs_nothing_does_not_wait_for_a_log(ours: Aws, stock: Aws) -> None:
    assert milliseconds_of_a_quiet_call(ours) < 40
    assert milliseconds_of_a_quiet_call(stock) > 50


def log_streams_after_many_calls(aws: Aws) -> int:
    function = lab.create_function(aws, LOUD)
    for _ in range(230):
        lab.call(aws, function)
    pages = aws.client("logs").get_paginator("describe_log_streams")
    found = pages.paginate(logGroupName=f"/aws/lambda/{function}")
    return sum(len(page["logStreams"]) for page in found)


def test_only_the_newest_log_streams_are_kept(ours: Aws, stock: Aws) -> None:
    assert log_streams_after_many_calls(ours) == 200
    assert log_streams_after_many_calls(stock) == 230


def answer_of_sources(aws: Aws, folder: Path) -> object:
    (folder / "code.py").write_text("import pydantic\ndef handler(event, context): return 'old'")
    return lab.call(aws, lab.create_function(aws, source_package(folder)))


def test_functions_run_from_their_sources_with_the_projects_libraries(
    ours: Aws, stock: Aws, tmp_path: Path
) -> None:
    assert answer_of_sources(ours, tmp_path) == "old"
    assert answer_of_sources(stock, tmp_path) != "old"


def test_a_changed_source_is_run_within_two_seconds(ours: Aws, tmp_path: Path) -> None:
    source = tmp_path / "code.py"
    source.write_text("def handler(event, context): return 'old'")
    function = lab.create_function(ours, source_package(tmp_path))
    assert lab.call(ours, function) == "old"
    source.write_text("def handler(event, context): return 'changed'")
    assert lab.eventually(lambda: lab.call(ours, function) == "changed", seconds=2)


def test_a_source_that_cannot_be_imported_is_reported_and_can_be_mended(
    ours: Aws, tmp_path: Path
) -> None:
    source = tmp_path / "code.py"
    source.write_text("import nothing_of_that_name")
    function = lab.create_function(ours, source_package(tmp_path))
    assert lab.call(ours, function)["errorType"] == "Runtime.ImportModuleError"
    source.write_text("def handler(event, context): return 'mended'")
    assert lab.eventually(lambda: lab.call(ours, function) == "mended", seconds=2)


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
