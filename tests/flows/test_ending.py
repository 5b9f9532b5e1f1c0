"""A command that is told to end says what is live and ends with its own exit code; its log says why."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType

import pytest
import typer
from prefect.exceptions import TerminationSignal
from prefect.utilities.engine import capture_sigterm

import flows
from flows import entry
from flows.commands.failures import failures_explained
from flows.interruption import end_on_termination
from flows.log_file import beginning_logged, log_run
from flows.past_runs import read_runs
from flows.prefect_server import PrefectServerError
from flows.serving import registration, supervisor
from flows.serving.processes import Child, find_marked, mark_of, start_child
from pipelines.warehouse import Warehouse
from tests.flows.marts import publish_mart


@pytest.fixture(autouse=True)
def handler() -> Iterator[None]:
    """The handlers of a command; the test's own ones are put back."""
    numbers = (signal.SIGTERM, signal.SIGINT)
    before = {number: signal.getsignal(number) for number in numbers}
    end_on_termination()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    for number, old in before.items():
        signal.signal(number, old)


def in_a_step(number: int) -> None:
    """The signal comes between two queries of a flow; Prefect's handler is the first to have it."""
    with capture_sigterm():
        os.kill(os.getpid(), number)


def in_a_query(number: int) -> None:
    """The signal comes amid a query of a flow: DuckDB says so by an error of its own, which it causes."""
    kinds = {signal.SIGTERM: TerminationSignal(signal.SIGTERM), signal.SIGINT: KeyboardInterrupt()}
    raise RuntimeError("Query interrupted") from kinds[signal.Signals(number)]


def before_a_flow(number: int) -> None:
    """The signal comes while nothing of Prefect runs."""
    os.kill(os.getpid(), number)


@pytest.mark.parametrize("stopped", [before_a_flow, in_a_step, in_a_query])
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_command_that_is_told_to_end_says_what_is_live(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], stopped: Callable[[int], None], number: int, code: int
) -> None:
    warehouse = Warehouse(tmp_path)
    publish_mart(warehouse, "v1", 1)
    with pytest.raises(typer.Exit) as ended, failures_explained(warehouse), log_run(warehouse, "v2", []):
        stopped(number)
    assert ended.value.exit_code == code
    message = " ".join(capsys.readouterr().err.split())
    assert message == "Interrupted. The live version stays as it was. The next run takes up where this one stopped."
    (run,) = read_runs(warehouse, None)
    assert run.outcome == "interrupted"


def test_an_error_after_a_handled_interrupt_is_an_error(tmp_path: Path) -> None:
    def fail() -> None:
        try:
            raise KeyboardInterrupt
        except KeyboardInterrupt:
            raise ValueError("something else") from None

    with pytest.raises(typer.Exit) as ended, failures_explained(Warehouse(tmp_path)):
        fail()
    assert ended.value.exit_code == 1


class Ended(ModuleType):
    """A command line during whose import a signal comes."""

    def __init__(self, number: signal.Signals) -> None:
        """Name the signal."""
        super().__init__("command_line")
        self.__dict__["number"] = number

    def __getattr__(self, name: str) -> object:
        """Whatever is asked for: the signal."""
        os.kill(os.getpid(), self.__dict__["number"])
        return name


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_while_the_command_line_is_imported_ends_quietly(
    number: signal.Signals, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(flows, "command_line", Ended(number))
    with pytest.raises(SystemExit) as ended:
        entry.main()
    assert ended.value.code == code
    assert capsys.readouterr() == ("", "")


def test_serving_ends_while_its_deployments_are_registered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sleeping = "[sys.executable, '-c', 'import time; time.sleep(999)']"
    registering = f"import subprocess, sys; sys.exit(subprocess.call({sleeping}))"
    stop, messages = threading.Event(), list[str]()

    def start_sleeping(name: str, _command: object, environment: Mapping[str, str], log: Path) -> Child:
        return start_child(name, ("timeit", "-n", "1", "-r", "1", "import time; time.sleep(999)"), environment, log)

    def find_registering() -> None:
        while len(find_marked(mark_of(tmp_path / "wh"))) < 4:  # both children, who registers, and a child of that
            time.sleep(0.1)
        stop.set()

    monkeypatch.setattr(registration, "COMMAND", (sys.executable, "-c", registering))
    monkeypatch.setattr(supervisor, "start_child", start_sleeping)
    monkeypatch.setattr(supervisor, "_wait_for_server", lambda *_arguments: None)
    monkeypatch.setattr(supervisor, "prepare_server", list)
    monkeypatch.setenv("PREFECT_API_URL", "")
    threading.Thread(target=find_registering, daemon=True).start()
    places = (tmp_path / "inbox", tmp_path / "urls.txt", tmp_path / "decisions.jsonl")
    supervisor.serve_until_stopped(Warehouse(tmp_path / "wh"), 0, *places, messages.append, stop)
    assert messages.pop(0).startswith(f"There is no {places[1]}")
    assert messages == ["Starting Prefect's server.", "Stopping Prefect's worker and server.", "Stopped."]
    assert find_marked(mark_of(tmp_path / "wh")) == []


@pytest.mark.parametrize(
    ("error", "outcome", "detail"),
    [
        (PrefectServerError("its log is server.log"), "failed", "PrefectServerError: its log is server.log"),
        (KeyboardInterrupt(), "interrupted", "stopped by Ctrl-C or a signal"),
    ],
)
def test_a_run_that_ends_before_it_has_begun_is_among_the_last_runs(
    tmp_path: Path, error: BaseException, outcome: str, detail: str
) -> None:
    warehouse = Warehouse(tmp_path / "warehouse")
    with pytest.raises(type(error)), beginning_logged(warehouse, ["inbox"]):
        raise error
    (run,) = read_runs(warehouse, None)
    assert (run.outcome, run.detail) == (outcome, detail)


def test_a_run_that_begins_has_no_second_log(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path / "warehouse")
    with beginning_logged(warehouse, []):
        pass
    assert list(read_runs(warehouse, None)) == []


def test_a_log_that_cannot_be_written_hides_no_failure(tmp_path: Path) -> None:
    (tmp_path / "warehouse").write_text("a file where the folder should be")
    with (
        pytest.raises(PrefectServerError, match="did not start"),
        beginning_logged(Warehouse(tmp_path / "warehouse"), []),
    ):
        raise PrefectServerError("it did not start")
