"""Operations that need nothing but to be sent; what they take and answer stands in their help."""

from pathlib import Path

from tantieme_client import operations
from tantieme_client._async.running import Resource, every, one


class ModelVersions(Resource):
    """`client.model_versions`: your models that Tantieme knows, and their features."""

    list = every(operations.list_model_versions)
    feature_stores = every(operations.list_feature_stores)
    send_feature_store = one(operations.send_feature_store)
    request_features = one(operations.request_features)


class Periods(Resource):
    """`client.periods`: what each period of a contract comes to, and its statement of account."""

    list = every(operations.list_periods)
    retrieve = one(operations.retrieve_period)
    contracts = every(operations.list_contracts)
    account = one(operations.retrieve_account)
    entries = every(operations.list_entries)


class Invoices(Resource):
    """`client.invoices`: what you were billed, and what settled it."""

    list = every(operations.list_invoices)
    retrieve = one(operations.retrieve_invoice)

    async def save_document(self, invoice: int, path: Path) -> None:
        """Write an invoice to a file, as PDF."""
        await self._client.download(operations.retrieve_invoice_document(invoice), path)


class Requests(Resource):
    """`client.requests`: what your keys asked in the last 30 days, and what was answered."""

    list = every(operations.list_requests)
    retrieve = one(operations.retrieve_request)


class Keys(Resource):
    """`client.key`: the key that asks."""

    retrieve = one(operations.retrieve_key)
    rotate = one(operations.rotate_key)


class Webhooks(Resource):
    """`client.webhooks`: endpoints of yours, and what was delivered there. To check what arrives
    there use `tantieme_client.webhooks.verify`."""

    list = every(operations.list_webhook_endpoints)
    create = one(operations.create_webhook_endpoint)
    retrieve = one(operations.retrieve_webhook_endpoint)
    change = one(operations.change_webhook_endpoint)
    remove = one(operations.remove_webhook_endpoint)
    secret = one(operations.retrieve_webhook_secret)
    rotate_secret = one(operations.rotate_webhook_secret)
    test = one(operations.test_webhook_endpoint)
    events = every(operations.list_webhook_events)
    deliveries = every(operations.list_webhook_deliveries)
    redeliver = one(operations.redeliver_webhook)
    replay = one(operations.replay_webhook_events)
