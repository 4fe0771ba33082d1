"""A lease is one process's; it ends by itself when that process is gone."""

from collections.abc import Callable

import boto3
import pytest
from moto import mock_aws

from adapters.dynamodb.leases import DynamoDbLeases
from adapters.memory.leases import MemoryLeases
from application.reading.leases import LEASE, RENEWED_AFTER, LeaseHeld, Leases, holding
from tests.support.fakes import NOW, Clock
from tests.support.stores import new_table

pytestmark = pytest.mark.feature("T14")
WORKS = ("rebuild of teapots", "rebuild of parts")


def on_dynamodb() -> Leases:
    client = boto3.client("dynamodb", region_name="eu-central-1")
    return DynamoDbLeases(client, new_table(client, "CommandsTable"))


@pytest.fixture(params=[MemoryLeases, on_dynamodb], ids=["memory", "moto"])
def leases(request: pytest.FixtureRequest) -> Leases:
    make: Callable[[], Leases] = request.param
    request.getfixturevalue("aws")
    return make()


@pytest.fixture
def aws() -> object:
    with mock_aws():
        yield


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_second_holder_is_refused_and_told_who_works(leases: Leases, clock: Clock) -> None:
    with holding(leases, clock, "ada", WORKS[:1]):
        clock.move(seconds=1)
        with pytest.raises(LeaseHeld) as refused, holding(leases, clock, "eve", WORKS):
            pass

    assert refused.value.lease.holder == "ada"
    assert refused.value.lease.since == NOW
    assert "rebuild of teapots runs already: ada has been at it since" in str(refused.value)


def test_what_was_refused_holds_nothing(leases: Leases, clock: Clock) -> None:
    with holding(leases, clock, "ada", WORKS[1:]):
        with pytest.raises(LeaseHeld), holding(leases, clock, "eve", WORKS):
            pass
        with holding(leases, clock, "bob", WORKS[:1]):
            pass


def test_it_is_free_at_the_end(leases: Leases, clock: Clock) -> None:
    for name in ("ada", "eve"):
        with holding(leases, clock, name, WORKS):
            pass


def test_it_is_free_once_its_holder_is_silent(leases: Leases, clock: Clock) -> None:
    with holding(leases, clock, "ada", WORKS) as ada:
        clock.now += LEASE
        with holding(leases, clock, "eve", WORKS):
            with pytest.raises(LeaseHeld):
                ada.renew()
            ada.end()  # gives back nothing that is another's
            with pytest.raises(LeaseHeld), holding(leases, clock, "bob", WORKS):
                pass


def test_it_is_kept_as_long_as_it_is_renewed(leases: Leases, clock: Clock) -> None:
    with holding(leases, clock, "ada", WORKS) as ada:
        for _ in range(20):
            clock.now += RENEWED_AFTER
            ada.renew()
        with pytest.raises(LeaseHeld), holding(leases, clock, "eve", WORKS):
            pass


def test_it_is_not_renewed_before_it_is_time(leases: Leases, clock: Clock) -> None:
    with holding(leases, clock, "ada", WORKS) as ada:
        clock.now += LEASE - RENEWED_AFTER + RENEWED_AFTER / 5
        ada.renew()
        clock.now += RENEWED_AFTER / 5
        ada.renew()
        clock.now += LEASE - RENEWED_AFTER / 5
        with holding(leases, clock, "eve", WORKS):
            pass
