"""The accountant's pages; the names are `accountant:...`."""

from django.urls import URLPattern, path

from portal.accountant import (
    closing,
    comparison,
    contracts,
    difference,
    exceptions,
    held,
    ledger,
    mending,
    payouts,
    periods,
    trial_balance,
)

app_name = "accountant"
urlpatterns: list[URLPattern] = [
    path("close/", periods.periods, name="periods"),
    path("close/<int:pk>/", periods.period, name="period"),
    path("close/<int:pk>/step/<slug:name>/", closing.step, name="step"),
    path("close/<int:pk>/notices/", closing.tell_again, name="tell-again"),
    path("close/<int:pk>/difference/", difference.difference, name="difference"),
    path("close/<int:pk>/difference.csv", difference.difference_csv, name="difference-csv"),
    path("exceptions/", exceptions.exceptions, name="exceptions"),
    path("exceptions/held/", held.held, name="held"),
    path("exceptions/held/<int:period>/<int:account>/", held.ask_release, name="release-ask"),
    path("exceptions/releases/<int:pk>/<slug:name>/", held.decide_release, name="release-decide"),
    path("exceptions/uses/<int:pk>/", mending.usage_hold, name="usage-hold"),
    path("exceptions/jobs/<uuid:pk>/", mending.dead_job, name="dead-job"),
    path("payouts/", payouts.batches, name="payouts"),
    path("payouts/draft/", payouts.draft, name="payouts-draft"),
    path("payouts/unpaid/", payouts.unpaid, name="payouts-unpaid"),
    path("payouts/<int:pk>/", payouts.batch, name="payouts-batch"),
    path("payouts/<int:pk>/file/", payouts.bank_file, name="payouts-file"),
    path("payouts/<int:pk>/step/<slug:name>/", payouts.step, name="payouts-step"),
    path("payouts/<int:pk>/return/<int:payout>/", payouts.came_back, name="payouts-return"),
    path("ledger/", ledger.journals, name="ledger"),
    path("ledger/journals/<uuid:pk>/", ledger.journal, name="journal"),
    path("ledger/accounts/<int:pk>/", ledger.account, name="account"),
    path("ledger/trial-balance/", trial_balance.balance_page, name="trial-balance"),
    path("ledger/trial-balance/<str:kind>/", trial_balance.balance_file, name="trial-balance-file"),
    path("contracts/", contracts.contracts, name="contracts"),
    path("contracts/new/", contracts.agree, name="contract-new"),
    path("contracts/<int:pk>/", contracts.contract, name="contract"),
    path("contracts/<int:pk>/next/", contracts.agree, name="contract-next"),
    path("contracts/<int:pk>/comparison/", comparison.comparison, name="comparison"),
]
