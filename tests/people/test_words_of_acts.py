"""Whatever is recorded is told in words, in both languages."""

import re
from pathlib import Path

from django.utils import translation

from portal.accountant import held, payout_steps, steps
from portal.team.words import words_of

ROOT = Path(__file__).parents[2]
RECORDED = re.compile(r"record(?:ed_by)?\((?:[^()]|\n)*?\"([a-z_]+\.[a-z_]+)\"")


def acts() -> set[str]:
    """Those that stand in the code, and those that are named after a step."""
    paths = [
        path for name in ("accounts", "portal", "royalty") for path in (ROOT / name).rglob("*.py")
    ]
    written = {act for path in paths for act in RECORDED.findall(path.read_text(encoding="utf-8"))}
    return (
        written
        | {f"payout.{name}" for name in payout_steps.STEPS}
        | {f"period.{name}" for name in steps.STEPS}
        | {f"release.{name}" for name in held.DECISIONS}
    )


def test_every_act_has_words():
    assert len(acts()) > 30
    for language in ("en", "de"):
        with translation.override(language):
            assert [act for act in sorted(acts()) if words_of(act) == act] == []


def test_words_differ_between_languages():
    with translation.override("de"):
        assert words_of("payout.approve") == "hat eine Auszahlung freigegeben"
