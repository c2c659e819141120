"""How the admin looks and what its sidebar offers, by topic."""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse_lazy

# The portal's accent, from its lightest wash to its darkest.
ACCENT = {
    "50": "#f1f7f5",
    "100": "#e3eeeb",
    "200": "#c3ddd7",
    "300": "#a5ded6",
    "400": "#82cbc1",
    "500": "#4fa39a",
    "600": "#1f5c57",
    "700": "#1a504b",
    "800": "#164541",
    "900": "#143935",
    "950": "#0d2523",
}


def _group(title: str, *models: str) -> dict[str, Any]:
    """A part of the sidebar; each model is described as "app_model:title:icon"."""
    return {"title": title, "items": [_item(model) for model in models]}


def _item(described: str) -> dict[str, Any]:
    name, title, icon = described.split(":")
    app, model = name.split("_")
    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(f"admin:{name}_changelist"),
        "permission": lambda request: any(
            request.user.has_perm(f"{app}.{right}_{model}") for right in ("view", "change")
        ),
    }


UNFOLD = {
    "SITE_TITLE": "Tantieme",
    "SITE_HEADER": "Tantieme",
    "SITE_SUBHEADER": "for the operator",
    "SITE_SYMBOL": "graphic_eq",
    "SITE_URL": "/",
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda _request: static("img/mark.svg"),
        }
    ],
    "STYLES": [lambda _request: static("css/admin.css")],
    "COLORS": {"primary": ACCENT},
    "SHOW_VIEW_ON_SITE": False,
    "SIDEBAR": {
        "show_search": False,
        "show_all_applications": False,
        "navigation": [
            {
                "items": [
                    {
                        "title": "Overview",
                        "icon": "dashboard",
                        "link": reverse_lazy("admin:index"),
                    }
                ]
            },
            _group(
                "Catalogue",
                "catalog_work:Works:music_note",
                "catalog_track:Tracks:queue_music",
                "catalog_party:Parties:groups",
                "catalog_share:Shares:pie_chart",
                "claims_claim:Claims:gavel",
                "claims_conflict:Conflicts:balance",
                "claims_event:What claims led to:timeline",
                "catalog_consent:Consents:handshake",
                "deliveries_delivery:Deliveries:upload_file",
                "catalog_changeset:History:history",
                "quality_finding:Findings:fact_check",
                "quality_score:Scores:speed",
                "quality_alert:Alerts:notifications",
                "quality_checkrun:Checks:rule",
                "catalog_asset:Files:audio_file",
            ),
            _group(
                "Models",
                "catalog_platform:Platforms:storefront",
                "catalog_modelversion:Model versions:model_training",
                "catalog_trainingset:Training sets:lock",
                "catalog_checkpoint:Checkpoints:save",
            ),
            _group(
                "Attribution",
                "attribution_generation:Generations:piano",
                "attribution_attribution:Attributions:hub",
                "attribution_attributionrun:Runs:play_circle",
                "attribution_featurestore:Feature stores:database",
                "attribution_generationfeatures:Platforms' features:verified_user",
                "attribution_featuredraw:Drawn features:casino",
                "attribution_featurefinding:What was found:fact_check",
            ),
            _group(
                "Royalties",
                "royalty_contract:Contracts:contract",
                "royalty_period:Periods:calendar_month",
                "royalty_allocationrun:Apportionments:calculate",
                "royalty_statement:Statements:receipt_long",
                "royalty_publication:Publications:campaign",
                "royalty_notice:Notices:mail",
                "royalty_periodroot:Roots:fingerprint",
                "royalty_sentfile:Sent files:upload_file",
                "royalty_intakefile:Intake:inbox",
                "royalty_usageevent:Usage:play_arrow",
                "royalty_revenueevent:Revenue:payments",
                "royalty_usagehold:Held uses:front_hand",
                "royalty_exchangerate:Exchange rates:currency_exchange",
            ),
            _group(
                "Money in",
                "royalty_invoice:Invoices:request_quote",
                "royalty_receipt:Receipts:price_check",
                "royalty_match:Matches:join_inner",
                "royalty_bankfile:Bank files:upload_file",
                "royalty_billingdetails:Billing details:contact_mail",
            ),
            _group(
                "Payouts",
                "royalty_payeeterms:Payee terms:handshake",
                "royalty_withholding:Withholding:percent",
                "royalty_bankdetails:Bank details:account_balance_wallet",
                "royalty_payingaccount:Paying accounts:savings",
                "royalty_payoutbatch:Payout batches:outbox",
                "royalty_payout:Payouts:send_money",
                "royalty_selfbilling:Self-billing:edit_document",
                "royalty_selfbilledinvoice:Payees' invoices:description",
            ),
            _group(
                "Books",
                "royalty_journal:Journals:menu_book",
                "royalty_entry:Entries:list",
                "royalty_account:Accounts:account_balance",
                "royalty_heldrelease:Held money:pause_circle",
                "royalty_journalseal:Seals:verified",
            ),
            _group(
                "People and programs",
                "accounts_user:People:person",
                "accounts_organisation:Organisations:corporate_fare",
                "catalog_representation:Representations:badge",
                "accounts_apikey:Keys:key",
                "api_loggedrequest:Requests:receipt",
                "webhooks_endpoint:Webhooks:webhook",
                "webhooks_event:Events:bolt",
                "webhooks_delivery:Deliveries:send",
                "jobs_job:Jobs:engineering",
            ),
        ],
    },
}
