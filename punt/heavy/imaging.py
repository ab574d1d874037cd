"""Uploaded pictures: checked, cropped to a square and encoded again, so that nothing else of the file is kept."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageOps

from punt.errors import Invalid, TookTooLong
from punt.heavy.processes import Failed, Late, in_process
from punt.heavy.turns import Turns
from punt.language import _, later

SIDE = 256
"""Width and height of a stored picture, in pixels."""
MOST_PIXELS = 20_000_000
"""Pixels of an uploaded picture; a small file may declare far more, and each takes memory."""
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
"""The only accepted formats: Pillow reads dozens more, each with code of its own to exploit."""
QUALITY = 85
TIMEOUT = 30
"""Seconds that a picture may take."""
BROKEN = later("This is not a PNG, JPEG, WebP or GIF picture, or it is broken.")
TOO_MANY = later("This has too many pixels: at most %(most)s million.")

TURNS = Turns(line=50, timeout=TIMEOUT)
"""One picture at a time for each worker: a large one takes some 200 MB for a moment."""


def square(content: bytes) -> bytes:
    """Make a WebP of 256 by 256 pixels from the middle of a picture; of an animated one, from its first frame.

    :raises Invalid: when it is not a picture in an accepted format, is broken, or has too many pixels.
    :raises TookTooLong: when that is not known in time.
    """
    with TURNS.one():
        try:
            made = in_process(TIMEOUT, made_from, content)
        except Late:
            raise TookTooLong from None
        except Failed:  # a decoder may crash, too
            made = BROKEN
    if isinstance(made, str):
        raise Invalid.field("picture", _(made, most=MOST_PIXELS // 1_000_000))
    return made


def made_from(content: bytes) -> bytes | str:
    """Make the square, or say what is wrong."""
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return TOO_MANY
            return _webp(_cut(picture))
    except Image.DecompressionBombError:
        return TOO_MANY
    except Exception:  # broken input makes decoders raise anything
        return BROKEN


def _cut(picture: Image.Image) -> Image.Image:
    """Crop the square from the middle, the right way up."""
    picture.draft("RGB", (2 * SIDE, 2 * SIDE))  # a JPEG can be decoded at a smaller size
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    whole = picture if picture.mode == mode else picture.convert(mode)
    return ImageOps.exif_transpose(ImageOps.fit(whole, (SIDE, SIDE), Image.Resampling.LANCZOS))


def _webp(picture: Image.Image) -> bytes:
    picture.info.clear()  # otherwise the colour profile would be written as well
    kept = BytesIO()
    picture.save(kept, "WEBP", quality=QUALITY)
    return kept.getvalue()
