"""A whole stack on this machine: emulator, local AppSync, the deployed template, people, the web
page.

with running_stack(Options(state_dir=tmp, emulator_port=22010, appsync_port=22011)) as stack:
    stack.outputs["commandApiUrl"]
"""

import fcntl
import json
import os
import platform
import secrets
import shutil
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from botocore.credentials import Credentials

from local import deploy, endpoint, outputs, people, ports, sam, state
from local.aws import ACCOUNT, REGION, Aws
from local.emulator.environments import access_key
from local.outputs import ROOT, Addresses
from local.processes import ProcessEnded, Processes, end_recorded
from local.read_models import ReadModels, digests
from local.template import functions, load

STATE_DIR = ROOT / "local" / "state"
SSM = "/skafu/{environment}/{name}"
APP_ID = "skafulocal"
WAIT_SECONDS = 60.0
# For those who send more than people do: tests and benchmarks.
UNLIMITED = dict.fromkeys(("RequestsPerCaller", "RequestsPerAddress"), "1000000")
# Those that tell what happens in them.
PARTS = ("emulator", "appsync")
# Settings of the emulator that a test may choose.
PASSED = ("SKAFU_FORK", "SKAFU_EXECUTIONS_KEPT", "SKAFU_PATIENCE")
EMULATOR = [str(ROOT / ".tools" / "ministack" / "bin" / "python"), "-m", "local.emulator"]


@dataclass(frozen=True)
class Options:
    """Options of a stack; two stacks need different state folders and ports."""

    state_dir: Path = STATE_DIR
    emulator_port: int = 4566
    appsync_port: int = 20002
    web_port: int = 5173
    environment: str = "local"
    template: Path = ROOT / "template.yaml"
    fresh: bool = False
    packaged: bool = False
    appsync: bool = True
    web: bool = False
    seeds: Path | None = None
    """A folder of what the system begins with (`skafu seed`), such as `SEEDS`."""
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def addresses(self) -> Addresses:
        return Addresses(self.emulator_port, self.appsync_port, self.web_port)

    def ports(self) -> dict[str, int]:
        """Option name → port, of the parts that will run."""
        used = {"--emulator-port": self.emulator_port}
        used |= {"--appsync-port": self.appsync_port} if self.appsync else {}
        return used | ({"--web-port": self.web_port} if self.web else {})


class AlreadyRunning(Exception):
    """Another process runs a stack from the same state folder."""


class PrerequisiteMissing(Exception):
    """Something that `make setup` installs is not there."""


@dataclass
class Stack:
    """A running stack."""

    options: Options
    processes: Processes
    pool: people.Pool = field(init=False)
    outputs: dict[str, Any] = field(default_factory=dict)
    deployed: dict[str, str] = field(default_factory=dict)

    @property
    def aws(self) -> Aws:
        return Aws(self.options.addresses.aws)

    @property
    def read_models(self) -> ReadModels:
        return ReadModels(self.aws, self.options.environment, self.options.state_dir)

    @property
    def functions(self) -> dict[str, str]:
        """The names of the functions, each with its name in the template."""
        return function_names(self.options)

    def activity(self, part: str) -> Path:
        """The file in which a part of the stack tells what happens: lines of JSON."""
        return self.processes.log(part).with_suffix(".jsonl")

    def token(self, email: str) -> str:
        """An ID token of one of the four people."""
        return people.sign_in(self.aws, self.pool.client_id, email)["IdToken"]

    def faults(self, **settings: object) -> dict[str, Any]:
        """Let the emulator misbehave (see local/emulator/faults.py); without settings: no more."""
        return post(
            f"{self.options.addresses.aws}/_skafu/faults",
            settings,
            "POST" if settings else "DELETE",
        )

    def kill_emulator(self) -> None:
        """Let the emulator die without warning, and start it again."""
        self.processes.kill("emulator")
        start_emulator(self)

    def restart_appsync(self, emptied: Iterable[str] = ()) -> None:
        """Serve the schema as it is exported now; the tables of some models are made anew.

        Raises ProcessEnded when AppSync does not take the schema; it can be restarted all the same.
        """
        with self.processes.may_end("appsync"):
            self.processes.kill("appsync")
            self.read_models.drop(emptied)
            try:
                start_appsync(self, api_key(self.options.state_dir))
            except ProcessEnded:
                self.processes.kill("appsync")
                raise
        write_outputs(self, api_key(self.options.state_dir))


