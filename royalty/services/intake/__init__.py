"""Taking in what platforms report: files of JSON lines or CSV, whole or not at all.

A file is parsed, staged by COPY, checked against what is known, and counted, in one transaction.
Every fault names line, field and remedy; with any fault nothing changes. The same event sent again
counts once, the same file sent again does nothing; the same event id with another content is
refused. Files are hostile input: bytes, lines and numbers have limits before they are parsed.

usage:   {"event_id", "service", "generation", "subscriber", "used_at", "count"}
revenue: {"event_id", "service", "kind": "subscription", "subscriber", "amount", "currency",
          "earned_on"}, or "kind": "output" with "generation" in place of "subscriber", or "kind":
          "training" with neither
both:    "corrects", where the event replaces an earlier one

Only this package writes intake files and events.
"""

from royalty.services.intake.directly import take_revenue, take_usage
from royalty.services.intake.faults import Fault, IntakeRefused
from royalty.services.intake.formats import format_of_name
from royalty.services.intake.taking import IntakeBusy, IntakeReport

__all__ = [
    "Fault",
    "IntakeBusy",
    "IntakeRefused",
    "IntakeReport",
    "format_of_name",
    "take_revenue",
    "take_usage",
]
