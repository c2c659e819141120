"""Reading files that somebody else names: inside one folder, regular, and not too large."""

import os
import stat
from pathlib import Path

from catalog.media.kinds import KINDS, MEBIBYTE, Kind, kind_of_content, kind_of_name


class UnreadableMedia(Exception):
    """A file that cannot be taken as music; the message says why and what to do."""


def checked_kind(name: str, content: bytes) -> Kind:
    """The kind of a file whose name and first bytes agree.

    Raises:
        UnreadableMedia: an unknown ending, an empty or too large file, or other content than the
            name says.
    """
    named = named_kind(name)
    if not content:
        raise UnreadableMedia(f"{name} is empty; export the piece again.")
    if len(content) > named.largest_bytes:
        raise _too_large(name, named)
    found = kind_of_content(content)
    if found is not named:
        content_is = f"{found.label} content" if found else "content of another kind"
        raise UnreadableMedia(
            f"{name} is named as {named.label} but holds {content_is}; "
            "rename it or export the piece again."
        )
    return named


def named_kind(name: str) -> Kind:
    """The kind that the name promises, or a refusal that lists what is taken."""
    kind = kind_of_name(name)
    if kind is None:
        endings = ", ".join(suffix for kind in KINDS for suffix in kind.suffixes)
        raise UnreadableMedia(f"{name} has none of the endings that are taken: {endings}.")
    return kind


def read_inside(root: Path, name: str) -> bytes:
    """The bytes of the file `name` under `root`, never more than its kind may have.

    Raises:
        UnreadableMedia: a path that leaves `root` (by .., a link or a leading /), no regular file,
            no permission, or too many bytes.
    """
    kind = named_kind(name)
    path = _resolve_inside(root, name)
    try:
        content = _read_regular(path, kind.largest_bytes + 1)
    except OSError as error:
        raise UnreadableMedia(f"{name} cannot be read: {error.strerror}.") from error
    if len(content) > kind.largest_bytes:
        raise _too_large(name, kind)
    return content


def _too_large(name: str, kind: Kind) -> UnreadableMedia:
    largest = kind.largest_bytes // MEBIBYTE
    return UnreadableMedia(f"{name} is larger than the {largest} MiB that a {kind.label} may have.")


def _resolve_inside(root: Path, name: str) -> Path:
    try:
        folder = root.resolve(strict=True)
        path = (folder / name).resolve(strict=True)
    except FileNotFoundError:
        raise UnreadableMedia(
            f"{name} does not exist; paths are relative to the manifest and separated by /."
        ) from None
    except (OSError, RuntimeError) as error:  # RuntimeError: a circle of links
        raise UnreadableMedia(f"{name} cannot be followed: {error}.") from error
    if not path.is_relative_to(folder):
        raise UnreadableMedia(
            f"{name} leads out of the manifest's folder; put the file beside the manifest."
        )
    return path


def _read_regular(path: Path, most_bytes: int) -> bytes:
    """Read without following a link put there meanwhile, nor waiting for a pipe's writer."""
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    with os.fdopen(os.open(path, flags), "rb") as handle:
        if not stat.S_ISREG(os.fstat(handle.fileno()).st_mode):
            raise OSError(0, "it is no regular file")
        return handle.read(most_bytes)
