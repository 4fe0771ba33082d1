"""An example of every command, for the OpenAPI document; a test sends each of them."""

from typing import Any

from aws_lambda_powertools.event_handler.openapi.models import Example

from domain.analysis.aggregate import analysis
from domain.operations import Operation
from domain.project.aggregate import project
from domain.template.aggregate import template

IDS = {
    project.aggregate_type: "0198f2a0-0000-7000-8000-00000000000a",
    template.aggregate_type: "0198f2a0-0000-7000-8000-00000000000b",
    analysis.aggregate_type: "0198f2a0-0000-7000-8000-00000000000c",
}
INNER_IDS = {
    "deploymentId": "0198f2a0-0000-7000-8000-00000000000d",
    "serviceId": "0198f2a0-0000-7000-8000-00000000000e",
}
CONFIGURATION = {"runtime": "python3.9", "region": "us-east-1"}
FILES = [{"path": "README.md", "content": "# A shop"}]
DATA: dict[str, dict[str, Any]] = {
    # The source documents' own.
    "create-project": {
        "name": "E-commerce Platform",
        "description": "Full-stack e-commerce solution",
        "templateId": "full-stack-template",
        "configuration": CONFIGURATION,
    },
    "change-project": {"name": "Web shop", "description": None},
    "configure-project": {
        "runtime": "nodejs18",
        "region": "eu-central-1",
        "features": ["payments"],
        "environment": {"LOG_LEVEL": "INFO"},
    },
    "add-service": {
        "serviceName": "orders",
        "serviceType": "API",
        "configuration": {"memory": 512},
    },
    "change-service": {"serviceName": "order-intake"},
    "choose-template": {"templateId": "full-stack-template"},
    "link-repository": {"provider": "GITHUB", "url": "https://github.com/example/shop"},
    "start-deployment": {
        "deploymentId": INNER_IDS["deploymentId"],
        "environment": "staging",
        "revision": "v1.2.0",
    },
    "complete-deployment": {"url": "https://staging.shop.example"},
    "fail-deployment": {"reason": "The health check did not pass."},
    "complete-provisioning-step": {"step": "TEMPLATE"},
    "fail-provisioning": {"reason": "The repository is not there.", "step": "REPOSITORY"},
    "draft-template": {"slug": "full-stack-template", "name": "Full stack", "files": FILES},
    "revise-template": {"description": "API, worker and front end"},
    "deprecate-template": {"reason": "Superseded by full-stack-2."},
    "request-analysis": {
        "projectId": IDS[project.aggregate_type],
        "kind": "SECURITY",
        "question": "Which endpoints are open?",
    },
    "complete-analysis": {
        "summary": "One endpoint is open.",
        "analyst": "rules",
        "findings": [{"severity": "WARNING", "title": "POST /orders", "detail": "No token."}],
    },
    "fail-analysis": {"reason": "The repository could not be read."},
}
AROUND = {
    "commandId": "cmd-12345",
    "userId": "user-123",
    "correlationId": "req-12345",
    "timestamp": "2025-01-18T10:30:00.123Z",
}


def rest_example(operation: Operation) -> dict[str, Example]:
    return named(operation, DATA.get(operation.name, {}))


def task_example(operation: Operation) -> dict[str, Example]:
    """The envelope is whole where the source documents print it; `userId` is the caller's."""
    ids = {name: INNER_IDS[name] for name in operation.ids}
    data = {"data": DATA.get(operation.name, {}) | ids}
    if operation.creates:
        return named(operation, AROUND | data)
    return named(operation, {"aggregateId": IDS[operation.aggregate_type]} | data)


def named(operation: Operation, value: dict[str, Any]) -> dict[str, Example]:
    return {operation.name: Example(summary="As it may be sent", value=value)}


BATCH = {
    "batch": Example(
        summary="A project and a service of it",
        value={
            "commands": [
                {
                    "type": "create-project",
                    "aggregateId": IDS[project.aggregate_type],
                    "data": {"name": "E-commerce Platform"},
                },
                {
                    "type": "add-service",
                    "aggregateId": IDS[project.aggregate_type],
                    "data": DATA["add-service"],
                },
            ]
        },
    )
}
MACHINE = {
    "machine": Example(
        summary="A project for a person",
        value={
            "type": "create-project",
            "onBehalfOf": "0198f2a0-0000-7000-8000-00000000000f",
            "data": {"name": "From the ERP"},
        },
    )
}
