"""The command line: one module a command, registered here with its panel and its examples."""

from collections.abc import Callable

import typer

from skafu.commands import (
    bench,
    contract,
    cost,
    dev,
    dlq,
    doctor,
    forget_subject,
    history,
    invoke,
    outputs,
    publish,
    simulate,
    state,
    verify,
    why,
)
from skafu.commands import token as tokens
from skafu.commands.help import (
    A_FIELD,
    AGGREGATE,
    COMMAND,
    MAINTAIN,
    OPERATE,
    SAMPLE,
    USE,
    examples,
)

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
    help="Run Skafu on this machine, and look into a system, here or in AWS.",
    epilog=examples("dev", f"history {AGGREGATE}", "verify --help"),
)


def add(panel: str, command: Callable[..., None], *lines: str) -> None:
    app.command(rich_help_panel=panel, epilog=examples(*lines))(command)


add(USE, dev.dev, "dev", "dev --fresh --no-web")
add(
    USE,
    tokens.token,
    "token owner@skafu.dev",
    "token owner@skafu.dev --access",
)
add(USE, history.history, f"history {AGGREGATE}", f"history {AGGREGATE} --cloudevents")
add(USE, state.state, f"state {AGGREGATE}", f"state {AGGREGATE} --version 3")
add(USE, why.why, f"why {AGGREGATE} 3", f"why {AGGREGATE} {A_FIELD}")
add(USE, invoke.invoke, f"invoke CommandApi {SAMPLE}")
add(OPERATE, verify.verify, "verify", "verify --repair --environment prod")
add(OPERATE, doctor.doctor, "doctor", "doctor --json --environment prod")
app.add_typer(dlq.app, name="dlq", rich_help_panel=OPERATE)
add(
    OPERATE,
    publish.publish,
    "publish --since 2026-01-31T14:00 --until 2026-02-01T09:30 --dry-run",
    "publish --since 2026-01-31T14:00 --environment prod",
)
add(
    OPERATE,
    forget_subject.forget_subject,
    "forget-subject 1c0ffee0-0000-4000-8000-000000000001 --environment prod",
)
add(OPERATE, outputs.outputs, "outputs --environment prod")
add(MAINTAIN, cost.cost, "cost", f"cost {COMMAND} --subscribers 3", "cost --accept")
add(MAINTAIN, simulate.simulate, "simulate --schedules 2000", "simulate --seed 42 --trace")
add(MAINTAIN, bench.bench, "bench", "bench units")
app.add_typer(contract.app, name="contract", rich_help_panel=MAINTAIN)

if __name__ == "__main__":
    app()
