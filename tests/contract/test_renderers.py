"""Renderers of scaffolds: one contract, with Jinja2 and as the simulator has it."""

from collections.abc import Callable

import pytest

from adapters.jinja.renderer import JinjaRenderer
from application.scaffolding import Files, NotRendered, Renderer, Values
from skafu.simulation.sagas import PlainRenderer

pytestmark = pytest.mark.feature("L12")
OPENINGS: dict[str, Callable[[], Renderer]] = {"jinja": JinjaRenderer, "simulator": PlainRenderer}


@pytest.fixture(params=OPENINGS)
def renderer(request: pytest.FixtureRequest) -> Renderer:
    return OPENINGS[request.param]()


def test_values_come_into_their_places_and_the_rest_stays(renderer: Renderer) -> None:
    files = {"README.md": "# <%= name %>\n\n{{ name }} <%= name %>\n", "empty": ""}
    found = renderer.render(files, {"name": "Tee \U0001fad6"})

    assert found == {"README.md": "# Tee \U0001fad6\n\n{{ name }} Tee \U0001fad6\n", "empty": ""}


def test_the_same_files_and_values_yield_the_same(renderer: Renderer) -> None:
    given: tuple[Files, Values] = {"a": "<%= n %>", "b": "<%= n %>"}, {"n": 7}

    assert renderer.render(*given) == renderer.render(*given) == {"a": "7", "b": "7"}


def test_what_has_no_value_is_not_rendered(renderer: Renderer) -> None:
    with pytest.raises(NotRendered):
        renderer.render({"a": "fine", "b": "<%= nothing %>"}, {"name": "Tee"})


def test_the_simulators_knows_places_and_nothing_else() -> None:
    with pytest.raises(NotRendered):
        PlainRenderer().render({"a": "<%= name | upper %>"}, {"name": "Tee"})
