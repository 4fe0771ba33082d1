"""The data of each command of a project, the same in both styles."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from domain.project.commands import (
    MAX_FEATURES,
    MAX_SERVICES_AT_CREATION,
    MAX_VARIABLES,
    AddService,
    ArchiveProject,
    Branch,
    ChangeProject,
    ChangeService,
    ChooseTemplate,
    CompleteDeployment,
    CompleteProvisioning,
    CompleteProvisioningStep,
    ConfigureProject,
    CreateProject,
    DeleteProject,
    DeploymentId,
    EnvironmentName,
    FailDeployment,
    FailProvisioning,
    Feature,
    LinkRepository,
    NewService,
    ProjectCommand,
    ProjectConfiguration,
    ProvisioningStep,
    Region,
    RemoveService,
    RepositoryProvider,
    RestoreProject,
    Runtime,
    ServiceConfiguration,
    ServiceId,
    ServiceType,
    StartDeployment,
    StartProvisioning,
    TemplateReference,
    UnlinkRepository,
    VariableName,
    VariableValue,
)
from edge.commands.bodies import Body, Context, PlainId
from kernel.values import Description, Name, Reason, Revision, Url


class ServiceBody(Body):
    service_name: Name
    service_type: ServiceType
    configuration: ServiceConfiguration = Field(default_factory=dict)

    def service(self, service_id: str) -> NewService:
        return NewService(service_id=ServiceId(service_id), **dict(self))


class ConfigureProjectBody(Body):
    runtime: Runtime
    region: Region
    features: Annotated[tuple[Feature, ...], Field(max_length=MAX_FEATURES)] = ()
    environment: Annotated[dict[VariableName, VariableValue], Field(max_length=MAX_VARIABLES)] = (
        Field(default_factory=dict)
    )

    def configuration(self) -> ProjectConfiguration:
        return ProjectConfiguration(**dict(self))

    def command(self, _: Context) -> ProjectCommand:
        return ConfigureProject(configuration=self.configuration())


class CreateProjectBody(Body):
    name: Name
    description: Description | None = None
    template_id: TemplateReference | None = None
    configuration: ConfigureProjectBody | None = None
    services: Annotated[tuple[ServiceBody, ...], Field(max_length=MAX_SERVICES_AT_CREATION)] = ()

    def command(self, context: Context) -> ProjectCommand:
        return CreateProject(
            owner=context.actor.owner,
            owner_name=context.sealed(context.caller.name),
            owner_email=context.sealed(context.caller.email),
            name=self.name,
            description=self.description,
            template_id=self.template_id,
            configuration=self.configuration and self.configuration.configuration(),
            services=tuple(body.service(context.new_id(n)) for n, body in enumerate(self.services)),
        )


class ChangeProjectBody(Body):
    """At least one field. A description given as null is cleared."""

    name: Name = ""
    description: Description | None = None

    @model_validator(mode="after")
    def changes_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("give name, description, or both")
        return self

    def command(self, _: Context) -> ProjectCommand:
        return ChangeProject(**self.model_dump(exclude_unset=True))


class AddServiceBody(ServiceBody):
    def command(self, context: Context) -> ProjectCommand:
        return AddService(service=self.service(context.new_id(0)))


class ChangeServiceBody(Body):
    """At least one field. A configuration is replaced as a whole."""

    service_name: Name = ""
    service_type: ServiceType = ServiceType.API
    configuration: ServiceConfiguration = Field(default_factory=dict)

    @model_validator(mode="after")
    def changes_something(self) -> Self:
        if not self.given():
            raise ValueError("give serviceName, serviceType, configuration, or several of them")
        return self

    def given(self) -> set[str]:
        return set(ChangeServiceBody.model_fields) & self.model_fields_set

    def command(self, context: Context) -> ProjectCommand:
        changes = self.model_dump(include=self.given())
        return ChangeService(service_id=ServiceId(context.ids["service_id"]), **changes)


class RemoveServiceBody(Body):
    def command(self, context: Context) -> ProjectCommand:
        return RemoveService(service_id=ServiceId(context.ids["service_id"]))


class ArchiveProjectBody(Body):
    def command(self, _: Context) -> ProjectCommand:
        return ArchiveProject()


class RestoreProjectBody(Body):
    def command(self, _: Context) -> ProjectCommand:
        return RestoreProject()


class DeleteProjectBody(Body):
    def command(self, _: Context) -> ProjectCommand:
        return DeleteProject()


class ChooseTemplateBody(Body):
    """`templateId` is the slug or the id of a published template."""

    template_id: TemplateReference

    def command(self, context: Context) -> ProjectCommand:
        found = context.catalog.published_template(self.template_id)
        return ChooseTemplate(
            reference=self.template_id,
            template_id=found.id,
            slug=found.slug,
            name=found.name,
            revision=found.revision,
        )


class LinkRepositoryBody(Body):
    provider: RepositoryProvider
    url: Url
    default_branch: Branch = "main"

    def command(self, _: Context) -> ProjectCommand:
        return LinkRepository(**dict(self))


class UnlinkRepositoryBody(Body):
    def command(self, _: Context) -> ProjectCommand:
        return UnlinkRepository()


class StartDeploymentBody(Body):
    """`revision` is the version control's. Without an id of the client's, one is derived."""

    deployment_id: PlainId | None = None
    environment: EnvironmentName
    revision: Revision | None = None

    def command(self, context: Context) -> ProjectCommand:
        return StartDeployment(
            deployment_id=DeploymentId(self.deployment_id or context.new_id(0)),
            environment=self.environment,
            revision=self.revision,
        )


class CompleteDeploymentBody(Body):
    url: Url | None = None

    def command(self, context: Context) -> ProjectCommand:
        return CompleteDeployment(
            deployment_id=DeploymentId(context.ids["deployment_id"]), url=self.url
        )


class FailDeploymentBody(Body):
    reason: Reason

    def command(self, context: Context) -> ProjectCommand:
        return FailDeployment(
            deployment_id=DeploymentId(context.ids["deployment_id"]), reason=self.reason
        )


class StartProvisioningBody(Body):
    def command(self, _: Context) -> ProjectCommand:
        return StartProvisioning()


class CompleteProvisioningStepBody(Body):
    step: ProvisioningStep

    def command(self, _: Context) -> ProjectCommand:
        return CompleteProvisioningStep(step=self.step)


class CompleteProvisioningBody(Body):
    def command(self, _: Context) -> ProjectCommand:
        return CompleteProvisioning()


class FailProvisioningBody(Body):
    reason: Reason
    step: ProvisioningStep | None = None

    def command(self, _: Context) -> ProjectCommand:
        return FailProvisioning(reason=self.reason, step=self.step)
