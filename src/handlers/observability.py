"""One logger for all handlers: JSON lines, no payloads."""

import logging

from aws_lambda_powertools import Logger

logger = Logger(service="skafu")

# gql at DEBUG prints signed headers and payloads; botocore prints requests.
for name in ("gql", "gql.transport.requests", "botocore", "urllib3"):
    logging.getLogger(name).setLevel(logging.WARNING)
