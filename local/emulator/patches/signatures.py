"""API Gateway (REST): requests to methods with IAM authorization are signed by a known key.

Stock MiniStack takes any Authorization header for a signature unless all of it runs with AUTH.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from local.emulator.patching import Function, expect, replace
from local.emulator.upstream import Untyped, iam_evaluator, sigv4
from local.emulator.upstream import apigateway_v1 as gateway

SERVICE = "execute-api"
KNOWN = re.compile(r"AWS4-HMAC-SHA256 ")
Refusal = tuple[str, str]
"""A code of AWS, and a message."""


def authorize(original: Function) -> Function:
    async def run(
        api_id: str,
        stage: str,
        method_obj: Mapping[str, Any],
        method: str,
        path: str,
        resource: Untyped,
        headers: Mapping[str, str] | None,
        body: bytes,
        query: Untyped,
        *rest: Untyped,
    ) -> Untyped:
        given = {name.lower(): value for name, value in (headers or {}).items()}
        if method_obj.get("authorizationType") == "AWS_IAM" and "authorization" in given:
            address = f"/_aws/execute-api/{api_id}/{stage}{quote(path)}"
            if refused := refusal(given, method, address, query or {}, body or b""):
                return error_of(refused), None
        return await original(
            api_id, stage, method_obj, method, path, resource, headers, body, query, *rest
        )

    return run


def refusal(
    headers: Mapping[str, str], method: str, path: str, query: Untyped, body: bytes
) -> Refusal | None:
    """Why the signature does not count; None when it does."""
    if not KNOWN.match(headers["authorization"]):
        found: Refusal | None = sigv4.foreign_authorization_failure(headers)
        return found
    signature = sigv4.parse_header_signature(headers)
    if isinstance(signature, tuple):
        return signature
    if signature.service != SERVICE:
        return (
            "SignatureDoesNotMatch",
            f"Credential should be scoped to correct service: '{SERVICE}'. ",
        )
    return sigv4.request_time_failure(signature) or mismatch(
        signature, headers, method, path, query, body
    )


def mismatch(
    signature: Untyped,
    headers: Mapping[str, str],
    method: str,
    path: str,
    query: Untyped,
    body: bytes,
) -> Refusal | None:
    credential = iam_evaluator.resolve_credential(
        signature.access_key_id, session_token=headers.get("x-amz-security-token", "")
    )
    if isinstance(credential, iam_evaluator.CredentialResolutionError):
        return credential.code, credential.message
    failure: Refusal | None = sigv4.header_signature_failure(
        signature, credential.secret_access_key, method, path, query, headers, body
    )
    return failure


def error_of(refused: Refusal) -> Untyped:
    """Through the stage's gateway responses, as AWS answers it."""
    code, message = refused
    kind, name = gateway._AUTHENTICATION_GATEWAY_ERRORS.get(
        code, ("DEFAULT_4XX", "UnrecognizedClientException")
    )
    return gateway._GatewayError(kind, message, name)


def apply() -> None:
    expect(sigv4, "parse_header_signature", "cd41d461d959")
    expect(sigv4, "header_signature_failure", "5661f4d2d78e")
    expect(iam_evaluator, "resolve_credential", "32276bd395ef")
    replace(gateway, "_authorize_request_v1", "46b3fe37fe98", authorize)
