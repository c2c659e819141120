"""The rules: what must hold in the catalogue, and how what breaks it is found.

A rule is data: one query, which runs over everything at once. It tells `subject_id` and, under
names of its own, the evidence that stands in the sentence. In its text can stand `%(today)s`,
`%(soon)s` (60 days later) and `%(silent_since)s`. A rule that finds other things than before gets
the next version, so that what it brings is told from what deliveries bring.
"""

from catalog.quality.rules import completeness, consistency, timeliness, uniqueness, validity
from catalog.quality.rules.rule import Rule, Severity

RULES: dict[str, Rule] = {
    rule.code: rule
    for module in (completeness, validity, uniqueness, consistency, timeliness)
    for rule in module.RULES
}

__all__ = ["RULES", "Rule", "Severity"]
