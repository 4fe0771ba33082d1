"""The package that `sam build` makes, one for all functions, for every runtime of the template."""

import ast
import hashlib
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.packaging import bytecode
from scripts.packaging.package import SRC, Packages
from scripts.packaging.target import NotPackaged, Target, of_build, target
from tests.support import init, template
from tests.support.runtimes import HERE, IMPORTABLE, RUNTIMES

DEFAULT = target(
    template.parameters()["PythonRuntime"]["Default"],
    template.parameters()["Architecture"]["Default"],
)
MOST_BYTES = 65_000_000  # Lambda allows 262 144 000; every one of them is copied at a cold start
IMPORT_ALL = """
import importlib, sys
sys.path.insert(0, sys.argv[1])
for handler in sys.argv[2].split(","):
    assert callable(importlib.import_module("handlers." + handler).handler)
from handlers import wiring
for service in sys.argv[3].split(","):
    wiring.aws_client(service)
import boto3, gql
assert boto3.__file__.startswith(sys.argv[1]) and gql.__file__.startswith(sys.argv[1])
"""
GRAPH = """
[function_build_definitions.1]
runtime = "python3.12"
architecture = "arm64"
functions = ["CommandApi"]
[function_build_definitions.2]
runtime = "python2.7"
architecture = "arm64"
functions = ["Old"]
"""

pytestmark = pytest.mark.timeout(300)


def delivered(wanted: Target, folder: Path) -> Path:
    """Return a folder filled as those of `sam build`, from packages that builds share."""
    Packages().deliver(wanted, folder / "function")
    return folder / "function"


def contents(folder: Path) -> dict[str, str]:
    """Return the digest of every file."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def clients_in_code() -> Iterator[str]:
    """Yield the AWS services of which src/ makes a client."""
    for file in SRC.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            match node:
                case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(service))]):
                    yield from [service] if name in ("aws_client", "new_client") else []
                case ast.Call(
                    func=ast.Attribute(attr="client"), args=[ast.Constant(value=str(service)), *_]
                ):
                    yield service


@pytest.mark.feature("M1")
@pytest.mark.parametrize("runtime", RUNTIMES)
@pytest.mark.parametrize("architecture", [HERE])
def test_a_package_is_made_for_every_runtime(
    runtime: str, architecture: str, tmp_path: Path
) -> None:
    folder = delivered(target(runtime, architecture), tmp_path)

    tag = runtime.removeprefix("python").replace(".", "")
    compiled = {path.name.split(".")[1] for path in folder.rglob("*.so")}
    assert {name.split("-")[1] for name in compiled if name.startswith("cpython")} == {tag}
    assert sum(path.stat().st_size for path in folder.rglob("*")) < MOST_BYTES
    assert not (folder / "Makefile").exists()


@pytest.mark.feature("M1")
def test_the_default_package_is_of_the_architecture_of_the_template(tmp_path: Path) -> None:
    folder = delivered(DEFAULT, tmp_path)

    machine = {"arm64": 183, "x86_64": 62}[DEFAULT.architecture]  # e_machine of ELF
    found = {int.from_bytes(path.read_bytes()[18:20], "little") for path in folder.rglob("*.so")}
    assert found == {machine}


@pytest.mark.feature("M1")
@pytest.mark.parametrize("runtime", IMPORTABLE)
def test_every_handler_of_a_package_is_imported_by_its_runtime(
    runtime: str, tmp_path: Path
) -> None:
    folder = delivered(target(runtime, HERE), tmp_path)
    python = bytecode.interpreter(runtime.removeprefix("python"))
    assert python

    services = ",".join(clients_in_code())
    variables = init.variables("function") | {"PROJECTION": next(iter(template.projectors()))}
    given = [str(folder), ",".join(init.handlers()), services]
    command = [str(python.path), "-I", "-S", "-c", IMPORT_ALL, *given]
    done = subprocess.run(command, env=variables, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("runtime", IMPORTABLE)
def test_bytecode_is_shipped_that_is_valid_whatever_date_the_zip_gives(
    runtime: str, tmp_path: Path
) -> None:
    folder = delivered(target(runtime, HERE), tmp_path)

    sources = [path for path in folder.rglob("*.py") if path.is_file()]
    compiled = [*folder.rglob("*.pyc")]
    assert len(compiled) == len(sources) > 1000
    # The flags after the magic number: by hash, and not compared with the source (PEP 552).
    assert {path.read_bytes()[4:8] for path in compiled} == {(1).to_bytes(4, "little")}


def test_two_builds_are_equal(tmp_path: Path) -> None:
    """One that is kept may be days old: it follows from the same sources, tools and target."""
    wanted = target(IMPORTABLE[0], HERE)
    kept = delivered(wanted, tmp_path)
    Packages(tmp_path / "kept").deliver(wanted, tmp_path / "again")

    assert contents(kept) == contents(tmp_path / "again")


def test_a_change_of_the_sources_makes_another_package(tmp_path: Path) -> None:
    src = tmp_path / "src"
    (src / "handlers").mkdir(parents=True)
    (src / "handlers/one.py").write_text("A = 1\n")
    Packages().deliver(DEFAULT, tmp_path / "before", src)
    (src / "handlers/one.py").write_text("A = 2\n")
    Packages().deliver(DEFAULT, tmp_path / "after", src)

    assert (tmp_path / "before/handlers/one.py").read_text() == "A = 1\n"
    assert (tmp_path / "after/handlers/one.py").read_text() == "A = 2\n"


def test_the_services_that_are_kept_are_those_that_the_code_calls(tmp_path: Path) -> None:
    """A service whose description was left out fails only when its client is made."""
    kept = {path.name for path in (delivered(DEFAULT, tmp_path) / "botocore/data").glob("*/")}

    assert kept == set(clients_in_code()) >= {"dynamodb", "kms"}
    # One way to make a client, so that the build sees them all.
    made = [file for file in SRC.rglob("*.py") if re.search(r"boto3\.client\(", file.read_text())]
    assert made == []


def test_a_function_that_sam_does_not_build_is_refused(tmp_path: Path) -> None:
    (tmp_path / "build.toml").write_text(GRAPH)

    assert of_build("CommandApi", tmp_path / "build/CommandApi") == Target("python3.12", "arm64")
    with pytest.raises(NotPackaged, match="Build all functions once"):
        of_build("QueryApi", tmp_path / "build/QueryApi")
    with pytest.raises(NotPackaged, match=r"python3\.11 or later, not 'python2\.7'"):
        of_build("Old", tmp_path / "build/Old")
    with pytest.raises(NotPackaged, match="Architecture must be one of"):
        target("python3.13", "riscv")
