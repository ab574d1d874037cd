"""Pictures of people: encoded again, harmless, and only for people who are signed in."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from punt.database import writing
from punt.heavy.imaging import square
from punt.models import UserSession
from tests.support.board import fields, nothing_changes
from tests.support.pictures import PICTURE, bomb, halves, moving, picture, telling, text_bomb, written

ADDRESS = "/api/me/picture"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>'
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>"
EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\nshowpage\n"
HOSTILE: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "a text": lambda: b"hello",
    "a page": lambda: b"<!doctype html><script>alert(1)</script>",
    "an SVG": lambda: SVG,
    "a packed SVG": lambda: b"\x1f\x8b\x08" + SVG,
    "a PDF": lambda: PDF,
    "a PostScript": lambda: EPS,
    "a TIFF": lambda: picture("TIFF"),
    "a BMP": lambda: picture("BMP"),
    "an icon": lambda: picture("ICO"),
    "a cut off PNG": lambda: PICTURE[:-40],
    "a cut off JPEG": lambda: picture("JPEG", color="#123456")[:-400],
    "a cut off WebP": lambda: picture("WEBP")[:-20],
    "only the beginning of a PNG": lambda: PICTURE[:20],
    "a PNG with a broken sum": lambda: PICTURE.replace(b"IHDR\0\0", b"IHDR\0\1", 1),
    "a GIF without pixels": lambda: b"GIF89a\0\0\0\0\0\0\0;",
    "a PNG with too many pixels": lambda: bomb(20_000, 10_000),
    "a PNG with far too many pixels": lambda: bomb(60_000, 50_000),
    "a WebP with too many pixels": lambda: picture("WEBP", (6000, 4000), quality=1),
    "a GIF with too many pixels": lambda: picture("GIF", (6000, 4000)),
    "a PNG with a packed text": lambda: text_bomb(),
}
"""Created when they are sent: some take seconds and hundreds of megabytes."""


def put(client: FlaskClient, content: bytes) -> Any:
    """Send a picture."""
    return client.put(ADDRESS, data=content, content_type="image/png")


def seen(client: FlaskClient, content: bytes) -> Image.Image:
    """Upload a picture and return what others see."""
    answer = put(client, content)
    assert answer.status_code == 200, answer.text
    return Image.open(io.BytesIO(client.get(answer.json["avatarUrl"]).data))


def reddish(color: Any) -> bool:
    return bool(color[0] > 200 and color[1] < 60 and color[2] < 60)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
@pytest.mark.parametrize("size", [(320, 200), (1, 1), (3, 900), (256, 256), (4000, 3000)], ids=str)
def test_a_picture_becomes_a_square_webp(bob: FlaskClient, kind: str, size: tuple[int, int]) -> None:
    image = seen(bob, picture(kind, size, "#ff0000"))

    assert (image.format, image.size) == ("WEBP", (256, 256))
    assert reddish(image.convert("RGB").getpixel((128, 128)))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_a_png_of_any_mode_is_taken(bob: FlaskClient, mode: str) -> None:
    assert seen(bob, picture("PNG", mode=mode, color=1 if mode in {"1", "I;16"} else None)).size == (256, 256)


def test_a_printers_jpeg_is_taken(bob: FlaskClient) -> None:
    assert reddish(seen(bob, picture("JPEG", mode="CMYK", color=(0, 255, 255, 0))).convert("RGB").getpixel((9, 9)))


def test_what_was_seen_through_still_is(bob: FlaskClient) -> None:
    image = seen(bob, picture("PNG", mode="RGBA", color=(255, 0, 0, 0)))

    assert image.getpixel((128, 128))[3] == 0  # type: ignore[index]


def test_the_middle_of_the_picture_is_kept(bob: FlaskClient) -> None:
    wide = Image.new("RGB", (900, 300), "#0000ff")
    wide.paste("#ff0000", (300, 0, 600, 300))

    image = seen(bob, written(wide, "PNG")).convert("RGB")

    assert all(reddish(image.getpixel(place)) for place in ((4, 4), (251, 251), (4, 251)))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_that_a_photo_tells_is_kept_and_it_stands_upright(bob: FlaskClient, kind: str) -> None:
    image = seen(bob, telling(kind))

    content = bob.get(put(bob, telling(kind)).json["avatarUrl"]).data
    assert not dict(image.getexif())
    assert not {"exif", "icc_profile", "xmp", "comment"} & image.info.keys()
    assert not [word for word in (b"Secret", b"EXIF", b"ICCP", b"XMP ", b"sRGB") if word in content]
    assert reddish(image.convert("RGB").getpixel((128, 20)))
    assert not reddish(image.convert("RGB").getpixel((128, 236)))


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_a_picture_that_moves_the_first_frame_is_kept(bob: FlaskClient, kind: str) -> None:
    image = seen(bob, moving(kind))

    assert not getattr(image, "is_animated", False)
    assert reddish(image.convert("RGB").getpixel((128, 128)))


@pytest.mark.parametrize("tail", [b"<script>alert(1)</script>", SVG, b"PK\x03\x04" + b"x" * 99, b"#!/bin/sh\nid\n"])
def test_of_a_file_that_is_also_something_else_only_the_picture_is_kept(bob: FlaskClient, tail: bytes) -> None:
    polyglots = [picture("GIF") + tail, picture("JPEG", comment=tail) + tail, PICTURE + tail]

    kept = [bob.get(put(bob, each).json["avatarUrl"]).data for each in polyglots]

    assert not [each for each in kept if tail in each]
    assert {Image.open(io.BytesIO(each)).format for each in kept} == {"WEBP"}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_no_picture_is_refused(app: Flask, bob: FlaskClient, kind: str) -> None:
    with nothing_changes(app):
        answer = put(bob, HOSTILE[kind]())

    assert (answer.status_code, fields(answer)) == (400, ["picture"])


def test_a_picture_that_is_not_made_in_time_is_not_called_broken(
    app: Flask, bob: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("punt.heavy.imaging.TIMEOUT", 0.01)

    with nothing_changes(app):
        answer = put(bob, picture())

    assert answer.status_code == 503


def test_too_many_pixels_are_refused_by_their_number(bob: FlaskClient) -> None:
    answers = [put(bob, HOSTILE[f"a PNG with {count} pixels"]()) for count in ("too many", "far too many")]

    assert [answer.json["details"][0]["message"] for answer in answers] == [
        "This has too many pixels: at most 20 million."
    ] * 2


def test_more_than_2_mb_are_413(app: Flask, bob: FlaskClient) -> None:
    with nothing_changes(app):
        answer = put(bob, PICTURE + b"x" * (2 * 1024 * 1024 - len(PICTURE) + 1))

    assert (answer.status_code, answer.json) == (413, {"error": "This is too large: at most 2 MB."})
    assert put(bob, PICTURE + b"x" * (2 * 1024 * 1024 - len(PICTURE))).status_code == 200


def test_a_picture_is_sent_as_nothing_but_a_picture(bob: FlaskClient) -> None:
    address = put(bob, PICTURE).json["avatarUrl"]

    answer = bob.get(address)

    assert (answer.status_code, answer.content_type) == (200, "image/webp")
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert not answer.headers.getlist("Set-Cookie")


def test_who_is_signed_in_sees_it_and_nobody_else(app: Flask, bob: FlaskClient, charlie: FlaskClient) -> None:
    address = put(bob, PICTURE).json["avatarUrl"]

    assert charlie.get(address).status_code == 200
    assert app.test_client().get(address).status_code == 401


@pytest.mark.parametrize("name", ["x", "0" * 64, "../secret", "%2e%2e%2fsecret", "%"])
def test_an_address_that_nobody_has_is_404(bob: FlaskClient, name: str) -> None:
    put(bob, PICTURE)

    assert bob.get(f"/avatars/{name}.webp").status_code == 404


def test_another_picture_has_another_address_and_the_same_the_same(bob: FlaskClient) -> None:
    one, other = PICTURE, written(halves("#ff0000", "#0000ff"), "PNG")

    addresses = [put(bob, each).json["avatarUrl"] for each in (one, other, one)]

    assert addresses[0] == addresses[2] != addresses[1]
    assert bob.get(addresses[1]).status_code == 404


def test_two_people_may_have_the_same_picture(alice: FlaskClient, bob: FlaskClient) -> None:
    address = put(alice, PICTURE).json["avatarUrl"]
    assert put(bob, PICTURE).json["avatarUrl"] == address

    assert alice.delete(ADDRESS).status_code == 204

    assert bob.get(address).status_code == 200


def test_a_removed_picture_is_gone(bob: FlaskClient) -> None:
    address = put(bob, PICTURE).json["avatarUrl"]

    answers = [bob.delete(ADDRESS), bob.delete(ADDRESS)]

    assert [answer.status_code for answer in answers] == [204, 204]
    assert bob.get(address).status_code == 404
    assert bob.get("/api/me").json["avatarUrl"] is None  # type: ignore[index]


def test_the_same_picture_again_changes_nothing(app: Flask, bob: FlaskClient) -> None:
    put(bob, PICTURE)

    with nothing_changes(app):
        assert put(bob, PICTURE).status_code == 200


def test_a_session_that_ends_while_the_picture_is_made_changes_nothing(
    app: Flask, bob: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sign_out_meanwhile(content: bytes) -> bytes:
        webp = square(content)
        with app.app_context(), writing() as session:
            session.execute(sa.delete(UserSession))
        return webp

    monkeypatch.setattr("punt.services.pictures.square", sign_out_meanwhile)

    assert put(bob, PICTURE).status_code == 401
