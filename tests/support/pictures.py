"""Pictures to send, good and hostile."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image, ImageCms, PngImagePlugin

GPS = 0x8825


def picture(kind: str = "PNG", size: tuple[int, int] = (320, 200), color: Any = "#0f7b4d", **options: Any) -> bytes:
    """Write a picture of one colour."""
    mode = options.pop("mode", "RGB")
    return written(Image.new(mode, size, color), kind, **options)


def written(image: Image.Image, kind: str, **options: Any) -> bytes:
    """Write a picture as a file of some format."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def halves(left: str, right: str, size: tuple[int, int] = (400, 400)) -> Image.Image:
    """Draw two halves side by side."""
    image = Image.new("RGB", size, right)
    image.paste(left, (0, 0, size[0] // 2, size[1]))
    return image


def telling(kind: str) -> bytes:
    """A picture with metadata: where it was taken, with what, by whom, its colour profile; and it is rotated."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x013B] = 6, "SecretCamera", "SecretAuthor"
    exif.get_ifd(GPS).update({1: "N", 2: (53.0, 33.0, 7.0), 3: "E", 4: (9.0, 59.0, 36.0)})
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    xmp = b"<x:xmpmeta><SecretPlace/></x:xmpmeta>"
    options = {"exif": exif, "icc_profile": profile, "xmp": xmp, "quality": 95}
    if kind == "JPEG":
        options["comment"] = b"SecretComment"
    return written(halves("#ff0000", "#0000ff"), kind, **options)


def moving(kind: str) -> bytes:
    """An animated picture: red first, then blue."""
    frames = [Image.new("RGB", (64, 64), color) for color in ("#ff0000", "#0000ff")]
    return written(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that declares to be huge, and is: compressed black rows."""
    rows = zlib.compressobj(9)
    row = b"\0" * (1 + (width + 7) // 8)
    body = b"".join(rows.compress(row) for _ in range(height)) + rows.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def text_bomb() -> bytes:
    """A small PNG with a compressed text of 100 MB."""
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", "x" * 100_000_000, zip=True)
    return picture(pnginfo=told)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


PICTURE = picture()
