"""The divergence: a simulation looks for one."""


class Divergence(Exception):
    """Something that was promised does not hold. `kind` says which promise."""

    def __init__(self, kind: str, what: str) -> None:
        super().__init__(f"{kind}: {what}")
        self.kind = kind
