"""Guarantees of adapters: every port with more than one is told of, by tests that ran with each."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from typing import Any, Protocol, cast

import pytest

import adapters as package
import application
from scripts import adapters, features
from scripts.adapters import Adapter, Port, Sentence
from scripts.junit import Case, Outcome
from scripts.trying.belongings import goes

pytestmark = pytest.mark.feature("L12", "W18")
PORTS = {port.name: port for port in adapters.ports()}


def found(name: str) -> Any:  # noqa: ANN401 - any class
    module, _, within = name.rpartition(".")
    return getattr(importlib.import_module(module), within)


def of_domain(port: Port) -> bool:
    return any(goes(f"src/{name.replace('.', '/')}") for name in port.protocols)


def classes(folder: Any) -> Iterator[type]:  # noqa: ANN401 - a package
    """Yield each class that a module of the package defines."""
    for module in pkgutil.walk_packages(folder.__path__, f"{folder.__name__}."):
        for one in vars(importlib.import_module(module.name)).values():
            if inspect.isclass(one) and one.__module__ == module.name:
                yield one


def methods(one: type) -> dict[str, dict[str, Any]]:
    """Return the parameters of each method, by name, with their types."""
    return {
        name: {p.name: p.annotation for p in inspect.signature(member).parameters.values()}
        for name, member in inspect.getmembers(one, inspect.isfunction)
        if not name.startswith("_")
    }


def implements(one: type, protocol: type) -> bool:
    wanted, has = methods(protocol), methods(one)
    return bool(wanted) and all(has.get(name) == given for name, given in wanted.items())


def name_of(one: type) -> str:
    return f"{one.__module__}.{one.__qualname__}"


def several() -> dict[str, set[str]]:
    """Return the ports of the engine that more than one class of src/adapters implements."""
    protocols = [one for one in classes(application) if Protocol in one.__bases__]
    written = [*classes(package)]
    found = {
        name_of(port): {name_of(one) for one in written if implements(one, port)}
        for port in protocols
    }
    return {port: them for port, them in found.items() if len(them) > 1}


def test_every_port_with_more_than_one_adapter_is_told_of() -> None:
    listed = {
        protocol: {one.implements for one in port.adapters}
        for port in PORTS.values()
        for protocol in port.protocols
    }
    have = several()

    assert len(have) > 8
    assert {port: them for port, them in have.items() if not them <= listed.get(port, set())} == {}


@pytest.mark.parametrize("name", [name for name, port in PORTS.items() if not of_domain(port)])
def test_its_adapters_implement_it(name: str) -> None:
    for one in PORTS[name].adapters:
        for protocol in PORTS[name].protocols:
            assert methods(found(protocol)).keys() <= methods(found(one.implements)).keys()


@pytest.mark.parametrize("name", PORTS)
def test_where_adapters_differ_each_says_how(name: str) -> None:
    port = PORTS[name]

    assert len(port.adapters) > 1
    assert {one.of for one in port.sentences if one.of} <= {one.name for one in port.adapters}
    assert adapters.untold(port) == []


def test_every_sentence_has_an_id_of_its_own_and_a_test() -> None:
    sentences = [one for port in PORTS.values() for one in port.sentences]

    assert len({one.id for one in sentences}) == len(sentences) > 50
    assert [one.id for one in sentences if not one.tests] == []


TEST = "tests/contract/test_a.py::test_b"


def port(of: str | None = None) -> Port:
    return Port(
        "Store",
        "",
        (),
        (Adapter("real", "", ("moto",)), Adapter("memory", "", ("memory",))),
        (Sentence("A1", "order", "It is.", (TEST,), of),),
    )


@pytest.mark.parametrize(
    ("of", "ran", "missing"),
    [
        (None, {"moto-1": "passed", "1-memory": "passed"}, []),
        (None, {"moto": "passed"}, ["memory"]),
        (None, {"moto": "passed", "memory": "failed"}, ["memory"]),
        (None, {"moto": "skipped", "memory": "passed"}, ["real"]),
        (None, {"": "passed"}, ["real", "memory"]),
        (None, {"memory_of_a_day-moto": "passed"}, ["memory"]),
        ("real", {"": "passed"}, []),
        ("real", {"1": "passed"}, []),
        ("real", {"moto": "passed"}, []),
        ("real", {"memory": "passed"}, ["real"]),
        ("memory", {}, ["memory"]),
    ],
)
def test_a_sentence_needs_a_test_that_ran_with_each_adapter_it_is_about(
    of: str | None, ran: dict[str, str], missing: list[str]
) -> None:
    cases = [Case(TEST, cast(Outcome, outcome), given) for given, outcome in ran.items()]

    assert adapters.unshown([port(of)], cases) == [
        f"A1 of {name}: no test ran with it" for name in missing
    ]


def test_a_subject_of_which_one_adapter_alone_says_something_is_found() -> None:
    assert adapters.untold(port()) == []
    assert adapters.untold(port("real")) == ["Store: order of memory"]


def test_what_no_test_showed_is_a_fault_of_the_whole_run() -> None:
    assert "A1 of DynamoDB: no test ran with it" in features.unshown([])
