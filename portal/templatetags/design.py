"""The parts that pages are put together from; `/design/` shows each of them in every state.

Only how things look: what a part says comes from the page. The drawing is in templates/components/
and static/css/components.css.
"""

from collections.abc import Sequence
from datetime import date, datetime

from django import template
from django.forms import BoundField
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal.tables import Amount, Shown
from portal.tones import TONES

register = template.Library()


@register.simple_block_tag
def table(content: str, shown: Shown, show: str = "fine") -> str:
    """A table with its caption, heads that sort, sums, pages and file, around rows of cells.

    `show` is how finely amounts are written in the sums, as in the tag `money`.
    """
    parts = {"table": shown, "body": content, "show": show}
    return render_to_string("components/table.html", parts, request=shown.request)


@register.inclusion_tag("components/filters.html")
def filters(shown: Shown, action: str = "") -> dict[str, object]:
    """The form above a table: a field for each filter, and the way back to all rows."""
    return {"table": shown, "action": action}


@register.simple_tag
def badge(words: object, tone: str = "") -> SafeString:
    """A state in one or two words. Tones: "attributed" (well), "caution", "bad", or none."""
    css = f"badge {tone}" if tone else "badge"
    return format_html('<span class="{}">{}</span>', css, words)


@register.filter
def tone(state: object) -> str:
    """The tone in which a state is said, the same on every page (`portal.tones`)."""
    return TONES.get(str(state), "")


@register.simple_block_tag
def stat(content: str, term: object, note: object = "") -> SafeString:
    """One figure with its name and perhaps a sentence, for a `<dl class="stats">`."""
    said = format_html('<dd class="note">{}</dd>', note) if note else ""
    return format_html('<div class="stat"><dt>{}</dt><dd>{}</dd>{}</div>', term, content, said)


@register.simple_block_tag
def empty(content: str, heading: object, level: int = 2) -> str:
    """What stands where nothing is yet: why, and what one can do; paragraphs and a button."""
    context = {"heading": heading, "level": level, "body": content}
    return render_to_string("components/empty.html", context)


@register.inclusion_tag("components/stepper.html")
def stepper(label: object, steps: Sequence[object], current: int) -> dict[str, object]:
    """The way through a task, counted from 1; the steps before `current` are done."""
    numbered = enumerate(steps, start=1)
    states = [(words, "done" if at < current else "") for at, words in numbered]
    return {"label": label, "steps": states, "current": current}


@register.simple_block_tag
def moment(content: str, at: date, what: object, who: object = "", words: object = "") -> str:
    """What happened when, for an `<ol class="timeline">`; who did it or what it befell, and words.

    `at` is a day, or a time, which is written in UTC. The block holds what else belongs to it.
    """
    parts = {
        "at": at,
        "is_day": not isinstance(at, datetime),
        "what": what,
        "who": who,
        "words": words,
        "more": content,
    }
    return render_to_string("components/moment.html", parts)


@register.inclusion_tag("components/file_drop.html")
def file_drop(field: BoundField, help_text: object = "") -> dict[str, object]:
    """A field that takes a file, chosen or dropped."""
    return {"field": field, "help_text": help_text}


@register.simple_block_tag(takes_context=True)
def confirm(
    context: template.Context,
    content: str,
    button: object,
    back: str,
    sentences: Sequence[object] = (),
    amount: Amount | None = None,
    takes_files: bool = False,
) -> str:
    """A form that asks once more: what will happen, with which amount; then the act, or back.

    The block holds further fields, if a reason is asked for.
    """
    parts = {
        "button": button,
        "back": back,
        "sentences": sentences,
        "amount": amount,
        "takes_files": takes_files,
        "fields": content,
    }
    return render_to_string("components/confirm.html", parts, request=context.get("request"))
