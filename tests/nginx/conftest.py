"""Fixtures: a PUNT and the nginx in front of it, with the specification's configuration or the one of ``deploy/``."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.nginx.site import Site
from tests.support.nginx import Nginx
from tests.support.server import ROOT, Server

SPECIFICATION = """
location /api {
    proxy_pass http://localhost:3000;
    proxy_http_version 1.1;
    proxy_set_header Connection '';
    proxy_buffering off;
    proxy_cache off;
    # For SSE
    proxy_set_header X-Accel-Buffering no;
}
location / {
    proxy_pass http://localhost:3000;
}
"""
"""The specification's block verbatim, and the minimum for pages."""


PREFIX = "/punt"


def recommended(page: str = "README.md") -> str:
    """Return the configuration that a page of ``deploy/`` recommends."""
    [block] = re.findall(r"```nginx\n(.+?)```", (ROOT / "deploy" / page).read_text(), re.DOTALL)
    return str(block)


def in_front_of(server: Server, configuration: str) -> str:
    """Use a server's actual port in a configuration."""
    assert ":3000;" in configuration
    return configuration.replace(":3000;", f":{server.port};")


CONFIGURATIONS: dict[tuple[str, str], tuple[Callable[[], str], dict[str, str]]] = {
    ("specification", ""): (lambda: SPECIFICATION, {}),
    ("deploy", ""): (recommended, {"PUNT_PROXY_COUNT": "1"}),
    ("specification", PREFIX): (lambda: SPECIFICATION.replace("location /", f"location {PREFIX}/"), {}),
    ("deploy", PREFIX): (lambda: recommended("below-a-path.md"), {"PUNT_PROXY_COUNT": "1"}),
}
"""By its name and by PUNT's path: at the root of its host, and below a path."""


@pytest.fixture(scope="module", params=CONFIGURATIONS, ids=lambda param: "".join(param))
def site(request: pytest.FixtureRequest, inhabited: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A PUNT behind nginx, once with each configuration."""
    name, prefix = request.param
    configuration, settings = CONFIGURATIONS[request.param]
    folder = tmp_path_factory.mktemp("site")
    instance = Path(shutil.copytree(inhabited, folder / "instance"))
    server = Server(instance, settings={"PUNT_STREAM_KEEPALIVE": "0.5", "PUNT_URL_PREFIX": prefix, **settings}).start()
    nginx = Nginx(folder / "nginx", in_front_of(server, configuration())).start()
    yield Site(name, server, nginx, prefix)
    nginx.stop()
    server.end()
