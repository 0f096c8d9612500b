"""Counters in the text format of Prometheus (exposition format 0.0.4)."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator

_BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)


class Metrics:
    """What was answered, how fast, and how the lease stands.

    Attributes:
        in_flight: requests being answered.
        rows: rows scored.
    """

    def __init__(self, *, model: str, version: str, release: str) -> None:
        self._labels = f'model="{model}",version="{version}",release="{release}"'
        self._statuses: Counter[int] = Counter()
        self._buckets = [0] * (len(_BOUNDS) + 1)
        self._seconds = 0.0
        self.in_flight = 0
        self.rows = 0

    def answered(self, status: int, seconds: float, rows: int) -> None:
        """Counts one answer."""
        self._statuses[status] += 1
        self._buckets[bisect_left(_BOUNDS, seconds)] += 1
        self._seconds += seconds
        self.rows += rows

    def text(self, *, lease_seconds: float, is_serving: bool) -> bytes:
        """All of it."""
        return ("\n".join(self._lines(lease_seconds, is_serving=is_serving)) + "\n").encode()

    def _lines(self, lease_seconds: float, *, is_serving: bool) -> Iterator[str]:
        yield "# TYPE surefoot_info gauge"
        yield f"surefoot_info{{{self._labels}}} 1"
        yield "# TYPE surefoot_serving gauge"
        yield f"surefoot_serving {int(is_serving)}"
        yield "# TYPE surefoot_lease_seconds gauge"
        yield f"surefoot_lease_seconds {max(0.0, lease_seconds):.3f}"
        yield "# TYPE surefoot_in_flight gauge"
        yield f"surefoot_in_flight {self.in_flight}"
        yield "# TYPE surefoot_rows_total counter"
        yield f"surefoot_rows_total {self.rows}"
        yield "# TYPE surefoot_requests_total counter"
        for status in sorted(self._statuses):
            yield f'surefoot_requests_total{{status="{status}"}} {self._statuses[status]}'
        yield "# TYPE surefoot_request_seconds histogram"
        total = 0
        for bound, count in zip(_BOUNDS, self._buckets, strict=False):
            total += count
            yield f'surefoot_request_seconds_bucket{{le="{bound}"}} {total}'
        total += self._buckets[-1]
        yield f'surefoot_request_seconds_bucket{{le="+Inf"}} {total}'
        yield f"surefoot_request_seconds_sum {self._seconds:.6f}"
        yield f"surefoot_request_seconds_count {total}"
