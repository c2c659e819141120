"""Durable jobs: the job is a row in PostgreSQL, a Celery message only wakes a worker.

A service calls `enqueue` inside its transaction; a module `tasks.py` of an app names the function
that does the work with `@handler`. Losing every message loses nothing, since a sweep wakes what
sleeps; a worker that dies leaves a row whose heartbeat stops, and another takes it over. Handlers
are therefore idempotent. This package knows no app.
"""
