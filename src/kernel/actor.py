"""Who commands."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """Who commands. `owner` is `<sub>::<username>`, and so is `machine`, which acts for them."""

    owner: str
    may_command_all: bool = False
    machine: str | None = None

    @property
    def principal(self) -> str:
        """The one whose command it is: command ids are theirs."""
        return self.machine or self.owner

    @property
    def on_behalf_of(self) -> str | None:
        return self.owner if self.machine else None
