"""`skafu outputs`: write where the deployed command API is to a file."""

import json
from pathlib import Path
from typing import Annotated

import typer

from skafu.reach.target import EnvironmentOption, Target
from skafu.terminal import say

PUBLIC = Path(__file__).resolve().parents[2] / "frontend" / "public"


def outputs(
    environment: EnvironmentOption = "dev",
    folder: Annotated[Path, typer.Option(help="The folder that it is written to.")] = PUBLIC,
) -> None:
    """Write skafu_outputs.json, which tells other tools the command API of an environment."""
    found = Target(environment).stack_outputs()
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "skafu_outputs.json"
    file.write_text(json.dumps({"commandApiUrl": found["CommandApiUrl"]}, indent=2) + "\n")
    say(f"{file}: {found['CommandApiUrl']}")
