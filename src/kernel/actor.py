"""The actor: the sender of a command, as the rules see it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """The sender of a command: `owner` is `<sub>::<username>`; a `machine` may act for them."""

    owner: str
    may_command_all: bool = False
    machine: str | None = None

    @property
    def principal(self) -> str:
        """Return the sender, to whom the command id belongs: the machine, or else the owner."""
        return self.machine or self.owner

    @property
    def on_behalf_of(self) -> str | None:
        return self.owner if self.machine else None
