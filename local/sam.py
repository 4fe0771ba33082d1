"""The SAM CLI itself against the emulator: what `sam build` makes is what runs, as in AWS."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from local import archives
from local.aws import ACCOUNT, REGION, Aws
from local.deploy import DeploymentFailed, outputs_of
from local.outputs import ROOT

DEPLOY = (
    "--resolve-s3", "--no-confirm-changeset", "--no-fail-on-empty-changeset", "--no-progressbar",
    "--capabilities", "CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND",
)  # fmt: skip

# What tells installers of libraries where this machine gets them.
OF_INSTALLERS = ("PIP_", "UV_", "SSL_")


def executable() -> Path:
    return ROOT / ".tools" / "sam" / "bin" / "sam"


def build_and_deploy(
    aws: Aws, template: Path, stack: str, parameters: Mapping[str, str], folder: Path
) -> dict[str, str]:
    """`sam build` and `sam deploy`, as `make deploy` runs them, with the emulator as their AWS;
    return the stack's outputs.
    """
    overrides = [
        "--parameter-overrides",
        *(f"{name}={value}" for name, value in parameters.items()),
    ]
    build = str(folder / "build")
    built = f"{build}/template.yaml"
    run(aws, ["build", "--template", str(template), "--build-dir", build, *overrides], folder)
    archives.share(Path(built))
    run(aws, ["deploy", "--template-file", built, "--stack-name", stack, "--region", REGION,
              *DEPLOY, *overrides], folder)  # fmt: skip
    return outputs_of(aws.client("cloudformation"), stack)


def run(aws: Aws, arguments: list[str], folder: Path) -> None:
    """Run sam; raise DeploymentFailed with what it said."""
    folder.mkdir(parents=True, exist_ok=True)
    environment = {
        "PATH": f"{executable().parent}:{os.environ.get('PATH', '')}",
        "HOME": str(folder),
        "AWS_ENDPOINT_URL": aws.endpoint,
        "AWS_ACCESS_KEY_ID": ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
        "SAM_CLI_TELEMETRY": "0",
        **{name: value for name, value in os.environ.items() if name.startswith(OF_INSTALLERS)},
    }
    done = subprocess.run(
        [str(executable()), *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise DeploymentFailed(
            f"sam {arguments[0]} failed.\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
        )
