"""API Gateway and CloudFormation, by way of a SAM template like ours."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from local import deploy, people
from local.aws import Aws
from tests.support import lab

pytestmark = pytest.mark.tools

TEMPLATE = Path(__file__).with_name("sam_template.yaml")
NAMED = {"Environment": "test", "PoolArn": "/test/test/poolArn"}
DEFAULTS: dict[str, str] = {}


@dataclass(frozen=True)
class Api:
    url: str
    tokens: dict[str, str]
    pool_arn: str

    def send(self, method: str, path: str, body: bytes = b"{}") -> requests.Response:
        headers = {"Authorization": self.tokens["IdToken"]}
        return requests.request(method, self.url + path, data=body, headers=headers, timeout=60)


def deployed(aws: Aws, stage: str, parameters: dict[str, str], template: Path = TEMPLATE) -> Api:
    pool = people.ensure_pool(aws)
    people.seed(aws, pool)
    aws.client("ssm").put_parameter(
        Name=f"/test/{stage}/poolArn", Value=pool.arn, Type="String", Overwrite=True
    )
    found = deploy.deploy(aws, template, lab.name("api"), parameters)
    tokens = people.sign_in(aws, pool.client_id, people.OWNER.email)
    return Api(f"{aws.endpoint}/_aws/execute-api/{found['ApiId']}/{stage}", tokens, pool.arn)


@pytest.fixture(scope="session")
def our_api(ours: Aws) -> Api:
    return deployed(ours, "test", NAMED)


@pytest.fixture(scope="session")
def stock_api(stock: Aws) -> Api:
    """Use the defaults: stock MiniStack cannot deploy the template with other parameters."""
    return deployed(stock, "dev", DEFAULTS)


def test_parameters_may_come_from_ssm(our_api: Api) -> None:
    seen = our_api.send("GET", "/x").json()
    assert (seen["stage"], seen["pool"]) == ("test", our_api.pool_arn)


def test_the_transform_sees_the_values_of_parameters(ours: Aws, stock: Aws, tmp_path: Path) -> None:
    shutil.copytree(TEMPLATE.parent / "functions", tmp_path / "functions")
    template = tmp_path / "template.yaml"
    template.write_text(TEMPLATE.read_text().replace("Default: dev", "Default: nowhere"))
    assert deployed(ours, "test", NAMED, template).send("GET", "/x").status_code == 200
    with pytest.raises(deploy.DeploymentFailed, match="/test/nowhere/poolArn not found"):
        deployed(stock, "test", NAMED, template)


def test_get_has_a_function_of_its_own_and_any_takes_the_rest(our_api: Api) -> None:
    assert our_api.send("GET", "/teapots").json()["function"] == "query"
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert our_api.send(method, "/teapots/1").json()["function"] == "command"


def test_any_is_a_route(our_api: Api, stock_api: Api) -> None:
    assert our_api.send("POST", "/teapots").status_code == 200
    assert stock_api.send("POST", "/teapots").status_code == 403


def test_a_function_is_told_the_path_that_the_client_sent(our_api: Api) -> None:
    answer = our_api.send("GET", "/teapots")

    assert answer.json()["path"] == urlsplit(our_api.url).path + "/teapots", answer.text


def preflight(api: Api) -> requests.Response:
    wanted = {"Origin": "http://localhost:5173", "Access-Control-Request-Method": "POST"}
    return requests.options(api.url + "/teapots", headers=wanted, timeout=60)


def test_preflight_needs_no_token_and_says_what_is_allowed(our_api: Api, stock_api: Api) -> None:
    answer = preflight(our_api)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Headers"] == "If-Match"
    assert preflight(stock_api).headers.get("Access-Control-Allow-Headers") != "If-Match"


def unauthorized(api: Api) -> tuple[int, str, str]:
    answer = requests.get(api.url + "/teapots", timeout=60)
    return answer.status_code, answer.headers["Content-Type"], answer.text


def test_gateway_errors_look_as_the_template_says(our_api: Api, stock_api: Api) -> None:
    problem = "application/problem+json"
    assert unauthorized(our_api) == (401, problem, '{"title":"Unauthorized"}')
    assert unauthorized(stock_api)[1] != problem


@pytest.mark.parametrize("form", ["{}", "Bearer {}"])
def test_an_id_token_is_accepted_with_and_without_bearer(our_api: Api, form: str) -> None:
    headers = {"Authorization": form.format(our_api.tokens["IdToken"])}
    answer = requests.get(our_api.url + "/teapots", headers=headers, timeout=60)
    assert answer.json()["email"] == people.OWNER.email


def status_with_access_token(api: Api) -> int:
    headers = {"Authorization": api.tokens["AccessToken"]}
    return requests.get(api.url + "/teapots", headers=headers, timeout=60).status_code


def test_an_access_token_is_refused_where_no_scopes_are_asked(our_api: Api, stock_api: Api) -> None:
    assert status_with_access_token(our_api) == 401
    assert status_with_access_token(stock_api) != 401


@pytest.mark.parametrize("path", ["/raise", "/malformed"])
def test_a_failed_function_is_a_gateway_error(our_api: Api, path: str) -> None:
    answer = our_api.send("POST", path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (502, "application/problem+json")
    assert answer.json() == {"title": "Internal server error"}


def test_a_body_over_ten_megabytes_is_refused(our_api: Api, stock_api: Api) -> None:
    limit = 10 * 1024 * 1024
    assert our_api.send("POST", "/x", b" " * (limit + 1)).status_code == 413
    assert stock_api.send("GET", "/x", b" " * (limit + 1)).status_code != 413


def api_of(integration: dict[str, Any]) -> dict[str, Any]:
    """A template of an API with one route."""
    operation = {"x-amazon-apigateway-integration": {"type": "aws_proxy", **integration}}
    body = {"swagger": "2.0", "info": {"title": "t"}, "paths": {"/x": {"get": operation}}}
    api = {"RestApiId": {"Ref": "Api"}}
    stage = {**api, "StageName": "s", "DeploymentId": {"Ref": "Deployment"}}
    return {
        "Resources": {
            "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Body": body}},
            "Deployment": {"Type": "AWS::ApiGateway::Deployment", "Properties": api},
            "Stage": {"Type": "AWS::ApiGateway::Stage", "Properties": stage},
        },
        "Outputs": {"ApiId": {"Value": {"Ref": "Api"}}},
    }


def status_of_a_slow_function(aws: Aws) -> int:
    source = "import time\ndef handler(event, context): time.sleep(1.5); return {'statusCode': 200}"
    arn = f"arn:aws:lambda:us-east-1:000000000000:function:{lab.create_function(aws, source)}"
    uri = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{arn}/invocations"
    stack, cloudformation = lab.name("slow"), aws.client("cloudformation")
    template = api_of({"httpMethod": "POST", "uri": uri, "timeoutInMillis": 500})
    cloudformation.create_stack(StackName=stack, TemplateBody=json.dumps(template))
    cloudformation.get_waiter("stack_create_complete").wait(StackName=stack)
    api_id = deploy.outputs_of(cloudformation, stack)["ApiId"]
    return requests.get(f"{aws.endpoint}/_aws/execute-api/{api_id}/s/x", timeout=60).status_code


def test_a_function_slower_than_its_integration_allows_is_not_waited_for(
    ours: Aws, stock: Aws
) -> None:
    assert status_of_a_slow_function(ours) == 504
    assert status_of_a_slow_function(stock) == 200


def test_header_names_reach_a_function_in_lower_case(our_api: Api) -> None:
    headers = {"Authorization": our_api.tokens["IdToken"], "If-Match": '"1"'}
    answer = requests.post(our_api.url + "/x", headers=headers, timeout=60)
    assert "if-match" in answer.json()["headers"]