Report = Callable[[str], None]


@contextmanager
def running_stack(options: Options, report: Report = lambda _: None) -> Iterator[Stack]:
    """Start a stack, yield it when everything answers, and leave no process behind."""
    check_prerequisites(options)
    state.claim(options.state_dir, fresh=options.fresh)
    with locked(options.state_dir):
        end_recorded(options.state_dir)
        ports.require_free(options.ports())
        if options.fresh:
            state.wipe(options.state_dir)
        state.require_whole(options.state_dir)
        stack = Stack(options, Processes(options.state_dir))
        for part in (*PARTS, "spans"):
            stack.activity(part).write_bytes(b"")
        try:
            start(stack, report)
            yield stack
        finally:
            stack.processes.stop()


@contextmanager
def locked(state_dir: Path) -> Iterator[None]:
    """Hold the state folder; the lock ends with this process, however it ends."""
    with (state_dir / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.seek(0)
            raise AlreadyRunning(
                f"A stack runs from {state_dir} already (process {lock.read()})."
            ) from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def check_prerequisites(options: Options) -> None:
    """Raise PrerequisiteMissing, naming what is not there and the command that makes it."""
    needed = {ministack(): "make setup"}
    if options.appsync:
        needed[ROOT / "local" / "appsync" / "node_modules"] = "make setup"
    if options.web:
        needed[vite()] = "make setup"
    if options.packaged:
        needed[sam.executable()] = "make setup"
    for path, command in needed.items():
        if not path.exists():
            raise PrerequisiteMissing(
                f"{path.relative_to(ROOT)} is missing. Run `{command}` first."
            )
    if (options.appsync or options.web) and not shutil.which("node"):
        raise PrerequisiteMissing("Node.js (20.19 or later) is not on PATH: https://nodejs.org")


def ministack() -> Path:
    return Path(EMULATOR[0])


def vite() -> Path:
    return ROOT / "frontend" / "node_modules" / "vite" / "bin" / "vite.js"


def start(stack: Stack, report: Report) -> None:
    guard(stack)
    report("Starting the AWS emulator")
    start_emulator(stack)
    if stack.options.web:
        start_web(stack)
    report("Creating the user pool")
    stack.pool = people.ensure_pool(stack.aws)
    key = api_key(stack.options.state_dir)
    write_parameters(stack)
    outdated = stack.read_models.outdated() if stack.options.appsync else []
    stack.read_models.drop(outdated)
    report("Deploying the template, starting AppSync")
    with at_once(lambda: start_appsync(stack, key), lambda: people.seed(stack.aws, stack.pool)):
        stack.deployed = deploy_template(stack)
        post(f"{stack.options.addresses.aws}/_skafu/warm", {})
    write_outputs(stack, key)
    if stack.options.appsync:
        tell_the_page(stack)
    with at_once(lambda: plant_seeds(stack, report)):
        if outdated:
            report("Folding the rows for the changed schema")
            bring_rows(stack)
        elif stack.options.appsync:
            stack.read_models.remember(digests())
        if stack.options.web:
            report("Waiting for the web page")
            await_answer(stack.processes, "web", stack.options.addresses.web)


@contextmanager
def at_once(*tasks: Callable[[], object]) -> Iterator[None]:
    """Do tasks beside the block and wait for them at its end, but not when it was interrupted."""
    pool = ThreadPoolExecutor()
    futures = [pool.submit(task) for task in tasks]
    try:
        yield
        for future in futures:
            future.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def base_environment() -> dict[str, str]:
    """Nothing of the user's AWS settings reaches what is started."""
    return {
        name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ
    }


def guard(stack: Stack) -> None:
    """Start what ends all the others when this process dies; it is not recorded, as it must outlive
    them.
    """
    stack.processes.guard(
        [sys.executable, "-m", "local.guard", str(stack.options.state_dir)],
        base_environment(),
        ROOT,
    )


def start_emulator(stack: Stack) -> None:
    state_dir = stack.options.state_dir
    environment = emulator_environment(stack.options.emulator_port, state_dir / "emulator")
    environment["SKAFU_CODE_DIR"] = str(state_dir / "code")
    environment["SKAFU_ACTIVITY"] = str(stack.activity("emulator"))
    environment["SKAFU_SPANS"] = str(stack.activity("spans"))
    stack.processes.start("emulator", EMULATOR, environment, ROOT)
    await_answer(stack.processes, "emulator", f"{stack.options.addresses.aws}/_skafu/health")


def emulator_environment(port: int, state_dir: Path | None) -> dict[str, str]:
    return {
        **base_environment(),
        "PYTHONPATH": str(ROOT),
        "GATEWAY_PORT": str(port),
        "SKAFU_FUNCTION_PYTHON": sys.executable,
        "SKAFU_LEASH": "stdin",
        **{name: os.environ[name] for name in PASSED if name in os.environ},
        **({"STATE_DIR": str(state_dir)} if state_dir else {}),
    }


@contextmanager
def running_emulator(
    port: int, folder: Path, keep: bool = False, stock: bool = False
) -> Iterator[Aws]:
    """The emulator alone, with its log in `folder`; with `keep` its state is there, too."""
    ports.require_free({"port": port})
    environment = emulator_environment(port, folder / "emulator" if keep else None)
    processes = Processes(folder)
    try:
        environment["SKAFU_STOCK"] = str(int(stock))
        processes.start("emulator", EMULATOR, environment, ROOT)
        await_answer(processes, "emulator", f"http://127.0.0.1:{port}/_ministack/health")
        yield Aws(f"http://127.0.0.1:{port}")
    finally:
        processes.stop()


def start_appsync(stack: Stack, key: str) -> None:
    options = stack.options
    if not options.appsync:
        return
    environment = {
        **base_environment(),
        "PORT": str(options.appsync_port),
        "AWS_ENDPOINT_URL": options.addresses.aws,
        "AWS_REGION": REGION,
        "USER_POOL_ID": stack.pool.id,
        "USER_POOL_CLIENT_ID": stack.pool.client_id,
        "API_KEY": key,
        "USERS": json.dumps(people.listed()),
        "STAGE": options.environment,
        "ACTIVITY": str(stack.activity("appsync")),
        "ACCESS_KEYS": json.dumps(dict.fromkeys(access_keys(options), "test")),
    }
    # With room for what lives shortly, a tenth less processor time.
    command = ["node", "--max-semi-space-size=32", "local/appsync/server.mjs"]
    stack.processes.start("appsync", command, environment, ROOT)
    await_answer(stack.processes, "appsync", f"http://127.0.0.1:{options.appsync_port}/health")


def access_keys(options: Options) -> Iterator[str]:
    """The keys that may sign for AppSync: the operators', and one for each function."""
    yield ACCOUNT
    for name in function_names(options):
        yield access_key(ACCOUNT, name)


def function_names(options: Options) -> dict[str, str]:
    found = functions(load(options.template))
    names = {name: function["FunctionName"]["Fn::Sub"] for name, function in found.items()}
    return {full.replace("${Environment}", options.environment): n for n, full in names.items()}


def start_web(stack: Stack) -> None:
    environment = {**base_environment(), "SKAFU_OUTPUTS_DIR": str(stack.options.state_dir)}
    command = [
        "node",
        str(vite()),
        "--host",
        "127.0.0.1",
        "--port",
        str(stack.options.web_port),
        "--strictPort",
    ]
    stack.processes.start("web", command, environment, ROOT / "frontend")


def await_answer(processes: Processes, name: str, url: str) -> None:
    """Wait until a process answers; say why when it ends or is too slow."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        processes.check(name)
        if answers(url):
            return
        time.sleep(0.05)
    raise ProcessEnded(name, None, processes.log(name))


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return int(response.status) == 200
    except (urllib.error.URLError, OSError):
        return False


def post(url: str, body: object, method: str = "POST") -> dict[str, Any]:
    request = urllib.request.Request(url, json.dumps(body).encode(), method=method)
    with urllib.request.urlopen(request, timeout=10) as response:
        return dict(json.load(response))


def api_key(state_dir: Path) -> str:
    """The API key of the local AppSync, made once."""
    path = state_dir / "api-key"
    if not path.exists():
        path.write_text(f"da2-{secrets.token_hex(13)}")
    return path.read_text()


def write_parameters(stack: Stack) -> None:
    """The parameters that amplify/backend.ts writes for the SAM template to read."""
    ssm = stack.aws.client("ssm")
    values = {
        "graphqlUrl": stack.options.addresses.graphql,
        "apiId": APP_ID,
        "apiArn": f"arn:aws:appsync:{REGION}:{ACCOUNT}:apis/{APP_ID}",
        "userPoolArn": stack.pool.arn,
        "userPoolId": stack.pool.id,
        "userPoolClientId": stack.pool.client_id,
    }
    for name, value in values.items():
        path = SSM.format(environment=stack.options.environment, name=name)
        ssm.put_parameter(Name=path, Value=value, Type="String", Overwrite=True)


def deploy_template(stack: Stack) -> dict[str, str]:
    options = stack.options
    name = f"skafu-{options.environment}"
    parameters = parameters_of(load(options.template), options)
    if options.packaged:
        return sam.build_and_deploy(
            stack.aws, options.template, name, parameters, options.state_dir / "sam"
        )
    return deploy.deploy(stack.aws, options.template, name, parameters)


def parameters_of(template: Mapping[str, Any], options: Options) -> dict[str, str]:
    """Values for those of our parameters that the template has."""
    declared = template.get("Parameters") or {}
    wanted = {
        "Environment": options.environment,
        "PythonRuntime": f"python3.{sys.version_info.minor}",
        "Architecture": "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64",
        # A message whose function was killed comes back soon; on AWS this is six times the timeout.
        "ProjectorTimeout": "10",
        "HintVisibility": "10",
        # Two cores start two functions at a time; ten would start none of them in time.
        "ProjectorConcurrency": "2",
        # Whoever forgets a person waits for so long; on AWS a minute.
        "OpenKeySeconds": "5",
        **{
            name: str(parameter["Default"]).replace("/skafu/dev/", f"/skafu/{options.environment}/")
            for name, parameter in declared.items()
            if str(parameter.get("Type")).startswith("AWS::SSM::Parameter::Value")
        },
        **options.parameters,
    }
    return {name: value for name, value in wanted.items() if name in declared}


def plant_seeds(stack: Stack, report: Report) -> None:
    """Bring the system to what the folder of seeds says; a fault there stops nothing else."""
    folder = stack.options.seeds
    if folder is None or not folder.exists():
        return
    if skafu(stack, "seed", "seed", str(folder)):
        report(f"Not all of {folder.name}/ was taken: {stack.processes.log('seed')} says why")


def bring_rows(stack: Stack) -> bool:
    """Fold the rows that differ from their events; say whether all rows could be brought so far."""
    found = digests()
    if skafu(stack, "rows", "verify", "--repair"):
        return False
    stack.read_models.remember(found)
    return True


def skafu(stack: Stack, name: str, *words: str) -> int:
    """Run a command of ours on the stack, with a log of this name; return its exit code."""
    outputs = ["--outputs", str(stack.options.state_dir / "outputs.json")]
    # A traceback without typer's boxes is one that the terminal can shorten.
    environment = {**base_environment(), "SKAFU_TRACEBACK": "1", "TYPER_STANDARD_TRACEBACK": "1"}
    command = [sys.executable, "-m", "skafu.cli", *words, *outputs]
    return stack.processes.run(name, command, environment, ROOT)


def tell_the_page(stack: Stack) -> None:
    """Write the row by which the page finds the command API, as `make deploy` does in AWS."""
    credentials = Credentials(ACCOUNT, "test")
    found = stack.outputs
    endpoint.write(found["graphqlUrl"], credentials, REGION, found["commandApiUrl"])


def write_outputs(stack: Stack, key: str) -> None:
    options, state_dir = stack.options, stack.options.state_dir
    stack.outputs = outputs.outputs(
        options.addresses, stack.pool, stack.deployed, options.environment, stack.activity("spans")
    )
    outputs.write(state_dir / "outputs.json", stack.outputs)
    outputs.write(
        state_dir / "skafu_outputs.json", outputs.skafu_outputs(options.addresses, stack.outputs)
    )
    outputs.write(
        state_dir / "amplify_outputs.json",
        outputs.amplify_outputs(options.addresses, stack.pool, key),
    )
    if state_dir == STATE_DIR:
        outputs.write(ROOT / "local" / "outputs.json", stack.outputs)
