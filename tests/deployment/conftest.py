"""A PostgreSQL as an operator would have one: over TCP, with passwords, two roles, nothing else."""

import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.embedded.places import Places
from config.embedded.postgres import POSTGRES_BIN_PATH, SUPERUSER, _prepare_folders, _run

ROOT = Path(__file__).resolve().parents[2]
PASSWORDS = {"OWNER_PASSWORD": "owner-p%40ss'word", "APP_PASSWORD": "app-pass"}
URL = "postgresql://{role}:{password}@127.0.0.1:{port}/tantieme"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def own_server() -> Iterator[dict[str, str]]:
    """A server of ours with `deploy/roles.sql`; yields the variables that name it."""
    home = Path(tempfile.mkdtemp(prefix="tantieme-own-"))
    home.chmod(0o755)
    places, port = Places(home), free_port()
    _prepare_folders(places)
    data = places.home / "postgres-log" / "data"  # the folder that the server's user may write
    options = f"-c listen_addresses=127.0.0.1 -c unix_socket_directories='' -p {port}"
    try:
        made = _run("initdb", "-D", str(data), "-U", SUPERUSER, "--auth-host=trust")
        assert made.returncode == 0
        assert _run("pg_ctl", "-D", str(data), "-w", "-o", options, "start").returncode == 0
        _make_roles(port)
        _ask_for_passwords(data)
        yield {
            "DATABASE_URL": URL.format(role="tantieme_app", password="app-pass", port=port),
            "DATABASE_OWNER_URL": URL.format(
                role="tantieme_owner", password="owner-p%2540ss%27word", port=port
            ),
        }
    finally:
        _run("pg_ctl", "-D", str(data), "-w", "-m", "immediate", "stop")
        shutil.rmtree(home)


def _make_roles(port: int) -> None:
    """As the image of PostgreSQL does with what lies in its folder of first things."""
    subprocess.run(
        [
            str(POSTGRES_BIN_PATH / "psql"),
            *("--no-psqlrc", "--host", "127.0.0.1", "--port", str(port)),
            *("--username", SUPERUSER, "--file", str(ROOT / "deploy" / "roles.sql")),
        ],
        env=PASSWORDS,
        check=True,
        capture_output=True,
    )


def _ask_for_passwords(data: Path) -> None:
    (data / "pg_hba.conf").write_text("host all all 127.0.0.1/32 scram-sha-256\n")
    assert _run("pg_ctl", "-D", str(data), "reload").returncode == 0
