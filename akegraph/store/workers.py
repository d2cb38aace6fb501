"""A pool of warm worker processes: what they meet, this process survives.

A query is looked at (``guard``), sent to an idle worker, and killed with it when its time is up. A worker
that died is replaced in the background while the others go on. One that was killed from outside (an
operator, the kernel) lost a query through no fault of the query: it is asked again, which is sound
since nothing here writes.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from time import monotonic

from akegraph.errors import (
    AkegraphError,
    EngineError,
    QueryTimeoutError,
    WorkerCrashedError,
)
from akegraph.settings import Settings
from akegraph.store import wire
from akegraph.store.base import Answer, Store, checked_graphs
from akegraph.store.guard import Limits, check_query
from akegraph.store.process import WorkerDiedError, WorkerProcess

_MEGABYTE = 1 << 20
# Loading is allowed more time than any query: millions of triples take a worker some ten seconds.
_START_SECONDS = 120.0
# A query that is killed from outside this often may itself be why, if the kernel ran out of memory over it.
_ATTEMPTS = 3


class WorkerPool(Store):
    """A store over worker processes; threads may query it at the same time. Started by the first query.

    :param data: N-Quads or TriG; each worker holds its own copy
    :param prefixes: prefix → namespace IRI for Turtle and RDF/XML
    """

    def __init__(self, data: bytes, settings: Settings, prefixes: Mapping[str, str] | None = None) -> None:
        self._data = data
        self._size = max(settings.workers, 1)
        self._memory = settings.memory
        self._timeout = settings.timeout
        self._limits = Limits(size=settings.query_size)
        self._setup = wire.Setup(
            settings.memory * _MEGABYTE,
            settings.timeout,
            settings.result_size * _MEGABYTE,
            {prefix: str(space) for prefix, space in (prefixes or {}).items()},
        )
        self._response_size = settings.result_size * _MEGABYTE + wire.OVERHEAD
        # Guards all that follows; told of whenever a worker becomes idle or fails to start.
        self._changed = threading.Condition()
        self._members: set[WorkerProcess] = set()
        self._idle: list[WorkerProcess] = []
        self._warm = False
        self._failure: EngineError | None = None
        self._killed_starts = 0
        self._closed = False
        self._watch = threading.Condition()
        self._watcher: threading.Thread | None = None
        self._wake_at = 0.0

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
        deadline = monotonic() + self._timeout
        for attempts_left in reversed(range(_ATTEMPTS)):
            try:
                response = self._ask(request, deadline)
                break
            except WorkerDiedError as died:
                if died.cause != "outside" or not attempts_left:
                    raise self._explain(died) from None
        return wire.decode_response(response)

    def close(self) -> None:
        """End the workers, in the middle of a query if need be."""
        with self._changed:
            self._closed = True
            idle, self._idle = self._idle, []
            members = list(self._members)
            self._members.difference_update(idle)
            self._changed.notify_all()
        for worker in members:
            worker.kill()
        for worker in idle:
            worker.dispose()
        with self._watch:
            self._watch.notify()

    def _ask(self, request: bytes, deadline: float) -> memoryview:
        """Have one worker answer, and see that it is there for the next query."""
        worker, deadline = self._take(deadline)
        try:
            worker.set_deadline(deadline)
            with self._watch:
                if deadline < self._wake_at:
                    self._watch.notify()
            response = worker.ask(request, self._response_size)
        except BaseException:  # also an interrupt: the answer to this query must not reach the next one
            self._replace(worker)
            raise
        if response[:1] == wire.FATAL:
            self._replace(worker)
        else:
            self._give_back(worker)
        return response

    def _take(self, deadline: float) -> tuple[WorkerProcess, float]:
        """Wait for an idle worker; return it and the deadline of the query.

        The first query waits for the first worker to load, and its time begins then.
        """
        with self._changed:
            self._start_missing()
            while True:
                if self._closed:
                    raise EngineError("the store is closed")
                if self._warm and monotonic() >= deadline:
                    self._changed.notify()  # this thread may have been the one told of an idle worker
                    raise QueryTimeoutError(f"no worker was free within {self._timeout:g} s")
                while self._idle:
                    worker = self._idle.pop()
                    if worker.is_alive():
                        return worker, deadline
                    self._members.discard(worker)
                    worker.dispose()
                    self._start_missing()
                if self._failure is not None and not (self._warm and self._members):
                    raise self._failure
                if self._warm:
                    self._changed.wait(deadline - monotonic())
                else:
                    self._changed.wait()
                    deadline = monotonic() + self._timeout

    def _give_back(self, worker: WorkerProcess) -> None:
        with self._changed:
            self._warm = True
            self._killed_starts = 0
            if not self._closed:
                # One that was killed as it answered is found dead by whoever takes it.
                self._idle.append(worker)
                self._changed.notify()
                return
        worker.dispose()

    def _replace(self, worker: WorkerProcess) -> None:
        worker.dispose()
        with self._changed:
            self._members.discard(worker)
            self._start_missing()

    def _start_missing(self) -> None:
        """Start what is missing, each in a thread of its own: nobody waits who need not.

        Called once for a query or a death, not when a worker could not start: nothing is tried in a loop.
        """
        if self._closed:
            return
        if len(self._members) < self._size:
            self._failure = None
        while len(self._members) < self._size:
            worker = WorkerProcess()
            self._members.add(worker)
            threading.Thread(target=self._start, args=(worker,), name="akegraph-start", daemon=True).start()
        if self._watcher is None:
            self._watcher = threading.Thread(target=self._keep_time, name="akegraph-clock", daemon=True)
            self._watcher.start()

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
            self._changed.notify_all()

    def _keep_time(self) -> None:
        """Kill what is overdue. Sleeps until the first deadline; ``_ask`` wakes it for an earlier one."""
        with self._watch:
            while not self._closed:
                with self._changed:
                    members = tuple(self._members)
                now = monotonic()
                deadlines = [worker.kill_if_overdue(now) for worker in members]
                self._wake_at = min([now + self._timeout, *(at for at in deadlines if at is not None)])
                self._watch.wait(max(self._wake_at - monotonic(), 0.001))

    def _explain(self, died: WorkerDiedError) -> EngineError:
        """Say to whoever asked why there is no answer."""
        if died.cause == "overdue":
            return QueryTimeoutError(f"the query was stopped after {self._timeout:g} s")
        if died.cause == "memory":
            return QueryTimeoutError(f"the query was stopped when it needed more than {self._memory} MB of memory")
        if died.cause == "processor":
            return QueryTimeoutError(f"the query was stopped after {self._timeout:g} s of processor time")
        if died.cause == "closed":
            return EngineError("the store was closed")
        return WorkerCrashedError(f"the worker died over this query: {died}; another takes its place")
