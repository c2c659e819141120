"""Where music files are kept: under the hash of their content, in Django's default storage.

The same bytes are stored once and never changed, so that a file left behind by an import that
failed harms nothing: the next one that needs it finds it. A file appears under its name only when
all of it is on disk. Only this module writes below `assets/`.
"""

import hashlib
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

from django.core.files.storage import default_storage

from catalog.media import Kind, Prober, UnreadableMedia, checked_kind
from catalog.models import Asset
from common.hashing import sha256_bytes
from common.storage import put

__all__ = ["UnreadableMedia", "asset_path", "put_file", "store_music", "stored_sha256"]


def store_music(content: bytes, *, name: str, prober: Prober | None = None) -> Asset:
    """The asset of a music file, stored if it is new.

    Args:
        name: what the file is called; its ending must fit the content.
        prober: who looks into it, where many files come at once; one of its own if none.

    Raises:
        UnreadableMedia: it is no music that can be decoded within the limits.
    """
    digest = sha256_bytes(content)
    known = Asset.objects.filter(sha256=digest).first()
    if known is not None and stored_sha256(known.storage_name) == digest:
        return known
    kind = checked_kind(name, content)
    with Prober() if prober is None else nullcontext(prober) as asked:
        look = asked.look(content, kind)
    asset, _ = Asset.objects.get_or_create(
        sha256=digest,
        defaults={
            "storage_name": put_file(digest, kind, lambda: content),
            "media_type": kind.media_type,
            "size_bytes": len(content),
            "seconds": look.seconds,
            "measured": None if look.measures is None else look.measures.as_answer(),
        },
    )
    return asset


def put_file(sha256: str, kind: Kind, read: Callable[[], bytes]) -> str:
    """Store the file that `read` returns unless it is there whole; returns its storage name."""
    name = f"assets/{sha256[:2]}/{sha256}{kind.suffix}"
    if stored_sha256(name) == sha256:
        return name
    content = read()
    assert sha256_bytes(content) == sha256
    put(name, content)
    return name


def stored_sha256(storage_name: str) -> str | None:
    """The hash of what lies in the storage under this name; None if nothing does."""
    if not default_storage.exists(storage_name):
        return None
    with default_storage.open(storage_name, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def asset_path(asset: Asset) -> Path:
    """Where the asset's file lies on this machine.

    Raises:
        FileNotFoundError: it is not there.
    """
    path = Path(default_storage.path(asset.storage_name))
    if not path.is_file():
        raise FileNotFoundError(
            f"The file of asset {asset.sha256} is missing at {path}; "
            "restore it from a backup, or import the manifest that names it again."
        )
    return path
