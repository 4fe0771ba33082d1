"""The read models Template, as it was last published, and TemplateDraft, as it is being written.

Every event touches the draft, which is written last. Publishing copies from it what people see.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, get_args

from pydantic import JsonValue

from domain.template import events
from domain.template.aggregate import template as template_aggregate
from domain.template.events import TemplateEvent
from kernel.digest import digest
from kernel.messages import Message, Recorded, plain_id
from kernel.projection import Projection, Row, RowKey, RowMissing, begun, user_id
from kernel.query import Detail, Index, Listing
from projections.generated import documents
from projections.generated.rows import TemplateDraftRow, TemplateRow, TemplateStatus

Revised = (
    events.TemplateRenamed
    | events.TemplateDescriptionChanged
    | events.TemplateFilesReplaced
    | events.TemplateParametersReplaced
    | events.TemplateServicesReplaced
    | events.TemplateSettingsReplaced
)


def touches(head: Row | None, recorded: Recorded[TemplateEvent]) -> tuple[RowKey, ...]:
    id, event = plain_id(recorded.aggregate_id), recorded.event
    draft = RowKey("TemplateDraft", id)
    if not isinstance(event, TemplateEvent):
        return ()
    if isinstance(event, events.TemplatePublished):
        return (RowKey("Template", id), draft)
    was_published = isinstance(head, TemplateDraftRow) and head.revision > 0
    if isinstance(event, events.TemplateDeprecated) and was_published:
        return (RowKey("Template", id), draft)
    return (draft,)


def project(
    key: RowKey, row: Row | None, recorded: Recorded[TemplateEvent], head: Row | None
) -> Row:
    event = recorded.event
    if isinstance(event, events.TemplateDrafted):
        return drafted(event, recorded)
    if not isinstance(head, TemplateDraftRow):
        raise RowMissing(f"{recorded.aggregate_id} {recorded.sequence}: {event.type}")
    if key.model == "TemplateDraft":
        return changed(head, event)
    return published(row if isinstance(row, TemplateRow) else None, head, recorded)


def drafted(event: events.TemplateDrafted, recorded: Recorded[TemplateEvent]) -> TemplateDraftRow:
    return TemplateDraftRow(
        id=plain_id(recorded.aggregate_id),
        slug=event.slug,
        name=event.name,
        description=event.description,
        revision=0,
        differs=True,
        status=TemplateStatus.DRAFT,
        files=stored(event.files),
        parameters=stored(event.parameters),
        services=stored(event.services),
        settings=settings(event.settings),
        user_id=user_id(event.owner),
        owner=event.owner,
        **begun(recorded),
    )


def changed(row: TemplateDraftRow, event: TemplateEvent) -> TemplateDraftRow:
    match event:
        case events.TemplatePublished(revision=revision):
            return replace(
                row,
                status=TemplateStatus.PUBLISHED,
                revision=revision,
                differs=False,
                published_digest=content(row),
            )
        case events.TemplateDeprecated(reason=reason):
            return replace(row, status=TemplateStatus.DEPRECATED, reason=reason)
        case events.TemplateDrafted():
            return row
        case _:
            drafted = revised(row, event)
            return replace(drafted, differs=content(drafted) != row.published_digest)


def content(row: TemplateDraftRow) -> str:
    """Return the digest of all that is published of a draft, as the rules compare it."""
    setup = [row.parameters, row.services, row.settings]
    return digest([row.name, row.description, row.files, *setup])


def revised(row: TemplateDraftRow, event: Revised) -> TemplateDraftRow:
    match event:
        case events.TemplateRenamed(name=name):
            return replace(row, name=name)
        case events.TemplateDescriptionChanged(description=description):
            return replace(row, description=description)
        case events.TemplateFilesReplaced(files=files):
            return replace(row, files=stored(files))
        case events.TemplateParametersReplaced(parameters=parameters):
            return replace(row, parameters=stored(parameters))
        case events.TemplateServicesReplaced(services=services):
            return replace(row, services=stored(services))
        case events.TemplateSettingsReplaced(settings=changed):
            return replace(row, settings=settings(changed))


def published(
    row: TemplateRow | None, draft: TemplateDraftRow, recorded: Recorded[TemplateEvent]
) -> TemplateRow:
    """Show the draft as it was published, or that it is deprecated."""
    event = recorded.event
    if isinstance(event, events.TemplatePublished):
        return revision(row, event, draft, recorded)
    if row is None:
        raise RowMissing(f"{recorded.aggregate_id} {recorded.sequence}: {event.type}")
    reason = event.reason if isinstance(event, events.TemplateDeprecated) else row.reason
    return replace(row, status=TemplateStatus.DEPRECATED, reason=reason)


def revision(
    row: TemplateRow | None,
    event: events.TemplatePublished,
    draft: TemplateDraftRow,
    recorded: Recorded[TemplateEvent],
) -> TemplateRow:
    first = begun(recorded)
    if row is not None:
        first["created_at"] = row.created_at
    return TemplateRow(
        id=draft.id,
        slug=event.slug,
        name=event.name,
        description=draft.description,
        revision=event.revision,
        status=TemplateStatus.PUBLISHED,
        paths=paths(draft.files),
        parameters=draft.parameters,
        services=draft.services,
        settings=draft.settings,
        published_at=recorded.timestamp,
        **first,
    )


def paths(files: Any) -> tuple[str, ...]:  # noqa: ANN401 - as `stored` made them
    return tuple(file["path"] for file in files)


def stored(messages: Sequence[Message]) -> JsonValue:
    return [message.model_dump(mode="json", by_alias=True) for message in messages]


def settings(of: events.Settings) -> JsonValue:
    return of.model_dump(mode="json", by_alias=True)


templates = Projection(
    name="templates",
    version=2,
    aggregate=template_aggregate,
    models=("Template", "TemplateDraft"),
    touches=touches,
    project=project,
    relevant=get_args(TemplateEvent),
    of_head=True,
)
STATUSES = ("PUBLISHED", "DEPRECATED")
TEMPLATE_LIST = Listing(
    "list_templates",
    "/templates",
    own=None,
    every=Index(documents.TEMPLATES_BY_STATUS, "status"),
    statuses=STATUSES,
)
DRAFT_LIST = Listing(
    "list_template_drafts",
    "/template-drafts",
    own=None,
    every=Index(documents.TEMPLATE_DRAFTS_BY_STATUS, "status"),
    statuses=("DRAFT", *STATUSES),
)
DRAFT_DETAIL = Detail(
    "get_template_draft",
    "/template-drafts/<id>",
    template_aggregate.aggregate_type,
    documents.GET_TEMPLATE_DRAFT,
)
TEMPLATE_DETAIL = Detail(
    "get_template",
    "/templates/<id>",
    template_aggregate.aggregate_type,
    documents.GET_TEMPLATE,
    head=DRAFT_DETAIL,
)
