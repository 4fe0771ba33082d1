"""The monthly cost of a project: list prices, and usage that the project states or that is assumed.

docs/analysis.md shows the same prices with their sources; a test compares both.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from domain.analysis import features
from domain.analysis.commands import MAX_COST_LINES, CostLine, MonthlyCost
from domain.analysis.texts import label
from domain.ports import Subject, SubjectService
from domain.project.values import ServiceType

HOURS = 730
"""Of a month, as AWS counts them."""
PRICES: Mapping[str, float] = {
    "gateway_million_requests": 3.50,
    "lambda_million_requests": 0.20,
    "lambda_gb_second": 0.0000133334,
    "logs_gb": 0.50,
    "transfer_gb": 0.09,
    "cdn_million_requests": 1.00,
    "cdn_gb": 0.085,
    "storage_gb": 0.023,
    "queue_million_requests": 0.40,
    "table_million_writes": 0.625,
    "table_million_reads": 0.125,
    "table_gb": 0.25,
    "sql_hour": 0.016,
    "sql_gb": 0.115,
    "cache_hour": 0.0128,
    "search_hour": 0.036,
    "search_gb": 0.122,
    "backup_gb": 0.10,
    "nat_hour": 0.045,
    "nat_gb": 0.045,
    "firewall": 5.00,
    "firewall_rule": 1.00,
    "firewall_million_requests": 0.60,
    "alarm": 0.10,
    "metric": 0.30,
    "secret": 0.40,
}
"""Dollars a month in us-east-1, on demand, without a free tier."""
HOME = "us-east-1"
REGIONS: Mapping[str, float] = {
    "us-east-1": 1.0,
    "us-east-2": 1.0,
    "us-west-2": 1.0,
    "us-west-1": 1.15,
    "ca-central-1": 1.1,
    "eu-west-1": 1.05,
    "eu-north-1": 1.05,
    "eu-west-2": 1.1,
    "eu-west-3": 1.15,
    "eu-central-1": 1.15,
    "eu-south-1": 1.15,
    "ap-south-1": 1.1,
    "ap-northeast-1": 1.2,
    "ap-southeast-1": 1.2,
    "ap-southeast-2": 1.2,
    "sa-east-1": 1.6,
}
"""How dear each region is beside us-east-1, roughly."""
OF_FEATURE: Mapping[str, tuple[str, Mapping[str, float]]] = {
    "database": (
        "DynamoDB: 1 million writes, 5 million reads, 10 GB",
        {"table_million_writes": 1, "table_million_reads": 5, "table_gb": 10},
    ),
    "sql-database": ("RDS: a db.t4g.micro with 20 GB", {"sql_hour": HOURS, "sql_gb": 20}),
    "cache": ("ElastiCache: a cache.t4g.micro", {"cache_hour": HOURS}),
    "search": ("OpenSearch: a t3.small with 10 GB", {"search_hour": HOURS, "search_gb": 10}),
    "backups": ("Backups: 10 GB", {"backup_gb": 10}),
    "file-storage": ("S3: 50 GB", {"storage_gb": 50}),
    "private-network": ("NAT gateway: 10 GB", {"nat_hour": HOURS, "nat_gb": 10}),
    "firewall": ("WAF: 3 rules", {"firewall": 1, "firewall_rule": 3}),
    "monitoring": ("CloudWatch: 5 alarms, 10 metrics", {"alarm": 5, "metric": 10}),
    "secrets": ("Secrets Manager: 5 secrets", {"secret": 5}),
}
"""What a feature needs in a month: quantities by price."""
MOST = 10.0**6
"""Dollars of one line: a project that costs more is not judged by rules."""
MOST_OF_ALL = 10.0**9


@dataclass(frozen=True, slots=True)
class Usage:
    """A month of a service: stated by its configuration, or assumed."""

    requests: float
    milliseconds: float
    memory: float
    transfer_gb: float
    storage_gb: float

    @property
    def gb_seconds(self) -> float:
        return self.requests * self.milliseconds / 1000 * self.memory / 1024


STATED: Mapping[str, tuple[str, ...]] = {
    "requests": ("requestsPerMonth", "messagesPerMonth", "requests"),
    "milliseconds": ("durationMs", "milliseconds"),
    "memory": ("memory", "memoryMb", "memorySize"),
    "transfer_gb": ("transferGb", "trafficGb"),
    "storage_gb": ("storageGb",),
}
"""Names of fields in the configuration of a service that state its usage."""
ASSUMED: Mapping[ServiceType, Usage] = {
    ServiceType.API: Usage(10**6, 100, 512, 10, 0),
    ServiceType.WORKER: Usage(10**6, 500, 512, 0, 0),
    ServiceType.FRONTEND: Usage(10**6, 0, 0, 50, 1),
}
LOG_KB = 1.5
"""Logged by a request or a message."""
Amounts = Iterator[tuple[str, float]]
"""What is paid for, with its dollars."""


def monthly_cost(subject: Subject) -> MonthlyCost | None:
    """Return the cost, or `None` for a project with nothing that has a price."""
    factor = REGIONS.get(region_of(subject), 1.0)
    found = [*lines_of_services(subject, factor), *lines_of_features(subject, factor)]
    if not found:
        return None
    return MonthlyCost(total=total(found), lines=shortened(found))


def total(lines: Sequence[CostLine]) -> float:
    return min(sum(line.amount for line in lines), MOST_OF_ALL)


def region_of(subject: Subject) -> str:
    chosen = subject.configuration.region if subject.configuration else ""
    return label(chosen) if chosen else HOME


def lines_of_services(subject: Subject, factor: float) -> Iterator[CostLine]:
    for service in subject.services:
        for what, amount in BY_TYPE[service.type](usage(service)):
            if amount:
                yield line(service.name, what, amount * factor)


def lines_of_features(subject: Subject, factor: float) -> Iterator[CostLine]:
    requests = sum(usage(service).requests for service in subject.services)
    for feature in sorted(features.known(wished(subject))):
        for what, amount in of_feature(feature, requests):
            yield line(feature, what, amount * factor)


def wished(subject: Subject) -> tuple[str, ...]:
    return subject.configuration.features if subject.configuration else ()


def line(service: str, what: str, amount: float) -> CostLine:
    return CostLine(service=label(service), what=what, amount=min(amount, MOST))


def shortened(lines: Sequence[CostLine]) -> tuple[CostLine, ...]:
    """Return the lines; the smallest of too many are one."""
    if len(lines) <= MAX_COST_LINES:
        return tuple(lines)
    dearest = sorted(lines, key=lambda line: -line.amount)
    kept, rest = dearest[: MAX_COST_LINES - 1], dearest[MAX_COST_LINES - 1 :]
    what = f"{len(rest)} smaller lines"
    return (*kept, CostLine(service="others", what=what, amount=total(rest)))


def usage(service: SubjectService) -> Usage:
    assumed = ASSUMED[service.type]
    return Usage(
        *(
            stated(service.configuration, names, getattr(assumed, field))
            for field, names in STATED.items()
        )
    )


def stated(configuration: Mapping[str, JsonValue], names: tuple[str, ...], assumed: float) -> float:
    """Return the first number that one of the fields states, if it is none below zero."""
    for name in names:
        value = configuration.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 10**15:
            return float(value)
    return assumed


def of_api(used: Usage) -> Amounts:
    yield of_million("API Gateway", used.requests), price("gateway", used.requests)
    yield from of_function(used, used.requests)
    yield f"Traffic: {used.transfer_gb:,.0f} GB", used.transfer_gb * PRICES["transfer_gb"]


def of_worker(used: Usage) -> Amounts:
    """Messages are sent one by one; ten at once are received, worked off and deleted."""
    yield of_million("Queue", used.requests), price("queue", used.requests * 1.2)
    yield from of_function(used, used.requests / 10)


def of_frontend(used: Usage) -> Amounts:
    yield of_million("CDN", used.requests), price("cdn", used.requests)
    yield f"Traffic: {used.transfer_gb:,.0f} GB", used.transfer_gb * PRICES["cdn_gb"]
    yield f"Storage: {used.storage_gb:,.0f} GB", used.storage_gb * PRICES["storage_gb"]


BY_TYPE = {
    ServiceType.API: of_api,
    ServiceType.WORKER: of_worker,
    ServiceType.FRONTEND: of_frontend,
}


def of_function(used: Usage, calls: float) -> Amounts:
    computed = used.gb_seconds * PRICES["lambda_gb_second"]
    what = f"Lambda: {used.milliseconds:,.0f} ms each at {used.memory:,.0f} MB"
    yield what, computed + price("lambda", calls)
    logged = used.requests * LOG_KB / 1024**2
    yield f"Logs: {logged:,.1f} GB", logged * PRICES["logs_gb"]


def price(name: str, requests: float) -> float:
    return requests / 10**6 * PRICES[f"{name}_million_requests"]


def of_million(what: str, requests: float) -> str:
    return f"{what}: {requests / 10**6:,.1f} million requests"


def of_feature(feature: str, requests: float) -> Amounts:
    if feature not in OF_FEATURE:
        return
    what, parts = OF_FEATURE[feature]
    each = price("firewall", requests) if feature == "firewall" else 0.0
    yield what, each + sum(quantity * PRICES[name] for name, quantity in parts.items())
