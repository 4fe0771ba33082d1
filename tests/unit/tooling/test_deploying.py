"""`make build` and `make deploy`: what is found out, and what is said when it cannot be."""

from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from subprocess import CompletedProcess
from types import SimpleNamespace
from typing import Any, Protocol, Self

import pytest

from local import archives
from scripts import deploy
from scripts.deploying import account
from scripts.deploying.sam_words import NotDeployed, deployment, following_from

SETTINGS = {
    "default": {
        "global": {
            "parameters": {
                "parameter_overrides": [
                    "PythonRuntime=python3.13",
                    "Environment=dev",
                    "Firewall=on",
                ]
            }
        }
    },
    "prod": {
        "global": {
            "parameters": {"parameter_overrides": "PythonRuntime=python3.12 Environment=prod"}
        },
        "deploy": {"parameters": {"parameter_overrides": ["DeletionProtection=on"]}},
    },
}


def overrides(words: list[str]) -> dict[str, str]:
    """Return the parameters in a command line of SAM."""
    after = words[words.index("--parameter-overrides") + 1 :]
    listed = [word for word in after if "=" in word and not word.startswith("--")]
    return dict(word.split("=", 1) for word in listed)


@pytest.fixture
def no_aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No region, no profile, and no credentials."""
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ACCESS_KEY_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.mark.feature("M1")
def test_build_and_deployment_are_for_one_runtime() -> None:
    wanted = deployment("dev", [], SETTINGS)

    assert overrides(wanted.build())["PythonRuntime"] == "python3.13"
    assert overrides(wanted.deploy(protected=True))["PythonRuntime"] == "python3.13"


@pytest.mark.feature("M1")
def test_a_runtime_given_once_is_taken_by_both() -> None:
    words = [
        "--no-confirm-changeset",
        "--parameter-overrides",
        "PythonRuntime=python3.14",
        "--debug",
    ]
    wanted = deployment("prod", words, SETTINGS)

    assert overrides(wanted.build())["PythonRuntime"] == "python3.14"
    assert overrides(wanted.deploy(protected=True))["PythonRuntime"] == "python3.14"
    assert wanted.deploy(protected=True)[-2:] == ["--no-confirm-changeset", "--debug"]
    assert "--no-confirm-changeset" not in wanted.build()


def test_an_environment_without_a_section_has_its_own_names_and_the_settings_of_all() -> None:
    wanted = deployment("sandbox-ada", [], SETTINGS)

    words = wanted.deploy(protected=False)
    assert words[words.index("--stack-name") + 1] == "skafu-sandbox-ada"
    assert "environment=sandbox-ada" in words
    assert overrides(words) == {
        "DeletionProtection": "off",
        "PythonRuntime": "python3.13",
        "Firewall": "on",
        **following_from("sandbox-ada"),
    }
    assert following_from("main")["GraphqlUrl"] == "/skafu/main/graphqlUrl"


def test_a_section_of_its_own_precedes() -> None:
    assert overrides(deployment("prod", [], SETTINGS).deploy(protected=False)) == {
        "DeletionProtection": "on",
        "PythonRuntime": "python3.12",
        "Firewall": "on",
        **following_from("prod"),
    }


@pytest.mark.parametrize(
    "environment", ["", "Dev", "1st", "a" * 21, "ünicode", "a b", "-x", "x;y", "local"]
)
def test_a_name_that_no_resource_can_have_is_refused(environment: str) -> None:
    with pytest.raises(NotDeployed, match="ENV must be 1 to 20 lower-case letters"):
        deployment(environment)


@pytest.mark.usefixtures("no_aws")
def test_without_a_region_one_sentence_says_how_to_set_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert deploy.main("deploy", "dev") == 1

    assert capsys.readouterr().err.startswith("No AWS region is set: name one in AWS_REGION")


@pytest.mark.usefixtures("no_aws")
@pytest.mark.parametrize("words", [["--profile", "nobody"], ["--region", "eu-central-1"]])
def test_an_account_that_cannot_be_asked_is_one_sentence(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert deploy.main("deploy", "dev", *words) == 1

    error = capsys.readouterr().err
    assert len(error.splitlines()) == 1
    assert "nobody" in error or "credentials" in error


@pytest.mark.usefixtures("no_aws")
def test_the_region_is_that_of_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "config").write_text(
        "[default]\nregion = eu-north-1\n[profile b]\nregion = us-west-2\n"
    )

    assert account.session([]).region_name == "eu-north-1"
    assert account.session(["--profile", "b"]).region_name == "us-west-2"
    assert account.session(["--region", "ap-south-1"]).region_name == "ap-south-1"


class Account:
    """An account with a stack in some state; `sam` notes the command lines."""

    def __init__(self, status: str | None, missing: tuple[str, ...] = ()) -> None:
        self.status, self.missing = status, missing
        self.commands: list[list[str]] = []
        self.announced: list[tuple[str, int]] = []
        self.seeded: list[str] = []
        self.region_name = "eu-central-1"

    def client(self, _: str) -> Self:
        return self

    def get_parameters(self, **_: object) -> dict[str, Any]:
        return {"InvalidParameters": list(self.missing)}


class Deploy(Protocol):
    """`make deploy` of an environment, into an account; returns the exit code."""

    def __call__(self, found: Account, environment: str, *words: str) -> int: ...


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch) -> Deploy:
    def run(found: Account, environment: str, *words: str) -> int:
        monkeypatch.setattr(account, "session", lambda _: found)
        monkeypatch.setattr(account, "is_new", lambda *_: found.status is None)
        monkeypatch.setattr(deploy, "sam", lambda words: found.commands.append([*words]))
        monkeypatch.setattr(archives, "share", lambda _: found.commands.append(["share"]))
        monkeypatch.setattr(
            deploy,
            "announce",
            lambda _, name: found.announced.append((name, len(found.commands))),
        )
        monkeypatch.setattr(deploy, "seed", lambda _, name: found.seeded.append(name))
        return deploy.main("deploy", environment, *words)

    return run


def protection(found: Account) -> list[str | None]:
    commands = [words for words in found.commands if words != ["share"]]
    return [overrides(words).get("DeletionProtection") for words in commands]


def test_tables_are_protected_once_the_stack_is_there(deployed: Deploy) -> None:
    found = Account(None)
    assert deployed(found, "trial") == 0

    assert [words[0] for words in found.commands] == ["build", "share", "deploy", "deploy"]
    assert protection(found) == [None, "off", "on"]


def test_the_page_is_told_where_the_api_is_once_all_is_there(deployed: Deploy) -> None:
    found = Account("CREATE_COMPLETE")
    assert deployed(found, "trial") == 0

    assert found.announced == [("trial", len(found.commands))]
    assert found.seeded == ["trial"]


def test_a_stack_that_is_there_is_deployed_once_and_stays_protected(deployed: Deploy) -> None:
    found = Account("CREATE_COMPLETE")
    assert deployed(found, "trial") == 0

    assert protection(found) == [None, "on"]


def test_who_wants_no_protection_says_so(deployed: Deploy) -> None:
    found = Account(None)
    assert deployed(found, "trial", "--parameter-overrides", "DeletionProtection=off") == 0

    assert protection(found) == ["off", "off"]


def test_amplify_is_deployed_first(deployed: Deploy, capsys: pytest.CaptureFixture[str]) -> None:
    found = Account(None, missing=("/skafu/trial/graphqlUrl",))

    assert deployed(found, "trial") == 1
    assert found.commands == []
    assert "Amplify has not written /skafu/trial/graphqlUrl" in capsys.readouterr().err


@pytest.mark.parametrize("code", [0, 1])
def test_templates_are_seeded_with_the_profile_and_region_of_the_deployment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: int
) -> None:
    monkeypatch.setattr(deploy, "SEEDS", tmp_path)
    ran: list[tuple[list[str], str | None, str | None]] = []

    def run(command: list[str], env: Mapping[str, str], **_: object) -> CompletedProcess[str]:
        ran.append((command[1:], env.get("AWS_PROFILE"), env["AWS_REGION"]))
        return CompletedProcess(command, code)

    monkeypatch.setattr("subprocess.run", run)
    session: Any = SimpleNamespace(profile_name="b", region_name="us-west-2")
    with pytest.raises(NotDeployed, match="skafu seed") if code else nullcontext():
        deploy.seed(session, "trial")

    assert ran == [(["-m", "skafu.cli", "seed", "--environment", "trial"], "b", "us-west-2")]
