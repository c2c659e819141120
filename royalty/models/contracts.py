"""What was agreed with a platform: which money is shared, by which rule, after which commission."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from attribution.models import GenerationFeatures
from catalog.models import ANYWHERE_ELSE, Platform, Right
from catalog.territories import countries
from common.database.constraints import no_overlap
from common.money import Currency, currency
from royalty.apportionment import MODELS, WHOLE_PPM, AllocationModel, Rules

Standing = GenerationFeatures.Standing
PAYMENT_DAYS = 30
PERIOD_MONTHS = 1
REPORTING_DAYS = 14
HOLDING_MONTHS = 36  # as 17 U.S.C. 115(d)(3)(H)(i) has unmatched royalties held


def allocation_models() -> list[tuple[str, str]]:
    """The choices of `Contract.allocation_model`: whatever the pure core registers."""
    return [(name, name.replace("_", " ")) for name in MODELS]


class FallbackRule(models.TextChoices):
    """Where the part of the money goes that no track's influence accounts for."""

    EQUAL_TRAINING_SET = "equal_training_set", "equally to every track in the training set"
    HELD = "held", "held"
    PLATFORM = "platform", "returned to the platform"


class UnverifiedFeatures(models.TextChoices):
    """What happens to the money of a piece whose features its platform computed by itself.

    The words of their standing are `GenerationFeatures.Standing`'s. Those that were refuted count
    for nobody, whatever was agreed.
    """

    HOLD = "hold", "held until they are verified"
    HOLD_UNOPENED = "hold_unopened", "held until they are verified, or their content is opened"
    PAY = "pay", "paid like any other"

    def accepts(self, standing: str) -> bool:
        """Whether a piece is paid by features of this standing."""
        verified = {Standing.RECOMPUTED, Standing.SAMPLED}
        if self is UnverifiedFeatures.PAY:
            return standing != Standing.REFUTED
        if self is UnverifiedFeatures.HOLD_UNOPENED:
            verified |= {Standing.OPENED}
        return standing in verified


class IdleSubscribers(models.TextChoices):
    """Where the fee of a subscriber goes who used nothing."""

    POOL = "pool", "shared among those who used something"
    PLATFORM = "platform", "returned to the platform"


