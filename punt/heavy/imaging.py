"""Pictures that people send: checked, cut to a square and written anew, so that nothing else of the file is kept."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageOps

from punt.errors import Invalid, TookTooLong
from punt.heavy.processes import Failed, Late, elsewhere
from punt.heavy.turns import Turns

SIDE = 256
"""Pixels of a kept picture's side."""
MOST_PIXELS = 20_000_000
"""Pixels of a picture that is sent; a small file may claim far more, and each takes memory."""
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
"""What is looked for at all: Pillow reads dozens of formats more, each with code of its own to break."""
QUALITY = 85
PATIENCE = 30
"""Seconds that a picture may take."""
BROKEN = "This is not a PNG, JPEG, WebP or GIF picture, or it is broken."

TURNS = Turns(line=50, patience=PATIENCE)
"""One picture at a time for each worker: a large one takes some 200 MB for a moment."""


def square(content: bytes) -> bytes:
    """Make a WebP of 256 by 256 pixels from the middle of a picture; of one that moves, from its first frame.

    :raises Invalid: when it is no picture of a known format, is broken, or has too many pixels.
    :raises TookTooLong: when that is not known in time.
    """
    with TURNS.one():
        try:
            made = elsewhere(PATIENCE, made_from, content)
        except Late:
            raise TookTooLong from None
        except Failed:  # a decoder may crash, too
            made = BROKEN
    if isinstance(made, str):
        raise Invalid.field("picture", made)
    return made


def made_from(content: bytes) -> bytes | str:
    """Make the square, or say what is wrong."""
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return f"This has too many pixels: at most {MOST_PIXELS // 1_000_000} million."
            return _webp(_cut(picture))
    except Image.DecompressionBombError:
        return f"This has too many pixels: at most {MOST_PIXELS // 1_000_000} million."
    except Exception:  # what is broken makes decoders raise anything
        return BROKEN


def _cut(picture: Image.Image) -> Image.Image:
    """Take the square from the middle, the right way up."""
    picture.draft("RGB", (2 * SIDE, 2 * SIDE))  # a JPEG can be read smaller than it is
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    whole = picture if picture.mode == mode else picture.convert(mode)
    return ImageOps.exif_transpose(ImageOps.fit(whole, (SIDE, SIDE), Image.Resampling.LANCZOS))


def _webp(picture: Image.Image) -> bytes:
    picture.info.clear()  # or the colour profile would be written along
    kept = BytesIO()
    picture.save(kept, "WEBP", quality=QUALITY)
    return kept.getvalue()
