"""The accountant's pages; the names are `accountant:...`."""

from django.urls import URLPattern, path

from portal.accountant import closing, payouts, periods

app_name = "accountant"
urlpatterns: list[URLPattern] = [
    path("close/", periods.periods, name="periods"),
    path("close/<int:pk>/", periods.period, name="period"),
    path("close/<int:pk>/step/<slug:name>/", closing.step, name="step"),
    path("close/<int:pk>/notices/", closing.tell_again, name="tell-again"),
    path("payouts/", payouts.batches, name="payouts"),
    path("payouts/draft/", payouts.draft, name="payouts-draft"),
    path("payouts/unpaid/", payouts.unpaid, name="payouts-unpaid"),
    path("payouts/<int:pk>/", payouts.batch, name="payouts-batch"),
    path("payouts/<int:pk>/file/", payouts.bank_file, name="payouts-file"),
    path("payouts/<int:pk>/step/<slug:name>/", payouts.step, name="payouts-step"),
    path("payouts/<int:pk>/return/<int:payout>/", payouts.came_back, name="payouts-return"),
]
