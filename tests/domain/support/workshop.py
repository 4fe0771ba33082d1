"""Scaffolds unpacked in a home of their own, and worked on as their READMEs say."""

import ast
import hashlib
import io
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from application.scaffolding import archive

# What says where packages come from, and how they are fetched; nothing else of the user's.
NETWORK = re.compile(
    r"(https?|no|all)_proxy|pip_.*|uv_.*|npm_config_.*|ssl_cert_\w+|requests_ca_bundle"
    r"|node_extra_ca_certs",
    re.IGNORECASE,
)
LONGEST = 280  # seconds


@dataclass(frozen=True)
class Outcome:
    code: int
    output: str

    def count(self, word: str) -> int:
        """Return how many tests `passed` or `failed`, as the last line of pytest or vitest says."""
        plain = re.sub(r"\x1b\[[0-9;]*m", "", self.output)
        found = re.findall(rf"^.*?\b(\d+) {word}\b", plain, re.MULTILINE)
        return int(found[-1]) if found else 0


@dataclass(frozen=True)
class Workshop:
    """A home that was empty, in which each lock file is installed once."""

    home: Path

    def unpack(self, name: str, files: Mapping[str, str]) -> "Scaffold":
        folder = self.home / "work" / name
        with zipfile.ZipFile(io.BytesIO(archive(files))) as whole:
            whole.extractall(folder)
        return Scaffold(self, folder)

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if NETWORK.fullmatch(name)}
        own = {"PATH": os.environ["PATH"], "HOME": str(self.home), "LANG": "C.UTF-8"}
        return kept | own | {"CI": "true", "SAM_CLI_TELEMETRY": "0"}


@dataclass(frozen=True)
class Scaffold:
    workshop: Workshop
    folder: Path

    def part(self, folder: str) -> "Scaffold":
        return Scaffold(self.workshop, self.folder / folder)

    def run(self, *command: str) -> Outcome:
        ended = subprocess.run(
            command, cwd=self.folder, env=self.workshop.environment(), text=True, check=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            timeout=LONGEST,
        )  # fmt: skip
        return Outcome(ended.returncode, ended.stdout)

    def make(self, target: str) -> Outcome:
        """Make a target of the scaffold's own, with what is installed for its lock file."""
        places = (f"VENV={self.installed()}", f"PYTHON={sys.executable}", "PNPM=pnpm")
        return self.run("make", target, *places)

    def pnpm(self, *words: str) -> Outcome:
        return self.run("pnpm", *words)

    def installed(self) -> Path:
        """Return the folder of the virtual environment; make fills it."""
        (lock,) = self.folder.rglob("requirements-dev.txt")
        digest = hashlib.sha256(lock.read_bytes()).hexdigest()[:12]
        return self.workshop.home / f"venv-{digest}"

    def install(self) -> None:
        """Install what the scaffold needs. Fails with the reason when there is no network."""
        ended = self.setup()
        if ended.code:
            pytest.fail(
                "The packages of a scaffold come from the network, and could not be installed:\n"
                + ended.output[-3000:]
            )

    def setup(self) -> Outcome:
        if (self.folder / "pnpm-lock.yaml").exists():
            return self.pnpm("install", "--frozen-lockfile")
        return self.make("install" if (self.folder / "frontend").exists() else self.stamp())

    def stamp(self) -> str:
        return str(self.installed() / "installed")

    def empty(self, path: str, function: str) -> None:
        """Leave nothing of a function but its name."""
        file = self.folder / path
        text = file.read_text()
        file.write_text(
            emptied_python(text, function) if path.endswith(".py") else emptied_page(text, function)
        )


def emptied_python(text: str, function: str) -> str:
    tree = ast.parse(text)
    (found,) = (n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == function)
    found.body = [ast.Return(ast.Constant(None))]
    return ast.unparse(ast.fix_missing_locations(tree))


def emptied_page(text: str, function: str) -> str:
    begin = text.index(f"export function {function}(")
    body = text.index(") {\n", begin) + len(") {\n")
    end = text.index("\n}\n", body)
    return f"{text[:body]}  return null;{text[end:]}"
