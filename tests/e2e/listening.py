"""Hears what a page plays: listens in where Web Audio hands its samples to the speakers."""

from playwright.sync_api import Page

LISTEN = """
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (target, ...rest) {
  if (target instanceof AudioDestinationNode) {
    const ear = target.context.createAnalyser();
    ear.fftSize = 2048;
    connect.call(this, ear);
    window.ears = [...(window.ears ?? []), ear];
  }
  return connect.call(this, target, ...rest);
};
"""
LOUDEST = """async (milliseconds) => {
  let loudest = 0;
  const samples = new Float32Array(2048);
  const end = performance.now() + milliseconds;
  while (performance.now() < end) {
    for (const ear of window.ears ?? []) {
      ear.getFloatTimeDomainData(samples);
      loudest = Math.max(loudest, ...samples.map(Math.abs));
    }
    await new Promise((done) => setTimeout(done, 20));
  }
  return loudest;
}"""


def listen_to(page: Page) -> None:
    """From the next page load on, hear what the page plays."""
    page.add_init_script(LISTEN)


def loudest(page: Page, milliseconds: int) -> float:
    """The loudest sample that was played in the next while; 1 is full scale, 0 is silence."""
    return float(page.evaluate(LOUDEST, milliseconds))
