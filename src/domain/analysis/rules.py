"""The analyst that is always there: rules, which need no model and no network.

They are pure: the same project gets the same report. docs/analysis.md lists them.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from pydantic import JsonValue

from domain.analysis import costs, features
from domain.analysis.commands import (
    LONGEST_LIMITATION,
    MAX_NOT_JUDGED,
    AnalysisKind,
    Finding,
    FindingKind,
    MonthlyCost,
    Report,
    Severity,
)
from domain.analysis.texts import listed
from domain.ports import Subject
from domain.project.values import ParameterValue, ServiceType
from domain.runtimes import LIFECYCLES

Rule = Callable[[Subject], Iterable[Finding]]
SECRET_NAME = re.compile(
    r"passw(or)?d|secret|token|api_?key|private_?key|access_?key|credential", re.IGNORECASE
)
SECRET_VALUE = re.compile(r"^(AKIA|ASIA)[0-9A-Z]{16}$|-----BEGIN [A-Z ]*PRIVATE KEY-----")
REFERENCE = re.compile(r"^(arn:|\{\{resolve:|/|ssm:|\$\{)")
"""Where a secret is kept, not the secret."""
INSECURE = re.compile(r"^(http|ws|ftp|mongodb|redis|amqp)://(?!localhost\b|127\.0\.0\.1\b)")
DEBUGGING = frozenset({("debug", "1"), ("debug", "true"), ("log_level", "debug"),
                       ("log_level", "trace"), ("node_env", "development"),
                       ("flask_env", "development")})  # fmt: skip
MEMORY = (128, 10_240)
TIMEOUT = ("timeout",)
LONGEST = {ServiceType.API: 29, ServiceType.WORKER: 900}
"""Seconds after which AWS ends a request or a message, whatever a function's own limit is."""
DEAR = 500
LARGE_PART, LARGE_AMOUNT = 0.5, 20
ALWAYS_UNKNOWN = "The code of the services was not read: only what the project says of itself."


class RuleAnalyst:
    name = "rules-1"

    def analyse(self, subject: Subject) -> Report:
        """Return the report. Raises nothing."""
        found = [finding for rule in RULES[subject.kind] for finding in rule(subject)]
        found.sort(key=lambda finding: GRAVITY[finding.severity])
        cost = None if subject.kind is AnalysisKind.SECURITY else costs.monthly_cost(subject)
        return Report(
            summary=summary(subject, found, cost),
            findings=tuple(found),
            monthly_cost=cost,
            not_judged=tuple(not_judged(subject))[:MAX_NOT_JUDGED],
        )


GRAVITY = {Severity.CRITICAL: 0, Severity.WARNING: 1, Severity.INFO: 2}


def summary(subject: Subject, found: list[Finding], cost: MonthlyCost | None) -> str:
    counts = [
        f"{number} {severity.value.lower()}"
        for severity in GRAVITY
        if (number := sum(finding.severity is severity for finding in found))
    ]
    text = f"Found: {', '.join(counts)}." if counts else "The rules found nothing to object to."
    if cost is None:
        return text
    return f"{text} About {cost.total:,.2f} dollars a month in {costs.region_of(subject)}."


def not_judged(subject: Subject) -> Iterator[str]:
    yield ALWAYS_UNKNOWN
    if subject.question:
        yield "The question was not answered: rules cannot read it."
    if subject.configuration is None or not subject.configuration.region:
        yield f"The region is not chosen yet; prices are those of {costs.HOME}."
    elif (
        subject.kind is not AnalysisKind.SECURITY and costs.region_of(subject) not in costs.REGIONS
    ):
        yield f"Prices of this region are not known; those of {costs.HOME} were taken."
    chosen = subject.configuration.runtime if subject.configuration else ""
    if not chosen:
        yield "The runtime is not chosen yet."
    elif chosen not in LIFECYCLES:
        yield "How long this runtime is supported is not known."
    if unknown := features.unknown(costs.wished(subject)):
        yield clipped(f"No rule knows these features: {listed(unknown)}.")
    if costs.monthly_cost(subject) and subject.kind is not AnalysisKind.SECURITY:
        yield "Usage is assumed where the configuration of a service does not state it."


def clipped(text: str) -> str:
    return text if len(text) <= LONGEST_LIMITATION else f"{text[: LONGEST_LIMITATION - 1]}…"


def finding(
    kind: FindingKind, severity: Severity, title: str, detail: str, feature: str | None = None
) -> Finding:
    return Finding(kind=kind, severity=severity, title=title, detail=detail, feature=feature)


