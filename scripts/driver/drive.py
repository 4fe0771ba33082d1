"""Drive one tree of the repository through its Lambda functions, and record what comes out.

`compare_commits.py` starts it as `python -m scripts.driver.drive PLAN RESULT` in the tree. Nothing
of the tree is imported but the handlers that its template names, so the layout of its modules does
not matter. Time and randomness are fixed, see `world.py`.
"""

import base64
import json
import sys
from collections import defaultdict
from copy import deepcopy
from pathlib import Path
from typing import Any

from scripts.driver.functions import SRC, Deployment
from scripts.driver.gateway import Driver, sqs_record
from scripts.driver.world import AppSync, Calls, Json, aws, served

ROOT = Path(__file__).resolve().parents[2]
COLLECTIONS = {"PROJECT": "projects", "TEMPLATE": "templates", "ANALYSIS": "analyses"}
EVENTS = "EventsTable"


def written(item: Json) -> Json:
    """Return an item as JSON: DynamoDB's notation, octets in Base64."""
    return {
        name: {
            kind: base64.b64encode(v).decode() if kind == "B" else v for kind, v in value.items()
        }
        for name, value in item.items()
    }


def unwritten(item: Json) -> Json:
    return {
        name: {kind: base64.b64decode(v) if kind == "B" else v for kind, v in value.items()}
        for name, value in item.items()
    }


def stream_record(item: Json) -> Json:
    keys = {name: item[name] for name in ("aggregateId", "eventSequence")}
    change = {"Keys": keys, "NewImage": item, "SequenceNumber": "1"}
    return {"eventName": "INSERT", "eventID": "1", "dynamodb": change}


def published(deployment: Deployment, calls: Calls, items: list[Json]) -> list[Json]:
    """Let the publisher see the items; return the entries that it puts on the bus."""
    accepted(deployment.function("Publisher")(stream(items)))
    return calls.published()


def stream(items: list[Json]) -> Json:
    return {"Records": [stream_record(item) for item in items]}


def accepted(answer: Json) -> None:
    if answer["batchItemFailures"]:
        raise RuntimeError(f"a function returned records to be delivered again: {answer}")


def driven(deployment: Deployment, calls: Calls, plan: Json) -> Json:
    """Send all requests; return the answers, what was stored, and what was published."""
    driver = Driver(deployment, calls, plan["people"])
    answers = {f"{n:02} {title(step)}": driver.send(step) for n, step in enumerate(plan["steps"])}
    commits = [written(item) for item in deployment.items(EVENTS)]
    entries = published(deployment, calls, commits)
    accepted(deployment.function("FeedWriter")(stream(commits)))
    stored = {name: list(map(written, deployment.items(name))) for name in deployment.tables}
    return {"answers": answers, "items": stored, "envelopes": entries}


def title(step: Json) -> str:
    return f"{step['who']} {step['method']} {step['path']}" if "path" in step else "an event"


def folded(deployment: Deployment, calls: Calls, appsync: AppSync, plan: Json) -> Json:
    """Replay the corpus commit by commit; return rows and states after each, and the entries."""
    driver = Driver(deployment, calls, plan["people"])
    folds: dict[str, Json] = {}
    entries: dict[str, list[Json]] = {}
    for name, items in plan["corpus"].items():
        appsync.rows.clear()
        folds[name], entries[name] = {}, []
        for item in items:
            put = published_from(deployment, calls, item)
            entries[name] += put
            project(deployment, calls, put)
            folds[name][f"rows after {item['eventSequence']['N']}"] = deepcopy(appsync.rows)
        folds[name]["states"] = states(driver, items[-1])
    return {"folds": folds, "corpus envelopes": entries}


def published_from(deployment: Deployment, calls: Calls, item: Json) -> list[Json]:
    """Put an item of the corpus into the table, without its state: all is to be folded."""
    bare = {n: v for n, v in item.items() if n not in ("state", "stateVersion")}
    deployment.dynamodb.put_item(TableName=EVENTS, Item=unwritten(bare))
    return published(deployment, calls, [bare])


def project(deployment: Deployment, calls: Calls, entries: list[Json]) -> None:
    """Hand the entries to every projector whose rule takes them."""
    batches = defaultdict[str, list[Json]](list)
    for number, entry in enumerate(entries):
        detail = json.loads(entry["Detail"])
        for name in deployment.consumers(entry):
            record = sqs_record(number, entry["DetailType"], entry["Source"], detail)
            batches[name].append(record)
    for name, records in batches.items():
        answer = deployment.function(name)({"Records": records})
        calls.published()
        accepted(answer)


def states(driver: Driver, last: Json) -> list[Any]:
    """Return the state after every event, as an administrator is shown it."""
    kind, _, plain_id = last["aggregateId"]["S"].partition("#")
    version = int(last["eventSequence"]["N"]) + int(last["eventCount"]["N"]) - 1
    step = {"who": "admin", "method": "GET", "path": f"/{COLLECTIONS[kind]}/{plain_id}/state"}
    return [
        driver.send({**step, "query": {"version": str(number)}})["body"]
        for number in range(1, version + 1)
    ]


def use_tree() -> None:
    """Import from this tree only: the environment's own checkout is left out."""
    own = {ROOT, ROOT / "src"}
    sys.path[:] = [str(SRC), *(p for p in sys.path if p and Path(p).resolve() not in own)]


def main(plan_file: str, result_file: str) -> None:
    use_tree()
    plan: Json = json.loads(Path(plan_file).read_text())
    calls, appsync = Calls(), AppSync()
    with aws(calls), served(appsync) as url:
        deployment = Deployment(plan["template"], url)
        result = driven(deployment, calls, plan) | folded(deployment, calls, appsync, plan)
    Path(result_file).write_text(json.dumps(result))


if __name__ == "__main__":
    main(*sys.argv[1:])
