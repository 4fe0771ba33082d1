"""A renderer whose texts run in a process of their own, with limits that nothing gets around."""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from typing import Any

from adapters.jinja.limits import Limits
from application.scaffolding import Files, NotRendered, Values

# An isolated interpreter looks for modules nowhere: it is told where this one found them.
CHILD = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from adapters.jinja.child import main; main()"
)
# Lambda's Python finds its own library by it. Credentials are in the others.
KEPT = ("LD_LIBRARY_PATH",)


class JinjaRenderer:
    """Renders with Jinja2's immutable sandbox, all files of a scaffold in one process."""

    def __init__(self, limits: Limits = Limits()) -> None:  # noqa: B008 - it is frozen
        self._limits = limits

    def render(self, files: Files, values: Values) -> Files:
        """Return the files with the values in them. Raises `NotRendered`."""
        task = {"files": dict(files), "values": values, "limits": asdict(self._limits)}
        answer = outcome(json.dumps(task), self._limits.seconds)
        if "error" in answer:
            raise NotRendered(answer["error"])
        found: dict[str, str] = answer["files"]
        return found


def outcome(task: str, seconds: float) -> dict[str, Any]:
    """Run the task in a process without this one's secrets. Raises `NotRendered`."""
    try:
        ended = subprocess.run(
            [sys.executable, "-I", "-S", "-c", CHILD, json.dumps(sys.path)],
            input=task.encode(),
            capture_output=True,
            timeout=seconds,
            check=False,
            env={name: os.environ[name] for name in KEPT if name in os.environ},
            close_fds=True,
        )
    except subprocess.TimeoutExpired:
        raise NotRendered(f"The files take more than {seconds:g} seconds.") from None
    if ended.returncode or not ended.stdout:
        raise NotRendered("The files take more time or memory than is allowed.")
    answer: dict[str, Any] = json.loads(ended.stdout)
    return answer
