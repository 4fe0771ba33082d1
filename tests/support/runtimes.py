"""Runtimes of the template, and those whose Python this machine has."""

import platform

from scripts.packaging import bytecode
from tests.support import template

HERE = "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"
RUNTIMES: list[str] = template.parameters()["PythonRuntime"]["AllowedValues"]
IMPORTABLE = [r for r in RUNTIMES if bytecode.interpreter(r.removeprefix("python"))]
