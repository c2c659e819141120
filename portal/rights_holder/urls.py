"""The addresses of a rights holder's pages about its money and its data."""

from django.urls import URLPattern, path

from portal.rights_holder import balance, details, export, tax_form, verify

urlpatterns: list[URLPattern] = [
    path("statements/verify/", verify.verify, name="verify-statement"),
    path("balance/", balance.balance, name="balance"),
    path("balance/lines.csv", balance.balance_csv, name="balance-csv"),
    path("payments/<int:pk>/", balance.payout, name="payout"),
    path("payments/<int:pk>/<slug:kind>/", balance.payout_document, name="payout-document"),
    path("export/", export.export, name="export"),
    path("export/ask/", export.ask_export, name="ask-export"),
    path("export/<uuid:pk>/", export.export_file, name="export-file"),
    path("payment-details/", details.details, name="payment-details"),
    path("payment-details/<int:pk>/bank/", details.bank_details, name="bank-details"),
    path("payment-details/<int:pk>/tax/", details.tax_details, name="tax-details"),
    path("payment-details/<int:pk>/tax-form/", tax_form.tax_form, name="tax-form"),
    path(
        "payment-details/<int:pk>/take-back/", details.take_back_details, name="take-back-details"
    ),
]
