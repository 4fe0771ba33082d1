"""What mends rows on a running stack: the reconciler, and a rebuild by workflow."""

from collections.abc import Callable

from typer.testing import CliRunner

from local.stack import Stack
from skafu.cli import app
from tests.support import lab
from tests.support.template import function_name

Mender = Callable[[Stack], int]
"""Mend all rows; return how many were mended or written."""


def by_reconciler(running: Stack) -> int:
    answer = lab.call(running.aws, function_name("Reconciler"), {"graceSeconds": 0})
    assert answer.get("finished"), answer
    return int(answer["mended"])


def by_workflow(running: Stack) -> int:
    code, said = in_workflow(running, "rebuild", "--segments", "2")
    assert code == 0, said
    return int(said.splitlines()[-1].removesuffix(" rows were written"))


def in_workflow(running: Stack, *words: str) -> tuple[int, str]:
    """Run a command with `--workflow`; return its exit code and output."""
    outputs = running.options.state_dir / "outputs.json"
    given = [*words, "--workflow", "--outputs", str(outputs)]
    # Wide enough that no line is broken.
    answer = CliRunner(env={"COLUMNS": "300"}).invoke(app, given)
    return answer.exit_code, answer.output


MENDERS = (by_reconciler, by_workflow)
