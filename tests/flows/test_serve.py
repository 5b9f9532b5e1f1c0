"""`gongkai serve`: a cron schedule that publishes, a worker that is killed, a second one, and an end that is one."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from uuid import UUID

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterId
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.schedules import CronSchedule
from typer.testing import CliRunner

from flows.command_line import app
from flows.serving import supervisor
from flows.serving.processes import Child, end_all, find_marked, mark_of, start_child
from flows.serving.registration import serving_environment
from flows.status import read_status
from pipelines.publishing import live_version
from pipelines.publishing.lock import find_holder
from pipelines.warehouse import Warehouse
from tests.flows.conftest import SAMPLES, Served
from tests.whole_way import GONGKAI

PATIENCE_SECONDS = 900.0
DEPLOYMENTS = ["audit/weekly-audit", "coverage/coverage-watch", "warehouse/daily", "warehouse/weekly-rebuild"]


def wait_for(condition: Callable[[], bool], what: str) -> None:
    """Return when a condition holds."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.2)


def runs_of(deployment_id: UUID) -> list[FlowRun]:
    """All runs of a deployment that Prefect knows, scheduled ones too."""
    chosen = DeploymentFilter(id=DeploymentFilterId(any_=[deployment_id]))
    with get_client(sync_client=True) as client:
        return client.read_flow_runs(deployment_filter=chosen)


def worker_of(served: Served) -> int | None:
    """The process id of the served worker."""
    for pid in find_marked(mark_of(served.warehouse.root)):
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        if b"flows.serving.child" in command and b"worker" in command:
            return pid
    return None


@pytest.fixture(scope="module", autouse=True)
def every_minute(served: Served, prefect_api: str) -> Iterator[UUID]:
    """Beside its own schedule the daily run has one that fires each minute, while the tests of this module run."""
    with get_client(sync_client=True) as client:
        deployment = client.read_deployment_by_name("warehouse/daily")
        schedule = CronSchedule(cron="* * * * *", timezone="Asia/Shanghai")
        (added,) = client.create_deployment_schedules(deployment.id, [(schedule, True)])
        yield deployment.id
        client.delete_deployment_schedule(deployment.id, added.id)


def test_deployments_queue_and_have_schedules_in_chinese_time(every_minute: UUID) -> None:
    with get_client(sync_client=True) as client:
        found = [client.read_deployment_by_name(name) for name in DEPLOYMENTS]
    for deployment in found:
        assert deployment.global_concurrency_limit is not None
        assert deployment.global_concurrency_limit.limit == 1
        assert deployment.concurrency_options is not None
        assert deployment.concurrency_options.collision_strategy == "ENQUEUE"
        assert {item.schedule.timezone for item in deployment.schedules} == {"Asia/Shanghai"}  # type: ignore[union-attr]
    daily = found[DEPLOYMENTS.index("warehouse/daily")]
    own = {item.schedule.cron for item in daily.schedules}  # type: ignore[union-attr]
    assert own == {"30 2 * * *", "* * * * *"}
    wait_for(lambda: len(runs_of(every_minute)) > 1, "runs of both schedules")


def test_worker_that_is_killed_is_started_again(served: Served) -> None:
    before = worker_of(served)
    assert before is not None
    os.kill(before, signal.SIGKILL)
    wait_for(lambda: worker_of(served) not in (None, before), "another worker")
    assert f"worker (process {before}) died" in served.messages.read_text()


def test_second_serve_names_the_first_one(served: Served) -> None:
    command = [GONGKAI, "serve", "--port", "0", "--warehouse", served.warehouse.root]
    second = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
    assert second.returncode == 1
    assert f"served already by process {served.process.pid}" in second.stderr
    assert served.api_url.removesuffix("/api") in second.stderr
    assert worker_of(served) is not None


def test_cron_schedule_produces_a_run_that_publishes(served: Served, every_minute: UUID) -> None:
    wait_for(served.warehouse.current.is_symlink, "a published version")
    assert live_version(served.warehouse).manifest.inputs.documents == len(list(SAMPLES.iterdir()))
    wait_for(lambda: any(run.state_type == "COMPLETED" for run in runs_of(every_minute)), "a completed run")
    (run, *_) = [run for run in runs_of(every_minute) if run.state_type == "COMPLETED"]
    assert run.auto_scheduled
    assert run.work_pool_name == "gongkai"


def test_status_tells_the_queue_and_the_inbox(served: Served, every_minute: UUID) -> None:
    wait_for(lambda: len(runs_of(every_minute)) > 1, "scheduled runs")
    found = read_status(served.warehouse)
    assert found.inbox == str(served.warehouse.root.parent / "inbox")
    assert "daily" in {run.deployment for run in found.queue}  # every minute: of the weekly ones none need be next
    assert not [sentence for sentence in found.pending if "does not tell" in sentence]


def test_runs_use_the_ledger_that_serve_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    used = list[Path]()
    monkeypatch.setattr(supervisor, "serve_until_stopped", lambda *arguments: used.append(arguments[4]))
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GONGKAI_LEDGER", raising=False)
    for arguments in ([], ["--ledger", "other.jsonl"]):
        assert CliRunner().invoke(app, ["serve", *arguments]).exit_code == 0
    warehouse = Warehouse(tmp_path)
    told = [serving_environment(warehouse, 1, tmp_path, tmp_path, ledger)["GONGKAI_LEDGER"] for ledger in used]
    assert told == [str(tmp_path / "decisions.jsonl"), str(tmp_path / "other.jsonl")]


def test_serving_ends_while_it_waits_for_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def start_silent(name: str, _command: object, environment: Mapping[str, str], log: Path) -> Child:
        stop.set()
        return start_child(name, ("timeit", "-n", "1", "-r", "1", "import time; time.sleep(99)"), environment, log)

    stop = threading.Event()
    monkeypatch.setattr(supervisor, "start_child", start_silent)
    monkeypatch.setattr(supervisor, "START_SECONDS", 5.0)
    messages = list[str]()
    places = (tmp_path / "inbox", tmp_path / "urls.txt", tmp_path / "decisions.jsonl")
    supervisor.serve_until_stopped(Warehouse(tmp_path / "wh"), 0, *places, messages.append, stop)
    assert messages.pop(0).startswith(f"There is no {places[1]}: no address is fetched.")
    assert messages == ["Starting Prefect's server.", "Stopping Prefect's worker and server.", "Stopped."]


def test_all_processes_of_a_mark_end_whoever_started_them(tmp_path: Path) -> None:
    deaf = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(99)"
    )
    script = tmp_path / "deaf.py"
    script.write_text(
        f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {deaf!r}], start_new_session=True); "
        "time.sleep(99)"
    )
    environment = {**os.environ, "GONGKAI_SERVED_BY": str(tmp_path), "PYTHONPATH": str(tmp_path)}
    child: Child = start_child("deaf", ("deaf",), environment, tmp_path / "log")
    wait_for(lambda: len(find_marked(str(tmp_path))) == 2, "the child and its own child")
    wait_for(lambda: b"deaf" in (tmp_path / "log").read_bytes(), "the deaf one to be deaf")
    grandchild = next(pid for pid in find_marked(str(tmp_path)) if pid != child.process.pid)
    assert end_all(str(tmp_path), [child], grace_seconds=0.5) == [grandchild]
    assert find_marked(str(tmp_path)) == []
    assert not child.is_alive


def test_serving_is_known_by_its_lock(served: Served) -> None:
    holder = find_holder(served.warehouse.serve_lock)
    assert holder is not None
    assert (holder.pid, holder.run_id) == (served.process.pid, served.api_url)
