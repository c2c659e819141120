"""Operations that need nothing but to be sent; what they take and answer stands in their help."""

from pathlib import Path

from tantieme_client import operations
from tantieme_client._sync.running import Resource, every, one
from tantieme_client.models import Checkpoint, FeatureStore, NewCheckpoint, NewFeatureStore


class ModelVersions(Resource):
    """`client.model_versions`: your models, what they were trained on, and their features."""

    list = every(operations.list_model_versions)
    retrieve = one(operations.retrieve_model_version)
    register = one(operations.register_model_version)
    checkpoints = every(operations.list_checkpoints)
    training_set = one(operations.retrieve_training_set)
    training_set_members = every(operations.list_training_set_members)
    freeze_training_set = one(operations.freeze_training_set)
    feature_stores = every(operations.list_feature_stores)
    request_features = one(operations.request_features)

    def send_checkpoint(
        self, model_version: int, path: Path, *, member: str, step: int
    ) -> Checkpoint:
        """Send weights, a safetensors file of any size, and register them as a checkpoint."""
        upload = self._client.uploads.send(path, "checkpoint")
        body = NewCheckpoint(upload=upload.id, member=member, step=step)
        return self._client.send(operations.register_checkpoint(model_version, body=body))

    def send_feature_store(self, model_version: int, path: Path) -> FeatureStore:
        """Send a packed feature store that was computed on your machines."""
        upload = self._client.uploads.send(path, "feature_store")
        body = NewFeatureStore(upload=upload.id)
        return self._client.send(operations.send_feature_store(model_version, body=body))


class Catalogue(Resource):
    """`client.catalogue`: what you may train on, and whose consent allows it."""

    tracks = every(operations.list_tracks)
    track = one(operations.retrieve_track)
    work = one(operations.retrieve_work)
    consents = every(operations.list_consents)
    check_consents = one(operations.check_consents)


class Challenges(Resource):
    """`client.challenges`: parts of your features that you are asked to open."""

    list = every(operations.list_challenges)
    retrieve = one(operations.retrieve_challenge)
    answer = one(operations.answer_challenge)
    verification = one(operations.retrieve_verification)
    lots = every(operations.list_lots)


class Sandbox(Resource):
    """`client.sandbox`: its clock, and the statements of its rights holders. Not of a live key."""

    clock = one(operations.read_sandbox_clock)
    advance = one(operations.advance_sandbox_clock)
    statements = every(operations.list_sandbox_statements)


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

    def save_document(self, invoice: int, path: Path) -> None:
        """Write an invoice to a file, as PDF."""
        self._client.download(operations.retrieve_invoice_document(invoice), path)


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
