"""Parts of the examples beside the commands of a project."""

from typing import Any

POT = "🫖"  # four bytes in UTF-8: a cap in characters is met with as many bytes as there can be

PUBLISHED = ("draft-template", "publish-template")
CREATED = ("create-project",)


def configuration(variables: int) -> dict[str, Any]:
    return {
        "runtime": "python3.13",
        "region": "ap-southeast-1",
        "features": [f"{n:a>64}" for n in range(50)],
        "environment": {f"{'V' * 120}_{n}": "v" * 1024 for n in range(variables)},
    }


def service(name: str, size: int) -> dict[str, Any]:
    return {"serviceName": name, "serviceType": "FRONTEND", "configuration": {"notes": "n" * size}}
