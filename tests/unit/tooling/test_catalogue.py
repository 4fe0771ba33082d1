"""The catalogue of events says who records and who reads what."""

import ast

from skafu import catalogue

DECIDER = """
def decide(state, command):
    match command:
        case Open():
            return open_it(state)
        case Close() if state.open:
            return [Closed()]

def open_it(state):
    return [Opened(), *announce(state)]

def announce(state):
    return [Announced()]
"""
PROJECTION = """
def change(row, event):
    match event:
        case Opened() | Announced():
            return replace(row, open=True)
        case Closed():
            return row
"""


def test_what_a_command_records_is_followed_through_the_functions_it_calls() -> None:
    tree = ast.parse(DECIDER)
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    arms = dict(arm for node in ast.walk(tree) for arm in catalogue.cases(node))

    assert {"Opened", "Announced"} <= catalogue.reached(arms["Open"], functions)
    assert "Closed" not in catalogue.reached(arms["Open"], functions)
    assert "Closed" in catalogue.reached(arms["Close"], functions)


def test_an_event_that_a_projection_only_ignores_is_not_read_by_it() -> None:
    assert catalogue.matched_events(ast.parse(PROJECTION)) == {"Opened", "Announced"}


def test_every_event_of_a_project_is_recorded_by_a_command_and_read_by_a_projection() -> None:
    assert "Recorded by nothing" not in catalogue.page()
    assert "read by nothing" not in catalogue.page()
