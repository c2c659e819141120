"""A month that was closed and a bank that sends files: the cast of the tests of money in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from xml.sax.saxutils import escape

from royalty.documents.pain import Address
from royalty.models import AccountKind, Invoice, Receipt, SelfBilling
from royalty.selectors import ledger as ledger_selectors
from royalty.services import ledger, receivables, self_billing
from royalty.services.receivables import By, Taken
from tests.royalty.cast import AFTER, CENT, World, revenue_lines, settle, usage_lines
from tests.royalty.payees import IBANS, open_month, paying_account

ISSUED = date(2026, 11, 4)
ARRIVED = date(2026, 11, 20)
TAKEN_AT = datetime(2026, 11, 21, 8, tzinfo=UTC)
OURS = Address(town="Köln", country="DE", street="Rheingasse", building="12", postcode="50676")
PARIS = Address(town="Paris", country="FR", street="Rue de Rivoli", building="3")
HOUSE_VAT, PLATFORM_VAT, FRENCH_VAT = "DE136695976", "DE114103379", "FR40303265045"
PAYEE_VAT = "DE811569869"
PAYER = "DE02120300000000202051"


def billed(world: World, *, platform: Address = OURS, vat: str = PLATFORM_VAT) -> World:
    """House and platform have billing details, and the house an account."""
    paying_account(world)
    enter_billing_details(world, platform=platform, vat=vat)
    return world


def enter_billing_details(
    world: World, *, platform: Address = OURS, vat: str = PLATFORM_VAT
) -> None:
    enter = receivables.enter_billing_details
    enter(platform=None, name="Catalogue Ltd", address=OURS, vat_number=HOUSE_VAT)
    name = f"{world.platform.name.split()[0]} GmbH"
    enter(platform=world.platform, name=name, address=platform, vat_number=vat, iban=PAYER)


def agree_self_billing(world: World, name: str, **changes: object) -> SelfBilling:
    """The house writes a party's invoices; German, 7 %, unless told otherwise."""
    agreed = {"country": "DE", "vat_number": PAYEE_VAT, "vat_ppm": 70_000}
    agreed |= {"valid_from": date(2026, 1, 1)} | changes
    agreement = SelfBilling(party=world.parties[name], **agreed)
    return self_billing.agree_self_billing(agreement)


def issue(world: World, contract=None, on: date = ISSUED) -> Invoice:
    return receivables.issue_invoice(
        contract=contract or world.contract, user=world.ann, issued_on=on
    )


@dataclass(frozen=True)
class Paid:
    """A credit as the bank tells of it; a debit where the amount is negative."""

    amount: str
    reference: str = ""
    text: str = ""
    name: str = "ACME GMBH"
    iban: str = PAYER
    end_to_end: str = ""
    bank_reference: str = ""
    is_reversal: bool = False
    status: str = "BOOK"
    on: date = ARRIVED

    @property
    def is_credit(self) -> bool:
        return not self.amount.startswith("-")

    @property
    def plain(self) -> str:
        return self.amount.removeprefix("-")


def notification(*paid: Paid, message: str = "N-1", version: str = "08", iban: str = "") -> bytes:
    """A camt.054 file."""
    entries = "".join(entry(each, version) for each in paid)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.{version}">'
        f"<BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>{message}</MsgId></GrpHdr><Ntfctn><Id>1</Id>"
        f"<Acct><Id><IBAN>{iban or IBANS['catalogue']}</IBAN></Id></Acct>{entries}"
        "</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>"
    ).encode()


def entry(paid: Paid, version: str = "08") -> str:
    status = (
        f"<Sts><Cd>{paid.status}</Cd></Sts>" if version == "08" else f"<Sts>{paid.status}</Sts>"
    )
    reference = f"<AcctSvcrRef>{paid.bank_reference}</AcctSvcrRef>" if paid.bank_reference else ""
    direction = "CRDT" if paid.is_credit else "DBIT"
    reversal = "<RvslInd>true</RvslInd>" if paid.is_reversal else ""
    return (
        f'<Ntry><Amt Ccy="EUR">{paid.plain}</Amt><CdtDbtInd>{direction}</CdtDbtInd>{reversal}'
        f"{status}<BookgDt><Dt>{paid.on}</Dt></BookgDt>{reference}"
        f"<NtryDtls>{details(paid, version)}</NtryDtls></Ntry>"
    )


def details(paid: Paid, version: str = "08") -> str:
    name = f"<Nm>{escape(paid.name)}</Nm>"
    party = f"<Pty>{name}</Pty>" if version == "08" else name
    amount = f'<Amt Ccy="EUR">{paid.plain}</Amt>'
    if version != "08":
        amount = f"<AmtDtls><TxAmt>{amount}</TxAmt></AmtDtls>"
    structured = paid.reference and (
        f"<Strd><CdtrRefInf><Ref>{paid.reference}</Ref></CdtrRefInf></Strd>"
    )
    return (
        f"<TxDtls><Refs><EndToEndId>{paid.end_to_end or 'NOTPROVIDED'}</EndToEndId></Refs>{amount}"
        f"<RltdPties><Dbtr>{party}</Dbtr>"
        f"<DbtrAcct><Id><IBAN>{paid.iban}</IBAN></Id></DbtrAcct></RltdPties>"
        f"<RmtInf><Ustrd>{escape(paid.text)}</Ustrd>{structured}</RmtInf></TxDtls>"
    )


def take(world: World, *paid: Paid, content: bytes = b"", message: str = "N-1") -> Taken:
    return receivables.take_bank_file(
        content=content or notification(*paid, message=message),
        name="bank.xml",
        user=world.ann,
        as_of=TAKEN_AT,
    )


def receive(world: World, *paid: Paid, message: str = "N-1") -> Receipt:
    """The one receipt of a file."""
    (receipt,) = take(world, *paid, message=message).receipts
    return receipt


def earn_again(world: World, take_lines) -> None:
    """November brings what October did, and is closed; December opens."""
    lines = {"usage": usage_lines(), "revenue": revenue_lines()}
    for kind, told in lines.items():
        take_lines(world, kind, [_a_month_later(line) for line in told], f"{kind}-11.ndjson")
    period = world.contract.periods.get(starts_on=date(2026, 11, 1))
    settle(world, period, AFTER.replace(month=12))
    open_month(world, 12)


def _a_month_later(line: dict) -> dict:
    days = {key: line[key].replace("2026-10", "2026-11") for key in ("used_at", "earned_on")
            if key in line}  # fmt: skip
    return line | days | {"event_id": f"{line['event_id']}-11"}


def by(world: World, day: date = ARRIVED) -> By:
    return By(world.ann, day)


def cents_on(world: World, kind: AccountKind, contract=None) -> int:
    """Whole cents on an account of the contract, on its normal side."""
    account = ledger.account(contract or world.contract, kind)
    return ledger_selectors.balance(account) // CENT


def matched(receipt: Receipt) -> Sequence[tuple[str, int]]:
    """What became of a receipt: use and cents."""
    rows = receipt.matches.order_by("pk")
    return [(match.use, match.amount_atoms // CENT) for match in rows]
