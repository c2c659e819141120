"""Metrics that are read from the database at the moment of asking: jobs and connections."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import DatabaseError, connection
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from common.database import tenancy
from common.jobs.models import Job

BUCKETS_SECONDS = (0.1, 1, 10, 60, 600, 3600)

# One pass over the table: a fifth of a second for 100,000 jobs on two busy cores.
_JOBS = f"""
    SELECT kind, status, count(*),
           extract(epoch FROM clock_timestamp() - min(created_at)),
           coalesce(sum(seconds), 0), count(seconds),
           {", ".join(f"count(*) FILTER (WHERE seconds <= {limit})" for limit in BUCKETS_SECONDS)}
      FROM (SELECT *, extract(epoch FROM finished_at - started_at) AS seconds
              FROM {Job._meta.db_table}) AS jobs
     GROUP BY kind, status ORDER BY kind, status
"""  # noqa: S608 nothing in it comes from outside
_CONNECTIONS = """
    SELECT coalesce(state, 'unknown'), count(*) FROM pg_stat_activity
     WHERE datname = current_database() AND usename = current_user GROUP BY 1 ORDER BY 1
"""


class DatabaseMetrics(Collector):
    """Jobs by kind and status, how long they took, and the application's connections.

    Without a database there is only `tantieme_database_up 0`: the rest of the page still answers.
    """

    def collect(self) -> Iterable[Metric]:
        up = GaugeMetricFamily("tantieme_database_up", "Whether the database answered.")
        try:
            with tenancy.acting_as(tenancy.SYSTEM):
                jobs, connections = _rows(_JOBS), _rows(_CONNECTIONS)
        except DatabaseError:
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        yield from _of_jobs(jobs)
        yield _of_connections(connections)


def _rows(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def _of_jobs(rows: Sequence[tuple[Any, ...]]) -> Iterable[Metric]:
    count = GaugeMetricFamily("tantieme_jobs", "Jobs there are.", labels=["kind", "status"])
    oldest = GaugeMetricFamily(
        "tantieme_oldest_queued_job_seconds", "Age of the oldest that waits.", labels=["kind"]
    )
    durations = HistogramMetricFamily(
        "tantieme_job_seconds", "How long finished jobs took.", labels=["kind", "status"]
    )
    for kind, status, jobs, age_seconds, total_seconds, finished, *below in rows:
        count.add_metric([kind, status], jobs)
        if status == Job.Status.QUEUED:
            oldest.add_metric([kind], float(age_seconds))
        if finished:
            limits = [str(float(limit)) for limit in BUCKETS_SECONDS]
            buckets = [*zip(limits, below, strict=True), ("+Inf", finished)]
            durations.add_metric([kind, status], buckets, float(total_seconds))
    yield from (count, oldest, durations)


def _of_connections(rows: Sequence[tuple[Any, ...]]) -> Metric:
    metric = GaugeMetricFamily(
        "tantieme_database_connections", "The application's, by state.", labels=["state"]
    )
    for state, number in rows:
        metric.add_metric([state], number)
    return metric
