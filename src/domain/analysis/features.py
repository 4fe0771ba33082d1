"""Features of a project: many words for one thing, so that rules and prices know it."""

import re
from collections.abc import Iterable, Mapping

from domain.ports import SubjectService

WORDS: Mapping[str, tuple[str, ...]] = {
    "authentication": (
        *("auth", "authorizer", "authorization", "cognito", "jwt", "login", "oauth", "oidc"),
        *("sign-in", "signin", "sso", "users"),
    ),
    "backups": ("backup", "pitr", "point-in-time-recovery", "snapshots"),
    "cache": ("caching", "elasticache", "memcached", "redis", "valkey"),
    "cdn": ("cloudfront",),
    "database": ("dynamo", "dynamodb", "nosql", "table", "tables"),
    "dead-letter-queue": ("dead-letter", "dead-letters", "dlq", "redrive"),
    "file-storage": ("bucket", "files", "s3", "storage", "uploads"),
    "firewall": ("aws-waf", "rate-limit", "rate-limiting", "throttling", "waf"),
    "monitoring": (
        *("alarms", "alerts", "alerting", "cloudwatch", "dashboards", "logging", "logs"),
        *("metrics", "observability", "tracing", "xray", "x-ray"),
    ),
    "private-network": ("nat", "nat-gateway", "private-subnets", "vpc"),
    "search": ("elasticsearch", "full-text-search", "opensearch"),
    "secrets": ("secrets-manager", "vault"),
    "sql-database": ("aurora", "mysql", "postgres", "postgresql", "rds", "relational", "sql"),
}
"""Each feature that a rule or a price knows, with other words for it."""
FEATURE_OF = {word: feature for feature, words in WORDS.items() for word in (feature, *words)}
HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
SEPARATORS = re.compile(r"[\s._]+")


def known(words: Iterable[str]) -> frozenset[str]:
    """Return the features that the words name; others are left out."""
    return frozenset(FEATURE_OF[plain] for plain in map(plainly, words) if plain in FEATURE_OF)


def unknown(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(word for word in words if plainly(word) not in FEATURE_OF)


def configured(service: SubjectService) -> frozenset[str]:
    """Return the features that a service's own configuration switches on."""
    return known(name for name, value in service.configuration.items() if value)


def plainly(word: str) -> str:
    """Return `dead-letter-queue` for `deadLetterQueue`, `dead_letter_queue` and the like."""
    return SEPARATORS.sub("-", HUMPS.sub("-", word)).lower()
