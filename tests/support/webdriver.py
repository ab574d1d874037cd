"""WebDriver commands, sent to a browser's driver over HTTP or to Firefox itself with Marionette."""

from __future__ import annotations

import json
import socket
from typing import Any, Protocol

import httpx

PATHS = {
    "NewSession": ("POST", ""),
    "DeleteSession": ("DELETE", ""),
    "Navigate": ("POST", "/url"),
    "GetCurrentURL": ("GET", "/url"),
    "Back": ("POST", "/back"),
    "ExecuteScript": ("POST", "/execute/sync"),
    "PerformActions": ("POST", "/actions"),
    "ReleaseActions": ("DELETE", "/actions"),
    "NewWindow": ("POST", "/window/new"),
    "GetWindowHandle": ("GET", "/window"),
    "GetWindowHandles": ("GET", "/window/handles"),
    "SwitchToWindow": ("POST", "/window"),
    "CloseWindow": ("DELETE", "/window"),
    "SetWindowRect": ("POST", "/window/rect"),
    "DeleteAllCookies": ("DELETE", "/cookie"),
    "TakeScreenshot": ("GET", "/screenshot"),
}
"""Each command by Marionette's name, and its address at drivers: https://www.w3.org/TR/webdriver2/#endpoints"""
SECONDS = 60


class DriverError(Exception):
    """A driver's response to a command that it cannot carry out."""


class Driver(Protocol):
    """Carries out the commands of one session.

    :ivar window: the handle of the current window; whoever switches records it.
    """

    window: str

    def send(self, command: str, **parameters: Any) -> Any:
        """Carry out a command; return its value.

        :raises DriverError: when the browser does not.
        """


class HttpDriver:
    """A session at a driver such as WebKitWebDriver.

    :param capabilities: what the browser shall be.
    """

    def __init__(self, url: str, capabilities: dict[str, Any]) -> None:
        self.window = ""
        self._client = httpx.Client(base_url=url, timeout=SECONDS)
        self._session = "/session"
        self._session += "/" + self.send("NewSession", capabilities={"alwaysMatch": capabilities})["sessionId"]

    def send(self, command: str, **parameters: Any) -> Any:
        """Carry out a command; return its value."""
        method, path = PATHS[command]
        body = parameters if method == "POST" else None
        answer = self._client.request(method, self._session + path, json=body)
        value = answer.json()["value"]
        if answer.is_error:
            raise DriverError(f"{command}: {value}")
        return value


class Marionette:
    """A session at Firefox: https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html"""

    def __init__(self, port: int) -> None:
        self.window = ""
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=SECONDS)
        self._file = self._socket.makefile("rwb")
        self._read()  # the greeting
        self._sent = 0
        self.send("NewSession", capabilities={})

    def send(self, command: str, **parameters: Any) -> Any:
        """Carry out a command; return its value. One that is not WebDriver's is named with its prefix."""
        self._sent += 1
        name = command if ":" in command else f"WebDriver:{command}"
        message = json.dumps([0, self._sent, name, parameters]).encode()
        self._file.write(b"%d:%s" % (len(message), message))
        self._file.flush()
        _, _, error, value = self._read()
        if error:
            raise DriverError(f"{command}: {error}")
        return value["value"] if isinstance(value, dict) and value.keys() == {"value"} else value

    def _read(self) -> Any:
        length = b""
        while (digit := self._file.read(1)) != b":":
            if not digit:
                raise DriverError("Firefox is gone")
            length += digit
        return json.loads(self._file.read(int(length)))
