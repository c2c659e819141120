"""Files that the storage keeps for us, each under a name that we choose."""

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage


def store(name: str, content: bytes) -> None:
    """Keep content under a name; again with the same content does nothing.

    Whatever else is under the name, such as the torn file of a process that was killed, is
    replaced: what is right is known from the database, not from the storage.
    """
    if default_storage.exists(name):
        with default_storage.open(name) as stored:
            if stored.read() == content:
                return
        default_storage.delete(name)
    saved = default_storage.save(name, ContentFile(content))
    if saved != name:  # somebody else stored the name in this moment; theirs is as good as ours
        default_storage.delete(saved)
        store(name, content)
