"""The environment variables that MiniStack reads at import, set to what Skafu needs of it."""

import math
import os
import sys
import tempfile
from pathlib import Path

FIXED = {
    "BIND_HOST": "127.0.0.1",
    "IOT_MTLS_ENABLED": "0",
    "SFTP_ENABLED": "0",
    "AWS_ACCESS_KEY_ID": "000000000000",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
    "DOCKER_HOST": "unix:///nonexistent",  # never look for Docker
}


CORES = max(2, os.cpu_count() or 2)
# Environments of one function at once; further calls wait. One takes a second of a core before it
# does anything.
MOST_ENVIRONMENTS = 2 * CORES


def port() -> int:
    return int(os.environ.get("GATEWAY_PORT", "4566"))


def stock() -> bool:
    return os.environ.get("SKAFU_STOCK") == "1"


def patience() -> float:
    """How many times as long as on AWS functions and the gateway may take."""
    text = os.environ.get("SKAFU_PATIENCE", "1")
    try:
        times = float(text)
    except ValueError:
        times = math.nan
    if not 1 <= times < math.inf:
        sys.exit(f"SKAFU_PATIENCE must be a number from 1 on, not {text!r}.")
    return times


def prepare() -> None:
    patience()  # what is wrong with it is said at the start
    state = os.environ.get("STATE_DIR")
    folder = Path(state or tempfile.mkdtemp(prefix="skafu-emulator-"))
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.update(FIXED)
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    os.environ.setdefault("GATEWAY_PORT", "4566")
    os.environ["STATE_DIR"] = str(folder)
    os.environ["PERSIST_STATE"] = os.environ["S3_PERSIST"] = "1" if state else "0"
    os.environ["S3_DATA_DIR"] = str(folder / "s3")
    os.environ.setdefault("SKAFU_CODE_DIR", str(folder / "code"))
    os.environ.setdefault("SKAFU_FUNCTION_PYTHON", sys.executable)
