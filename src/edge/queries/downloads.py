"""Files that belong to rows: a link by which the browser downloads one, soon expired."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

from aws_lambda_powertools.event_handler import Response

from application.archives import NotOurs
from edge.caller import Caller
from edge.queries.details import found
from edge.queries.routes import ID, Meta, QueryPorts, Route, json_response
from kernel.contents import Contents
from kernel.errors import AggregateNotFound
from kernel.messages import Message, iso_milliseconds
from kernel.query import Download, File

SECONDS = 60
"""For which a link works; a download that has begun goes on after that."""
DESCRIPTION = """Get a link to the {noun}, by which anybody can download it for {seconds} seconds.

Ask again for each download. The browser saves it as `fileName`; `bytes` and `sha256` are known of
what Skafu has made itself. When there is none, when the row does not exist, or when it belongs to
somebody else, the answer is 404. 503 when the store of archives cannot be reached.
"""


class DownloadData(Message):
    url: str
    expires_at: str
    file_name: str
    bytes: int | None
    sha256: str | None


class DownloadBody(Message):
    data: DownloadData
    meta: Meta


def routes(contents: Contents) -> Iterator[Route]:
    for query in contents.queries:
        if isinstance(query, Download):
            yield Route(
                query.path,
                partial(get_download, query),
                DownloadBody,
                {"id": ID},
                query.name.replace("_", " ").capitalize(),
                DESCRIPTION.format(noun=query.noun, seconds=SECONDS),
                query.name,
            )


def get_download(query: Download, ports: QueryPorts, who: Caller, *, id: str) -> Response[Any]:
    row = found(query.parent, ports, ports.queries.row(who.token, query.parent.document, id))
    file = query.file(row)
    url = file and link(ports, file)
    if file is None or url is None:
        raise AggregateNotFound(aggregate=f"The {query.noun}")
    data = DownloadData(
        url=url,
        expires_at=iso_milliseconds(ports.clock() + timedelta(seconds=SECONDS)),
        file_name=file.name,
        bytes=file.bytes,
        sha256=file.sha256,
    )
    meta = Meta(last_updated=row["updatedAt"], version=row["version"])
    return json_response(DownloadBody(data=data, meta=meta), {"Cache-Control": "no-store"})


def link(ports: QueryPorts, file: File) -> str | None:
    """Return a link; `None` for a file that is gone, or was never in these archives."""
    with suppress(NotOurs):
        return ports.archives.link(file.url, file.name, SECONDS) if ports.archives else None
    return None
