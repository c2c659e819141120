/**
 * A small instrument: each note one oscillator with a few partials, struck and fading like a
 * string, darker as it fades. Whatever is played at once, nothing leaves louder than full scale.
 */

const PARTIALS = [1, 0.4, 0.22, 0.1, 0.05, 0.02];
const MOST_VOICES = 64;
const LOUDEST = 0.2; // of one note, so that a chord of five stays below the limiter
const ATTACK = 0.006;
const RELEASE = 0.07;
const CUT = 0.012;

export class Sound {
  #context = new AudioContext();
  #volume = this.#context.createGain();
  #wave = this.#context.createPeriodicWave(
    new Float32Array(PARTIALS.length + 1),
    new Float32Array([0, ...PARTIALS]),
  );
  #voices = new Set();

  constructor(volume) {
    const limiter = new DynamicsCompressorNode(this.#context, {
      threshold: -10,
      knee: 6,
      ratio: 16,
      attack: 0.002,
      release: 0.15,
    });
    this.#volume.gain.value = volume;
    // A limiter needs a moment to act; the curve after it keeps even that moment from clipping.
    this.#volume.connect(limiter).connect(this.#rounder()).connect(this.#context.destination);
  }

  /** The sound clock, in seconds. */
  get now() {
    return this.#context.currentTime;
  }

  /** Browsers let a page sound only after its reader did something. */
  async wake() {
    await this.#context.resume();
  }

  setVolume(volume) {
    this.#volume.gain.setTargetAtTime(volume, this.now, CUT);
  }

  play({ at, duration, pitch, velocity }) {
    if (this.#voices.size >= MOST_VOICES) return;
    const start = Math.max(at, this.now);
    const end = start + Math.max(duration, ATTACK * 2);
    const frequency = 440 * 2 ** ((pitch - 69) / 12);
    const oscillator = new OscillatorNode(this.#context, { frequency, periodicWave: this.#wave });
    const envelope = this.#envelope(start, end, pitch, velocity);
    const out = new GainNode(this.#context);
    oscillator.connect(this.#tone(start, frequency, velocity)).connect(envelope).connect(out);
    out.connect(this.#volume);
    oscillator.start(start);
    oscillator.stop(end + RELEASE * 6);
    const voice = { oscillator, out };
    this.#voices.add(voice);
    oscillator.onended = () => {
      out.disconnect();
      this.#voices.delete(voice);
    };
  }

  /** End all notes, those that were to come too, without a click. */
  silence() {
    for (const { oscillator, out } of this.#voices) {
      out.gain.setTargetAtTime(0, this.now, CUT);
      oscillator.stop(this.now + CUT * 6);
    }
    this.#voices.clear();
  }

  /** High strings fade sooner than low ones. */
  #envelope(start, end, pitch, velocity) {
    const envelope = new GainNode(this.#context, { gain: 0 });
    const peak = LOUDEST * (0.3 + 0.7 * (velocity / 127));
    const fade = 1.6 * 2 ** ((60 - pitch) / 24);
    envelope.gain.setValueAtTime(0, start);
    envelope.gain.linearRampToValueAtTime(peak, start + ATTACK);
    envelope.gain.setTargetAtTime(peak * 0.12, start + ATTACK, fade);
    envelope.gain.setTargetAtTime(0, end, RELEASE);
    return envelope;
  }

  #tone(start, frequency, velocity) {
    const bright = Math.min(frequency * (3 + velocity / 32), 12000);
    const tone = new BiquadFilterNode(this.#context, { type: "lowpass", Q: 0.5 });
    tone.frequency.setValueAtTime(bright, start);
    tone.frequency.setTargetAtTime(Math.min(frequency * 2, 12000), start, 0.35);
    return tone;
  }

  /** Straight where it is soft, bent where it is loud, and never beyond 1. */
  #rounder() {
    const curve = Float32Array.from({ length: 1025 }, (_, place) => Math.tanh(place / 512 - 1));
    return new WaveShaperNode(this.#context, { curve });
  }
}
