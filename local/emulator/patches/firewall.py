"""AWS WAF: rate-based rules before a stage of API Gateway.

Stock MiniStack keeps web ACLs and enforces none; its CloudFormation knows no association. On AWS a
rate is counted with a delay of some seconds, here at once.
"""

import base64
import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from typing import Any

from local.emulator.patching import Function, expect
from local.emulator.upstream import Untyped, cfn_provisioners, waf

STAGE = "arn:aws:apigateway:{region}::/restapis/{api}/stages/{stage}"
ASSOCIATION = "AWS::WAFv2::WebACLAssociation"
SWEEP = 1000  # requests between two looks for keys that nobody uses any more
Request = Mapping[str, str]
"""The headers of a request, names in lower case, and its address as `""`."""


class UnknownStatement(NotImplementedError):
    """A rule that this firewall does not know: rather no answer than a wrong one."""


class Rates:
    """The times of recent requests by web ACL, rule and key."""

    def __init__(self) -> None:
        self._seen: defaultdict[tuple[str, ...], deque[float]] = defaultdict(deque)
        self._lock = threading.Lock()
        self._counted = 0

    def count(self, key: tuple[str, ...], window: float, now: float) -> int:
        """Count a request; return the number of those in the window, this one included."""
        with self._lock:
            self._sweep(now)
            seen = self._seen[key]
            seen.append(now)
            while seen[0] <= now - window:
                seen.popleft()
            return len(seen)

    def _sweep(self, now: float) -> None:
        self._counted += 1
        if self._counted % SWEEP == 0:
            for key in [key for key, seen in self._seen.items() if seen[-1] <= now - 600]:
                del self._seen[key]


rates = Rates()


def blocks(region: str, api: str, stage: str, headers: Mapping[str, Any]) -> bool:
    """Count the request in each rule that it reaches; tell whether one of them blocks it."""
    arn = waf._associations.get(STAGE.format(region=region, api=api, stage=stage))
    acl = waf._resolve_local_web_acl(arn)[0] if arn else None
    if acl is None:
        return False
    request = plain(headers)
    for rule in sorted(acl["Rules"], key=lambda rule: int(rule["Priority"])):
        statement = rule["Statement"]["RateBasedStatement"]
        key = aggregated(statement, request)
        if key is None or not matches(statement.get("ScopeDownStatement"), request):
            continue
        window = float(statement.get("EvaluationWindowSec", 300))
        found = rates.count((acl["Id"], rule["Name"], *key), window, time.monotonic())
        if found > int(statement["Limit"]) and "Block" in rule["Action"]:
            return True
    return False


def plain(headers: Mapping[str, Any]) -> Request:
    found = {k.lower(): v if isinstance(v, str) else v[-1] for k, v in headers.items()}
    return {**found, "": found.get("x-forwarded-for", "127.0.0.1").split(",")[0].strip()}


def aggregated(statement: Mapping[str, Any], request: Request) -> tuple[str, ...] | None:
    """Return the values that requests are counted by; a request without one is not counted."""
    match statement["AggregateKeyType"]:
        case "IP":
            return (request[""],)
        case "CUSTOM_KEYS":
            return complete(map(str.lower, names(statement["CustomKeys"])), request)
        case other:
            raise UnknownStatement(other)


def names(keys: list[dict[str, Any]]) -> Iterator[str]:
    for key in keys:
        if key.keys() != {"Header"}:
            raise UnknownStatement(str(key))
        yield key["Header"]["Name"]


def complete(wanted: Iterator[str], request: Request) -> tuple[str, ...] | None:
    values = [request.get(name) for name in wanted]
    return None if None in values else tuple(map(str, values))


def matches(statement: Mapping[str, Any] | None, request: Request) -> bool:
    match statement:
        case None:
            return True
        case {"NotStatement": {"Statement": inner}}:
            return not matches(inner, request)
        case {
            "ByteMatchStatement": {
                "SearchString": sought,
                "PositionalConstraint": "CONTAINS",
                "FieldToMatch": {"SingleHeader": {"Name": name}},
            }
        }:
            return base64.b64decode(sought).decode() in request.get(name.lower(), "")
        case _:
            raise UnknownStatement(str(statement))


def associate(_: str, properties: Mapping[str, str], __: str) -> tuple[str, dict[str, Untyped]]:
    resource, acl = properties["ResourceArn"], properties["WebACLArn"]
    waf._associations[resource] = acl
    return f"{acl}|{resource}", {}


def dissociate(_: str, properties: Mapping[str, str]) -> None:
    waf._associations.pop(properties["ResourceArn"], None)


def in_api_form(rules: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return rules of a template as the API has them: parameters are numbers, texts octets."""
    match rules:
        case dict():
            return {name: encoded(name, in_api_form(inner)) for name, inner in rules.items()}
        case list():
            return [in_api_form(inner) for inner in rules]
        case _:
            return rules


def encoded(name: str, value: Any) -> Any:  # noqa: ANN401 - any JSON
    match name:
        case "SearchString":
            return base64.b64encode(value.encode()).decode()
        case "Limit" | "EvaluationWindowSec" | "Priority":
            return int(value)
        case _:
            return value


def create(original: Function) -> Function:
    def run(logical_id: str, properties: Mapping[str, Any], stack: str) -> Untyped:
        return original(logical_id, in_api_form(dict(properties)), stack)

    return run


def update(original: Function) -> Function:
    def run(
        physical_id: str, old: Untyped, new: Mapping[str, Any], *rest: Untyped, **named: Untyped
    ) -> Untyped:
        return original(physical_id, old, in_api_form(dict(new)), *rest, **named)

    return run


def apply() -> None:
    expect(waf, "_resolve_local_web_acl", "d36cd6eb57d2")
    expect(waf, "_associate_web_acl", "d165fba72258")
    expect(cfn_provisioners, "_waf_web_acl_create", "6acd7235a30f")
    expect(cfn_provisioners, "_waf_web_acl_update", "269a89bbe28c")
    handlers = cfn_provisioners._RESOURCE_HANDLERS
    handlers[ASSOCIATION] = {"create": associate, "delete": dissociate}
    acl = handlers["AWS::WAFv2::WebACL"]
    acl |= {"create": create(acl["create"]), "update": update(acl["update"])}
