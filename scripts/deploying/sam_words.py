"""The command lines of SAM for an environment, from its name and samconfig.toml."""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SAMCONFIG = ROOT / "samconfig.toml"
# As in template.yaml; names of resources are made with it.
ENVIRONMENT = re.compile(r"[a-z][a-z0-9-]{0,19}")
LOCAL = "local"
OVERRIDES = "--parameter-overrides"
DEFAULT = "default"
PROTECTION = "DeletionProtection"
# Parameters of the template that amplify/backend.ts writes, by the name that SSM has them under.
SSM = {"GraphqlUrl": "graphqlUrl", "GraphqlApiArn": "apiArn", "UserPoolArn": "userPoolArn"}

Settings = Mapping[str, Any]


class NotDeployed(Exception):
    """The reason why nothing can be deployed, and what to do about it."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """What is built and deployed for an environment: its parameters, and further words for SAM."""

    environment: str
    section: str
    parameters: Mapping[str, str]
    words: Sequence[str]

    @property
    def stack(self) -> str:
        return f"skafu-{self.environment}"

    @property
    def ssm_names(self) -> dict[str, str]:
        return {name: self.parameters[name] for name in SSM}

    def build(self) -> list[str]:
        return ["build", "--config-env", self.section, *self._overrides(self.parameters)]

    def deploy(self, *, protected: bool) -> list[str]:
        """Deploy with or without protection of tables from deletion, unless that was said."""
        parameters = {PROTECTION: "on" if protected else "off", **self.parameters}
        tags = ["--tags", "project=skafu", f"environment={self.environment}"]
        named = ["--stack-name", self.stack, *(tags if self.section == DEFAULT else [])]
        overrides = self._overrides(parameters)
        return ["deploy", "--config-env", self.section, *named, *overrides, *self.words]

    def _overrides(self, parameters: Mapping[str, str]) -> list[str]:
        return [OVERRIDES, *(f"{name}={value}" for name, value in parameters.items())]


def deployment(
    environment: str, words: Sequence[str] = (), settings: Settings | None = None
) -> Deployment:
    """Return the deployment of an environment. Raises `NotDeployed`.

    Parameters among the words precede those of samconfig.toml; both the build and the deployment
    take them.
    """
    if not ENVIRONMENT.fullmatch(environment) or environment == LOCAL:
        raise NotDeployed(
            "ENV must be 1 to 20 lower-case letters, digits and hyphens, begin with a letter, and "
            f"not be {LOCAL}, which is this machine: {environment!r}."
        )
    settings = tomllib.loads(SAMCONFIG.read_text()) if settings is None else settings
    section = environment if environment in settings else DEFAULT
    given, rest = apart(words)
    configured = {**of_section(settings, DEFAULT), **of_section(settings, section)}
    parameters = {**configured, **following_from(environment), **own(settings, section), **given}
    return Deployment(environment, section, parameters, rest)


def following_from(environment: str) -> dict[str, str]:
    ssm = {name: f"/skafu/{environment}/{key}" for name, key in SSM.items()}
    return {"Environment": environment, **ssm}


def own(settings: Settings, section: str) -> dict[str, str]:
    """Return what an environment's own section says; that of default is about dev."""
    return of_section(settings, section) if section != DEFAULT else {}


def of_section(settings: Settings, section: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for command in ("global", "deploy"):
        parameters = settings.get(section, {}).get(command, {}).get("parameters", {})
        found |= pairs(parameters.get("parameter_overrides", []))
    return found


def pairs(words: Iterable[str] | str) -> dict[str, str]:
    listed = words.split() if isinstance(words, str) else words
    split = (word.partition("=") for word in listed)
    return {name: value for name, _, value in split}


def apart(words: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Take the parameters out of words for SAM."""
    if OVERRIDES not in words:
        return {}, [*words]
    begin = words.index(OVERRIDES)
    after = words[begin + 1 :]
    count = next((i for i, word in enumerate(after) if word.startswith("--")), len(after))
    return pairs(" ".join(after[:count])), [*words[:begin], *after[count:]]
