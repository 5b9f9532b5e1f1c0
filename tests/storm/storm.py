"""Processes that run, a hand that kills them, readers that look on; and the count of what went wrong."""

import multiprocessing
import os
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from statistics import median
from typing import NamedTuple

import msgspec

from pipelines.publishing import list_versions
from pipelines.warehouse import Warehouse
from tests.storm.damage import find_damage
from tests.storm.deliveries import Figures, Inbox, is_clean
from tests.storm.preload import ROOT
from tests.storm.reader import Seen, read_until
from tests.storm.runner import ENDED, READY, run_again_and_again

EARLY = (
    *("Take inbox", "Extract", "Load", "dlt extract", "dlt normalize", "dlt load", "Sweep", "Settle inbox"),
    "Contract raw",
)
LATE = (
    *("Build staging", "Contract staging", "Explain", "Build facts", "Contract facts", "Build marts", "Contract marts"),
    *("Publish", "Go live", "Prune"),
)
STAGES = (*EARLY, *LATE)
EARLY_WEIGHT = 3  # a run that is killed before dbt costs a third of one that is killed when it publishes
PEACEFUL_SHARE = 0.12  # of the processes do a run that ends before the one that is killed
TEXT_SHARE = 0.15  # of the deliveries hold a text, and all of those of runs that are killed while they read
AS_GOOD_AS_LIVE = ("Publish", "Go live")  # a version that was finished in these is made live by the next run
READERS = 2
FEWEST_KILLS = 2  # also on a machine that is slow at the moment
PATIENCE_SECONDS = 600.0
USUAL_SECONDS = 0.3


class Tally(msgspec.Struct):
    """What happened in a storm."""

    processes: int = 0
    completed: int = 0
    kills: Counter[str] = msgspec.field(default_factory=Counter)
    states: int = 0
    lost: int = 0
    doubled: int = 0
    altered: int = 0
    failures: list[str] = msgspec.field(default_factory=list)
    seen: Seen = msgspec.field(default_factory=Seen)
    documents: int = 0
    seconds: float = 0

    @property
    def is_clean(self) -> bool:
        """Whether nothing at all went wrong."""
        wrong = self.lost + self.doubled + self.altered + self.seen.inconsistent + self.seen.backward
        return not wrong and not self.failures


class Life(NamedTuple):
    """One process that runs until it is killed."""

    process: BaseProcess
    conversation: Connection


