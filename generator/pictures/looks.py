"""What a card for sharing says, and how a theme wants it to look: `look` reads that."""

import re
from pathlib import Path

from generator.anatomy import Struct

PANEL, INK = "#ffcb2e", "#17150f"  # where a theme names no colours


class Words(Struct, frozen=True):
    """What a card says. All of it must be true for as long as the card is shared: no dates, no prices."""

    title: str
    line: str = ""
    venue: str = ""


class Look(Struct, frozen=True):
    """How a card looks: its colours as #rrggbb, and the files of its fonts; without any, a font of Pillow's own."""

    panel: str = PANEL
    text: str = INK
    accent: str = INK
    fonts: tuple[Path, ...] = ()


def look(folders: tuple[Path, ...]) -> Look:
    """How a theme's cards look: in its fonts, and in its colours `--brand` and `--on-brand` where they are #rrggbb."""
    sheets = [folder / "assets" / name for name in ("brand.css", "site.css") for folder in folders]
    said = [sheet.read_text("utf-8", errors="replace") for sheet in sheets if sheet.is_file()]
    ink = _colour("--on-brand", said) or INK
    return Look(_colour("--brand", said) or PANEL, ink, ink, theme_fonts(folders))


def _colour(name: str, stylesheets: list[str]) -> str:
    """The first value of a custom property that is a colour in six digits; "" where there is none."""
    found = (re.search(rf"(?<![\w-]){name}:\s*(#[0-9a-fA-F]{{6}})\b", sheet) for sheet in stylesheets)
    return next((value[1] for value in found if value), "")


def theme_fonts(folders: tuple[Path, ...]) -> tuple[Path, ...]:
    """The fonts of a theme: those in `assets/fonts/` of the first folder that has any, the plainest name first."""
    for folder in folders:
        fonts = [file for file in (folder / "assets" / "fonts").glob("*.woff2") if "italic" not in file.name.lower()]
        if fonts:
            return tuple(sorted(fonts, key=lambda file: (len(file.name), file.name)))
    return ()
