"""The table of docs/concepts/allocation-models.md, written from what the models declare.

`python -m royalty.apportionment.axiom_table FILE` writes it between the file's two markers.
"""

import sys
from pathlib import Path

from royalty.apportionment.models import MODELS, Axiom

BEGIN = "<!-- written by python -m royalty.apportionment.axiom_table -->"
END = "<!-- end of what is written -->"
_SHORT = {
    Axiom.CONSERVATION: "conservation",
    Axiom.SIGN: "sign",
    Axiom.ANONYMITY: "anonymity",
    Axiom.SHELLS: "shell companies",
    Axiom.ADDITIVITY: "additivity",
    Axiom.NO_USE_NO_PAY: "no use, no pay",
    Axiom.MORE_USE: "more use",
    Axiom.PIECE_SPLIT: "split piece",
    Axiom.INTENSITY: "intensity",
    Axiom.EQUAL_IS_PRO_RATA: "equal is pro-rata",
    Axiom.NO_PROFIT_FROM_FAKES: "no profit from fakes",
    Axiom.NO_PROFIT_FROM_BRIBES: "no profit from bribes",
}


def axiom_table() -> str:
    """What each axiom says, then which model claims which, in Markdown."""
    meanings = [f"- **{_SHORT[axiom]}**: {axiom.value}" for axiom in Axiom]
    head = ["model", *_SHORT.values()]
    rows = [
        [f"`{model.name}`", *("yes" if axiom in model.axioms else "–" for axiom in Axiom)]
        for model in MODELS.values()
    ]
    lines = [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows)]
    return "\n".join([*meanings, "", *lines])


def written(text: str) -> str:
    """The document with its table as it is now. Raises ValueError if it lacks a marker."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"The document has no lines {BEGIN!r} and {END!r} to write between.")
    return f"{before}{BEGIN}\n{axiom_table()}\n{END}{after}"


if __name__ == "__main__":
    document = Path(sys.argv[1])
    document.write_text(written(document.read_text()))
