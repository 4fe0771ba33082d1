"""Events as CloudEvents 1.0, for consumers that do not read our envelopes.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
"""

from collections.abc import Mapping
from typing import Any

from application.publishing.envelopes import source

SEQUENCE_DIGITS = 12  # the extension `sequence` is compared as text


def to_cloudevent(envelope: Mapping[str, Any]) -> dict[str, Any]:
    """Return a published envelope as a CloudEvent in JSON, structured mode.

    `source` and `id` together are unique. `sequence` counts within `subject`; it, `correlationid`,
    `causationid` and `traceparent` are extensions of the specification. All other metadata is
    carried as extensions of the same name in lower case.
    """
    event_type, context = envelope["eventType"], source(envelope)
    return {
        "specversion": "1.0",
        "id": envelope["eventId"],
        "source": context,
        "type": f"{context}.{event_type}",
        "subject": envelope["aggregateId"],
        "time": envelope["timestamp"],
        "datacontenttype": "application/json",
        "dataschema": f"urn:skafu:event:{event_type}:{envelope['schemaVersion']}",
        "sequence": f"{envelope['eventSequence']:0{SEQUENCE_DIGITS}}",
        "correlationid": envelope["correlationId"],
        "causationid": envelope["causationId"],
        **{name.lower(): value for name, value in envelope["metadata"].items()},
        "data": envelope["data"],
    }
