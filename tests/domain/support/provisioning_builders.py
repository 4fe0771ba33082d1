"""Commands of a provisioning, with what a test does not care about filled in."""

from domain.project.commands import ProjectCommand
from domain.project.provisioning_commands import (
    AbandonProvisioning,
    ChosenTemplate,
    CompleteProvisioning,
    FailProvisioning,
    ProvisionAnalysis,
    ProvisionConfiguration,
    ProvisionRepository,
    ProvisionTemplate,
    StartProvisioning,
    UndoProvisioningStep,
    Wish,
)
from domain.project.values import ParameterValue, ProvisioningStep, RepositoryProvider
from tests.domain.support.builders import configuration, service

ANALYSIS_ID = "01980000-0000-7000-8000-00000000000b"
URL = "s3://archives/teapot.zip"
FULL_STACK = ChosenTemplate(
    template_id="full-stack", slug="full-stack", name="Full stack", revision=4
)
REASON, FAILED_STEP = "No water.", ProvisioningStep.REPOSITORY


def start(template: str = "full-stack", **parameters: ParameterValue) -> StartProvisioning:
    return StartProvisioning(wish=Wish(template_id=template, parameters=parameters))


def complete(attempt: int = 1) -> CompleteProvisioning:
    return CompleteProvisioning(attempt=attempt)


def abandon(attempt: int = 1) -> AbandonProvisioning:
    return AbandonProvisioning(attempt=attempt, reason=REASON, step=FAILED_STEP)


def fail(attempt: int = 1) -> FailProvisioning:
    return FailProvisioning(attempt=attempt, reason=REASON, step=FAILED_STEP)


def undo(step: ProvisioningStep, attempt: int = 1, **before: object) -> UndoProvisioningStep:
    return UndoProvisioningStep(attempt=attempt, step=step, **before)


def do(step: ProvisioningStep, attempt: int = 1) -> ProjectCommand:
    """Return the command of a step."""
    match step:
        case ProvisioningStep.TEMPLATE:
            return ProvisionTemplate(attempt=attempt, reference="full-stack", chosen=FULL_STACK)
        case ProvisioningStep.ANALYSIS:
            return ProvisionAnalysis(attempt=attempt, analysis_id=ANALYSIS_ID)
        case ProvisioningStep.REPOSITORY:
            archive = RepositoryProvider.ARCHIVE
            return ProvisionRepository(
                attempt=attempt, provider=archive, url=URL, files=8, bytes=3652, sha256="f0" * 32
            )
        case ProvisioningStep.CONFIGURATION:
            return ProvisionConfiguration(
                attempt=attempt, configuration=configuration(), services=(service("spout"),)
            )
