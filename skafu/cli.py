"""The command line: one module a command, registered here."""

import typer

from skafu.commands import (
    bench,
    contract,
    cost,
    dev,
    dlq,
    doctor,
    forget_subject,
    history,
    invoke,
    outputs,
    publish,
    simulate,
    state,
    verify,
    why,
)
from skafu.commands import token as tokens

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_show_locals=False)
app.command()(bench.bench)
app.command()(cost.cost)
app.command()(dev.dev)
app.command()(tokens.token)
app.command()(invoke.invoke)
app.command()(history.history)
app.command()(state.state)
app.command()(why.why)
app.command()(verify.verify)
app.command()(doctor.doctor)
app.command()(forget_subject.forget_subject)
app.add_typer(dlq.app, name="dlq")
app.command()(publish.publish)
app.command()(outputs.outputs)
app.command()(simulate.simulate)
app.add_typer(contract.app, name="contract")

if __name__ == "__main__":
    app()
