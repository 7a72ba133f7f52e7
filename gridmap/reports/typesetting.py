"""Set pages: data as JSON into one of the templates, out come PDF or PNG.

The templates lie in `templates/`; they hold the looks, never a figure. Typefaces are those of `assets`,
embedded into the PDF as far as their letters are used; without them the system's take their place.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

import typst

from gridmap.errors import UsageError
from gridmap.exporting import printable
from gridmap.watermarks import on_paper

Form = Literal["pdf", "png"]
_FORMS: tuple[Form, ...] = ("pdf", "png")

_TEMPLATES = Path(__file__).parent / "templates"
_FONTS = Path(__file__).parent.parent / "assets" / "vendor"
#: Dots per inch of a picture: sharp in print, light in a message.
_PPI = 200.0


def typeset(
    template: str,
    data: Mapping[str, Any],
    *,
    form: Form = "pdf",
    ppi: float = _PPI,
    at: datetime | None = None,
) -> bytes:
    """Set data into a template.

    Parameters
    ----------
    template : name of a file of `templates/` without its ending
    data : what the template shows; anything JSON can say
    form : pdf, or png: the first page as a picture
    ppi : dots per inch of a picture
    at : the moment written into the PDF as that of its making; none when omitted, so that equal data give
        equal files

    Returns
    -------
    The file, with the watermark of the moment at the foot of its pages
    """
    pages: Any = typst.compile(
        str(_TEMPLATES / f"{template}.typ"), root=str(_TEMPLATES), font_paths=_fonts(), format=form, ppi=ppi,
        sys_inputs={"data": json.dumps(printable(on_paper(data)), ensure_ascii=False)}, timestamp=at,
    )  # fmt: skip
    return bytes(pages[0] if isinstance(pages, list) else pages)


def form_named(text: str) -> Form:
    """Return the form with this name.

    Raises
    ------
    UsageError : when there is none
    """
    for form in _FORMS:
        if form == text:
            return form
    raise UsageError(f"There is no form '{text}'. Choose one of: {', '.join(_FORMS)}.")


def raster(svg: str, *, width_mm: float, height_mm: float, ppi: float = _PPI) -> bytes:
    """Return a drawing as PNG, for programs that read no SVG."""
    data = {"svg": svg, "width": width_mm, "height": height_mm}
    return typeset("drawing", data, form="png", ppi=ppi)


@cache
def _fonts() -> typst.Fonts:
    own = any(_FONTS.glob("*.ttf"))
    return typst.Fonts(include_system_fonts=not own, font_paths=[str(_FONTS)] if own else [])
