"""Data of the commands whose fields differ from what clients send."""

from typing import Annotated, ClassVar

from pydantic import Field, ValidationInfo, field_validator

from domain.project import commands
from domain.project import deployment_commands as deploying
from domain.project import provisioning_commands as provisions
from domain.project.values import (
    MAX_FEATURES,
    MAX_SERVICES_AT_CREATION,
    MAX_VARIABLES,
    DeploymentId,
    EnvironmentName,
    Feature,
    GivenParameters,
    NewService,
    ProjectConfiguration,
    Region,
    Runtime,
    ServiceConfiguration,
    ServiceId,
    ServiceType,
    TemplateReference,
    VariableName,
    VariableValue,
)
from kernel.actor import Owner
from kernel.messages import Command
from kernel.operation import Body, Changes, Context, PlainId
from kernel.values import Count, Description, JsonObject, Name, Revision


class ServiceBody(Body):
    service_name: Name
    service_type: ServiceType
    configuration: ServiceConfiguration = Field(default_factory=dict)

    def service(self, service_id: str) -> NewService:
        return NewService(service_id=ServiceId(service_id), **dict(self))


class ConfigureProjectBody(Body):
    made: ClassVar[type[Command]] = commands.ConfigureProject

    runtime: Runtime
    region: Region
    features: Annotated[tuple[Feature, ...], Field(max_length=MAX_FEATURES)] = ()
    environment: Annotated[dict[VariableName, VariableValue], Field(max_length=MAX_VARIABLES)] = (
        Field(default_factory=dict)
    )

    def configuration(self) -> ProjectConfiguration:
        return ProjectConfiguration(**dict(self))

    def command(self, _: Context) -> commands.ConfigureProject:
        return commands.ConfigureProject(configuration=self.configuration())


class CreateProjectBody(Body):
    made: ClassVar[type[Command]] = commands.CreateProject

    name: Name
    description: Description | None = None
    template_id: TemplateReference | None = None
    template_parameters: GivenParameters = Field(default_factory=dict)
    configuration: ConfigureProjectBody | None = None
    services: Annotated[tuple[ServiceBody, ...], Field(max_length=MAX_SERVICES_AT_CREATION)] = ()

    @field_validator("template_parameters")
    @classmethod
    def has_template(cls, values: JsonObject, info: ValidationInfo) -> JsonObject:
        is_known = "template_id" in info.data  # one that is wrong is fault enough
        if values and is_known and info.data["template_id"] is None:
            raise ValueError("Give the `templateId` of the template that takes these values.")
        return values

    def command(self, context: Context) -> commands.CreateProject:
        if self.template_id is not None:
            context.look_ups.require_fitting(self.template_id, self.template_parameters)
        # Left out where there are none, so that the command is the one that it was before.
        given = self.template_parameters
        parameters = {"template_parameters": given} if given else {}
        return commands.CreateProject(
            **parameters,
            owner=context.actor.owner,
            owner_name=context.sealed(context.name),
            owner_email=context.sealed(context.email),
            name=self.name,
            description=self.description,
            template_id=self.template_id,
            configuration=self.configuration and self.configuration.configuration(),
            services=tuple(body.service(context.new_id(n)) for n, body in enumerate(self.services)),
        )


class ChangeProjectBody(Changes):
    """Changes of a project, at least one; a description of null removes it."""

    made: ClassVar[type[Command]] = commands.ChangeProject

    name: Name = ""
    description: Description | None = None

    def command(self, _: Context) -> commands.ChangeProject:
        return commands.ChangeProject(**self.given())


class AddServiceBody(ServiceBody):
    made: ClassVar[type[Command]] = commands.AddService

    def command(self, context: Context) -> commands.AddService:
        return commands.AddService(service=self.service(context.new_id(0)))


