"""A pool of warm worker processes: what they meet, this process survives.

A query is looked at (``guard``), sent to an idle worker, and killed with it when its time is up. A worker
that died is replaced in the background while the others go on, and a spare one takes its place at once. One
that was killed from outside (an operator, the kernel) lost a query through no fault of the query: it is
asked again, which is sound since nothing here writes.

Few can wait; who comes later is told to come again. Of those that wait, queries like which were quick before go first,
and have a worker kept for them; queries like which were slow or stopped go last, and never hold all workers. While
somebody waits and every worker has been at its query for longer than a patience, the one that has been longest is
stopped: quick questions are answered beside any number of slow ones. A query that nobody waits for any more is stopped
too.
"""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from time import monotonic

from akegraph.errors import (
    AkegraphError,
    EngineError,
    QueryTimeoutError,
    StoreBusyError,
    WorkerCrashedError,
)
from akegraph.settings import Settings
from akegraph.store import wire
from akegraph.store.base import Answer, Store, checked_graphs
from akegraph.store.embedded import digest
from akegraph.store.guard import Limits, check_query
from akegraph.store.history import History, Rank, find_shape
from akegraph.store.leaving import get_has_left, is_ours
from akegraph.store.process import WorkerDiedError, WorkerProcess

_MEGABYTE = 1 << 20
# Loading is allowed more time than any query: millions of triples take a worker some ten seconds.
_START_SECONDS = 120.0
# A query that is killed from outside this often may itself be why, if the kernel ran out of memory over it.
_ATTEMPTS = 10
# Workers beyond those that may evaluate at once: one is ready when another is killed, or for what is quick.
_SPARE = 1
# How many times the patience those have to have that are known to be slow themselves.
_SLOW_PATIENCE = 4
# How often is looked after queries that others wait for, or that nobody waits for, in seconds; and the time that
# even those have: a kill costs more than that.
_LOOK = 0.1
_LOGGED = 500

_log = logging.getLogger("akegraph.store")


@dataclass(slots=True)
class _Running:
    """A query in a worker: since when, of which rank, and whether anybody waits for it."""

    since: float
    rank: Rank
    has_left: Callable[[], bool] | None


@dataclass(slots=True)
class PoolCounts:
    """What a pool has done since it was made, and is doing.

    :param asked: queries that reached the pool; ``refused``: of them, those it had no room for
    :param killed: workers ended in the middle of a query; ``started``: worker processes started
    :param running: queries being evaluated; ``waiting``: queries that wait for a worker
    """

    asked: int = 0
    refused: int = 0
    killed: int = 0
    started: int = 0
    running: int = 0
    waiting: int = 0


