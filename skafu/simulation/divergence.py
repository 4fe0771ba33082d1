"""What a simulation is looking for."""


class Divergence(Exception):
    """Something that was promised does not hold. `kind` says which promise."""

    def __init__(self, kind: str, what: str) -> None:
        super().__init__(f"{kind}: {what}")
        self.kind = kind
