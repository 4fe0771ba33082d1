"""The logger of all handlers: JSON lines without payloads."""

import json
import logging
from functools import partial

from aws_lambda_powertools import Logger

# ASCII only: no character of a record can end its line (U+0085, U+2028) or fail to be written (half
# of a surrogate pair).
serialize = partial(json.dumps, default=str, separators=(",", ":"))
logger = Logger(service="skafu", json_serializer=serialize)

# gql at DEBUG prints signed headers and payloads; botocore prints requests.
for name in ("gql", "gql.transport.requests", "botocore", "urllib3"):
    logging.getLogger(name).setLevel(logging.WARNING)
