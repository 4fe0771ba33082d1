"""`skafu invoke`: run one function on one sample event, as Lambda would."""
import typer
def invoke() -> None:
    raise typer.Exit(2)
