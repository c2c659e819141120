"""Operations that need nothing but to be sent; what they take and answer stands in their help."""

from tantieme_client import operations
from tantieme_client._sync.running import Resource, every


class ModelVersions(Resource):
    """`client.model_versions`: your models that Tantieme knows."""

    list = every(operations.list_model_versions)
