"""API Gateway (REST): the parts of an OpenAPI body that SAM writes, gateway responses, access logs.

Stock MiniStack drops mock integrations' answers (SAM's CORS preflight), gateway responses of the
body and the settings of access logs, accepts access tokens where AWS takes ID tokens only, and
answers a failed function outside the gateway responses.
"""

import asyncio
import re
import time
from collections.abc import Iterator, Mapping
from typing import Any

from local.emulator import activity, logs, settings
from local.emulator.patches import firewall
from local.emulator.patching import Function, expect, replace
from local.emulator.upstream import Untyped, cfn_provisioners
from local.emulator.upstream import apigateway_v1 as gateway

FUNCTION = re.compile(r":function:([\w-]+)")
VARIABLE = re.compile(r"\$context\.([\w.]*\w)")
ANY = {"x-amazon-apigateway-any-method": "any"}
# https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
MAX_BODY_BYTES = 10 * 1024 * 1024


def import_path_item(original: Function) -> Function:
    """SAM writes the method ANY as an extension."""

    def run(api_id: str, path: str, item: dict[str, Any], *rest: Untyped) -> None:
        original(
            api_id,
            path,
            {ANY.get(method, method): operation for method, operation in item.items()},
            *rest,
        )

    return run


def import_operation(original: Function) -> Function:
    def run(
        api_id: str, resource_id: str, method: str, operation: dict[str, Any], *rest: Untyped
    ) -> None:
        original(api_id, resource_id, method, operation, *rest)
        integration = (operation or {}).get("x-amazon-apigateway-integration") or {}
        target = gateway._resources[api_id][resource_id]["resourceMethods"][method].get(
            "methodIntegration"
        )
        if target is not None:
            target["requestTemplates"] = integration.get("requestTemplates") or {}
            target["timeoutInMillis"] = integration.get("timeoutInMillis") or 29000
        for status, response in ((operation or {}).get("responses") or {}).items():
            gateway._put_method_response(api_id, resource_id, method, str(status), response or {})
        for status, response in integration_responses(integration):
            gateway._put_integration_response(api_id, resource_id, method, status, response)

    return run


