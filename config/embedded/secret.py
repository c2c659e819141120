"""A secret key for an installation that was given none."""

import os
import secrets
from pathlib import Path

from config.environment import Environment


def secret_key(environment: Environment) -> str:
    """The configured key, else one made at first use and kept in the home folder."""
    if environment.secret_key:
        return environment.secret_key
    path = environment.home / "secret_key"
    if not path.exists():
        _write_once(path, secrets.token_urlsafe(50))
    return path.read_text()


def _write_once(path: Path, text: str) -> None:
    """Write the file whole or not at all; when two processes race, the first one's text stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.touch(mode=0o600)
    part.write_text(text)
    try:
        os.link(part, path)
    except FileExistsError:
        pass
    finally:
        part.unlink()
