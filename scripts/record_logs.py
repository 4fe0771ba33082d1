"""Records `skafu logs` following commands through the local stack, into docs/recordings/logs.txt,
and the first of them into docs/operations.md.

    .venv/bin/python -m scripts.record_logs [file]

Everything but the lines that begin with `#`, which say what is done, is real output.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import requests

from local import people, ports
from local.outputs import ROOT
from local.stack import Options, Stack, running_stack

RECORDING = ROOT / "docs" / "recordings" / "logs.txt"
PAGE = ROOT / "docs" / "operations.md"
BEGIN = "records -->\n\n```text\n"
END = "```\n"
OWNER = "owner@skafu.dev"
SERVICES = [{"serviceName": "web", "serviceType": "FRONTEND"}]


def record(stack: Stack) -> Iterator[str]:
    warm_up(stack)
    yield "# A project with a service is created, with `Idempotency-Key: tea-1`; it is sent twice."
    for _ in range(2):
        send(stack, {"name": "Tea", "services": SERVICES}, {"Idempotency-Key": "tea-1"})
    yield from shown(stack, "tea-1", "projection=services")
    yield "\n# Another one is deferred: `Prefer: respond-async`, with `X-Correlation-Id: later-1`."
    send(stack, {"name": "Coffee"}, {"Prefer": "respond-async", "X-Correlation-Id": "later-1"})
    yield from shown(stack, "later-1", "projection=projects")
    yield "\n# A third one is refused: its name is one blank."
    send(stack, {"name": " "}, {"Idempotency-Key": "empty-1"})
    yield from shown(stack, "empty-1", "refused")
    yield "\n# Nobody has sent this one."
    yield from shown(stack, "milk-1", "milk-1")


def warm_up(stack: Stack) -> None:
    """Let each function start before: two cores are slow to start nine at once."""
    send(stack, {"name": "Water", "services": SERVICES}, {"Idempotency-Key": "water-1"})
    send(stack, {"name": "Water"}, {"Prefer": "respond-async", "X-Correlation-Id": "water-2"})
    for id in ("water-1", "water-2"):
        list(shown(stack, id, "projection=projects"))
    list(shown(stack, "water-1", "projection=services"))


def send(stack: Stack, body: object, headers: dict[str, str]) -> None:
    token = people.sign_in(stack.aws, stack.pool.client_id, OWNER)["IdToken"]
    url = f"{stack.outputs['commandApiUrl']}/projects"
    requests.post(url, json=body, headers={"Authorization": token, **headers}, timeout=60)


def shown(stack: Stack, id: str, expected: str) -> Iterator[str]:
    """Yield the command and what it prints, once that has what is expected."""
    yield f"$ skafu logs {id}"
    deadline = time.monotonic() + 60
    while expected not in (text := printed(stack, id)):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{expected} is not in:\n{text}")
        time.sleep(0.5)
    yield text.rstrip()


def printed(stack: Stack, id: str) -> str:
    outputs = str(stack.options.state_dir / "outputs.json")
    done = subprocess.run(
        [sys.executable, "-m", "skafu.cli", "logs", id, "--outputs", outputs],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "COLUMNS": "200"},
        capture_output=True,
        text=True,
    )
    return done.stdout + done.stderr


def main(arguments: list[str]) -> None:
    target = Path(arguments[0]) if arguments else RECORDING
    emulator, appsync = ports.free(2)
    with tempfile.TemporaryDirectory() as folder:
        options = Options(state_dir=Path(folder), emulator_port=emulator, appsync_port=appsync)
        with running_stack(options) as stack:
            text = "\n".join(record(stack))
    target.write_text(text + "\n")
    if target == RECORDING:
        PAGE.write_text(embedded(PAGE.read_text(), text))


def embedded(page: str, recording: str) -> str:
    """Return the page with its example replaced by the first command of the recording."""
    example = recording.split("\n\n")[0].partition("\n")[2]
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}{example}\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    main(sys.argv[1:])
