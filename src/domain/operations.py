"""Every command: its name, its data, its place in the REST style, and who may send it."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import Field, create_model

from domain.analysis import bodies as analyses
from domain.analysis.aggregate import analysis
from domain.project import bodies as projects
from domain.project.aggregate import project
from domain.template import bodies as templates
from domain.template.aggregate import template
from edge.authorization import Who
from edge.commands.bodies import Body, PlainId

PATH_ID = re.compile(r"<(\w+)>")


@dataclass(frozen=True)
class Operation:
    """One command and its two routes; `creates` begins a stream under a derived id.

    A path names the aggregate as `<id>`, and what lies within it by other ids.
    """

    aggregate_type: str
    name: str
    body: type[Body]
    method: str
    path: str
    who: Who = Who.OWNER
    creates: bool = False

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The ids in the path besides the aggregate's, in camelCase: `serviceId`."""
        return tuple(name for name in PATH_ID.findall(self.path) if name != "id")

    @cached_property
    def data(self) -> type[Body]:
        """The body as the task style has it: ids of the path are fields of the data."""
        if not self.ids:
            return self.body
        fields = {snake(name): (PlainId, Field()) for name in self.ids}
        name = self.body.__name__.removesuffix("Body") + "Data"
        make: Any = create_model  # which has no type for fields by name
        model: type[Body] = make(name, __base__=self.body, **fields)
        return model

    @cached_property
    def needs_data(self) -> bool:
        """Whether an empty body cannot be meant."""
        return bool(self.body.model_fields)

    @property
    def collection(self) -> str:
        """The path below which the aggregate is found: `/projects`."""
        return "/" + self.path.split("/")[1]


def snake(name: str) -> str:
    return re.sub(r"([A-Z])", lambda match: "_" + match[1].lower(), name)


P, T, A = project.aggregate_type, template.aggregate_type, analysis.aggregate_type

OPERATIONS = (
    Operation(P, "create-project", projects.CreateProjectBody, "POST", "/projects", creates=True),
    Operation(P, "change-project", projects.ChangeProjectBody, "PATCH", "/projects/<id>"),
    Operation(P, "configure-project", projects.ConfigureProjectBody,
              "PUT", "/projects/<id>/configuration"),
    Operation(P, "add-service", projects.AddServiceBody, "POST", "/projects/<id>/services"),
    Operation(P, "change-service", projects.ChangeServiceBody,
              "PATCH", "/projects/<id>/services/<serviceId>"),
    Operation(P, "remove-service", projects.RemoveServiceBody,
              "DELETE", "/projects/<id>/services/<serviceId>"),
    Operation(P, "archive-project", projects.ArchiveProjectBody, "POST", "/projects/<id>/archive"),
    Operation(P, "restore-project", projects.RestoreProjectBody, "POST", "/projects/<id>/restore"),
    Operation(P, "delete-project", projects.DeleteProjectBody, "DELETE", "/projects/<id>"),
    Operation(P, "choose-template", projects.ChooseTemplateBody, "PUT", "/projects/<id>/template"),
    Operation(P, "link-repository", projects.LinkRepositoryBody,
              "PUT", "/projects/<id>/repository"),
    Operation(P, "unlink-repository", projects.UnlinkRepositoryBody,
              "DELETE", "/projects/<id>/repository"),
    Operation(P, "start-deployment", projects.StartDeploymentBody,
              "POST", "/projects/<id>/deployments"),
    Operation(P, "complete-deployment", projects.CompleteDeploymentBody,
              "POST", "/projects/<id>/deployments/<deploymentId>/complete"),
    Operation(P, "fail-deployment", projects.FailDeploymentBody,
              "POST", "/projects/<id>/deployments/<deploymentId>/fail"),
    Operation(P, "start-provisioning", projects.StartProvisioningBody,
              "POST", "/projects/<id>/provisioning"),
    Operation(P, "complete-provisioning-step", projects.CompleteProvisioningStepBody,
              "POST", "/projects/<id>/provisioning/steps", Who.WORKER),
    Operation(P, "complete-provisioning", projects.CompleteProvisioningBody,
              "POST", "/projects/<id>/provisioning/complete", Who.WORKER),
    Operation(P, "fail-provisioning", projects.FailProvisioningBody,
              "POST", "/projects/<id>/provisioning/fail", Who.WORKER),
    Operation(T, "draft-template", templates.DraftTemplateBody,
              "POST", "/templates", Who.ADMIN, creates=True),
    Operation(T, "revise-template", templates.ReviseTemplateBody,
              "PATCH", "/templates/<id>", Who.ADMIN),
    Operation(T, "publish-template", templates.PublishTemplateBody,
              "POST", "/templates/<id>/publish", Who.ADMIN),
    Operation(T, "deprecate-template", templates.DeprecateTemplateBody,
              "POST", "/templates/<id>/deprecate", Who.ADMIN),
    Operation(A, "request-analysis", analyses.RequestAnalysisBody,
              "POST", "/analyses", creates=True),
    Operation(A, "complete-analysis", analyses.CompleteAnalysisBody,
              "POST", "/analyses/<id>/complete", Who.WORKER),
    Operation(A, "fail-analysis", analyses.FailAnalysisBody,
              "POST", "/analyses/<id>/fail", Who.WORKER),
    Operation(A, "cancel-analysis", analyses.CancelAnalysisBody,
              "POST", "/analyses/<id>/cancel"),
)  # fmt: skip
BY_NAME = {operation.name: operation for operation in OPERATIONS}
