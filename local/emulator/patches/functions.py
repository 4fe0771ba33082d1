"""Lambda functions in Python: on the project's interpreter, failing as on AWS, without idle waits,
reloaded on change.

Stock MiniStack runs them on its own interpreter and libraries, calls every exception
`Runtime.HandlerError`, throws the environment away after each, and adds 50 ms to every invocation
that logs nothing.
"""

import logging
import queue
import threading
import time
from functools import partial
from pathlib import Path
from typing import Any

from local.emulator import activity, environments, faults, logs, settings
from local.emulator.patches import metrics
from local.emulator.patching import Function, expect, replace
from local.emulator.sources import Change, watch
from local.emulator.upstream import Untyped, cloudwatch_logs, lambda_runtime, lambda_svc, responses

# Seconds in which no environment of a function became free. Then all may wait for one of their own:
# a function can call itself.
LONGEST_STANDSTILL = 20.0


class Environment(lambda_runtime.Worker):  # type: ignore[misc] # MiniStack has no types
    """An execution environment in MiniStack's pool (which leases, reaps and kills it)."""

    def __init__(self, func_name: str, config: dict[str, Any], code_zip: bytes) -> None:
        super().__init__(func_name, config, code_zip)
        self._proc: Untyped = None
        self.process: environments.Process | None = None
        self.generation = 0
        self.ready_at = 0.0
        self.init_log = ""

    def _spawn(self) -> None:
        code = self.code
        self.generation = self._newest()
        self.process = environments.Process(code, self._variables(code))
        self._proc = self.process.popen
        started = self.process.receive(environments.INIT_SECONDS * settings.patience())
        self.init_log = self.process.log()
        if error := started.get("error"):
            self._end()
            raise environments.InitFailed(error, started["traceback"])
        self.ready_at = time.time()
        environments.remember(code, started["libraries"], started["sources"])

    def _variables(self, code: environments.Code) -> dict[str, str]:
        _, region = lambda_runtime._account_region_from_function_config(self.config)
        credentials = lambda_runtime.execution_credentials(self.config)
        endpoint = environments.own_endpoint()
        return environments.variables_of(self.config, code, credentials, region, endpoint)

    def _end(self) -> None:
        process, self._proc = self._proc, None
        lambda_runtime._signal(process)
        lambda_runtime._collect(
            process, lambda_runtime.time.monotonic() + lambda_runtime._REAP_GRACE
        )

    @property
    def code(self) -> environments.Code:
        return environments.unpack(self.code_zip)

    def _newest(self) -> int:
        """The generation of the sources; a package has one only."""
        return 0 if self.code.packaged else watch.generation(self.code.root)

    def alive(self) -> bool:
        return self._proc is not None and self._proc.poll() is None

    def ensure_running(self) -> environments.Process:
        """Return a process that runs the sources as they are now, also if they change meanwhile."""
        while not (self.alive() and self.generation == self._newest()):
            if self.alive():
                self._end()
            self._respawn()
        assert self.process
        return self.process

    def _respawn(self) -> None:
        try:
            self._spawn()
        except environments.InitFailed:
            if self.generation == self._newest():
                raise
            # It was read while it was being saved.

    def run(self, event: object, request_id: str, values: dict[str, str | None]) -> dict[str, Any]:
        """Run one invocation and return it as MiniStack's callers expect: body, error, log."""
        timeout = float(self.config.get("Timeout", 3))
        with self._lock:
            try:
                process = self.ensure_running()
                allowed = timeout * settings.patience()
                process.send(self._request(event, request_id, allowed, values))
                return result_of(process.receive(allowed), request_id, self._log(process))
            except environments.InitFailed as error:
                return self._not_imported(error, request_id)
            except queue.Empty:
                return self._timed_out(request_id, timeout)
            except environments.EnvironmentDied:
                return self._died(request_id)
            except OSError as error:  # of this machine, not of the function
                logging.getLogger("skafu").exception("%s cannot be run", self.func_name)
                return failed(broken("Sandbox.Failed", request_id, str(error)), request_id, "")

    def _log(self, process: environments.Process) -> str:
        """Return the invocation's output; the first one's begins with that of the import."""
        init_log, self.init_log = self.init_log, ""
        return "\n".join(filter(None, (init_log, process.log())))

    def _request(
        self, event: object, request_id: str, timeout: float, values: dict[str, str | None]
    ) -> dict[str, Any]:
        return {
            "event": event,
            "requestId": request_id,
            "functionArn": self.config.get("FunctionArn", ""),
            "timeout": timeout,
            "environment": values,
        }

    def _not_imported(self, error: environments.InitFailed, request_id: str) -> dict[str, Any]:
        result = failed(error.error, request_id, self.init_log) | {"traceback": error.traceback}
        return result | ({activity.UNSTARTABLE: self.generation} if self._in_the_making() else {})

    def _in_the_making(self) -> bool:
        """Tell if the handler's module lies in sources that people change; else nobody mends it."""
        module, _, _ = self.config["Handler"].rpartition(".")
        return (
            not self.code.packaged and (self.code.root / f"{module.replace('.', '/')}.py").exists()
        )

    def _timed_out(self, request_id: str, timeout: float) -> dict[str, Any]:
        self._end()
        assert self.process
        message = f"Task timed out after {timeout:.2f} seconds"
        return failed(
            broken("Sandbox.Timedout", request_id, message), request_id, self._log(self.process)
        )

    def _died(self, request_id: str) -> dict[str, Any]:
        self._end()
        assert self.process
        message = "Runtime exited without providing a reason"
        return failed(
            broken("Runtime.ExitError", request_id, message), request_id, self._log(self.process)
        )


