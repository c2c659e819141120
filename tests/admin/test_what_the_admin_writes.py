"""Ledger and money are only looked at in the admin: no form adds, changes or deletes a row of them.

What may be written is reference data, each model named here, so that a model that joins the admin
is read-only until somebody decides otherwise.
"""

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import RequestFactory

from accounts.models import User
from tests.admin.conftest import MODELS

ADDED_AND_CHANGED = {"add", "change"}
REFERENCE = {
    "accounts.Organisation": ADDED_AND_CHANGED,
    "accounts.User": ADDED_AND_CHANGED,
    "catalog.Consent": ADDED_AND_CHANGED,
    "catalog.Credit": ADDED_AND_CHANGED,
    "catalog.ModelVersion": ADDED_AND_CHANGED,
    "catalog.Party": ADDED_AND_CHANGED,
    "catalog.Platform": ADDED_AND_CHANGED,
    "catalog.Representation": ADDED_AND_CHANGED | {"delete"},
    "catalog.Sender": ADDED_AND_CHANGED,
    "catalog.Share": ADDED_AND_CHANGED,
    "catalog.Track": {"change"},
    "catalog.Work": ADDED_AND_CHANGED,
    "royalty.BankDetails": {"add"},
    "royalty.BillingDetails": {"add"},
    "royalty.Contract": ADDED_AND_CHANGED,
    "royalty.PayeeTerms": ADDED_AND_CHANGED,
    "royalty.PayingAccount": {"add"},
    "royalty.SelfBilling": ADDED_AND_CHANGED,
    "royalty.Withholding": ADDED_AND_CHANGED,
}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_even_a_superuser_writes_reference_data_alone(model: type[Model]) -> None:
    request = RequestFactory().get("/")
    request.user = User(is_active=True, is_staff=True, is_superuser=True)
    page = admin.site._registry[model]
    may = {
        act
        for act in ("add", "change", "delete")
        if getattr(page, f"has_{act}_permission")(request)
    }
    assert may == REFERENCE.get(model._meta.label, set())


def test_every_model_that_may_be_written_is_in_the_admin() -> None:
    assert set(REFERENCE) <= {model._meta.label for model in MODELS}
