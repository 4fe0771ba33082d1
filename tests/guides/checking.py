"""Check commands that are not run: each program exists, and its help lists every option used."""

import os
import re
import shlex
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import groupby, takewhile
from pathlib import Path

ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
PUNCTUATION = ";|&"
OPTION = re.compile(r"-{1,2}[A-Za-z][\w-]*")
HELP_SECONDS = 120.0
# Wide, so that no help text is folded within an option's name.
PLAIN = {"COLUMNS": "300", "TERM": "dumb", "NO_COLOR": "1"}


class Unknown(Exception):
    """A command that cannot work as it stands; the message says what is unknown of it."""


def check(script: str, folder: Path, environment: Mapping[str, str]) -> None:
    """Check every command of a script. Raises `Unknown`."""
    for words in commands(script):
        if words[0] == "make":
            check_target(words, folder, environment)
        else:
            check_program(words, folder, environment)


def commands(script: str) -> Iterator[list[str]]:
    """Return the simple commands of a script, without the assignments before them."""
    for line in script.replace("\\\n", " ").splitlines():
        for separator, words in groupby(split(line), lambda word: set(word) <= set(PUNCTUATION)):
            command = [] if separator else without_assignments(list(words))
            if command:
                yield command


def split(line: str) -> Iterator[str]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars=PUNCTUATION)
    lexer.whitespace_split = True
    return iter(lexer)


def without_assignments(command: Sequence[str]) -> list[str]:
    words = list(command)
    while words and ASSIGNMENT.match(words[0]):
        del words[0]
    return words


def check_target(words: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
    """Check that make knows the target, and the options in ARGS of the command that it runs."""
    done = run(("make", "--dry-run", *words[1:]), folder, environment)
    if done.returncode:
        raise Unknown(done.stderr.strip())
    given = next((word[5:] for word in words if word.startswith("ARGS=")), "")
    if options(given.split()):
        check(done.stdout.strip().splitlines()[-1], folder, environment)


def check_program(words: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
    words = [word for word in words if word != "exec"]
    named = takewhile(lambda word: word == "-m" or not word.startswith("-"), words)
    shown = help_of(tuple(named), folder, frozenset(environment.items()))
    if unknown := [option for option in options(words) if option not in OPTION.findall(shown)]:
        raise Unknown(f"{' '.join(words)}: its help does not list {', '.join(unknown)}")


def options(words: Sequence[str]) -> list[str]:
    """Return the names of options among the words; `-m` of Python is none."""
    found = [OPTION.match(word) for word in words if word != "-m"]
    return [match[0] for match in found if match]


@cache
def help_of(words: Sequence[str], folder: Path, environment: frozenset[tuple[str, str]]) -> str:
    """Return what the command says with `--help`. Raises `Unknown`."""
    try:
        done = run((*words, "--help"), folder, {**dict(environment), **PLAIN})
    except FileNotFoundError as error:
        raise Unknown(f"{words[0]} is not on PATH") from error
    if done.returncode:
        raise Unknown(f"{' '.join(words)} --help: {(done.stdout + done.stderr).strip()}")
    return done.stdout + done.stderr


def run(
    words: Sequence[str], folder: Path, environment: Mapping[str, str]
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        words, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True,
        stdin=subprocess.DEVNULL, timeout=HELP_SECONDS, check=False,
    )  # fmt: skip