def broken(kind: str, request_id: str, message: str) -> dict[str, Any]:
    """The environment's own failure, in Lambda's words."""
    return {"errorType": kind, "errorMessage": f"RequestId: {request_id} Error: {message}"}


def result_of(answer: dict[str, Any], request_id: str, log: str) -> dict[str, Any]:
    if "ok" in answer:
        return {"body": lambda_runtime.json.loads(answer["ok"]), "log": log}
    error = failed({**answer["error"], "requestId": request_id}, request_id, log)
    return error | ({"traceback": answer["traceback"]} if "traceback" in answer else {})


def failed(error: dict[str, Any], request_id: str, log: str) -> dict[str, Any]:
    return {
        "body": {**error, "requestId": request_id},
        "error": True,
        "function_error": "Unhandled",
        "log": log,
    }


def environment_class(original: Function) -> Function:
    def choose(config: dict[str, Any]) -> Untyped:
        return (
            Environment if str(config.get("Runtime", "")).startswith("python") else original(config)
        )

    return choose


def execute_warm(original: Function) -> Function:
    def execute(func: dict[str, Any], event: object, request_id: str) -> dict[str, Any]:
        config = func.get("config") or func
        code_zip = func.get("code_zip")
        if not code_zip or not str(config.get("Runtime", "")).startswith("python"):
            return original(func, event, request_id)  # type: ignore[no-any-return] # MiniStack has no types
        lambda_svc._ensure_reaper_thread()
        worker = leased(config, code_zip)
        try:
            result: dict[str, Any] = worker.run(event, request_id, per_invocation(config))
        finally:
            released(worker)
        show(config["FunctionName"], result["log"])
        metrics.extract(result["log"])
        activity.request.get()["functionRequestId"] = request_id
        activity.invoked(config["FunctionName"], result)
        return result

    return execute


_free = threading.Condition()
"""Notified when an environment is free."""
_freed: dict[str, float] = {}
"""When one of each function became free, or was started in spite of the limit."""


def leased(config: dict[str, Any], code_zip: bytes) -> Environment:
    """Lease an environment of a function; wait for one while MOST_ENVIRONMENTS run.

    Many that start at once on a few cores make each other, and everything else, slow.
    """
    acquire = partial(
        lambda_runtime.acquire_worker,
        *(config["FunctionName"], config, code_zip),
        qualifier=config.get("Version", "$LATEST"),
    )
    name, began = config["FunctionName"], time.monotonic()
    with _free:
        while True:
            left = max(began, _freed.get(name, 0)) + LONGEST_STANDSTILL - time.monotonic()
            most = settings.MOST_ENVIRONMENTS if left > 0 else None
            worker: Environment | None = acquire(max_concurrency=most)[0]
            if worker is not None and left <= 0:
                _freed[name] = time.monotonic()
            if worker is not None:
                return worker
            _free.wait(left)


def released(worker: Environment) -> None:
    lambda_runtime.release_worker(worker)
    with _free:
        _freed[worker.func_name] = time.monotonic()
        _free.notify_all()


def show(function: str, log: str) -> None:
    """Print a function's output, line by line: people follow it while they develop."""
    for line in log.splitlines():
        output.info("%s | %s", function, line)


