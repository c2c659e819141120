"""Where a platform's pages about what it sent and owes are found."""

from django.urls import path

from portal.platform import accounts, generations, starting, usage

urlpatterns = [
    path("generations/", generations.generations, name="generations"),
    path("generations/<uuid:pk>/", generations.generation, name="generation"),
    path("account/", accounts.account, name="platform-account"),
    path("account/periods/<int:pk>/", accounts.account_period, name="account-period"),
    path("account/invoices/<int:pk>/", accounts.invoice, name="platform-invoice"),
    path("account/invoices/<int:pk>/pdf/", accounts.invoice_file, name="platform-invoice-file"),
    path("quick-start/", starting.quick_start, name="quick-start"),
    path("sandbox/", starting.sandbox, name="sandbox"),
    path("usage/", usage.usage, name="usage"),
    path("usage/<uuid:pk>/", usage.sent_file, name="sent-file"),
    path("usage/<uuid:pk>/result/", usage.sent_file_result, name="sent-file-result"),
]
