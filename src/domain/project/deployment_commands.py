"""Commands of a project's deployments."""

from typing import Literal

from domain.project.examples import CREATED, POT
from domain.project.values import DeploymentId, EnvironmentName
from kernel.merging import one
from kernel.messages import Command
from kernel.operation import Example, Who, operation
from kernel.values import Reason, Revision, Url

DEPLOYMENT = "{deploymentId}"
DEPLOYING = (*CREATED, "start-deployment")
DEPLOYMENT_PART = one("deployment", lambda command: command.deployment_id)


@operation(
    "POST /projects/<id>/deployments",
    Who.OWNER,
    one("environment", lambda command: command.environment),
    Example(
        {"deploymentId": DEPLOYMENT, "environment": "staging", "revision": "4f2a9c1"},
        {"deploymentId": DEPLOYMENT, "environment": "e" * 32, "revision": "r" * 100},
        CREATED,
    ),
)
class StartDeployment(Command):
    """Start the deployment of a project to an environment.

    Without a `deploymentId`, the deployment gets one. Refused while another deployment to the
    environment is running (`deployment-is-running`), when the id belongs to a deployment to another
    environment (`deployment-already-exists`), and when the project has been deployed to 20
    environments (`too-many-environments`).
    """

    type: Literal["StartDeployment"] = "StartDeployment"
    deployment_id: DeploymentId
    environment: EnvironmentName
    revision: Revision | None = None


@operation(
    "POST /projects/<id>/deployments/<deploymentId>/complete",
    Who.OWNER,
    DEPLOYMENT_PART,
    Example(
        {"url": "https://staging.shop.example.com"},
        {"url": "https://" + "u" * 2040},
        DEPLOYING,
    ),
)
class CompleteDeployment(Command):
    """Record that a deployment has succeeded.

    Refused when it is not the latest deployment of its environment (`deployment-not-found`), or has
    failed already (`deployment-has-ended`).
    """

    type: Literal["CompleteDeployment"] = "CompleteDeployment"
    deployment_id: DeploymentId
    url: Url | None = None


@operation(
    "POST /projects/<id>/deployments/<deploymentId>/fail",
    Who.OWNER,
    DEPLOYMENT_PART,
    Example(
        {"reason": "The health check did not answer in time."},
        {"reason": POT * 1000},
        DEPLOYING,
    ),
)
class FailDeployment(Command):
    """Record that a deployment has failed, and why.

    Refused when it is not the latest deployment of its environment (`deployment-not-found`), or has
    succeeded already (`deployment-has-ended`).
    """

    type: Literal["FailDeployment"] = "FailDeployment"
    deployment_id: DeploymentId
    reason: Reason


DeploymentCommand = StartDeployment | CompleteDeployment | FailDeployment
