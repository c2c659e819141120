"""Which function does which job of the catalogue's core."""

from catalog.services import outlines
from common.jobs.registry import handler

handler(outlines.KIND)(outlines.draw_outline)
