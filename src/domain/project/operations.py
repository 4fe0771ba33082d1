"""Every command of a project: its route, who may send it, what it touches, its examples."""

from functools import partial
from typing import Any

from domain.project import bodies, commands
from kernel.merging import LIFE, always, each_given, one
from kernel.operation import Example, Operation, Who

PROJECT = partial(Operation, "PROJECT")
POT = "🫖"  # four bytes in UTF-8: a cap in characters is met with as many bytes as there can be
DEPLOYMENT = "{deploymentId}"

CREATED = ("create-project",)
SERVING = (*CREATED, "add-service")
DEPLOYING = (*CREATED, "start-deployment")
PROVISIONING = (*CREATED, "start-provisioning")
PUBLISHED = ("draft-template", "publish-template")

SERVICE = one("service", lambda command: command.service_id)
DEPLOYMENT_PART = one("deployment", lambda command: command.deployment_id)


def configuration(variables: int) -> dict[str, Any]:
    return {
        "runtime": "python3.13",
        "region": "ap-southeast-1",
        "features": [f"{n:a>64}" for n in range(50)],
        "environment": {f"{'V' * 120}_{n}": "v" * 1024 for n in range(variables)},
    }


def service(name: str, size: int) -> dict[str, Any]:
    return {"serviceName": name, "serviceType": "FRONTEND", "configuration": {"notes": "n" * size}}


# The largest examples meet the caps of an event (64 KB) or of a commit (200 KB).
OPERATIONS = (
    PROJECT(
        commands.CreateProject,
        "POST /projects",
        Who.OWNER,
        always(LIFE),
        Example(
            {
                "name": "Online shop",
                "description": "Orders, payments and the catalogue of the online shop.",
                "configuration": {"runtime": "python3.13", "region": "eu-central-1"},
            },
            {
                "name": POT * 100,
                "description": POT * 2000,
                "templateId": "t" * 64,
                "configuration": configuration(40),
                "services": [service(f"{n:🫖>100}", 6_300) for n in range(20)],
            },
            others={
                "create-project": {
                    "name": "E-commerce Platform",
                    "description": "Full-stack e-commerce solution",
                    "templateId": "full-stack-template",
                    "configuration": {"runtime": "python3.9", "region": "us-east-1"},
                }
            },
        ),
        bodies.CreateProjectBody,
        creates=True,
    ),
    PROJECT(
        commands.ChangeProject,
        "PATCH /projects/<id>",
        Who.OWNER,
        each_given("name", "description"),
        Example(
            {"name": "Online shop, new"}, {"name": POT * 100, "description": POT * 2000}, CREATED
        ),
        bodies.ChangeProjectBody,
    ),
    PROJECT(
        commands.ConfigureProject,
        "PUT /projects/<id>/configuration",
        Who.OWNER,
        always("configuration"),
        Example(
            {"runtime": "nodejs22", "region": "eu-west-1", "features": ["auth"]},
            configuration(50),
            CREATED,
        ),
        bodies.ConfigureProjectBody,
    ),
    PROJECT(
        commands.AddService,
        "POST /projects/<id>/services",
        Who.OWNER,
        one("service", lambda command: command.service.service_id),
        Example(
            {"serviceName": "orders-api", "serviceType": "API"},
            service(POT * 100, 64_000),
            CREATED,
        ),
        bodies.AddServiceBody,
    ),
    PROJECT(
        commands.ChangeService,
        "PATCH /projects/<id>/services/<serviceId>",
        Who.OWNER,
        SERVICE,
        Example({"serviceName": "orders"}, service(POT * 100, 64_000), SERVING),
        bodies.ChangeServiceBody,
    ),
    PROJECT(
        commands.RemoveService,
        "DELETE /projects/<id>/services/<serviceId>",
        Who.OWNER,
        SERVICE,
        Example(given=SERVING),
    ),
    PROJECT(
        commands.ArchiveProject,
        "POST /projects/<id>/archive",
        Who.OWNER,
        always(LIFE),
        Example(given=CREATED),
    ),
    PROJECT(
        commands.RestoreProject,
        "POST /projects/<id>/restore",
        Who.OWNER,
        always(LIFE),
        Example(given=(*CREATED, "archive-project")),
    ),
    PROJECT(
        commands.DeleteProject,
        "DELETE /projects/<id>",
        Who.OWNER,
        always(LIFE),
        Example(given=CREATED),
    ),
    PROJECT(
        commands.ChooseTemplate,
        "PUT /projects/<id>/template",
        Who.OWNER,
        always("template"),
        Example({"templateId": "{slug}"}, {"templateId": "{template}"}, (*PUBLISHED, *CREATED)),
        bodies.ChooseTemplateBody,
    ),
    PROJECT(
        commands.LinkRepository,
        "PUT /projects/<id>/repository",
        Who.OWNER,
        always("repository"),
        Example(
            {"provider": "GITHUB", "url": "https://github.com/example/online-shop"},
            {"provider": "ARCHIVE", "url": "https://" + "u" * 2040, "defaultBranch": POT * 255},
            CREATED,
        ),
    ),
    PROJECT(
        commands.UnlinkRepository,
        "DELETE /projects/<id>/repository",
        Who.OWNER,
        always("repository"),
        Example(given=(*CREATED, "link-repository")),
    ),
    PROJECT(
        commands.StartDeployment,
        "POST /projects/<id>/deployments",
        Who.OWNER,
        one("environment", lambda command: command.environment),
        Example(
            {"deploymentId": DEPLOYMENT, "environment": "staging", "revision": "4f2a9c1"},
            {"deploymentId": DEPLOYMENT, "environment": "e" * 32, "revision": "r" * 100},
            CREATED,
        ),
        bodies.StartDeploymentBody,
    ),
    PROJECT(
        commands.CompleteDeployment,
        "POST /projects/<id>/deployments/<deploymentId>/complete",
        Who.OWNER,
        DEPLOYMENT_PART,
        Example(
            {"url": "https://staging.shop.example.com"},
            {"url": "https://" + "u" * 2040},
            DEPLOYING,
        ),
    ),
    PROJECT(
        commands.FailDeployment,
        "POST /projects/<id>/deployments/<deploymentId>/fail",
        Who.OWNER,
        DEPLOYMENT_PART,
        Example(
            {"reason": "The health check did not answer in time."},
            {"reason": POT * 1000},
            DEPLOYING,
        ),
    ),
    PROJECT(
        commands.StartProvisioning,
        "POST /projects/<id>/provisioning",
        Who.OWNER,
        always("provisioning"),
        Example(given=CREATED),
    ),
    PROJECT(
        commands.CompleteProvisioningStep,
        "POST /projects/<id>/provisioning/steps",
        Who.WORKER,
        always("provisioning"),
        Example({"step": "TEMPLATE"}, {"step": "CONFIGURATION"}, PROVISIONING),
    ),
    PROJECT(
        commands.CompleteProvisioning,
        "POST /projects/<id>/provisioning/complete",
        Who.WORKER,
        always("provisioning"),
        Example(given=PROVISIONING),
    ),
    PROJECT(
        commands.FailProvisioning,
        "POST /projects/<id>/provisioning/fail",
        Who.WORKER,
        always("provisioning"),
        Example(
            {"reason": "The repository could not be made.", "step": "REPOSITORY"},
            {"reason": POT * 1000, "step": "CONFIGURATION"},
            PROVISIONING,
        ),
    ),
)
