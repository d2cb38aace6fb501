"""What the service counts, for Prometheus. Every label has few values: routes are templates, never addresses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from akegraph import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

    from akegraph.store.workers import PoolCounts
    from akegraph.web.caching import AnswerCache

METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
"""The methods counted by their names; what else a client thinks of is ``other``."""
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_SHOWN = 12
"""Characters of the version of the data: enough to tell one from another."""


class Metrics:
    """The figures of one service in a registry of their own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._requests = Counter(
            "akegraph_requests", "Requests answered.", ("route", "method", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "akegraph_request_seconds", "Seconds per request.", ("route",), buckets=_SECONDS, registry=self._registry
        )
        self._bytes = Counter("akegraph_response_bytes", "Bytes of bodies sent.", registry=self._registry)
        self._reloads = Counter("akegraph_reloads", "Reloads of the data.", ("result",), registry=self._registry)
        self._running = Gauge("akegraph_requests_running", "Requests being answered.", registry=self._registry)
        for result in ("ok", "failed"):
            self._reloads.labels(result)
        self._held = _Held()
        self._registry.register(self._held)

    def begin(self) -> None:
        """Count a request that has come."""
        self._running.inc()

    def end(self, route: str, method: str, status: int, seconds: float, size: int) -> None:
        """Count a request that is answered.

        :param route: the template of its address
        """
        self._running.dec()
        self._requests.labels(route, method if method in METHODS else "other", str(status)).inc()
        self._seconds.labels(route).observe(seconds)
        self._bytes.inc(size)

    def count_reload(self, *, succeeded: bool) -> None:
        """Count a reload."""
        self._reloads.labels("ok" if succeeded else "failed").inc()

    def watch(
        self,
        version: str | None,
        cache: AnswerCache,
        count: Callable[[], PoolCounts] | None,
    ) -> None:
        """Tell from now on of these data, of the answers kept and of the workers.

        :param count: the counts of the pool, where there is one
        """
        self._held.version, self._held.cache, self._held.count, self._held.triples = version, cache, count, None

    def note_triples(self, triples: int) -> None:
        """Tell how many triples the data have."""
        self._held.triples = triples

    def write(self, accept: str) -> tuple[bytes, str]:
        """Write all figures; return them and their media type."""
        encode, content_type = choose_encoder(accept)
        return encode(self._registry), content_type


class _Held(Collector):
    """What is read when somebody looks: of the data, the answers kept, the workers."""

    def __init__(self) -> None:
        self.version: str | None = None
        self.triples: int | None = None
        self.cache: AnswerCache | None = None
        self.count: Callable[[], PoolCounts] | None = None

    def describe(self) -> list[Metric]:
        """Say nothing beforehand."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Iterate over the figures of now."""
        labels = {"version": __version__, "data": (self.version or "")[:_SHOWN]}
        yield InfoMetricFamily("akegraph", "The program and the data held.", labels)
        if self.triples is not None:
            yield GaugeMetricFamily(
                "akegraph_triples", "Triples held; one that is in several graphs once.", self.triples
            )
        if self.cache is not None:
            yield CounterMetricFamily("akegraph_answers_found", "Answers given from the cache.", self.cache.hits)
            yield CounterMetricFamily("akegraph_answers_missed", "Answers looked for and not kept.", self.cache.misses)
        if self.count is not None:
            counts = self.count()
            for name, words in _COUNTERS.items():
                yield CounterMetricFamily(f"akegraph_pool_{name}", words, getattr(counts, name))
            for name, words in _GAUGES.items():
                yield GaugeMetricFamily(f"akegraph_pool_{name}", words, getattr(counts, name))


_COUNTERS = {
    "asked": "Queries that reached the workers; begins anew with a reload, as the others of the pool do.",
    "refused": "Queries for which there was no room.",
    "killed": "Workers ended in the middle of a query.",
    "started": "Worker processes started.",
}
_GAUGES = {"running": "Queries being evaluated.", "waiting": "Queries that wait for a worker."}