def risk(severity: Severity, title: str, detail: str) -> Finding:
    return finding(FindingKind.RISK, severity, title, detail)


def missing(feature: str, severity: Severity, title: str, detail: str) -> Finding:
    return finding(FindingKind.MISSING_FEATURE, severity, title, detail, feature)


def environment(subject: Subject) -> Mapping[str, str]:
    return subject.configuration.environment if subject.configuration else {}


def secrets(subject: Subject) -> Iterator[Finding]:
    given = {**subject.parameters, **environment(subject)}
    names = sorted(name for name, value in given.items() if holds_secret(name, value))
    if names:
        yield risk(
            Severity.CRITICAL,
            "Secrets stand in plain text",
            f"{listed(names)}: whoever may read the project reads them, and its history keeps "
            "them. Keep them in Secrets Manager or Parameter Store, and give their names here.",
        )


def holds_secret(name: str, value: ParameterValue) -> bool:
    """Tell whether a text, or one of several, is a secret; no number and no flag is one."""
    texts = (value,) if isinstance(value, str) else value if isinstance(value, tuple) else ()
    return any(is_secret(name, text) for text in texts)


def is_secret(name: str, value: str) -> bool:
    if not value or REFERENCE.match(value):
        return False
    return bool(SECRET_NAME.search(name) or SECRET_VALUE.search(value))


def insecure_addresses(subject: Subject) -> Iterator[Finding]:
    names = sorted(name for name, value in environment(subject).items() if INSECURE.match(value))
    if names:
        yield risk(
            Severity.WARNING,
            "Addresses without encryption",
            f"{listed(names)}: traffic to these addresses can be read on its way. Use TLS.",
        )


def debugging(subject: Subject) -> Iterator[Finding]:
    pairs = environment(subject).items()
    names = sorted(name for name, value in pairs if (name.lower(), value.lower()) in DEBUGGING)
    if names:
        yield risk(
            Severity.WARNING,
            "Settings for developers",
            f"{listed(names)}: logs and errors may show users' data, and cost more.",
        )


def any_origin(subject: Subject) -> Iterator[Finding]:
    names = [s.name for s in subject.services if allows_any_origin(s.configuration)]
    if names:
        yield risk(
            Severity.WARNING,
            "Any web page may call these services",
            f"{listed(names)}: name the origins that may instead of `*`.",
        )


def allows_any_origin(configuration: Mapping[str, JsonValue]) -> bool:
    found = (configuration.get(name) for name in ("cors", "allowedOrigins", "origins", "origin"))
    return any(value == "*" or (isinstance(value, list) and "*" in value) for value in found)


def limits(subject: Subject) -> Iterator[Finding]:
    named = costs.STATED["memory"]
    wrong = [s.name for s in subject.services if not fits(s.configuration, named, *MEMORY)]
    if wrong:
        yield risk(
            Severity.CRITICAL,
            "Memory that no function can have",
            f"{listed(wrong)}: give from {MEMORY[0]} to {MEMORY[1]} MB.",
        )
    for type_, longest in LONGEST.items():
        services = (s for s in subject.services if s.type is type_)
        slow = [s.name for s in services if not fits(s.configuration, TIMEOUT, 0, longest)]
        if slow:
            yield risk(
                Severity.WARNING,
                f"{type_.value} services that AWS ends sooner",
                f"{listed(slow)}: AWS ends them after {longest} seconds.",
            )


def fits(
    configuration: Mapping[str, JsonValue], names: Iterable[str], least: float, most: float
) -> bool:
    """Tell whether each number that one of the fields states is within the limits."""
    found = (configuration.get(name) for name in names)
    numbers = (n for n in found if isinstance(n, int | float) and not isinstance(n, bool))
    return all(least <= number <= most for number in numbers)


def nothing_to_run(subject: Subject) -> Iterator[Finding]:
    if not subject.services:
        yield risk(
            Severity.INFO,
            "Nothing to run",
            "The project has no services yet, so there is little to judge.",
        )


def without(subject: Subject, type_: ServiceType, feature: str) -> list[str]:
    """Return the services of a type that have a feature neither themselves nor by the project."""
    if feature in features.known(costs.wished(subject)):
        return []
    services = (service for service in subject.services if service.type is type_)
    return [service.name for service in services if feature not in features.configured(service)]


