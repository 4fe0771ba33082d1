"""What the engine offers to the steps of sagas."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from application.archives import Archives
from application.sagas.runs import Runs
from application.scaffolding import NotRendered, Renderer, archive
from kernel.aggregate import AnyAggregate
from kernel.messages import Recorded
from kernel.saga import StepFailed


@dataclass(frozen=True)
class Offer:
    """The `Offered` of the functions."""

    runs: Runs
    renderer: Renderer
    archives: Archives
    region: str

    def events(self, aggregate: AnyAggregate, plain_id: str) -> Iterator[Recorded[Any]]:
        return self.runs.events(aggregate, plain_id)

    def pack(self, files: Mapping[str, str]) -> bytes:
        return archive(files)

    def render(self, files: Mapping[str, str], values: Mapping[str, Any]) -> Mapping[str, str]:
        try:
            return self.renderer.render(files, values)
        except NotRendered as error:
            raise StepFailed(str(error)) from None
