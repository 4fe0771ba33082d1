"""Follow a guide: its blocks in their order, in one bash session, in one workplace."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from guides import checking
from guides.blocks import Block, Kind
from guides.matching import matches
from guides.session import Ran, Session, session
from guides.workplace import Workplace, git_apply


class Broken(Exception):
    """A block that does not do what its guide says; the message begins with page and line."""

    def __init__(self, block: Block, what: str, ran: Ran | None = None) -> None:
        seen = f"\n--- output\n{ran.output}--- errors\n{ran.errors}" if ran else ""
        super().__init__(f"{block.place}: {what}\n--- block\n{block.text}{seen}")


def follow(guide: Sequence[Block], place: Workplace, files: Path) -> None:
    """Do what each block says. Raises `Broken` for the first that fails."""
    with session(place.tree, files, place.environment()) as bash:
        walk = Walk(place, bash)
        for block in guide:
            walk.steps[block.kind](block)


@dataclass
class Walk:
    """A guide being followed; `last` is what the block before printed."""

    place: Workplace
    bash: Session
    last: Ran | None = None

    @property
    def steps(self) -> Mapping[Kind, Callable[[Block], None]]:
        return {
            Kind.RUN: self.run,
            Kind.AWS: self.run_as_in_aws,
            Kind.CHECKED: self.check,
            Kind.OUTPUT: self.compare,
            Kind.FILE: self.write,
            Kind.PATCH: self.patch,
            Kind.SHOWN: self.show,
        }

    def run(self, block: Block) -> None:
        send = self.bash.run_to_the_end if block.exit_code else self.bash.run
        self.ended(block, send(block.text, block.seconds))

    def run_as_in_aws(self, block: Block) -> None:
        self.ended(block, self.bash.run(block.text, block.seconds, self.place.account()))

    def ended(self, block: Block, ran: Ran) -> None:
        if ran.code is None:
            raise Broken(block, f"did not end within {block.seconds:g} s", ran)
        if ran.code != block.exit_code:
            raise Broken(block, f"ended with {ran.code}, not {block.exit_code}", ran)
        self.last = ran

    def check(self, block: Block) -> None:
        self.last = None
        try:
            checking.check(block.text, self.place.tree, self.place.tools())
        except checking.Unknown as error:
            raise Broken(block, str(error)) from None

    def compare(self, block: Block) -> None:
        if self.last is None:
            raise Broken(block, "no command before it has printed this")
        if not matches(block.text, self.last.output):
            raise Broken(block, "is not what was printed", self.last)

    def write(self, block: Block) -> None:
        self.last = None
        file = self.place.tree / block.attributes["file"]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(block.text)

    def patch(self, block: Block) -> None:
        self.last = None
        if refused := git_apply(block.text, self.place.tree):
            raise Broken(block, refused)

    def show(self, block: Block) -> None:
        self.last = None
