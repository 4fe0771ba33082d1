"""Anomalies that are planted in schedules that have ended, to see that the checks notice them."""

from collections.abc import Iterable
from itertools import islice

import pytest

from skafu.simulation.campaign import WHOLE
from skafu.simulation.checks import check
from skafu.simulation.divergence import Divergence
from skafu.simulation.system import System


def ended(seed: int) -> System:
    system = System(seed, WHOLE)
    system.run()
    return system


def first_noticed(planted: Iterable[System], times: int) -> list[str]:
    """Return what is noticed of the first systems that hold an anomaly."""
    return [kind_of_divergence(system) for system in islice(planted, times)]


def kind_of_divergence(system: System) -> str:
    with pytest.raises(Divergence) as found:
        check(system)
    return found.value.kind
