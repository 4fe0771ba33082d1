"""What is sent when a command is metered: a typical payload, and the largest that is legal."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

POT = "🫖"  # four bytes in UTF-8: a cap in characters is met with as many bytes as there can be
DEPLOYMENT = "01980000-0000-7000-8000-0000000000d1"
# Filled with what the meter learns on the way; see `filled`.
PROJECT, TEMPLATE, SLUG, LONG_SLUG = "{project}", "{template}", "{slug}", "{longSlug}"


def text(characters: int) -> str:
    return POT * characters


def configuration(variables: int) -> Json:
    return {
        "runtime": "python3.13",
        "region": "ap-southeast-1",
        "features": [f"{n:a>64}" for n in range(50)],
        "environment": {f"{'V' * 120}_{n}": "v" * 1024 for n in range(variables)},
    }


def service(name: str, size: int) -> Json:
    return {"serviceName": name, "serviceType": "FRONTEND", "configuration": {"notes": "n" * size}}


def files(count: int, size: int) -> list[Json]:
    return [{"path": f"{n:f>255}", "content": "c" * size} for n in range(count)]


@dataclass(frozen=True)
class Example:
    """Payloads of one operation.

    `given`: the operations that come before it, on aggregates of their own kind, each with its
    typical payload. The caps that the largest meets: an event has 64 KB, a commit 200 KB.
    """

    typical: Json = field(default_factory=dict)
    largest: Json = field(default_factory=dict)
    given: tuple[str, ...] = ()


CREATED = ("create-project",)
SERVING = (*CREATED, "add-service")
DEPLOYING = (*CREATED, "start-deployment")
PROVISIONING = (*CREATED, "start-provisioning")
DRAFTED = ("draft-template",)
PUBLISHED = (*DRAFTED, "publish-template")
ANALYSED = (*CREATED, "request-analysis")

EXAMPLES: Mapping[str, Example] = {
    "create-project": Example(
        {
            "name": "Online shop",
            "description": "Orders, payments and the catalogue of the online shop.",
            "configuration": {"runtime": "python3.13", "region": "eu-central-1"},
        },
        {
            "name": text(100),
            "description": text(2000),
            "templateId": "t" * 64,
            "configuration": configuration(40),
            "services": [service(f"{n:🫖>100}", 6_300) for n in range(20)],
        },
    ),
    "change-project": Example(
        {"name": "Online shop, new"}, {"name": text(100), "description": text(2000)}, CREATED
    ),
    "configure-project": Example(
        {"runtime": "nodejs22", "region": "eu-west-1", "features": ["auth"]},
        configuration(50),
        CREATED,
    ),
    "add-service": Example(
        {"serviceName": "orders-api", "serviceType": "API"}, service(text(100), 64_000), CREATED
    ),
    "change-service": Example({"serviceName": "orders"}, service(text(100), 64_000), SERVING),
    "remove-service": Example(given=SERVING),
    "archive-project": Example(given=CREATED),
    "restore-project": Example(given=(*CREATED, "archive-project")),
    "delete-project": Example(given=CREATED),
    "choose-template": Example(
        {"templateId": SLUG}, {"templateId": TEMPLATE}, (*PUBLISHED, *CREATED)
    ),
    "link-repository": Example(
        {"provider": "GITHUB", "url": "https://github.com/example/online-shop"},
        {
            "provider": "ARCHIVE",
            "url": "https://" + "u" * 2040,
            "defaultBranch": text(255),
        },
        CREATED,
    ),
    "unlink-repository": Example(given=(*CREATED, "link-repository")),
    "start-deployment": Example(
        {"deploymentId": DEPLOYMENT, "environment": "staging", "revision": "4f2a9c1"},
        {"deploymentId": DEPLOYMENT, "environment": "e" * 32, "revision": "r" * 100},
        CREATED,
    ),
    "complete-deployment": Example(
        {"url": "https://staging.shop.example.com"}, {"url": "https://" + "u" * 2040}, DEPLOYING
    ),
    "fail-deployment": Example(
        {"reason": "The health check did not answer in time."}, {"reason": text(1000)}, DEPLOYING
    ),
    "start-provisioning": Example(given=CREATED),
    "complete-provisioning-step": Example(
        {"step": "TEMPLATE"}, {"step": "CONFIGURATION"}, PROVISIONING
    ),
    "complete-provisioning": Example(given=PROVISIONING),
    "fail-provisioning": Example(
        {"reason": "The repository could not be made.", "step": "REPOSITORY"},
        {"reason": text(1000), "step": "CONFIGURATION"},
        PROVISIONING,
    ),
    "draft-template": Example(
        {
            "slug": SLUG,
            "name": "Web API",
            "description": "An HTTP API with a database.",
            "files": [{"path": "README.md", "content": "# Web API\n"}],
        },
        {"slug": LONG_SLUG, "name": text(100), "description": text(2000), "files": files(100, 250)},
    ),
    "revise-template": Example(
        {"description": "An HTTP API with a database and a queue."},
        {"name": text(100), "description": text(2000), "files": files(100, 250)},
        DRAFTED,
    ),
    "publish-template": Example(given=DRAFTED),
    "deprecate-template": Example({"reason": "Use web-api-2."}, {"reason": text(1000)}, PUBLISHED),
    "request-analysis": Example(
        {"projectId": PROJECT, "kind": "COST", "question": "What will it cost a month?"},
        {"projectId": PROJECT, "kind": "ARCHITECTURE", "question": text(2000)},
        CREATED,
    ),
    "complete-analysis": Example(
        {
            "summary": "About 12 dollars a month, most of it for the database.",
            "findings": [{"severity": "INFO", "title": "The database is idle at night."}],
            "analyst": "rules-1",
        },
        {
            "summary": text(4000),
            "findings": [
                {"severity": "CRITICAL", "title": text(25), "detail": "d" * 310} for _ in range(100)
            ],
            "analyst": text(100),
        },
        ANALYSED,
    ),
    "fail-analysis": Example(
        {"reason": "The model did not answer."}, {"reason": text(1000)}, ANALYSED
    ),
    "cancel-analysis": Example(given=ANALYSED),
}


def filled(data: Json, known: Mapping[str, str]) -> Json:
    """Placeholders at the first level replaced by what is known."""
    return {
        name: known.get(value.strip("{}"), value) if isinstance(value, str) else value
        for name, value in data.items()
    }
