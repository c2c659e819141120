"""What a ZIP file says of itself, checked before anything in it is unpacked."""

import io
import zipfile
from collections.abc import Iterable
from pathlib import Path

MOST_MEMBERS = 100_000
MOST_BYTES = 8 << 30  # all members together, unpacked
MOST_TIMES = 200  # unpacked : packed, of members that are worth a bomb
MOST_LIST_BYTES = 16 << 20  # of the archive's list of members, which zipfile reads at once
_WORTH_BYTES = 16 << 20
_ENCRYPTED = 0x1  # bit 0 of the general purpose flags (APPNOTE 4.4.4)


class BadArchive(Exception):
    """A ZIP file that is not unpacked; the message says why and what to do."""


def check_members(members: Iterable[zipfile.ZipInfo], most_bytes: int = MOST_BYTES) -> None:
    """Refuse what would unpack into too much, or cannot be unpacked without a password.

    The sizes are those that the archive states; whoever unpacks holds it to them.

    Raises:
        BadArchive: too many members, too large, packed too well, or encrypted.
    """
    listed = list(members)
    if len(listed) > MOST_MEMBERS:
        message = f"The archive has {len(listed):,} files; at most {MOST_MEMBERS:,} are taken."
        raise BadArchive(message)
    total_bytes = sum(member.file_size for member in listed)
    if total_bytes > most_bytes:
        raise BadArchive(
            f"The archive unpacks into {total_bytes:,} bytes; at most {most_bytes:,} are taken."
        )
    for member in listed:
        if member.flag_bits & _ENCRYPTED:
            raise BadArchive(f"{member.filename[:200]} is encrypted; send it without a password.")
        packed_bytes = max(1, member.compress_size)
        if member.file_size > _WORTH_BYTES and member.file_size > MOST_TIMES * packed_bytes:
            times = member.file_size // packed_bytes
            raise BadArchive(
                f"{member.filename[:200]} unpacks into {times:,} times its size; nothing of ours "
                f"does. At most {MOST_TIMES} times are taken."
            )


class _Bounded(io.BufferedReader):
    """A file that does not read more at once than a list of members may have."""

    def read(self, size: int | None = -1, /) -> bytes:
        at_most = MOST_LIST_BYTES + 1
        content = super().read(at_most if size is None or size < 0 else min(size, at_most))
        if len(content) == at_most:
            raise BadArchive("The archive's list of files is too long; pack fewer files.")
        return content


def open_bounded(path: Path) -> io.BufferedReader:
    """Open an archive so that a list of millions of members is not read into memory."""
    return _Bounded(io.FileIO(path))
