"""Forwarded headers are trusted only as far as ``PUNT_PROXY_COUNT`` says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx

from tests.support.cast import PASSWORD
from tests.support.server import Server

CLAIMS = {
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Protocol": "ssl",
    "X-Forwarded-Ssl": "on",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-For": "192.0.2.7",
    "X-Forwarded-Prefix": "/evil",
    "X-Forwarded-Port": "444",
    "Forwarded": "for=192.0.2.7;proto=https;host=evil.example",
    "X-Scheme": "https",
    "Script-Name": "/login",
}
REFUSED = [{"SCRIPT_NAME": "/login"}, {"PATH_INFO": "/api/me"}, {"REMOTE_USER": "sue"}, {"HTTP_HOST": "evil.example"}]


def sign_in(server: Server, **headers: str) -> httpx.Response:
    credentials = {"username": "bob", "password": PASSWORD}
    return httpx.post(f"{server.url}/api/auth/login", json=credentials, headers=headers, timeout=20)


def test_without_a_proxy_no_claim_is_believed(server: Server) -> None:
    for name, value in CLAIMS.items():
        answer = sign_in(server, **{name: value})

        assert answer.status_code == 200, name
        assert "Secure" not in answer.headers["Set-Cookie"], name
        assert "Strict-Transport-Security" not in answer.headers, name


def test_without_a_proxy_no_claim_changes_where_a_client_is_sent(server: Server) -> None:
    for headers in (CLAIMS, *REFUSED):
        answer = httpx.get(f"{server.url}/profile", headers=headers, timeout=20)

        assert (answer.status_code, answer.headers["Location"]) == (302, "/login?next=/profile"), headers


def test_claims_that_contradict_each_other_are_no_bad_request(server: Server) -> None:
    answer = sign_in(server, **{"X-Forwarded-Proto": "https", "X-Forwarded-Ssl": "off"})

    assert answer.status_code == 200


class OnUnixSocket(Server):
    """A server that listens on a socket in its instance folder; gunicorn would trust whoever connects there."""

    @property
    def path(self) -> str:
        return str(self.instance / "punt.sock")

    @property
    def environ(self) -> dict[str, str]:
        return super().environ | {"PUNT_BIND": f"unix:{self.path}"}

    def caller(self) -> httpx.Client:
        return httpx.Client(transport=httpx.HTTPTransport(uds=self.path), base_url="http://punt", timeout=20)

    def _answers(self) -> bool:
        try:
            with self.caller() as client:
                return client.get("/healthz").status_code == 200
        except httpx.TransportError:
            return False


def test_on_a_unix_socket_no_claim_is_believed_either(instance: Path) -> None:
    server = OnUnixSocket(instance, workers=1)
    server.start()
    try:
        with server.caller() as client:
            credentials = {"username": "bob", "password": PASSWORD}
            signed_in = client.post("/api/auth/login", json=credentials, headers=CLAIMS)
            elsewhere = client.get("/profile", headers={"SCRIPT_NAME": "/profile", "PATH_INFO": "/healthz"})
    finally:
        server.end()

    assert "Secure" not in signed_in.headers["Set-Cookie"]
    assert (elsewhere.status_code, elsewhere.headers["Content-Type"]) == (200, "text/html; charset=utf-8")


def test_behind_one_proxy_its_word_counts_and_what_the_client_put_before_it_does_not(
    serve: Callable[..., Server],
) -> None:
    server = serve(workers=1, PROXY_COUNT=1)

    secure = sign_in(server, **{"X-Forwarded-Proto": "http, https"})
    plain = sign_in(server, **{"X-Forwarded-Proto": "https, http"})
    other = sign_in(server, **{"X-Forwarded-Ssl": "on", "X-Forwarded-Protocol": "ssl"})

    assert "Secure" in secure.headers["Set-Cookie"]
    assert all("Secure" not in answer.headers["Set-Cookie"] for answer in (plain, other))
