"""`manage.py compare_models CONTRACT STARTS_ON`: a computed period under other allocation models.

compare_models CONTRACT 2026-10-01
compare_models CONTRACT 2026-10-01 --model user_centric --model blend:alpha_ppm=250000
compare_models --snapshot FILE --pool 28.00 --currency EUR --model pro_rata --model shapley_index

The baseline is the contract's own model or, for a snapshot file, the first one. Without --model
every model is tried that can share the kind of money that came in, with the figures of its
published rule. Nothing is written, and a file can be compared before any contract exists. "Smaller
half" is what the half of the holders that earns least under the baseline would earn; a holder gains
or loses from a whole minor unit on.
"""

from argparse import ArgumentTypeError
from datetime import date
from typing import Any, get_args

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.models import Party
from common.money import Currency, MoneyError, currency
from royalty.apportionment import (
    MODELS,
    Candidate,
    Fallback,
    Outcome,
    Rules,
    Snapshot,
    SnapshotError,
    applicable,
    compare,
    customary,
)
from royalty.management.named import find_contract, find_period
from royalty.selectors.runs import NoRunError, books_of, current_run


class Comparison:
    """What is compared, and how its parties are called."""

    def __init__(self, snapshot: Snapshot, pool_atoms: int, rules: Rules, money: Currency) -> None:
        self.snapshot, self.pool_atoms, self.rules, self.money = snapshot, pool_atoms, rules, money
        self.baseline: Candidate | None = None
        self.title = "snapshot"
        self.names: dict[str, str] = {}


class Command(BaseCommand):
    help = "Compare what holders earn from the same period under several allocation models."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("contract", nargs="?", help="the contract's code")
        parser.add_argument(
            "starts_on", nargs="?", type=date.fromisoformat, help="the period's first day"
        )
        parser.add_argument("--snapshot", help="a snapshot file, in place of a period")
        parser.add_argument("--pool", help="with --snapshot: the pool, as in 28.00")
        parser.add_argument("--currency", default="EUR", help="with --snapshot: its currency (EUR)")
        parser.add_argument(
            "--fallback",
            choices=get_args(Fallback),
            default="held",
            help="with --snapshot: where unattributed money goes (held)",
        )
        parser.add_argument(
            "--model",
            action="append",
            type=candidate,
            help="NAME or NAME:PARAMETER=NUMBER,...; may be given several times",
        )
        parser.add_argument("--holders", type=int, default=5, help="how many to name (5)")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            comparison = _of_file(options) if options["snapshot"] else _of_period(options)
            candidates = _candidates(comparison, options["model"])
            outcomes = compare(
                comparison.snapshot,
                candidates,
                comparison.pool_atoms,
                comparison.rules,
                notice_atoms=comparison.money.atoms_per_minor,
            )
        except (NoRunError, SnapshotError, MoneyError) as error:
            raise CommandError(str(error)) from error
        self._table(comparison, outcomes)
        for outcome in outcomes[1:]:
            self._changes(comparison, outcome, options["holders"])

    def _table(self, comparison: Comparison, outcomes: list[Outcome]) -> None:
        money, snapshot = comparison.money, comparison.snapshot
        self.stdout.write(
            f"{comparison.title}: {money.format_atoms(comparison.pool_atoms)} {money.code}, "
            f"{int(snapshot.usage_count.sum()):,} uses, {len(snapshot.party_ids):,} holders; "
            f"changes against {outcomes[0].candidate}"
        )
        self.stdout.write(
            f"{'to holders':>16} {'to nobody':>14} {'Gini':>6} {'top 10':>8} "
            f"{'smaller half':>14} {'gain':>6} {'lose':>6}  model"
        )
        for outcome in outcomes:
            self.stdout.write(
                f"{money.format_atoms(int(outcome.atoms.sum())):>16} "
                f"{money.format_atoms(outcome.to_nobody_atoms):>14} "
                f"{outcome.gini_ppm / 1_000_000:>6.3f} {outcome.top_ppm / 10_000:>6.1f} % "
                f"{money.format_atoms(outcome.small_atoms):>14} "
                f"{outcome.gain_count:>6,} {outcome.lose_count:>6,}  {outcome.candidate}"
            )

    def _changes(self, comparison: Comparison, outcome: Outcome, count: int) -> None:
        money, refs = comparison.money, comparison.snapshot.party_ids
        order = sorted(range(len(refs)), key=lambda at: (-abs(int(outcome.change_atoms[at])), at))
        named = [at for at in order[:count] if outcome.change_atoms[at]]
        self.stdout.write(f"\n{outcome.candidate}" + ("" if named else ": nothing changes"))
        for at in named:
            change = int(outcome.change_atoms[at])
            sign = "+" if change > 0 else "-"
            self.stdout.write(
                f"{sign + money.format_atoms(abs(change), money.decimals + 2):>16} to "
                f"{money.format_atoms(int(outcome.atoms[at]), money.decimals + 2):>14}  "
                f"{comparison.names.get(refs[at], refs[at])}"
            )


