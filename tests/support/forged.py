"""Tokens that are none: forged, unsigned, expired."""

import base64
import json
import time
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from local.aws import Aws
from tests.support.api_client import ApiClient


def forged(token: str) -> str:
    """Return the same claims and key id, signed by another key."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    claims = jwt.decode(token, options={"verify_signature": False})
    kid = jwt.get_unverified_header(token)["kid"]
    return jwt.encode(claims, key, algorithm="RS256", headers={"kid": kid})


def unsigned(token: str) -> str:
    def part(content: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")

    claims = jwt.decode(token, options={"verify_signature": False})
    return f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(claims)}."


def expired(stack: dict[str, Any]) -> str:
    """Return a token of a client whose ID tokens live for as short as the emulator allows."""
    cognito = Aws(stack["awsEndpointUrl"]).client("cognito-idp")
    client = cognito.create_user_pool_client(
        UserPoolId=stack["userPoolId"],
        ClientName="short-lived",
        IdTokenValidity=1,
        TokenValidityUnits={"IdToken": "seconds"},
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"],
    )["UserPoolClient"]
    short = {**stack, "userPoolClientId": client["ClientId"]}
    token = ApiClient(short, "owner@skafu.dev").tokens["IdToken"]
    life = jwt.decode(token, options={"verify_signature": False})
    time.sleep(max(0.0, life["exp"] - time.time()) + 1.5)
    return token