class Storm:
    """A storm over one warehouse."""

    def __init__(self, warehouse: Warehouse, inbox: Inbox, api_url: str, seed: int) -> None:
        """Take a warehouse, the inbox that alone feeds it, and the Prefect server that all runs use."""
        self.warehouse, self.inbox = warehouse, inbox
        self.tally = Tally()
        self._api_url = api_url
        self._chance = random.Random(seed)  # noqa: S311 - moments to kill at, not secrets
        self._published: Figures = dict(inbox.expected)
        self._finished: list[Figures] = []
        self._durations: dict[str, list[float]] = defaultdict(list)
        self._context = context(self.warehouse)

    def rage(self, kills: int, seconds: float, report: Callable[[Tally], None] = lambda _tally: None) -> Tally:
        """Kill so many runs, or for so long; then one run in peace, and the count."""
        begun = time.monotonic()
        if not self.warehouse.current.is_symlink():
            self._live_once(None)  # so that there is a version for the readers to see
        with self._readers():
            while (killed := self.tally.kills.total()) < FEWEST_KILLS or (
                killed < kills and time.monotonic() - begun < seconds
            ):
                self._live_once(self._choose_stage())
                self.tally.seconds = time.monotonic() - begun
                report(self.tally)
            self._live_once(None)
        self.tally.failures += find_damage(self.warehouse, self.inbox.documents)
        self.tally.documents = self.inbox.documents
        self.tally.seconds = time.monotonic() - begun
        return self.tally

    def _live_once(self, stage: str | None) -> None:
        """One process: perhaps a run that ends, then one that is killed in `stage`; with None a run in peace only."""
        life = self._start()
        if not stage or self._chance.random() < PEACEFUL_SHARE:
            self._run(life, None)
        if stage:
            self._run(life, stage)
        life.process.kill()
        life.process.join()
        self._judge_state()

    def _choose_stage(self) -> str:
        """Any of the stages in which the fewest runs were killed so far."""
        shares = {stage: self.tally.kills[stage] / (EARLY_WEIGHT if stage in EARLY else 1) for stage in STAGES}
        return self._chance.choice([stage for stage in STAGES if shares[stage] < min(shares.values()) + 1])

    def _start(self) -> Life:
        ours, theirs = self._context.Pipe()
        arguments = (self.inbox.folder, self.warehouse.root, self._api_url, theirs)
        process = self._context.Process(target=run_again_and_again, args=arguments)
        process.start()
        theirs.close()
        life = Life(process, ours)
        if self._hear(life) != READY:
            raise RuntimeError("the run's process did not start")
        self.tally.processes += 1
        return life

    def _run(self, life: Life, stage: str | None) -> None:
        """Deliver, run, and kill in a stage at a random instant of the time that it usually takes, or in the next."""
        self.inbox.deliver(with_text=stage in (None, "Extract") or self._chance.random() < TEXT_SHARE)
        life.conversation.send(True)
        current, since = "start", time.monotonic()
        while True:
            if current == stage:
                usual = median(self._durations[current]) if self._durations[current] else USUAL_SECONDS
                if not life.conversation.poll(self._chance.uniform(0, usual)):
                    life.process.kill()
                    self.tally.kills[current] += 1
                    if current in AS_GOOD_AS_LIVE:
                        self._finished.append(dict(self.inbox.expected))
                    return
            event = self._hear(life)
            self._durations[current].append(time.monotonic() - since)
            if isinstance(event, tuple) and event[0] == ENDED:
                self._take_end(event[1])
                return
            stage = str(event) if current == stage and event in STAGES else stage
            current, since = str(event), time.monotonic()

    def _take_end(self, message: str) -> None:
        if message:
            self.tally.failures.append(message)
            return
        self.tally.completed += 1
        self._published, self._finished = dict(self.inbox.expected), []
        self._judge_state()

    def _judge_state(self) -> None:
        """Whether one version is live and holds what the last run published, or all that was delivered since.

        A version that was finished when its run was killed may go live as a later run begins.
        """
        self.tally.states += 1
        live = [version.id for version in list_versions(self.warehouse) if version.is_live]
        if len(live) != 1:
            self.tally.failures.append(f"{len(live)} live versions")
        if astray := self.inbox.astray():
            self.tally.failures.append(f"files of the inbox are gone or there twice: {astray}")
        for figures in (self.inbox.expected, *self._finished):
            if is_clean(self.inbox.compare(self.warehouse, figures)):
                self._published = dict(figures)
                self._finished = [later for later in self._finished if len(later) > len(figures)]
                return
        losses = self.inbox.compare(self.warehouse, self._published)
        self.tally.lost += losses.lost
        self.tally.doubled += losses.doubled
        self.tally.altered += losses.altered

    def _hear(self, life: Life) -> object:
        if not life.conversation.poll(PATIENCE_SECONDS):
            raise RuntimeError("a run says nothing any more")
        return life.conversation.recv()

    @contextmanager
    def _readers(self) -> Iterator[None]:
        stop, results = self._context.Event(), self._context.Queue()
        arguments = (self.warehouse.root, stop, results)
        readers = [self._context.Process(target=read_until, args=arguments) for _ in range(READERS)]
        for reader in readers:
            reader.start()
        try:
            yield
        finally:
            stop.set()
            for _ in readers:
                seen = results.get(timeout=60)
                self.tally.seen.reads += seen.reads
                self.tally.seen.inconsistent += seen.inconsistent
                self.tally.seen.backward += seen.backward
                self.tally.seen.failures += seen.failures
            for reader in readers:
                reader.join()


def context(warehouse: Warehouse) -> ForkServerContext:
    """Processes that start in milliseconds, each a fork of one that is ready for a run in this warehouse."""
    os.environ[ROOT] = str(warehouse.root)
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(["tests.storm.preload"])
    return found
