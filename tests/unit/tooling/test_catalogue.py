"""The catalogue of events says who records and who reads what."""

import ast

import pytest

from skafu.generate import catalogue

DECIDER = """
def decide(state, command):
    match command:
        case Open():
            return open_it(state)
        case Close() if state.open:
            return [Closed()]
        case _:
            return decide_open(state, command)

def open_it(state):
    return [Opened(), *announce(state)]

def announce(state):
    return [Announced()]

def decide_open(state, command):
    match command:
        case Paint() | Polish():
            return touch_up(command)

def touch_up(command):
    match command:
        case Paint():
            return [] if isinstance(command.last, Polished) else [Painted()]
        case Polish():
            return [Polished()]
"""
EVENTS = {"Opened", "Announced", "Closed", "Painted", "Polished"}
PROJECTION = """
def change(row, event):
    match event:
        case Opened() | Announced():
            return replace(row, open=True)
        case Closed():
            return row
"""


def functions(source: str) -> dict[str, ast.FunctionDef]:
    return {node.name: node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize(
    ("command", "events"),
    [
        ("Open", {"Opened", "Announced"}),
        ("Close", {"Closed"}),
        ("Paint", {"Painted"}),
        ("Polish", {"Polished"}),
    ],
)
def test_what_a_command_records_is_followed_through_the_functions_it_calls(
    command: str, events: set[str]
) -> None:
    commands = {"Open", "Close", "Paint", "Polish"}

    assert catalogue.reached(functions(DECIDER), command, commands) & EVENTS == events


def test_an_event_that_a_projection_only_ignores_is_not_read_by_it() -> None:
    assert catalogue.matched_events(ast.parse(PROJECTION)) == {"Opened", "Announced"}


def test_every_event_is_recorded_by_a_command() -> None:
    assert "Recorded by nothing" not in catalogue.page()