class WorkerPool(Store):
    """A store over worker processes; threads may query it at the same time.

    The first query starts one worker, the second the others.

    :param data: N-Quads or TriG; each worker holds its own copy
    :param prefixes: prefix → namespace IRI for Turtle and RDF/XML
    """

    def __init__(self, data: bytes, settings: Settings, prefixes: Mapping[str, str] | None = None) -> None:
        self.version = digest(data)
        self._data = data
        self._size = max(settings.workers, 1)
        self._memory = settings.memory
        self._timeout = settings.timeout
        self._limits = Limits(size=settings.query_size)
        self._setup = wire.Setup(
            settings.memory * _MEGABYTE,
            settings.timeout,
            settings.result_size * _MEGABYTE,
            settings.result_rows,
            {prefix: str(space) for prefix, space in (prefixes or {}).items()},
        )
        self._response_size = settings.result_size * _MEGABYTE + wire.OVERHEAD
        # Guards all that follows. Who waits has a condition of its own, and is told when its turn may have come.
        self._changed = threading.RLock()
        self._lines: dict[Rank, list[threading.Condition]] = {rank: [] for rank in Rank}
        self._history = History()
        self._queue = settings.queue
        self._patience = settings.patience
        self._slow = settings.slow
        self._counts = PoolCounts()
        self._running: dict[WorkerProcess, _Running] = {}
        self._members: set[WorkerProcess] = set()
        self._idle: list[WorkerProcess] = []
        self._warm = False
        self._failure: EngineError | None = None
        self._killed_starts = 0
        self._closed = False
        # Wakes the clock, which looks by itself at the time noted.
        self._wake = threading.Event()
        self._wake_at = math.inf
        self._clock: threading.Thread | None = None

    def query(
        self,
        text: str,
        *,
        accept: Sequence[str] | None = None,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> Answer:
        """Evaluate one query in a worker; see :class:`Store`.

        :raises QueryTimeoutError: if the wall clock, the processor limit or the memory limit stopped it
        :raises StoreBusyError: if too many wait already, no worker became free, or it ran long while others waited
        :raises ResultTooLargeError: if its answer grew beyond the limit
        :raises WorkerCrashedError: if the worker died over it
        """
        outline = check_query(text, self._limits)
        request = wire.encode(
            wire.Request(
                text,
                None if accept is None else list(accept),
                checked_graphs("default-graph-uri", default_graphs),
                checked_graphs("named-graph-uri", named_graphs),
                outline.dataset,
            )
        )
        began = monotonic()
        deadline = began + self._timeout
        try:
            return self._ask_until(request, deadline, find_shape(text))
        finally:
            if (spent := monotonic() - began) >= self._slow:
                _log.warning("slow query, %.2f s: %s", spent, " ".join(text[:_LOGGED].split()))

    def _ask_until(self, request: bytes, deadline: float, shape: int) -> Answer:
        """Have workers answer, a second one if the first was killed from outside."""
        for attempts_left in reversed(range(_ATTEMPTS)):
            try:
                response = self._ask(request, deadline, shape)
                break
            except WorkerDiedError as died:
                if died.cause != "outside" or not attempts_left:
                    self._note(shape, math.inf)
                    raise self._explain(died) from None
        return wire.decode_response(response)

    def count(self) -> PoolCounts:
        """Tell what was done and is being done; a copy."""
        with self._changed:
            return replace(self._counts)

    def close(self) -> None:
        """End the workers, in the middle of a query if need be."""
        with self._changed:
            self._closed = True
            idle, self._idle = self._idle, []
            members = list(self._members)
            self._members.difference_update(idle)
            self._tell_all()
        for worker in members:
            worker.kill()
        for worker in idle:
            worker.dispose()
        self._wake.set()

    def _note(self, shape: int, seconds: float) -> None:
        with self._changed:
            self._history.note(shape, seconds)

    def _ask(self, request: bytes, deadline: float, shape: int) -> memoryview:
        """Have one worker answer, and see that it is there for the next query."""
        worker, deadline = self._enter(deadline, shape)
        try:
            worker.set_deadline(deadline)
            response = worker.ask(request, self._response_size)
        except BaseException:  # also an interrupt: the answer to this query must not reach the next one
            self._replace(worker)
            raise
        if response[:1] == wire.FATAL:
            self._replace(worker)
        else:
            self._give_back(worker, shape)
        return response

    def _enter(self, deadline: float, shape: int) -> tuple[WorkerProcess, float]:
        """Wait in the queue for a worker, and have the clock look after it; return it and the deadline.

        :raises StoreBusyError: if the queue is full
        """
        has_left = get_has_left()
        with self._changed:
            counts = self._counts
            counts.asked += 1
            rank = self._history.get_rank(shape, Rank.QUICK if is_ours() else Rank.NEW)
            if counts.waiting >= self._queue and rank is not Rank.QUICK and not self._has_room(rank):
                counts.refused += 1
                raise StoreBusyError(f"{counts.waiting} queries wait for a worker already; ask again a little later")
            counts.waiting += 1
            try:
                worker, deadline = self._take(deadline, rank)
            except BaseException:
                self._tell_next()  # this thread may have been the one told of an idle worker
                raise
            finally:
                counts.waiting -= 1
            now = monotonic()
            self._running[worker] = _Running(now, rank, has_left)
            counts.running = len(self._running)
            self._tell_next()
        self._look_by(min(deadline, now + _LOOK) if has_left else deadline)
        return worker, deadline

    def _look_by(self, at: float) -> None:
        """Have the clock look at the latest at a time."""
        if at < self._wake_at:
            self._wake.set()

    def _has_room(self, rank: Rank) -> bool:
        """Tell whether a worker is free for a query of a rank."""
        running = len(self._running)
        if not self._idle:
            return False
        if rank is Rank.QUICK:
            return running < self._size + _SPARE
        if running >= self._size or (running and len(self._idle) <= _SPARE and len(self._members) > self._size):
            return False  # the last idle one is kept for what is quick
        slow = sum(query.rank is Rank.SLOW for query in self._running.values())
        return rank is Rank.NEW or slow < max(self._size - 1, 1)

    def _tell_next(self) -> None:
        """Tell whoever is first of those for whom a worker is free; who takes one tells the next."""
        for rank, line in self._lines.items():
            if line and self._has_room(rank):
                line[0].notify()
                return

    def _tell_all(self) -> None:
        for line in self._lines.values():
            for waiter in line:
                waiter.notify()

    def _take(self, deadline: float, rank: Rank) -> tuple[WorkerProcess, float]:
        """Wait for an idle worker; return it and the deadline of the query.

        The first query waits for the first worker to load, and its time begins then.
        """
        waiter: threading.Condition | None = None
        line = self._lines[rank]
        self._start_missing()
        try:
            while True:
                if self._closed:
                    raise EngineError("the store is closed")
                if self._warm and monotonic() >= deadline:
                    raise StoreBusyError(f"no worker was free within {self._timeout:g} s; ask again a little later")
                while (not line or line[0] is waiter) and self._has_room(rank):
                    worker = self._idle.pop()
                    if worker.is_alive():
                        return worker, deadline
                    self._members.discard(worker)
                    worker.dispose()
                    self._start_missing()
                if self._failure is not None and not (self._warm and self._members):
                    raise self._failure
                if waiter is None:
                    waiter = threading.Condition(self._changed)
                    line.append(waiter)
                if self._warm:
                    self._look_by(monotonic() + _LOOK)
                    waiter.wait(deadline - monotonic())
                else:
                    waiter.wait()
                    deadline = monotonic() + self._timeout
        finally:
            if waiter is not None:
                line.remove(waiter)

    def _give_back(self, worker: WorkerProcess, shape: int | None = None) -> None:
        with self._changed:
            query = self._leave(worker)
            if query is not None and shape is not None:
                self._history.note(shape, monotonic() - query.since)
            was_cold, self._warm = not self._warm, True
            self._killed_starts = 0
            if not self._closed:
                # One that was killed as it answered is found dead by whoever takes it.
                self._idle.append(worker)
                if was_cold:
                    self._tell_all()  # their time begins
                else:
                    self._tell_next()
                return
        worker.dispose()

    def _replace(self, worker: WorkerProcess) -> None:
        worker.dispose()
        with self._changed:
            self._counts.killed += 1
            self._leave(worker)
            self._members.discard(worker)
            self._start_missing()
            self._tell_next()

    def _leave(self, worker: WorkerProcess) -> _Running | None:
        query = self._running.pop(worker, None)
        self._counts.running = len(self._running)
        return query

    def _start_missing(self) -> None:
        """Start what is missing, each in a thread of its own: nobody waits who need not.

        Called once for a query or a death, not when a worker could not start: nothing is tried in a loop.
        """
        if self._closed:
            return
        # One question alone, as in a terminal, needs no second worker: the others start with what comes after it.
        wanted = self._size + _SPARE if self._warm else 1
        if len(self._members) < wanted:
            self._failure = None
        while len(self._members) < wanted:
            worker = WorkerProcess()
            self._members.add(worker)
            self._counts.started += 1
            threading.Thread(target=self._start, args=(worker,), name="akegraph-start", daemon=True).start()
        if self._clock is None:
            self._clock = threading.Thread(target=self._keep_time, name="akegraph-clock", daemon=True)
            self._clock.start()

    def _start(self, worker: WorkerProcess) -> None:
        failure: EngineError
        killed = False
        try:
            worker.set_deadline(monotonic() + _START_SECONDS)
            response = worker.start(self._setup, self._data)
            if response[:1] == wire.READY:
                self._give_back(worker)
                return
            wire.decode_response(response)
            failure = EngineError("a worker did not say that it is ready")
        except WorkerDiedError as died:
            killed = died.cause == "outside"
            reasons = {
                "memory": f"the data do not fit into {self._memory} MB; AKEGRAPH_MEMORY sets more",
                "overdue": f"the data were not loaded within {_START_SECONDS:g} s",
            }
            failure = EngineError(f"a worker cannot start: {reasons.get(died.cause, died)}")
        except (AkegraphError, OSError) as error:
            failure = EngineError(f"a worker cannot start: {error}")
        worker.dispose()
        with self._changed:
            self._members.discard(worker)
            self._killed_starts += killed
            if killed and self._killed_starts < _ATTEMPTS:
                self._start_missing()
                return
            self._failure = failure
            self._tell_all()

    def _keep_time(self) -> None:
        """Kill what is overdue, what others wait for too long, and what nobody waits for.

        Sleeps until the first deadline; who asks or waits wakes it for an earlier look.
        """
        while True:
            self._wake.clear()
            self._wake_at = math.inf  # who comes while this looks wakes it again
            with self._changed:
                if self._closed:
                    return
                members = tuple(self._members)
                looking = self._look_after()
            now = monotonic()
            deadlines = [worker.kill_if_overdue(now) for worker in members]
            looks = [now + _LOOK if looking else now + self._timeout, *(at for at in deadlines if at is not None)]
            self._wake_at = min(looks)
            self._wake.wait(max(self._wake_at - monotonic(), 0.001))

    def _look_after(self) -> bool:
        """Stop a query that holds up others, and those that nobody waits for; say whether to look again soon."""
        now = monotonic()
        for worker, query in self._running.items():
            if query.has_left is not None and now - query.since >= _LOOK and query.has_left():
                worker.kill("left")
        if self._counts.waiting and len(self._running) >= self._size:
            longest = min(self._running, key=lambda worker: self._running[worker].since)
            is_urgent = self._lines[Rank.QUICK] or self._lines[Rank.NEW]
            patience = self._patience if is_urgent else self._patience * _SLOW_PATIENCE
            if all(now - query.since >= patience for query in self._running.values()):
                longest.kill("crowded")
        return bool(self._counts.waiting) or any(query.has_left for query in self._running.values())

    def _explain(self, died: WorkerDiedError) -> EngineError:
        """Say to whoever asked why there is no answer."""
        if died.cause == "overdue":
            return QueryTimeoutError(f"the query was stopped after {self._timeout:g} s")
        if died.cause == "memory":
            return QueryTimeoutError(f"the query was stopped when it needed more than {self._memory} MB of memory")
        if died.cause == "processor":
            return QueryTimeoutError(f"the query was stopped after {self._timeout:g} s of processor time")
        if died.cause == "crowded":
            return StoreBusyError(
                f"others waited and the query had run for more than {self._patience:g} s: it was stopped;"
                " ask again when fewer do"
            )
        if died.cause == "left":
            return QueryTimeoutError("the query was stopped: nobody waited for its answer")
        if died.cause == "closed":
            return EngineError("the store was closed")
        return WorkerCrashedError(f"the worker died over this query: {died}; another takes its place")
