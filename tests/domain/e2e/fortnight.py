"""Days of a busy fortnight for pictures: nobody waits until they have passed."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from playwright.sync_api import Route

from tests.domain.e2e.web import fetched
from tests.support.api_client import Json

# Deployments that went well, and that failed: of the mock-up of the dashboard, today's last.
DAYS = (
    *((18, 1), (22, 0), (25, 2), (9, 0), (6, 0), (24, 1), (27, 1)),
    *((30, 0), (26, 4), (21, 1), (8, 0), (5, 0), (28, 1), (19, 0)),
)
PROJECTS = 5  # that deploy each day


def answer(route: Route) -> None:
    """Answer the question for the days of a person; let every other one pass."""
    if "analyticsByUser" not in (route.request.post_data or ""):
        return route.fallback()
    body = fetched(route).json()
    user = json.loads(route.request.post_data or "{}")["variables"]["userId"]
    body["data"]["analyticsByUser"]["items"] = list(rows(user, datetime.now(UTC).date()))
    return route.fulfill(json=body)


def rows(user: str, today: date) -> Iterator[Json]:
    """Yield the rows of the fortnight, and of a calmer one before it."""
    for number, (good, bad) in enumerate(DAYS):
        day = today - timedelta(days=len(DAYS) - 1 - number)
        yield from rows_of(user, day, good, bad)
        yield from rows_of(user, day - timedelta(days=len(DAYS)), good - 2, bad)


def rows_of(user: str, day: date, good: int, bad: int) -> Iterator[Json]:
    """Deal out a day's deployments among projects."""
    for place in range(PROJECTS):
        succeeded, failed = dealt(good, place), dealt(bad, place)
        project, at = f"project-{place}", f"{day}T10:00:00.000Z"
        yield {
            **{"id": f"{project}-{day}", "projectId": project, "day": str(day)},
            **{"deployments": succeeded + failed, "succeeded": succeeded, "failed": failed},
            **{"totalEvents": 2 * (succeeded + failed), "userId": user, "owner": user},
            **{"version": 1, "projectionVersion": 1, "createdAt": at, "updatedAt": at},
        }


def dealt(count: int, place: int) -> int:
    return count // PROJECTS + (place < count % PROJECTS)