def candidate(text: str) -> Candidate:
    """`blend:alpha_ppm=250000`; parameters that are not given are customary.

    Raises:
        ArgumentTypeError: an unknown model, or parameters that it does not take.
    """
    name, _, rest = text.partition(":")
    if name not in MODELS:
        raise ArgumentTypeError(f"there is no model {name!r}; known are {', '.join(MODELS)}")
    parameters = dict(customary(name).parameters)
    for each in filter(None, rest.split(",")):
        key, _, value = each.partition("=")
        try:
            parameters[key] = int(value)
        except ValueError:
            raise ArgumentTypeError(f"{each!r} is no PARAMETER=NUMBER") from None
    faults = MODELS[name].faults(parameters)
    if faults:
        raise ArgumentTypeError(" ".join(faults))
    return Candidate(name, parameters)


def _of_period(options: dict[str, Any]) -> Comparison:
    if not options["contract"] or not options["starts_on"]:
        raise CommandError("Name a contract and the first day of a period, or a --snapshot.")
    contract = find_contract(options["contract"])
    period = find_period(contract, options["starts_on"])
    books = books_of(current_run(period))
    comparison = Comparison(books.snapshot, books.run.pool_atoms, contract.rules, contract.money)
    comparison.baseline = Candidate(contract.allocation_model, contract.model_parameters)
    comparison.title = f"{period}"
    parties = Party.objects.filter(ref__in=books.snapshot.party_ids)
    comparison.names = dict(parties.values_list("ref", "name"))
    return comparison


def _of_file(options: dict[str, Any]) -> Comparison:
    if not options["pool"]:
        raise CommandError("Say with --pool how much the snapshot shares, as in --pool 28.00.")
    money = currency(options["currency"])
    pool_atoms = money.parse_atoms(options["pool"])
    try:
        snapshot = Snapshot.load(options["snapshot"])
    except OSError as error:
        raise CommandError(f"{options['snapshot']} cannot be read: {error.strerror}.") from error
    rules = Rules(fallback=options["fallback"])
    return Comparison(snapshot, pool_atoms, rules, money)


def _candidates(comparison: Comparison, asked: list[Candidate] | None) -> list[Candidate]:
    """The baseline and what it is compared with."""
    possible = applicable(comparison.snapshot)
    if comparison.baseline is None and not (asked or possible):
        raise CommandError("The snapshot has no money that any model could share.")
    others = asked or [customary(name) for name in possible]
    wrong = [each.model for each in others if each.model not in possible]
    if wrong:
        raise CommandError(
            f"{', '.join(wrong)} cannot share this money: the snapshot has what these need: "
            f"{', '.join(possible) or 'none'}."
        )
    if comparison.baseline is None:
        return others
    return [comparison.baseline, *(each for each in others if each != comparison.baseline)]
