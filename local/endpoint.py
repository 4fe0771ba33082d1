"""The row `Endpoint` (amplify/data/endpoint.ts): the page learns from it where the command API is.

Whoever deploys the functions writes it, signed with IAM.
"""

import json
from typing import Any

import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

ID = "commandApi"
CREATE = "mutation($input: CreateEndpointInput!) { createEndpoint(input: $input) { id url } }"
UPDATE = "mutation($input: UpdateEndpointInput!) { updateEndpoint(input: $input) { id url } }"
THERE_ALREADY = "DynamoDB:ConditionalCheckFailedException"
TIMEOUT = 10


class EndpointRefused(Exception):
    """AppSync did not take the row; the message says why."""


def write(graphql_url: str, credentials: Credentials, region: str, url: str) -> None:
    """Write the address of the command API. Raises `EndpointRefused`, or what `requests` raises."""
    signer = SigV4Auth(credentials, "appsync", region)
    kinds = send(signer, graphql_url, CREATE, url)
    if THERE_ALREADY in kinds:
        kinds = send(signer, graphql_url, UPDATE, url)
    if kinds:
        raise EndpointRefused(f"AppSync does not take the address of the API: {', '.join(kinds)}")


def send(signer: SigV4Auth, graphql_url: str, document: str, url: str) -> list[str]:
    """Send a mutation and return the kinds of its errors, or their messages."""
    body = json.dumps({"query": document, "variables": {"input": {"id": ID, "url": url}}})
    signed = AWSRequest("POST", graphql_url, {"Content-Type": "application/json"}, body)
    signer.add_auth(signed)
    answer = requests.post(graphql_url, data=body, headers=dict(signed.headers), timeout=TIMEOUT)
    errors: list[dict[str, Any]] = answer.json().get("errors") or []
    return [str(error.get("errorType") or error.get("message")) for error in errors]
