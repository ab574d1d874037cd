"""The browser engines, each under its own WebDriver; ``tests/browser`` drives Chromium differently.

``python -m tests.support.engines`` prints which are installed; with ``all`` it first installs the others, if it can.
"""

from __future__ import annotations

import os
import shutil
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import ClassVar

from tests.support.drivers import driven, running, screen
from tests.support.packages import apt, attempt
from tests.support.wait import until
from tests.support.webdriver import Driver, HttpDriver, Marionette

SECONDS = 60
PREFERENCES = {
    "marionette.port": 0,  # any; Firefox writes down which
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
}


class Engine(ABC):
    """One browser engine, if it is there.

    :ivar packages: what brings it on Debian and Ubuntu.
    """

    packages: ClassVar[tuple[str, ...]]

    @abstractmethod
    def parts(self) -> dict[str, str | None]:
        """Find the programs it needs."""

    @abstractmethod
    def run(self, folder: Path) -> AbstractContextManager[Driver]:
        """Run it for a while, with a profile of its own in an empty folder."""

    @property
    def missing(self) -> list[str]:
        """The programs that are not on this machine."""
        return [name for name, path in self.parts().items() if not path]

    def __str__(self) -> str:
        return type(self).__name__


class Firefox(Engine):
    """Firefox, which needs no driver. What Ubuntu calls ``firefox`` sees no folder of ours, so it is not looked for."""

    packages = ("firefox-esr",)

    def parts(self) -> dict[str, str | None]:
        """Find the programs it needs."""
        return {"firefox-esr": os.environ.get("PUNT_TEST_FIREFOX") or shutil.which("firefox-esr")}

    @contextmanager
    def run(self, folder: Path, **preferences: object) -> Iterator[Marionette]:
        """Run it for a while; its profile may be one that it had before."""
        lines = [f'user_pref("{name}", {str(it).lower()});\n' for name, it in (PREFERENCES | preferences).items()]
        (folder / "user.js").write_text("".join(lines))
        port = folder / "MarionetteActivePort"
        port.unlink(missing_ok=True)
        command = [str(self.parts()["firefox-esr"]), "--headless", "--marionette", "--remote-allow-system-access"]
        with running([*command, "--profile", str(folder)], folder):
            found = until(lambda: port.exists() and port.read_text(), seconds=SECONDS, what="Firefox to begin")
            yield Marionette(int(found))


class WebKit(Engine):
    """WebKitGTK's own small browser, on a screen that nobody sees. Debian keeps it out of PATH."""

    packages = ("webkit2gtk-driver", "xvfb")

    def parts(self) -> dict[str, str | None]:
        """Find the programs it needs."""
        shelf = sorted(map(str, Path("/usr").glob("lib*/**/webkit*gtk-*/MiniBrowser")))
        driver, screen = shutil.which("WebKitWebDriver"), shutil.which("Xvfb")
        return {"WebKitWebDriver": driver, "MiniBrowser": shelf[-1] if shelf else None, "Xvfb": screen}

    @contextmanager
    def run(self, folder: Path) -> Iterator[Driver]:
        """Run it for a while."""
        parts = self.parts()
        browser = {"binary": parts["MiniBrowser"], "args": ["--automation"]}
        with (
            screen(str(parts["Xvfb"]), folder) as display,
            driven(str(parts["WebKitWebDriver"]), folder, DISPLAY=display, GDK_BACKEND="x11") as url,
        ):
            yield HttpDriver(url, {"webkitgtk:browserOptions": browser})


class Chromium(Engine):
    """The distribution's Chromium, which has to be of its driver's version."""

    packages = ("chromium", "chromium-driver")

    def parts(self) -> dict[str, str | None]:
        """Find the programs it needs."""
        return {name: shutil.which(name) for name in ("chromium", "chromedriver")}

    @contextmanager
    def run(self, folder: Path) -> Iterator[Driver]:
        """Run it for a while."""
        parts = self.parts()
        arguments = ["--headless=new", "--no-sandbox", f"--user-data-dir={folder}"]
        with driven(str(parts["chromedriver"]), folder) as url:
            yield HttpDriver(url, {"goog:chromeOptions": {"binary": parts["chromium"], "args": arguments}})


ENGINES = (Chromium(), Firefox(), WebKit())


def present() -> list[Engine]:
    """List the engines of this machine."""
    return [engine for engine in ENGINES if not engine.missing]


def report() -> list[str]:
    """Report in one line per engine whether the tests run in it, and why not."""
    return [_line(engine) for engine in ENGINES]


def _line(engine: Engine) -> str:
    if not engine.missing:
        return f"browser engine: {engine}, in tests/engines"
    return (
        f"browser engine: NOT TESTED in {engine}: {', '.join(engine.missing)} not found"
        f" (Debian, Ubuntu: apt install {' '.join(engine.packages)})"
    )


def main(arguments: list[str]) -> None:
    """Install what is missing, if asked to, and report what is installed."""
    if "all" in arguments:
        install()
    print("\n".join(f"== {line}" for line in report()))


def install() -> None:
    """Install from the distribution what is missing; the rest stays missing, and is reported."""
    for engine in ENGINES:
        if engine.missing:
            print(f"== installing {engine} for the tests")
            attempt(apt(*engine.packages), lambda it=engine: not it.missing)  # type: ignore[misc]


if __name__ == "__main__":
    main(sys.argv[1:])