class ChangeServiceBody(Changes):
    """Changes of a service, at least one; a configuration is replaced as a whole."""

    made: ClassVar[type[Command]] = commands.ChangeService

    service_name: Name = ""
    service_type: ServiceType = ServiceType.API
    configuration: ServiceConfiguration = Field(default_factory=dict)

    def command(self, context: Context) -> commands.ChangeService:
        service_id = ServiceId(context.ids["service_id"])
        return commands.ChangeService(service_id=service_id, **self.given())


class HandOverProjectBody(Body):
    """The user of the user pool who is to own the project."""

    made: ClassVar[type[Command]] = commands.HandOverProject

    owner: Owner

    def command(self, context: Context) -> commands.HandOverProject:
        person = context.person(self.owner)
        return commands.HandOverProject(
            owner=person.owner, owner_name=person.name, owner_email=person.email
        )


class ChooseTemplateBody(Body):
    """A template, by its slug or its id."""

    made: ClassVar[type[Command]] = commands.ChooseTemplate

    template_id: TemplateReference

    def command(self, context: Context) -> commands.ChooseTemplate:
        found = context.look_ups.published_template(self.template_id)
        return commands.ChooseTemplate(
            reference=self.template_id,
            template_id=found.id,
            slug=found.slug,
            name=found.name,
            revision=found.revision,
        )


class StartProvisioningBody(Body):
    """A template and values for its parameters.

    Without a template it is the one of before, and without values those of before, if they were for
    the same template.
    """

    made: ClassVar[type[Command]] = provisions.StartProvisioning

    template_id: TemplateReference | None = None
    template_parameters: GivenParameters | None = None

    def command(self, context: Context) -> provisions.StartProvisioning:
        given = {name: value for name, value in self if value is not None}
        wish = context.look_ups.wish(context.aggregate, context.actor, **dict(self))
        return provisions.StartProvisioning(wish=wish, **given)


class ProvisionTemplateBody(Body):
    """The attempt, and a template by its slug or its id."""

    made: ClassVar[type[Command]] = provisions.ProvisionTemplate

    attempt: Count
    template_id: TemplateReference

    def command(self, context: Context) -> provisions.ProvisionTemplate:
        found = context.look_ups.published_template(self.template_id)
        chosen = provisions.ChosenTemplate(
            template_id=found.id, slug=found.slug, name=found.name, revision=found.revision
        )
        return provisions.ProvisionTemplate(
            attempt=self.attempt, reference=self.template_id, chosen=chosen
        )


class ProvisionConfigurationBody(Body):
    """The attempt, the configuration, and the services to be added."""

    made: ClassVar[type[Command]] = provisions.ProvisionConfiguration

    attempt: Count
    configuration: ConfigureProjectBody
    services: Annotated[tuple[ServiceBody, ...], Field(max_length=MAX_SERVICES_AT_CREATION)] = ()

    def command(self, context: Context) -> provisions.ProvisionConfiguration:
        return provisions.ProvisionConfiguration(
            attempt=self.attempt,
            configuration=self.configuration.configuration(),
            services=tuple(body.service(context.new_id(n)) for n, body in enumerate(self.services)),
        )


class StartDeploymentBody(Body):
    """A deployment; `revision` is that of the version control."""

    made: ClassVar[type[Command]] = deploying.StartDeployment

    deployment_id: PlainId | None = None
    environment: EnvironmentName
    revision: Revision | None = None

    def command(self, context: Context) -> deploying.StartDeployment:
        return deploying.StartDeployment(
            deployment_id=DeploymentId(self.deployment_id or context.new_id(0)),
            environment=self.environment,
            revision=self.revision,
        )


BODIES = (
    CreateProjectBody,
    ChangeProjectBody,
    ConfigureProjectBody,
    AddServiceBody,
    ChangeServiceBody,
    HandOverProjectBody,
    ChooseTemplateBody,
    StartProvisioningBody,
    ProvisionTemplateBody,
    ProvisionConfigurationBody,
    StartDeploymentBody,
)
