"""ApiDocs: the OpenAPI document as a page, which anybody may read."""

from collections.abc import Mapping
from typing import Any

from domain.contents import contents
from edge.http import page
from edge.observability import logged
from handlers import wiring


@logged
def handler(event: Mapping[str, Any], _: object) -> dict[str, Any]:
    return page.answer(contents, event)


wiring.at_init(lambda: page.page(contents))
