"""Why an upload cannot be had, or a part of it; each message is for whoever sent it."""


class UploadRefused(Exception):
    """The announcement, or what is to be made of an upload, is wrong. `field` says which part."""

    def __init__(self, message: str, field: str = "upload") -> None:
        super().__init__(message)
        self.field = field


class PartRefused(Exception):
    """The bytes that came are not those of this part; nothing of them was kept."""


class UploadConflict(Exception):
    """It contradicts what is there: another content, or an upload that is no longer open."""


class PartInFlight(Exception):
    """Another request sends this very part now."""


class TooManyUploads(Exception):
    """The organisation has as much here as it may have."""


class StorageFull(Exception):
    """There is no room for the file on our side."""
