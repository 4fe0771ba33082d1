"""Skafu's domain, registered: the one place where it says what it consists of."""

from domain import github
from domain.analysis.aggregate import analysis
from domain.analysis.answering import answered_by
from domain.analysis.rules import RuleAnalyst
from domain.look_ups import LookUps, NoLookUps
from domain.project.aggregate import project
from domain.project_creation import PROJECT_CREATION
from domain.random_commands import random_commands
from domain.seeding import template_seed
from domain.template.aggregate import template
from domain.template.commands import EXAMPLE_TEXTS
from kernel.contents import Contents, ReadModels
from projections.analyses import ANALYSIS_DETAIL, ANALYSIS_LIST, analyses
from projections.generated import documents, rows
from projections.owners import owners
from projections.projects import (
    ANALYTICS_LIST,
    DEPLOYMENT_DETAIL,
    DEPLOYMENT_LIST,
    PROJECT_DETAIL,
    PROJECT_LIST,
    PROVISIONING_DETAIL,
    PROVISIONING_LIST,
    REPOSITORY_DOWNLOAD,
    projects,
)
from projections.services import SERVICE_LIST, services
from projections.templates import (
    DRAFT_DETAIL,
    DRAFT_LIST,
    TEMPLATE_DETAIL,
    TEMPLATE_LIST,
    templates,
)

contents = Contents(
    aggregates=(project, template, analysis),
    projections=(projects, services, analyses, templates, owners),
    queries=(
        *(PROJECT_LIST, PROJECT_DETAIL, REPOSITORY_DOWNLOAD),
        SERVICE_LIST,
        *(DEPLOYMENT_LIST, DEPLOYMENT_DETAIL),
        *(PROVISIONING_LIST, PROVISIONING_DETAIL),
        ANALYTICS_LIST,
        *(ANALYSIS_LIST, ANALYSIS_DETAIL),
        *(DRAFT_LIST, DRAFT_DETAIL, TEMPLATE_LIST, TEMPLATE_DETAIL),
    ),
    read_models=ReadModels(
        documents=vars(documents),
        lists=documents.LISTS,
        models=documents.MODELS,
        rows=rows.ROW_CLASSES,
        json_fields=rows.JSON_FIELDS,
    ),
    look_ups=LookUps,
    no_look_ups=NoLookUps(),
    translations={("github.com", "deployment_status"): github.deployment_status},
    example_texts=EXAMPLE_TEXTS,
    random_commands=random_commands,
    sagas=(PROJECT_CREATION,),
    reactions=(answered_by(RuleAnalyst()),),
    seed=template_seed,
)
