"""One migrated database for all test processes and runs, made anew when a migration changes."""

import hashlib
from pathlib import Path

from django.core.management import call_command
from django.db import connections
from django.db.migrations.loader import MigrationLoader

import common.database
from config.embedded.locking import exclusive
from config.environment import environment
from tests.databases import administer, drop, use

NAME = "tantieme_migrated"


def make_database(name: str) -> None:
    """A fresh migrated database, copied from the one that is kept."""
    with exclusive(environment().home / "migrated.lock"):
        drop(name)
        administer("CREATE DATABASE {name} TEMPLATE {kept}", name=name, kept=_kept())


def _kept() -> str:
    """The migrated database's name; it bears a digest of what made it."""
    wanted = f"{NAME}_{_digest()}"
    others = _others()
    if wanted in others:
        return wanted
    for other in others:
        drop(other)
    part = f"{NAME}_part"
    administer("CREATE DATABASE {name}", name=part)
    before = connections["default"].settings_dict["NAME"]
    use(part)
    try:
        call_command("migrate", verbosity=0)
    finally:
        use(before)
    administer("ALTER DATABASE {part} RENAME TO {wanted}", part=part, wanted=wanted)
    return wanted


def _others() -> list[str]:
    rows = administer("SELECT datname FROM pg_database WHERE starts_with(datname, {})", NAME)
    return [name for (name,) in rows]


def _digest() -> str:
    """Of the sources of all migrations, other people's too, and of what ours are written with."""
    modules = {each.__module__ for each in MigrationLoader(None).disk_migrations.values()}
    folders = {Path(__import__(each, fromlist=["_"]).__file__ or "").parent for each in modules}
    folders.add(Path(common.database.__file__).parent)
    digest = hashlib.sha256()
    for path in sorted(each for folder in folders for each in folder.rglob("*") if each.is_file()):
        if path.suffix in {".py", ".sql"}:
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]