def authentication(subject: Subject) -> Iterator[Finding]:
    if names := without(subject, ServiceType.API, "authentication"):
        yield missing(
            "authentication",
            Severity.CRITICAL,
            "Anybody may call the API",
            f"{listed(names)}: nothing says who signs in. Add an authorizer, such as Cognito's.",
        )


def firewall(subject: Subject) -> Iterator[Finding]:
    if names := without(subject, ServiceType.API, "firewall"):
        yield missing(
            "firewall",
            Severity.INFO,
            "Nothing limits how much one caller sends",
            f"{listed(names)}: one caller can use up the capacity, and the budget, of all.",
        )


def dead_letters(subject: Subject) -> Iterator[Finding]:
    if names := without(subject, ServiceType.WORKER, "dead-letter-queue"):
        yield missing(
            "dead-letter-queue",
            Severity.WARNING,
            "Messages that fail are lost or block the rest",
            f"{listed(names)}: add a dead-letter queue, and an alarm on it.",
        )


def content_delivery(subject: Subject) -> Iterator[Finding]:
    if names := without(subject, ServiceType.FRONTEND, "cdn"):
        yield missing(
            "cdn",
            Severity.INFO,
            "Pages come from one region",
            f"{listed(names)}: a CDN brings them nearer to users, and is cheaper by the GB.",
        )


def monitoring(subject: Subject) -> Iterator[Finding]:
    if subject.services and "monitoring" not in every_feature(subject):
        yield missing(
            "monitoring",
            Severity.WARNING,
            "Nobody is told when it fails",
            "Add alarms on errors, on latency and on the age of queues.",
        )


STORING = frozenset({"database", "sql-database"})


def backups(subject: Subject) -> Iterator[Finding]:
    found = every_feature(subject)
    if found & STORING and "backups" not in found:
        yield missing(
            "backups",
            Severity.WARNING,
            "Data without backups",
            "Switch on point-in-time recovery: a mistake can be undone then.",
        )


def every_feature(subject: Subject) -> frozenset[str]:
    own = features.known(costs.wished(subject))
    return own.union(*map(features.configured, subject.services))


def runtime(subject: Subject) -> Iterator[Finding]:
    chosen = subject.configuration.runtime if subject.configuration else ""
    if chosen not in LIFECYCLES:
        return
    life = LIFECYCLES[chosen]
    if life.is_retired:
        yield finding(
            FindingKind.RUNTIME,
            Severity.CRITICAL,
            f"{chosen} is retired",
            f"AWS has supported it until {life.supported_until}. Scaffolds use {life.successor}.",
        )
    elif life.successor:
        yield finding(
            FindingKind.RUNTIME,
            Severity.INFO,
            f"{chosen} has a successor",
            f"AWS supports it until {life.supported_until}; {life.successor} is newer.",
        )


def total_cost(subject: Subject) -> Iterator[Finding]:
    cost = costs.monthly_cost(subject)
    if cost is None:
        return
    yield finding(
        FindingKind.COST,
        Severity.WARNING if cost.total > DEAR else Severity.INFO,
        f"About {cost.total:,.2f} dollars a month",
        f"In {costs.region_of(subject)}, without a free tier, taxes and support.",
    )


def largest_part(subject: Subject) -> Iterator[Finding]:
    cost = costs.monthly_cost(subject)
    if cost is None or len(cost.lines) < 2:
        return
    dearest = max(cost.lines, key=lambda line: line.amount)
    if dearest.amount > LARGE_AMOUNT and dearest.amount > LARGE_PART * cost.total:
        yield finding(
            FindingKind.COST,
            Severity.INFO,
            "One part costs more than all others",
            f"{dearest.service} ({dearest.what}): {dearest.amount:,.2f} dollars a month.",
        )


RISKS: tuple[Rule, ...] = (secrets, insecure_addresses, debugging, any_origin)
PROTECTION: tuple[Rule, ...] = (authentication, firewall)
COSTS: tuple[Rule, ...] = (total_cost, largest_part)
RULES: Mapping[AnalysisKind, tuple[Rule, ...]] = {
    AnalysisKind.SECURITY: (*RISKS, *PROTECTION, runtime),
    AnalysisKind.COST: (nothing_to_run, *COSTS),
    AnalysisKind.ARCHITECTURE: (
        *RISKS,
        limits,
        nothing_to_run,
        *PROTECTION,
        *(dead_letters, content_delivery, monitoring, backups),
        runtime,
        *COSTS,
    ),
}
