"""Follow a guide: its blocks in their order, in one bash session, in one workplace."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from tests.guides import checking
from tests.guides.blocks import Block, Kind
from tests.guides.matching import matches
from tests.guides.session import Ran, Session, session
from tests.guides.workplace import NotStarted, Workplace, git_apply


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


PAUSE = 0.5  # seconds between two attempts at what comes true eventually


@dataclass
class Walk:
    """A guide being followed; `last` is the block before, with what it printed."""

    place: Workplace
    bash: Session
    last: tuple[Block, Ran] | None = None

    @property
    def steps(self) -> Mapping[Kind, Callable[[Block], None]]:
        return {
            Kind.RUN: self.run,
            Kind.AWS: self.run_as_in_aws,
            Kind.CHECKED: self.check,
            Kind.RESTART: self.restart,
            Kind.OUTPUT: self.compare,
            Kind.FILE: self.write,
            Kind.PATCH: self.patch,
            Kind.SHOWN: self.show,
        }

    def run(self, block: Block) -> None:
        for ran in self.attempts(block):
            if ran.code == block.exit_code:
                break
        self.ended(block, ran)

    def attempts(self, block: Block) -> Iterator[Ran]:
        """Run a block once, or until its time is over when it is to come true eventually."""
        deadline = time.monotonic() + block.seconds
        yield self.sent(block)
        while block.eventually and time.monotonic() < deadline:
            time.sleep(PAUSE)
            yield self.sent(block)

    def sent(self, block: Block) -> Ran:
        tolerant = block.exit_code or block.eventually
        send = self.bash.run_to_the_end if tolerant else self.bash.run
        return send(block.text, block.seconds)

    def run_as_in_aws(self, block: Block) -> None:
        self.ended(block, self.bash.run(block.text, block.seconds, self.place.account()))

    def ended(self, block: Block, ran: Ran) -> None:
        if ran.code is None:
            raise Broken(block, f"did not end within {block.seconds:g} s", ran)
        if ran.code != block.exit_code:
            raise Broken(block, f"ended with {ran.code}, not {block.exit_code}", ran)
        self.last = block, ran

    def check(self, block: Block) -> None:
        self.last = None
        try:
            checking.check(block.text, self.place.tree, self.place.tools())
        except checking.Unknown as error:
            raise Broken(block, str(error)) from None

    def restart(self, block: Block) -> None:
        self.last = None
        try:
            self.place.restart()
        except NotStarted as error:
            raise Broken(block, str(error)) from None

    def compare(self, block: Block) -> None:
        if self.last is None:
            raise Broken(block, "no command before it has printed this")
        command, first = self.last
        again = self.attempts(command) if command.eventually else ()
        for ran in chain((first,), again):
            if matches(block.text, ran.output):
                return
        raise Broken(block, "is not what was printed", ran)

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
