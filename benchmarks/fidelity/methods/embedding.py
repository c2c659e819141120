"""Similarity of embeddings: what sounds alike to the model, which is not what shaped it."""

from collections.abc import Iterator

from attribution.reference.embedding import embed
from benchmarks.fidelity.methods.base import Member, Method, Scores


class Embedding(Method):
    """The cosine of mean last hidden states."""

    name = "embedding similarity"

    def row_numbers(self, member: Member) -> int:
        """The model's width."""
        return member.model.config.width

    def scores(self, member: Member) -> Iterator[tuple[str, Scores]]:
        """Yield the one setting."""
        segments = embed(member.model, member.segments, member.corpus.bos)
        yield "", embed(member.model, member.queries, member.corpus.bos) @ segments.T
