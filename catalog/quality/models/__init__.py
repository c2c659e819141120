"""Findings, what was done about them, scores, alerts, and what is measured of files."""

from catalog.quality.models.findings import CheckRun, Finding, FindingEvent, Subject
from catalog.quality.models.monitors import Alert, Monitor, Profile
from catalog.quality.models.outliers import ContentStatistics, Outlier
from catalog.quality.models.scores import Score

__all__ = [
    "Alert",
    "CheckRun",
    "ContentStatistics",
    "Finding",
    "FindingEvent",
    "Monitor",
    "Outlier",
    "Profile",
    "Score",
    "Subject",
]
