"""Whose data the database shows.

Row-level security asks one setting of the connection, `tantieme.tenant`:

    ''                   nobody: nothing of any tenant is shown (how every connection begins)
    'organisation:<id>/<delegate>'  the same, while that organisation lets the delegate act for it
    'organisation:<id>'  what that organisation may see (see the policies in the apps' migrations)
    'system'             everything: commands, workers between jobs, the operator's own people

Web processes begin as nobody and switch inside the request's transaction (`SET LOCAL`, so that the
setting ends with it). Commands and workers call `serve_as_system`; a worker does each job as the
tenant who asked for it. The setting guards against forgotten filters. It is no defence against
somebody who can already run SQL of their own under the application's role.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import Error, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

SETTING = "tantieme.tenant"
NOBODY = ""
SYSTEM = "system"

# What a connection is given when it opens, so that one that was lost comes back as it was.
_process_default = [NOBODY]
_of_this_context: ContextVar[str | None] = ContextVar("tenant", default=None)


def of_organisation(organisation_id: int) -> str:
    return f"organisation:{organisation_id}"


def serve_as_system() -> None:
    """From now on this process sees everything unless it says otherwise: for commands, workers."""
    _process_default[0] = SYSTEM
    if connection.connection is not None:
        _set(SYSTEM, local=False)


def current() -> str:
    """The tenant that the database has in mind for the next statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting(%s, true), '')", [SETTING])
        return str(cursor.fetchone()[0])


@contextmanager
def acting_as(tenant: str) -> Iterator[None]:
    """A transaction in which the database shows what `tenant` may see; nests."""
    is_outermost = not connection.in_atomic_block  # then the setting ends with the transaction
    with transaction.atomic():
        before = None if is_outermost else current()
        _set(tenant, local=True)
        yield
        # After an error the rollback takes the setting back too.
        if before is not None and not connection.needs_rollback:
            _set(before, local=True)


def switch_to(tenant: str) -> None:
    """Change the tenant until the end of the surrounding `acting_as`."""
    if not connection.in_atomic_block:
        raise RuntimeError("A tenant is set inside a transaction, or it would outlive the request.")
    _set(tenant, local=True)


@contextmanager
def working_as(tenant: str) -> Iterator[None]:
    """Work that takes many transactions, as a worker's job does; nests.

    Inside a transaction it lasts until that one's end at most. A connection that is lost meanwhile
    comes back as `tenant` while this lasts, and as whoever it was afterwards.
    """
    before, token = current(), _of_this_context.set(tenant)
    try:
        _set(tenant, local=connection.in_atomic_block)
        yield
    finally:
        _of_this_context.reset(token)
        _restore(before)


def _restore(tenant: str) -> None:
    """Give the connection back as it was, or give it up: it must not go on as somebody else."""
    if connection.needs_rollback:  # what surrounds us is rolled back, and the setting with it
        return
    try:
        _set(tenant, local=connection.in_atomic_block)
    except Error:
        connection.close()  # the next one is introduced as whoever surrounds us


def _set(tenant: str, *, local: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, %s)", [SETTING, tenant, local])


def _introduce(connection: BaseDatabaseWrapper, **_: Any) -> None:
    if connection.alias != "default":
        return
    tenant = _of_this_context.get()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config(%s, %s, false)",
            [SETTING, _process_default[0] if tenant is None else tenant],
        )


connection_created.connect(_introduce, dispatch_uid="tantieme.tenant")