def integration_responses(integration: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for pattern, response in (integration.get("responses") or {}).items():
        yield (
            str(response["statusCode"]),
            {**response, "selectionPattern": "" if pattern == "default" else pattern},
        )


def import_rest_api(original: Function) -> Function:
    def run(spec: dict[str, Any], base_data: dict[str, Any] | None = None) -> str:
        api_id: str = original(spec, base_data)
        for kind, response in (spec.get("x-amazon-apigateway-gateway-responses") or {}).items():
            gateway._put_gateway_response(api_id, kind, response)
        return api_id

    return run


def validate_cognito(original: Function) -> Function:
    """Without scopes on the method the token is taken for an ID token, with scopes for an access
    token.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-enable-cognito-user-pool.html
    """

    async def run(
        authorizer: Untyped,
        method: dict[str, Any],
        headers: Untyped,
        query: Untyped,
        stage: Untyped,
    ) -> Untyped:
        claims, error = await original(authorizer, method, headers, query, stage)
        wanted = "access" if method.get("authorizationScopes") else "id"
        if error is None and claims.get("token_use") != wanted:
            return None, gateway._gw_error("UNAUTHORIZED", "Unauthorized")
        return claims, error

    return run


class IntegrationFailed(Exception):
    """The function failed, was throttled, or did not answer with a proxy response; `args[0]` is the
    status.
    """


def proxy_response(original: Function) -> Function:
    def run(result: dict[str, Any]) -> Untyped:
        if result.get("throttle"):
            raise IntegrationFailed(500)
        if result.get("error") or not isinstance(result.get("body"), dict):
            raise IntegrationFailed(502)
        return original(result)

    return run


def invoke_proxy(original: Function) -> Function:
    async def run(integration: dict[str, Any], *args: Untyped, **kwargs: Untyped) -> Untyped:
        if found := FUNCTION.search(integration.get("uri", "")):
            activity.request.get()["function"] = found[1]
        began = time.monotonic()
        try:
            return await asyncio.wait_for(
                original(integration, *args, **kwargs),
                integration.get("timeoutInMillis", 29000) / 1000 * settings.patience(),
            )
        except TimeoutError:
            return gateway._gw_error("INTEGRATION_TIMEOUT", "Endpoint request timed out")
        except IntegrationFailed as failure:
            error = gateway._gw_error("DEFAULT_5XX", "Internal server error")
            error.status = failure.args[0]
            return error
        finally:
            activity.request.get()["integrationLatency"] = milliseconds(began)

    return run


def error_response(original: Function) -> Function:
    def run(error: Untyped, request: Untyped) -> tuple[int, dict[str, str], bytes]:
        activity.request.get()["error.responseType"] = error.response_type
        status, headers, body = original(error, request)
        return (
            (error.status if status == 500 and hasattr(error, "status") else status),
            headers,
            body,
        )

    return run


def execute(original: Function) -> Function:
    async def run(
        request: Untyped,
        api_id: str,
        stage: str,
        method: str,
        path: str,
        headers: Untyped,
        body: bytes,
        *rest: Untyped,
    ) -> Untyped:
        request["stage"] = gateway._stages_v1.get(api_id, {}).get(stage)
        if request["stage"] and len(body or b"") > MAX_BODY_BYTES:
            return gateway._gw_error("REQUEST_TOO_LARGE", "Request Too Long")
        activity.request.get()["requestId"] = request["request_id"]
        try:
            if request["stage"] and firewall.blocks(rest[-1], api_id, stage, headers):
                return gateway._gw_error("WAF_FILTERED", "Forbidden")
            return await original(request, api_id, stage, method, path, headers, body, *rest)
        finally:
            activity.request.get()["resourcePath"] = request["resource_path"]

    return run


def lambda_event(original: Function) -> Function:
    """Give the function the request id that gateway responses and the access log have.

    `requestContext.path` is the path that the client sent, as on AWS: here it begins with more
    than the stage.
    """

    def run(*args: Untyped, **kwargs: Untyped) -> dict[str, Any]:
        event: dict[str, Any] = original(*args, **kwargs)
        seen = activity.request.get()
        if known := seen.get("requestId"):
            event["requestContext"] |= {"requestId": known, "extendedRequestId": known}
        event["requestContext"]["path"] = seen.get("path") or event["requestContext"]["path"]
        return event

    return run


def logged(original: Function) -> Function:
    """Write a line to the access log of the stage when the request is answered."""

    async def run(
        api_id: str, stage: str, method: str, path: str, headers: Mapping[str, Any], *rest: Untyped
    ) -> Untyped:
        began, at = time.monotonic(), time.time()
        response = await original(api_id, stage, method, path, headers, *rest)
        settings = gateway._stages_v1.get(api_id, {}).get(stage, {}).get("accessLogSettings") or {}
        if settings.get("destinationArn"):
            known = {
                **activity.request.get(),
                "httpMethod": method,
                "path": f"/{stage}{path}",
                "status": str(response[0]),
                "requestTimeEpoch": str(int(at * 1000)),
                "responseLatency": milliseconds(began),
                "identity.sourceIp": firewall.plain(headers)[""],
                "identity.userAgent": firewall.plain(headers).get("user-agent", "-"),
            }
            line = rendered(settings["format"], known)
            logs.write(logs.group_name(settings["destinationArn"]), [line])
        return response

    return run


def rendered(form: str, known: Mapping[str, str]) -> str:
    """Fill in the variables of an access log; one that is not known is a dash, as on AWS."""
    names = {"integration.requestId": "functionRequestId"}
    return VARIABLE.sub(lambda found: known.get(names.get(found[1], found[1])) or "-", form)


def milliseconds(began: float) -> str:
    return str(round((time.monotonic() - began) * 1000))


def create_stage(original: Function) -> Function:
    def run(logical_id: str, properties: Mapping[str, Any], stack: str) -> Untyped:
        return with_access_log(original(logical_id, properties, stack), properties)

    return run


def update_stage(original: Function) -> Function:
    def run(physical_id: str, old: Untyped, new: Mapping[str, Any], stack: str) -> Untyped:
        return with_access_log(original(physical_id, old, new, stack), new)

    return run


def with_access_log(made: Untyped, properties: Mapping[str, Any]) -> Untyped:
    wanted = properties.get("AccessLogSetting") or {}
    stage = gateway._stages_v1[properties["RestApiId"]][properties["StageName"]]
    stage["accessLogSettings"] = {
        name: wanted[key]
        for key, name in (("DestinationArn", "destinationArn"), ("Format", "format"))
        if key in wanted
    }
    return made


def apply() -> None:
    gateway._OPENAPI_HTTP_METHODS = {*gateway._OPENAPI_HTTP_METHODS, "any"}
    replace(gateway, "_import_path_item", "563432744443", import_path_item)
    replace(gateway, "_import_operation", "ca6b0dd9dcf2", import_operation)
    replace(gateway, "_import_rest_api", "ef72f9312702", import_rest_api)
    expect(gateway, "_put_integration", "fd1a612acd01")
    expect(gateway, "_put_integration_response", "128fe607f6c4")
    expect(gateway, "_put_gateway_response", "93e727fc3806")
    replace(gateway, "_validate_cognito_authorizer", "11c3eaecec67", validate_cognito)
    replace(gateway, "_lambda_proxy_response", "3a5b91b76870", proxy_response)
    replace(gateway, "_invoke_lambda_proxy_v1", "5651a96fa7ba", invoke_proxy)
    replace(gateway, "_build_lambda_event_v1", "c7ac97b91f6e", lambda_event)
    replace(gateway, "_gateway_error_response", "c0a3f091df36", error_response)
    replace(gateway, "_execute_in_scope", "2ae72b7d5eb6", execute)
    replace(gateway, "_handle_execute_in_scope", "60ed5805557f", logged)
    expect(cfn_provisioners, "_apigw_stage_create", "eb1c734cddf7")
    expect(cfn_provisioners, "_apigw_stage_update", "6d98ef2a9198")
    stages = cfn_provisioners._RESOURCE_HANDLERS["AWS::ApiGateway::Stage"]
    stages |= {"create": create_stage(stages["create"]), "update": update_stage(stages["update"])}