class Contract(models.Model):
    """The terms for one product (`service`) of a platform; on any day at most one holds.

    Terms never change: an agreement that changes ends this contract and begins another. The
    application's role may write `valid_until` and nothing else (see migrations/sql).
    """

    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="contracts")
    code = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=200)
    service = models.SlugField(max_length=50)
    composition_ppm = models.PositiveIntegerField(
        default=WHOLE_PPM,
        help_text=(
            "The composition's part of each track's money, in millionths; the rest is the "
            "recording's. 1,000,000: composition only."
        ),
    )
    allocation_model = models.CharField(max_length=32, choices=allocation_models)
    model_parameters = models.JSONField(
        default=dict,
        blank=True,
        help_text="Whole numbers by name, as the allocation model asks for them.",
    )
    commission_ppm = models.PositiveIntegerField()
    fallback = models.CharField(max_length=24, choices=FallbackRule)
    idle_subscribers = models.CharField(max_length=16, choices=IdleSubscribers)
    unverified_features = models.CharField(
        max_length=16,
        choices=UnverifiedFeatures,
        default=UnverifiedFeatures.HOLD,
        help_text="The money of a piece whose features the platform computed by itself.",
    )
    currency = models.CharField(max_length=3)
    country = models.CharField(
        max_length=2,
        blank=True,
        help_text=(
            "Where the licence is granted, such as DE: who owns what there is paid. Empty: what "
            "is owned wherever no share says otherwise."
        ),
    )
    guarantee_minor = models.PositiveBigIntegerField(
        default=0,
        help_text="The least that a period's pool is, in cents or the like; 0 for no guarantee.",
    )
    most_favoured = models.BooleanField(
        default=False,
        help_text="No other contract of the platform may have a better term on the same days.",
    )
    # For how long money that cannot be placed is held before it may be released.
    holding_months = models.PositiveSmallIntegerField(default=HOLDING_MONTHS)
    # When the calendar opens periods and has them computed (royalty.services.calendar).
    period_months = models.PositiveSmallIntegerField(
        default=PERIOD_MONTHS,
        choices=[(1, "month"), (3, "quarter"), (6, "half year"), (12, "year")],
    )
    reporting_days = models.PositiveSmallIntegerField(
        default=REPORTING_DAYS,
        help_text="How many days after its end a period waits for reports before it is computed.",
    )
    payment_days = models.PositiveSmallIntegerField(
        default=PAYMENT_DAYS, help_text="In which the platform pays an invoice."
    )
    vat_ppm = models.PositiveIntegerField(
        default=0, help_text="VAT on invoices within the country, in millionths: 190,000 is 19 %."
    )
    pays_before_collection = models.BooleanField(
        default=False, help_text="Payees are paid although the platform has not paid yet."
    )
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(composition_ppm__lte=WHOLE_PPM),
                name="compositions_are_parts_of_one",
                violation_error_message="The composition's part is above 100 %%.",
            ),
            models.CheckConstraint(
                condition=Q(commission_ppm__lte=1_000_000),
                name="commissions_are_parts_of_one",
                violation_error_message="The commission is above 100 %%.",
            ),
            models.CheckConstraint(
                condition=Q(country="") | Q(country__regex="^[A-Z]{2}$"),
                name="countries_are_codes",
                violation_error_message="A country has two letters, as DE.",
            ),
            models.CheckConstraint(
                condition=Q(period_months__in=[1, 3, 6, 12]),
                name="periods_last_known_months",
                violation_error_message="A period lasts 1, 3, 6 or 12 months.",
            ),
            models.CheckConstraint(
                condition=Q(vat_ppm__lte=1_000_000),
                name="vat_is_part_of_one",
                violation_error_message="The VAT is above 100 %%.",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
                name="contracts_last_a_day",
                violation_error_message="It ends before it begins.",
            ),
            no_overlap(
                name="one_contract_a_service_and_day",
                same=["platform", "service"],
                days=("valid_from", "valid_until"),
                message="The service has a contract on some of these days.",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def money(self) -> Currency:
        return currency(self.currency)

    @property
    def right_ppm(self) -> dict[Right, int]:
        """What part of a track's money each right that is paid gets, in the core's order."""
        parts = {
            Right.COMPOSITION: self.composition_ppm,
            Right.RECORDING: WHOLE_PPM - self.composition_ppm,
        }
        return {right: ppm for right, ppm in parts.items() if ppm}

    @property
    def rights(self) -> tuple[Right, ...]:
        """The rights that are paid, in the core's order."""
        return tuple(self.right_ppm)

    @property
    def owned_in(self) -> str:
        """The country whose owners are paid, in the words of `catalog.selectors.ownership`."""
        return self.country or ANYWHERE_ELSE

    @property
    def rules(self) -> Rules:
        """The contract's choices in the words of the pure core."""
        return Rules(
            fallback=self.fallback,  # type: ignore[arg-type]
            idle_subscribers=self.idle_subscribers,  # type: ignore[arg-type]
            guarantee_atoms=self.guarantee_atoms,
        )

    @property
    def guarantee_atoms(self) -> int:
        """The least that a period's pool is, after commission; 0 where nothing is guaranteed."""
        return self.guarantee_minor * self.money.atoms_per_minor

    @property
    def model(self) -> AllocationModel:
        """The allocation model, by which the contract's money is shared."""
        return MODELS[self.allocation_model]

    @property
    def allocation_terms(self) -> str:
        """The model's name with the parameters that were agreed for it."""
        stated = (f"{name}={value}" for name, value in sorted(self.model_parameters.items()))
        return " ".join((self.allocation_model, *stated))

    @property
    def allocation_sentence(self) -> str:
        """How the money is shared, in plain words."""
        return self.model.sentence(self.model_parameters)

    @property
    def revenue_kind(self) -> str:
        """The one kind of revenue that the allocation model knows how to share."""
        return self.model.revenue

    def clean(self) -> None:
        """The country is one, and the parameters are those that the model asks for.

        Raises:
            ValidationError: a sentence for each that is not.
        """
        if self.country and self.country not in countries():
            message = f"{self.country} is no country of ISO 3166-1; write two letters as DE."
            raise ValidationError({"country": message})
        if self.allocation_model not in MODELS:
            return  # the choices of the field say so
        stated = self.model_parameters
        if not isinstance(stated, dict):
            faults = ['State the parameters by name, as in {"alpha_ppm": 500000}.']
        else:
            faults = self.model.faults(stated)
        if faults:
            raise ValidationError({"model_parameters": faults})
