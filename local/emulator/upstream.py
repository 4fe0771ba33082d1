"""The modules of MiniStack that are patched or called; it ships no types, so they are `Any`."""

from importlib import import_module
from typing import Any, TypeAlias

# A value of MiniStack's.
Untyped: TypeAlias = Any

VERSION = "1.5.33"

app: Any = import_module("ministack.app")
concurrency: Any = import_module("ministack.core.concurrency")
hypercorn_compat: Any = import_module("ministack.core.hypercorn_compat")
iam_actions: Any = import_module("ministack.core.iam_actions")
iam_evaluator: Any = import_module("ministack.core.iam_evaluator")
lambda_runtime: Any = import_module("ministack.core.lambda_runtime")
persistence: Any = import_module("ministack.core.persistence")
responses: Any = import_module("ministack.core.responses")
sigv4: Any = import_module("ministack.core.sigv4")
apigateway_v1: Any = import_module("ministack.services.apigateway_v1")
cloudformation: Any = import_module("ministack.services.cloudformation")
cfn_changesets: Any = import_module("ministack.services.cloudformation.changesets")
cfn_engine: Any = import_module("ministack.services.cloudformation.engine")
cfn_handlers: Any = import_module("ministack.services.cloudformation.handlers")
cfn_provisioners: Any = import_module("ministack.services.cloudformation.provisioners")
cloudwatch: Any = import_module("ministack.services.cloudwatch")
cloudwatch_logs: Any = import_module("ministack.services.cloudwatch_logs")
cognito: Any = import_module("ministack.services.cognito")
dynamodb: Any = import_module("ministack.services.dynamodb")
eventbridge: Any = import_module("ministack.services.eventbridge")
lambda_svc: Any = import_module("ministack.services.lambda_svc")
s3: Any = import_module("ministack.services.s3")
sqs: Any = import_module("ministack.services.sqs")
stepfunctions: Any = import_module("ministack.services.stepfunctions")
waf: Any = import_module("ministack.services.waf")
