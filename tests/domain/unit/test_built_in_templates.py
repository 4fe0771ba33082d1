"""The four templates: the command API takes them, and any project can be rendered with them."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import yaml

from domain.project.values import Runtime
from domain.runtimes import LIFECYCLES, successor
from domain.template.values import Given
from edge.http.api import resolve
from skafu.commands.seed import planted
from skafu.reach.command_api import operator
from skafu.reach.target import Target
from skafu.seeding.folders import read
from tests.domain.support.scaffolds import (
    CASES,
    FEATURES,
    FEWEST,
    FOLDER,
    rendered,
    rendered_with,
)
from tests.support.world import APP, CURRENT, World

pytestmark = pytest.mark.feature("C8", "I8")
ODD = (
    '"It\'s" `${{ x }}` {{ y }} \\n </script> 🫖',
    "x" * 100,
    "a\u2028b\u2029c: #d - 'e' %f $g !h &i *j",
    "🫖",
    "名前",
    "true",
    "\uffff \u3000 ${AWS::Region} {{resolve:a}}",
    "\N{FACSIMILE SIGN}" * 100,
)
NAMED = [
    (slug, features, name)
    for slug, features in CASES
    for name in (ODD if features else ODD[:1])  # all of a template is in what has its features
]
REFERENCES = "${AWS::Region} {{resolve:ssm:a}} ${Api.Arn}"
"""What CloudFormation takes for a reference, or for one that is wrong."""


class OneSystem(Target):
    """A system in this process: its command API, invoked by an identity."""

    arn = "arn:aws:sts::123456789012:assumed-role/Deployer/session"

    def client(self, service: str, config: object = None) -> Any:  # noqa: ANN401 - as boto3's
        return self

    def get_caller_identity(self) -> dict[str, str]:
        return {"Arn": self.arn}

    def invoke(self, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803 - boto3's
        assert FunctionName == "skafu-command-api-test"
        answer = resolve(APP, json.loads(Payload), None)
        return {"Payload": BytesIO(json.dumps(answer).encode())}


@pytest.fixture
def system() -> OneSystem:
    World()
    return OneSystem("test")


def test_there_are_four() -> None:
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(FEATURES)


@pytest.mark.parametrize("slug", FEATURES)
def test_seeding_drafts_and_publishes_once(
    system: OneSystem, slug: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (seed,) = read(FOLDER / slug)

    assert [*planted(system, seed)] == []
    assert [*planted(system, seed)] == []
    assert capsys.readouterr().out.splitlines() == [f"{slug}: made", f"{slug}: as it should be"]
    assert [count for _, count in CURRENT.store.heads()] == [2]


@pytest.mark.parametrize(("slug", "features", "name"), NAMED)
def test_files_are_what_their_names_say_whatever_the_project_is_called(
    slug: str, features: Sequence[str], name: str
) -> None:
    files = rendered(slug, replace(FEWEST, name=name, features=features))

    for path, content in files.items():
        PARSERS.get(path.rpartition(".")[2], str)(content)
    assert "<%" not in "".join(files.values())


PARSERS: Mapping[str, Callable[[str], object]] = {
    "py": ast.parse,
    "json": json.loads,
    "toml": tomllib.loads,
    "yaml": lambda text: [*yaml.parse(text)],
    "yml": yaml.safe_load,
}


@pytest.mark.parametrize(("slug", "features", "name"), NAMED)
def test_python_is_in_order_by_the_rules_of_the_scaffold_itself(
    slug: str, features: Sequence[str], name: str, tmp_path: Path
) -> None:
    for path, content in rendered(slug, replace(FEWEST, name=name, features=features)).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(content)

    for words in (["check"], ["format", "--check"]):
        command = [sys.executable, "-m", "ruff", *words, "--no-cache", "."]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("slug", ["sam-api-template", "worker-template", "full-stack-template"])
@pytest.mark.parametrize("name", ODD)
def test_the_name_arrives_as_it_is(slug: str, name: str) -> None:
    files = rendered(slug, replace(FEWEST, name=name))
    (source,) = (text for path, text in files.items() if re.search(r"src/\w+\.py$", path))

    names = {
        target.id: node.value
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    assert ast.literal_eval(names["NAME"]) == name


@pytest.mark.parametrize(
    ("slug", "parameters"),
    [
        ("sam-api-template", {"allowedOrigins": [REFERENCES]}),
        ("worker-template", {}),
        ("full-stack-template", {"siteUrl": REFERENCES}),
    ],
)
def test_nothing_that_people_write_refers_to_anything_in_a_stack(
    slug: str, parameters: Mapping[str, Given]
) -> None:
    """`sam validate --lint` refuses references outside of `!Sub`, and those to nothing."""
    written = rendered_with(slug, replace(FEWEST, name=REFERENCES), parameters)
    without = rendered(slug, replace(FEWEST, name="x"))

    for path in (path for path in written if path.endswith("template.yaml")):
        assert 'Description: "$(AWS::Region) ((resolve:ssm:a)) $(Api.Arn)"' in written[path]
        assert written[path].count("${") == without[path].count("${")
        assert "{{" not in written[path]


@pytest.mark.parametrize("slug", ["sam-api-template", "worker-template", "full-stack-template"])
@pytest.mark.parametrize("name", ["x" * 100, "aB" * 50, "\N{FACSIMILE SIGN}" * 100])
def test_every_project_has_a_name_that_a_stack_can_have(slug: str, name: str) -> None:
    files = rendered(slug, replace(FEWEST, name=name))
    (settings,) = (text for path, text in files.items() if path.endswith("samconfig.toml"))

    stack = tomllib.loads(settings)["default"]["global"]["parameters"]["stack_name"]
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
    assert re.fullmatch(r"[a-zA-Z][-a-zA-Z0-9]{0,127}", stack)


@pytest.mark.parametrize("slug", FEATURES)
@pytest.mark.parametrize("runtime", Runtime)
def test_the_readme_says_which_runtime_it_was_made_for(slug: str, runtime: Runtime) -> None:
    readme = rendered(slug, replace(FEWEST, runtime=runtime))["README.md"]

    retired = LIFECYCLES[runtime].is_retired
    assert (
        f"names {runtime}, which AWS has retired: {successor(runtime)} takes" in readme
    ) == retired


@pytest.mark.parametrize("slug", ["sam-api-template", "worker-template", "full-stack-template"])
@pytest.mark.parametrize("runtime", Runtime)
def test_no_function_is_made_for_a_runtime_that_aws_has_retired(
    slug: str, runtime: Runtime
) -> None:
    files = rendered(slug, replace(FEWEST, runtime=runtime))
    (text,) = (text for path, text in files.items() if path.endswith("template.yaml"))

    assert "    Default: python3.13\n" in text


def test_lock_files_name_no_registry() -> None:
    for path in FOLDER.rglob("*"):
        if path.name in ("pnpm-lock.yaml", "requirements-dev.txt"):
            assert re.findall(r"(?<!# )https?://\S+", path.read_text()) == []


@pytest.mark.parametrize(
    ("arn", "expected"),
    [
        (OneSystem.arn, ("operator:123456789012:role/Deployer", "Deployer")),
        ("arn:aws:iam::123456789012:user/eng/ada", ("operator:123456789012:user/ada", "ada")),
        ("arn:aws:iam::123456789012:root", ("operator:123456789012:root", "root")),
    ],
)
def test_an_operator_is_recorded_by_the_identity_in_aws(
    system: OneSystem, arn: str, expected: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(OneSystem, "arn", arn)

    assert operator(system) == expected
