"""The runtime and the architecture that a package is made for, as the template has them."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

MACHINES = {"x86_64": "x86_64", "arm64": "aarch64"}
# Amazon Linux 2 has glibc 2.26, Amazon Linux 2023, from Python 3.12 on, 2.34. uv knows these names.
OLDEST_GLIBC = {"3.11": "manylinux2014"}
GLIBC = "manylinux_2_28"


class NotPackaged(Exception):
    """The reason why no package can be made, and what to do about it."""


@dataclass(frozen=True, slots=True)
class Target:
    """A Lambda runtime, such as python3.13, on an architecture: arm64 or x86_64."""

    runtime: str
    architecture: str

    @property
    def version(self) -> str:
        return self.runtime.removeprefix("python")

    @property
    def platform(self) -> str:
        """The platform by the name that uv has for it."""
        return f"{MACHINES[self.architecture]}-{OLDEST_GLIBC.get(self.version, GLIBC)}"

    def __str__(self) -> str:
        return f"{self.runtime} on {self.architecture}"


def target(runtime: str, architecture: str) -> Target:
    """Return the target if a package can be made for it; raises `NotPackaged`."""
    if not re.fullmatch(r"python3\.(1[1-9]|[2-9]\d)", runtime):
        raise NotPackaged(f"PythonRuntime must be python3.11 or later, not {runtime!r}.")
    if architecture not in MACHINES:
        raise NotPackaged(f"Architecture must be one of {', '.join(MACHINES)}: {architecture!r}.")
    return Target(runtime, architecture)


def of_build(function: str, artifacts: Path) -> Target:
    """Return the target of a function in the build that SAM has begun; raises `NotPackaged`.

    SAM tells a makefile neither runtime nor architecture, but has written both to build.toml,
    beside the folder of all artifacts.
    """
    graph = artifacts.parent.parent / "build.toml"
    if graph.exists():
        definitions = tomllib.loads(graph.read_text())["function_build_definitions"].values()
        for definition in definitions:
            if function in definition["functions"]:
                return target(definition["runtime"], definition["architecture"])
    raise NotPackaged(
        f"{graph} does not say for which runtime {function} is built. "
        "Build all functions once: `sam build` without the name of a function."
    )
