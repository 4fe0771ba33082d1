"""`skafu saga`: what is called wrongly ends with 2, before any system is asked."""

import pytest
from typer.testing import CliRunner

from domain.contents import contents
from skafu.cli import app

ID = f"{contents.aggregates[0].aggregate_type}#0198f2a0-0000-7000-8000-00000000000a"


@pytest.mark.feature("S5")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("list", "--status", "BROKEN"), "'BROKEN' is not one of"),
        (("list", "--status", ""), "'' is not one of"),
        (("compensate", ID, "--reason", ""), "Must be text of at most 1000"),
        (("compensate", ID, "--reason", "\u200b"), "Must be text of at most 1000"),
        (("cancel", ID, "--reason", "x" * 1001), "Must be text of at most 1000"),
        (("cancel", ID, "--reason", "a\u202eb"), "Must be text of at most 1000"),
    ],
)
def test_what_is_called_wrongly_is_said(words: tuple[str, ...], said: str) -> None:
    """A reason is stored, and read by the owner: it is one that a command takes."""
    done = CliRunner().invoke(app, ["saga", *words, "--outputs", "nowhere.json"])

    assert done.exit_code == 2, done.output
    assert said in " ".join(done.output.replace("│", "").split())
