"""Colours, letters and spacing of the screens, light and dark, desk and wall.

Everything is measured in rem: on a wall of 3,840 dots the root grows, and all of it with the root.
One accent; red only for what is late or dangerous.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from gridmap import maps

FONT = '"Noto Sans SC", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif'


@dataclass(frozen=True)
class Palette:
    """Hold the colours of a screen and the paint of its maps."""

    page: str
    card: str
    line: str
    text: str
    soft: str
    accent: str
    accent_soft: str
    good: str
    bad: str
    notice: str
    notice_text: str
    paint: maps.Paint
    series: tuple[str, ...]


LIGHT = Palette(
    page="#eef1f5", card="#ffffff", line="#dfe4ea", text="#1b2733", soft="#5b6875", accent="#1767b0",
    accent_soft="#e3eef8", good="#0b7a5c", bad="#c3272b", notice="#fff3d6", notice_text="#7a4b00",
    paint=maps.LIGHT, series=("#1767b0", "#41b6c4", "#e69f00"),
)  # fmt: skip
DARK = Palette(
    page="#0b1016", card="#131a22", line="#26313c", text="#e8eef4", soft="#9aa8b6", accent="#5aaef0",
    accent_soft="#17324a", good="#3fc79a", bad="#ff6b6b", notice="#3a2c0d", notice_text="#ffcf70",
    paint=maps.DARK, series=("#5aaef0", "#4fd1c5", "#ffb347"),
)  # fmt: skip


#: From this width and height on, everything is drawn so much larger; the style sheet has the same.
_SCALES = ((3000, 1500, 2.0), (2400, 1200, 1.3), (0, 0, 1.0))


#: Dots that the longer side of the land has; with a graphics card one can go nearer before it shows.
_DETAIL, _DETAIL_BY_SOFTWARE = 2000, 700


@dataclass(frozen=True)
class Screen:
    """Hold the size of the reader's screen in CSS pixels and whether it can draw WebGL.

    Parameters
    ----------
    width, height : size of the window; a usual desk screen until the browser has told
    webgl : False where maps must be drawn as still pictures
    software : whether the processor draws the maps, for want of a graphics card
    zoom : drawn this much larger than usual on a screen of this size
    """

    width: int = 1920
    height: int = 1080
    webgl: bool = True
    software: bool = False
    zoom: float = 1.0

    @property
    def scale(self) -> float:
        """Return how much larger than at a desk everything is drawn; a low, wide wall is no larger."""
        usual = next(scale for least, high, scale in _SCALES if self.width >= least and self.height >= high)
        return usual * self.zoom

    @property
    def is_phone(self) -> bool:
        """Return whether the columns stand below each other."""
        return self.width < 800

    @property
    def is_wide(self) -> bool:
        """Return whether everything of a page's head has room in one line."""
        return self.width / self.scale > 1700

    @property
    def detail(self) -> int:
        """Return how many dots the longer side of the land is drawn with.

        A processor takes long over every corner of a shape: it gets those that can be seen.
        """
        return round(_DETAIL_BY_SOFTWARE * self.scale) if self.software else _DETAIL

    def px(self, rem: float) -> int:
        """Return a length in rem as pixels of this screen."""
        return round(rem * 16 * self.scale)


def icon() -> bytes:
    """Return the picture of the browser's tab: four cells, one of them hot; nothing is fetched."""
    picture = np.zeros((32, 32, 4), np.uint8)
    cells = ((2, 2, "#1767b0"), (17, 2, "#41b6c4"), (2, 17, "#41b6c4"), (17, 17, "#e69f00"))
    for left, top, colour in cells:
        picture[top : top + 13, left : left + 13] = maps.rgba(colour)
    return maps.png(picture)


def palette(kind: str | None) -> Palette:
    """Return the palette of a theme, `dark` or anything else."""
    return DARK if kind == "dark" else LIGHT


@cache
def css(kind: str | None) -> str:
    """Return the style sheet of the screens with the colours of a theme as variables."""
    return f":root{{{variables(palette(kind))}}}\n{sheet()}"


def letter_sizes() -> str:
    """Return the style that makes letters, and all that is measured by them, as large as a screen wants."""
    return "".join(
        f"@media (min-width:{width}px) and (min-height:{height}px)"
        f"{{html{{font-size:{16 * scale:g}px !important}}}}"
        for width, height, scale in reversed(_SCALES) if scale != 1.0
    )  # fmt: skip


def variables(colours: Palette) -> str:
    """Return the colours of a theme, and our letters, as variables of a style sheet."""
    named = "".join(
        f"--gm-{name.replace('_', '-')}:{value};"
        for name, value in vars(colours).items()
        if isinstance(value, str)
    )
    return f"{named}--gm-font:{FONT}"


@cache
def sheet() -> str:
    """Return the style sheet of the screens without its colours."""
    return (Path(__file__).parent / "style.css").read_text(encoding="utf-8")
