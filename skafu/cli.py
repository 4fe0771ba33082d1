"""The command line: one module a command, registered here with its panel and its examples.

A command's module is imported when the command is used: some bring what takes a second to import.
"""

import typer

from skafu.commands.help import MAINTAIN, OPERATE, USE, examples
from skafu.loading import Commands, add

add(USE, "dev", "dev", "dev --fresh --no-web")
add(USE, "token", "token owner@skafu.dev", "token owner@skafu.dev --access")
add(USE, "history", "history {AGGREGATE}", "history {AGGREGATE} --cloudevents")
add(USE, "state", "state {AGGREGATE}", "state {AGGREGATE} --version 3")
add(USE, "why", "why {AGGREGATE} 3", "why {AGGREGATE} {A_FIELD}")
add(USE, "invoke", "invoke CommandApi {SAMPLE}")
add(OPERATE, "verify", "verify", "verify --repair --environment prod")
add(OPERATE, "lag", "lag", "lag --json --environment prod")
add(
    OPERATE,
    "rebuild",
    "rebuild --dry-run",
    "rebuild {MODEL} --environment prod",
    "rebuild --workflow --segments 64 --environment prod",
)
add(
    OPERATE,
    "rehearse",
    "rehearse --deployed v1.4.0 --environment prod",
    "rehearse --deployed ../deployed --json",
    "rehearse --environment prod",
)
add(
    OPERATE,
    "replay",
    "replay --to {PROJECTION} --aggregate {AGGREGATE}",
    "replay --since 2026-01-31T14:00 --rate 50 --environment prod",
    "replay --to {PROJECTION} --workflow --rate 200 --environment prod",
)
add(
    OPERATE,
    "workflow",
    "workflow",
    "workflow rebuild-20260131-140000-1a2b --environment prod",
    "workflow rebuild-20260131-140000-1a2b --stop --environment prod",
)
add(OPERATE, "doctor", "doctor", "doctor --json --environment prod")
add(OPERATE, "dlq")
add(OPERATE, "saga")
add(
    OPERATE,
    "logs",
    "logs 0194b2c1-7d3e-7c55-9a6b-0123456789ab",
    "logs 0194b2c1-7d3e-7c55-9a6b-0123456789ab --since 7d --environment prod",
    "logs 0194b2c1-7d3e-7c55-9a6b-0123456789ab --json",
)
add(OPERATE, "trace", "trace 0194b2c1-7d3e-7c55-9a6b-0123456789ab")
add(
    OPERATE,
    "publish",
    "publish --since 2026-01-31T14:00 --until 2026-02-01T09:30 --dry-run",
    "publish --since 2026-01-31T14:00 --environment prod",
)
add(
    OPERATE,
    "forget-subject",
    "forget-subject somebody@example.org --environment prod",
    "forget-subject 1c0ffee0-0000-4000-8000-000000000001 --environment prod",
)
add(OPERATE, "seed", "seed", "seed my-templates --environment prod")
add(OPERATE, "endpoint", "endpoint --environment prod")
add(OPERATE, "env-vars", "env-vars --environment dev > env.json")
add(OPERATE, "outputs", "outputs --environment prod")
add(MAINTAIN, "cost", "cost", "cost {COMMAND} --subscribers 3", "cost --accept")
add(MAINTAIN, "simulate", "simulate --schedules 2000", "simulate --seed 42 --trace")
add(MAINTAIN, "bench", "bench", "bench units")
add(MAINTAIN, "contract")

app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
    help="Run Skafu on this machine, and look into a system, here or in AWS.",
    epilog=examples("dev", "token owner@skafu.dev", "verify --help"),
)


@app.callback()
def root() -> None:
    """Hold the commands; typer makes a group of what has a callback."""


if __name__ == "__main__":
    app()
