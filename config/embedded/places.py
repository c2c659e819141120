"""Where the private servers keep their files and sockets; known before anything is started."""

import hashlib
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote

from config.environment import environment

# The kernel's limit for a socket's path is 108 bytes; PostgreSQL adds ".s.PGSQL.5432.lock".
LONGEST_SOCKET_FOLDER = 80
DATABASE = "tantieme"
APPLICATION_ROLE = "tantieme_app"
OWNER_ROLE = "tantieme_owner"


@dataclass(frozen=True)
class Places:
    """The folders of one installation."""

    home: Path

    @property
    def postgres_data(self) -> Path:
        return self.home / "postgres"

    @property
    def sockets(self) -> Path:
        """A folder with a path short enough for a socket, the same one at every start."""
        wanted = self.home / "run"
        if len(os.fsencode(wanted)) <= LONGEST_SOCKET_FOLDER:
            return wanted
        name = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:16]
        return Path("/tmp") / f"tantieme-{os.geteuid()}-{name}"  # noqa: S108 made with mode 0700

    @property
    def postgres_sockets(self) -> Path:
        """Apart from the others: PostgreSQL may have to own it (see `postgres.py`)."""
        return self.sockets / "pg"

    @property
    def broker_socket(self) -> Path:
        return self.sockets / "valkey.sock"

    def url(self, role: str, database: str = DATABASE) -> str:
        return f"postgresql://{role}@/{database}?host={quote(str(self.postgres_sockets), safe='')}"

    @property
    def application_url(self) -> str:
        return self.url(APPLICATION_ROLE)

    @property
    def owner_url(self) -> str:
        return self.url(OWNER_ROLE)

    @property
    def broker_url(self) -> str:
        return f"redis+socket://{self.broker_socket}"


@cache
def places() -> Places:
    return Places(environment().home)
