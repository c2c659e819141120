"""What is known of files and names, pairs that may be one thing, and what was put together."""

from catalog.duplicates.models.candidates import Candidate, Kind, Status, Subject
from catalog.duplicates.models.fingerprints import Fingerprint, Spelling
from catalog.duplicates.models.merges import Merge

__all__ = ["Candidate", "Fingerprint", "Kind", "Merge", "Spelling", "Status", "Subject"]
