"""Attributing generations: their features, the exact scan, the shares, and the rows that say so.

A run is a pure function of a sealed store and of the generations' rows, which follow from their
files and the store's checkpoints, or came from their platform (`scored`). It leaves one packed row
a generation, its quality figures and the objections that they raise, or nothing. With objections
its rows can be looked at, but count for nobody.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db import transaction
from django.utils import timezone

from attribution.models import Attribution, AttributionRun, FeatureStore, Generation
from attribution.selectors.attributions import KIND
from attribution.services.companions import Companions
from attribution.services.effort import worker_seconds
from attribution.services.queries import generations_of
from attribution.services.run_reports import report_of
from attribution.services.runs import begin_run, enqueue_run, new_run
from attribution.services.score_files import save_scores, standard_scores_name
from attribution.services.scored import scored
from attribution.services.telling import tell_run
from catalog.models import TrainingRole
from common.jobs.models import Job
from common.jobs.registry import JobError, Progress

if TYPE_CHECKING:
    from attribution import engine

WRITTEN_AT_THE_END = ["quality", "objections", "report", "worker_seconds", "finished_at"]


def request_attribution(
    store: FeatureStore,
    generations: Sequence[Generation],
    *,
    probes: Collection[Generation] = (),
    key: str = "",
) -> tuple[AttributionRun, Job]:
    """Ask for the shares of these generations.

    Args:
        probes: those of them that were planted to test the system. They are attributed like all
            others, but kept out of the quality figures.
        key: names the request, so that asking twice is one run; a run of its own if empty.
    """
    with transaction.atomic():
        run = AttributionRun.objects.filter(feature_store=store, config__key=key).first()
        if run is None or not key:
            run = new_run(
                store,
                key=key,
                generations=sorted(str(generation.pk) for generation in generations),
                probes=sorted(str(generation.pk) for generation in probes),
            )
        return run, enqueue_run(run)


def attribute_generations(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Do a run; returns its quality figures. Done again, it changes nothing."""
    from attribution import engine

    run = begin_run(payload["run"])
    if run.finished_at is not None:
        return dict(run.quality)
    if not run.config["generations"]:
        _write(run, [], _Verdict())
        return {}
    try:
        work = _Work(run, progress)
        result = engine.attribute(
            work.scores,
            work.query_generation,
            work.tracks.segment_track,
            np.array([_engine_role(role) for role in work.tracks.roles]),
            track_norms=work.norms,
            member_runs=work.member_runs,
            probes=work.probes(),
            companions=work.companions(),
            likeness=engine.track_likeness(work.store, work.tracks.segment_track),
        )
    except engine.EngineError as error:
        raise JobError(str(error)) from error
    save_scores(standard_scores_name(run), result.z, work.generations, work.tracks)
    quality = asdict(result.quality)
    rows = [work.row(item) for item in result.generations]
    report = report_of(result.z, work.tracks.roles, work.tracks.track_ids, probes=work.probes())
    _write(run, rows, _Verdict(quality, result.quality.objections(), report))
    progress(1, 1, "done")
    return quality


def _engine_role(role: str) -> int:
    from attribution import engine

    return int(
        {
            TrainingRole.TRAIN: engine.Role.TRAINED,
            TrainingRole.CONTROL_CALIBRATION: engine.Role.CALIBRATION,
            TrainingRole.CONTROL_TEST: engine.Role.TEST,
        }[TrainingRole(role)]
    )


class _Work:
    """A run's generations as queries, and their scores against every training segment."""

    def __init__(self, run: AttributionRun, progress: Progress) -> None:
        from attribution import engine

        self.run = run
        self.generations = generations_of(run)
        found = scored(run.feature_store, self.generations, progress)
        self.queries, self.tracks, self.store = found.queries, found.tracks, found.store
        self.member_runs = found.member_runs
        rows = self._join_companions(found.rows)
        # two digits: rounding queries to 8 bits alone moved up to 1.3 % of a piece's money
        self.scores = engine.exact_scan(self.store, rows, digits=2)  # (members, q, n_segments)
        self.norms = engine.track_norms(
            self.store, self.tracks.segment_track, len(self.tracks.roles)
        )

    def probes(self) -> list[int]:
        planted = set(self.run.config["probes"])
        return [place for place, item in enumerate(self.generations) if str(item.pk) in planted]

    def companions(self) -> range:
        """The places after those of the generations."""
        return range(len(self.generations), int(self.query_generation.max()) + 1)

    def _join_companions(
        self, rows: "dict[str, engine.FloatArray]"
    ) -> "dict[str, engine.FloatArray]":
        """The rows with those of the companions after them, and `query_generation` with them."""
        known = Companions(self.tracks)
        places = known.track + len(self.generations)
        self.query_generation = np.concatenate([self.queries.generation, places])  # (q,)
        return {
            member: np.concatenate([own, known.rows(self.store, member)])
            for member, own in rows.items()
        }

    def row(self, item: "engine.GenerationAttribution") -> Attribution:
        """The packed row of one generation."""
        return Attribution(
            run=self.run,
            generation=self.generations[item.generation],
            track_ids=[int(self.tracks.track_ids[share.track]) for share in item.shares],
            share_ppb=[share.share_ppb for share in item.shares],
            low_ppb=[share.low_ppb for share in item.shares],
            high_ppb=[share.high_ppb for share in item.shares],
            unattributed_ppb=item.unattributed_ppb,
            has_model_interval=item.model_interval,
            evidence=[[self._pair(pair) for pair in share.evidence] for share in item.shares],
        )

    def _pair(self, pair: "engine.Evidence") -> list[float]:
        """[segment of the generation, segment of the track, score], both counted from 0."""
        within = self.tracks.number_in_track(pair.segment)
        return [int(self.queries.number[pair.query]), within, round(pair.score, 3)]


@dataclass(frozen=True)
class _Verdict:
    """What a run says of itself."""

    quality: dict[str, Any] = field(default_factory=dict)
    objections: Sequence[str] = ()
    report: dict[str, Any] = field(default_factory=dict)


def _write(run: AttributionRun, rows: list[Attribution], verdict: _Verdict) -> None:
    """Write all rows and the verdict in one transaction; of two workers, the first one's stay."""
    with transaction.atomic():
        locked = AttributionRun.objects.select_for_update().get(pk=run.pk)
        if locked.finished_at is None:
            Attribution.objects.bulk_create(rows, batch_size=1000)
            locked.quality, locked.objections = verdict.quality, list(verdict.objections)
            locked.report, locked.finished_at = verdict.report, timezone.now()
            jobs = Job.objects.filter(kind=KIND, key=str(run.pk))
            locked.worker_seconds = worker_seconds(jobs, locked.finished_at)
            locked.save(update_fields=WRITTEN_AT_THE_END)
            tell_run(locked, rows)
