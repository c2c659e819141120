"""A file that makes its decoder crash, dally or grow costs that file, and nothing else."""

import sys
import time

import pytest

from catalog.media import MIDI, Prober, UnreadableMedia, decoder, probing
from tests.catalog.manifests import faults, midi

# Behaves as the first bytes after the header tell, under the real limits.
MISBEHAVING = """
import importlib.util, os, signal, sys, time
spec = importlib.util.spec_from_file_location("decoder", {decoder!r})
decoder = importlib.util.module_from_spec(spec)
spec.loader.exec_module(decoder)
decoder.CPU_SECONDS = 1
honest = decoder.midi_seconds

def midi_seconds(content):
    if b"CRASH" in content:
        os.kill(os.getpid(), signal.SIGSEGV)
    if b"DALLY" in content:
        time.sleep(60)
    if b"SPIN" in content:
        while True:
            pass
    if b"GROW" in content:
        return len(bytearray(2 << 30))
    if b"WRITE" in content:
        with open({target!r}, "wb") as handle:
            handle.write(b"x" * 100)
    if b"FILES" in content:
        return len([open("/dev/null") for _ in range(100)])
    if b"PRINT" in content:
        os.write(1, b'{{"seconds": 9}}')
    if b"NONSENSE" in content:
        return float("nan")
    return honest(content)

decoder.midi_seconds = midi_seconds
decoder.main()
"""


@pytest.fixture
def misbehaving(tmp_path, monkeypatch):
    script = tmp_path / "misbehaving.py"
    target = tmp_path / "written"
    script.write_text(MISBEHAVING.format(decoder=decoder.__file__, target=str(target)))
    monkeypatch.setattr(probing, "COMMAND", (sys.executable, "-I", "-B", str(script)))
    return target


def piece(trick: bytes) -> bytes:
    return midi(1) + trick


@pytest.mark.parametrize(
    ("trick", "said"),
    [
        (b"CRASH", "decoder crash"),
        (b"DALLY", "takes too long"),
        (b"SPIN", "takes too long"),
        (b"GROW", "1024 MiB of memory"),
        (b"FILES", "Too many open files"),
        (b"NONSENSE", "It lasts nan s"),
    ],
)
def test_trouble_is_one_file_s_and_the_next_is_decoded(misbehaving, monkeypatch, trick, said):
    # Who only waits is ended by the clock; whoever computes, by its own limit long before that.
    monkeypatch.setattr(probing, "WALL_SECONDS", 2.0 if trick == b"DALLY" else 40.0)
    started = time.monotonic()
    with Prober() as prober:
        assert prober.seconds(piece(b""), MIDI) == pytest.approx(4.0)
        with pytest.raises(UnreadableMedia, match=said):
            prober.seconds(piece(trick), MIDI)
        assert time.monotonic() - started < 30
        assert prober.seconds(piece(b""), MIDI) == pytest.approx(4.0)


def test_the_decoder_cannot_write_a_file(misbehaving):
    with Prober() as prober, pytest.raises(UnreadableMedia, match="File too large"):
        prober.seconds(piece(b"WRITE"), MIDI)
    assert not misbehaving.exists() or misbehaving.stat().st_size == 0


def test_what_a_decoder_prints_is_no_answer(misbehaving):
    with Prober() as prober:
        assert prober.seconds(piece(b"PRINT"), MIDI) == pytest.approx(4.0)


def test_a_child_is_replaced_after_its_share_of_files(monkeypatch):
    monkeypatch.setattr(decoder, "FILES_PER_CHILD", 2)
    with Prober() as prober:
        children = set()
        for seed in range(5):
            prober.seconds(midi(seed), MIDI)
            children.add(prober._child.pid)
    assert len(children) == 3


def test_no_child_outlives_its_use():
    with Prober() as prober:
        prober.seconds(midi(1), MIDI)
        child = prober._child
    assert child.poll() is not None


def test_a_piece_of_days_is_refused():
    endless = midi(1)[:22] + b"\x00\x90\x40\x40\xff\xff\xff\x7f\x80\x40\x00\x00\xff\x2f\x00"
    endless = endless[:18] + (len(endless) - 22).to_bytes(4, "big") + endless[22:]
    with Prober() as prober, pytest.raises(UnreadableMedia, match="at most 6 hours"):
        prober.seconds(endless, MIDI)


@pytest.mark.django_db
def test_one_crashing_file_among_many_is_one_row_s_error(folder, misbehaving):
    folder.add(1, 2, 3, 4)
    (folder.path / "3.mid").write_bytes(midi(3) + b"CRASH")
    report = folder.bring_in()
    assert faults(report) == [(4, "file")]


@pytest.mark.django_db
def test_files_that_are_known_are_not_decoded_again(folder, monkeypatch):
    folder.add(1, 2).bring_in()
    monkeypatch.setattr(probing, "COMMAND", ("/bin/false",))
    started = time.monotonic()
    assert folder.bring_in().unchanged_count == 2
    assert time.monotonic() - started < 5