def warm() -> None:
    """Start an environment for each function that has none, so that the first request need not wait
    for it.
    """
    for (account, region, name), function in list(lambda_svc._functions._data.items()):
        if function.get("code_zip") and str(function["config"].get("Runtime", "")).startswith(
            "python"
        ):
            with responses.request_scope(account, region):
                worker, _ = lambda_runtime.acquire_worker(
                    name, function["config"], function["code_zip"]
                )
            refresh(worker)
            released(worker)


def refresh_all(change: Change) -> None:
    """After a change of the sources: start anew what is idle, the most recently used first.

    What is busy does so before its next event. A request does not wait for the others: it starts
    its own environment anew, or waits until that has been done here.
    """
    failed = refresh_idle(change.root)
    while later := watch.changed_again(change.root):
        change = change.followed_by(later)
        failed = refresh_idle(change.root)
    workers = [worker for worker in every_environment() if worker.code.root == change.root]
    ready = {worker.func_name: worker.ready_at for worker in workers if worker.alive()}
    activity.reloaded(change, list(ready.values()), len(failed))


def refresh_idle(root: Path) -> set[str]:
    """Return the names of the functions that cannot be imported."""
    return {
        worker.func_name
        for worker in every_environment()
        if worker.code.root == root
        if worker.process and not worker.in_use and not refresh(worker)
    }


def every_environment() -> list[Environment]:
    with lambda_runtime._lock:
        pools = list(lambda_runtime._workers.values())
        workers = [worker for pool in pools for worker in pool if isinstance(worker, Environment)]
    return sorted(workers, key=lambda worker: float(worker.last_used), reverse=True)


def refresh(worker: Environment) -> bool:
    """Bring an environment up to date; when it cannot start, show at once why."""
    try:
        with worker._lock:
            worker.ensure_running()
        return True
    except environments.InitFailed as error:
        show(worker.func_name, worker.init_log)
        activity.failed_to_start(worker.func_name, error.error, error.traceback, worker.generation)
    except (environments.EnvironmentDied, queue.Empty, OSError):
        show(worker.func_name, worker.init_log)
    return False


def per_invocation(config: dict[str, Any]) -> dict[str, str | None]:
    """The variables that Lambda changes with each invocation; None removes one."""
    depth = lambda_svc._invoke_depth.get()
    durable = lambda_svc._durable_env_overlay()
    return {
        "_X_AMZN_TRACE_ID": lambda_svc._xray_trace_id_for_invocation(config),
        lambda_runtime.INVOKE_DEPTH_ENV: None if depth is None else str(depth),
        **{name: durable.get(name) for name in lambda_runtime.DURABLE_ENV_VARS},
    }


def throttled(original: Function) -> Function:
    """Refuse some invocations, when the faults say so."""

    def execute(func: dict[str, Any], event: object) -> dict[str, Any]:
        if faults.current.strikes("throttleLambda"):
            return lambda_svc._throttle_response(  # type: ignore[no-any-return] # MiniStack has no types
                reason_code="ConcurrentInvocationLimitExceeded", msg="Rate Exceeded."
            )
        return original(func, event)  # type: ignore[no-any-return] # MiniStack has no types

    return execute


output = logging.getLogger("skafu.functions")
output.setLevel(logging.INFO)
_log_lock = threading.Lock()


def bounded_logs(original: Function) -> Function:
    """Keep the newest lines of each function: MiniStack makes a stream for every invocation and
    keeps them all.
    """

    def emit(func: dict[str, Any], *args: Untyped, **kwargs: Untyped) -> None:
        with _log_lock:
            original(func, *args, **kwargs)
            if group := cloudwatch_logs._log_groups.get(log_group(func)):
                gather(group)

    return emit


def log_group(func: dict[str, Any]) -> str:
    config = func.get("config") or func
    named = (config.get("LoggingConfig") or {}).get("LogGroup")
    return str(named or f"/aws/lambda/{config.get('FunctionName', 'unknown')}")


def gather(group: dict[str, Any]) -> None:
    """Move the lines of the newest invocations to the one stream that is kept."""
    for name in [name for name in group["streams"] if name != logs.STREAM]:
        logs.append(group, group["streams"].pop(name)["events"])


def apply() -> None:
    watch.on_change = refresh_all
    replace(lambda_runtime, "_worker_class_for", "b5a23849280a", environment_class)
    replace(lambda_svc, "_execute_function_warm", "62b9218bef5b", execute_warm)
    replace(lambda_svc, "_execute_function", "3ceb16d6480a", throttled)
    replace(lambda_svc, "_emit_lambda_logs", "111efbf06968", bounded_logs)
    expect(cloudwatch_logs, "_append_log_events", "e47cae7a15a4")
