"""`skafu outputs`: tell the page where the deployed command API is."""

import json
from pathlib import Path
from typing import Annotated

import typer

from skafu.reach.target import EnvironmentOption, Target

PUBLIC = Path(__file__).resolve().parents[2] / "frontend" / "public"


def outputs(
    environment: EnvironmentOption = "dev",
    folder: Annotated[Path, typer.Option(help="Where the page looks for it.")] = PUBLIC,
) -> None:
    """Write skafu_outputs.json for the page, from what an environment's stack says of itself."""
    found = Target(environment).stack_outputs()
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "skafu_outputs.json"
    file.write_text(json.dumps({"commandApiUrl": found["CommandApiUrl"]}, indent=2) + "\n")
    typer.echo(f"{file}: {found['CommandApiUrl']}")
