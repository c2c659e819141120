from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast


T = TypeVar("T", bound="Measures")


@_attrs_define
class Measures:
    """What is measured of a recording when it is taken in (docs/concepts/audio.md).

    Attributes:
        samples_per_second (int): Of the file.
        n_channels (int): Of the file.
        loudness_lufs (float | None): Of the whole (ITU-R BS.1770-4); null if it is too short or too quiet to say.
        true_peak_dbtp (float | None): Of the wave between the samples; null for no sound at all.
        sample_peak_dbfs (float | None): Of the samples; null for no sound at all.
        dc_percent (float): Of full scale: how far the middle of the wave is off, in the worst channel.
        silent_seconds (float): In which every channel stays below -60 dBFS.
        silent_start_seconds (float): Of silence before the first sound.
        silent_end_seconds (float): Of silence after the last sound.
        clipped_samples (int): At full scale, three or more in a row: cut off.
        clipped_runs (int): Such rows.
    """

    samples_per_second: int
    n_channels: int
    loudness_lufs: float | None
    true_peak_dbtp: float | None
    sample_peak_dbfs: float | None
    dc_percent: float
    silent_seconds: float
    silent_start_seconds: float
    silent_end_seconds: float
    clipped_samples: int
    clipped_runs: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        samples_per_second = self.samples_per_second

        n_channels = self.n_channels

        loudness_lufs: float | None
        loudness_lufs = self.loudness_lufs

        true_peak_dbtp: float | None
        true_peak_dbtp = self.true_peak_dbtp

        sample_peak_dbfs: float | None
        sample_peak_dbfs = self.sample_peak_dbfs

        dc_percent = self.dc_percent

        silent_seconds = self.silent_seconds

        silent_start_seconds = self.silent_start_seconds

        silent_end_seconds = self.silent_end_seconds

        clipped_samples = self.clipped_samples

        clipped_runs = self.clipped_runs

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "samples_per_second": samples_per_second,
                "n_channels": n_channels,
                "loudness_lufs": loudness_lufs,
                "true_peak_dbtp": true_peak_dbtp,
                "sample_peak_dbfs": sample_peak_dbfs,
                "dc_percent": dc_percent,
                "silent_seconds": silent_seconds,
                "silent_start_seconds": silent_start_seconds,
                "silent_end_seconds": silent_end_seconds,
                "clipped_samples": clipped_samples,
                "clipped_runs": clipped_runs,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        samples_per_second = d.pop("samples_per_second")

        n_channels = d.pop("n_channels")

        def _parse_loudness_lufs(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        loudness_lufs = _parse_loudness_lufs(d.pop("loudness_lufs"))

        def _parse_true_peak_dbtp(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        true_peak_dbtp = _parse_true_peak_dbtp(d.pop("true_peak_dbtp"))

        def _parse_sample_peak_dbfs(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        sample_peak_dbfs = _parse_sample_peak_dbfs(d.pop("sample_peak_dbfs"))

        dc_percent = d.pop("dc_percent")

        silent_seconds = d.pop("silent_seconds")

        silent_start_seconds = d.pop("silent_start_seconds")

        silent_end_seconds = d.pop("silent_end_seconds")

        clipped_samples = d.pop("clipped_samples")

        clipped_runs = d.pop("clipped_runs")

        measures = cls(
            samples_per_second=samples_per_second,
            n_channels=n_channels,
            loudness_lufs=loudness_lufs,
            true_peak_dbtp=true_peak_dbtp,
            sample_peak_dbfs=sample_peak_dbfs,
            dc_percent=dc_percent,
            silent_seconds=silent_seconds,
            silent_start_seconds=silent_start_seconds,
            silent_end_seconds=silent_end_seconds,
            clipped_samples=clipped_samples,
            clipped_runs=clipped_runs,
        )

        measures.additional_properties = d
        return measures

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
