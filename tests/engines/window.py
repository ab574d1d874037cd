"""What a person does and sees in a browser's windows, with WebDriver alone: real keys, a real pointer."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from tests.support.cast import PASSWORD
from tests.support.wait import until
from tests.support.webdriver import Driver, DriverError

SECONDS = 20
KEYS = {"Control": "\ue009", "Shift": "\ue008", "Enter": "\ue007", "Escape": "\ue00c", "ArrowDown": "\ue015"}
FIND = """
  const [selector, text] = arguments;
  const words = (one) => (one.matches("input, textarea") ? one.value : one.textContent);
  const fits = (one) => one.checkVisibility() && words(one).includes(text);
  const one = [...document.querySelectorAll(selector)].find(fits);
"""
SEEN = FIND + "return Boolean(one);"
REACHED = (
    FIND
    + """
  if (!one) return null;
  one.scrollIntoView({ block: "nearest", inline: "nearest" });
  const { x, y, width, height } = one.getBoundingClientRect();
  const [left, top] = [Math.round(x + width / 2), Math.round(y + height / 2)];
  const hit = document.elementFromPoint(left, top);
  const still = one.getAnimations({ subtree: true }).length === 0;
  return still && (one.contains(hit) || hit?.closest("label")?.control === one) ? [left, top] : null;
"""
)
DESCRIBED = """
  const values = [...document.querySelectorAll("input, select, textarea")].map((one) => `${one.name}=${one.value}`);
  const { activeElement, readyState, visibilityState } = document;
  const state = [location.href, readyState, visibilityState, `focus ${document.hasFocus()}`];
  return [...state, activeElement?.outerHTML.slice(0, 200), values.join(" "), document.body.innerText].join("\\n");
"""
"""What a failed test reports about a page."""


def only_window(driver: Driver) -> Window:
    """Close all windows of a browser but a new one of desktop size, and remove its cookies."""
    old = driver.send("GetWindowHandles")
    new: str = driver.send("NewWindow", type="window")["handle"]
    for handle in old:
        driver.send("SwitchToWindow", handle=handle)
        driver.send("DeleteAllCookies")  # of the site that this one shows
        driver.send("CloseWindow")
    driver.send("SwitchToWindow", handle=new)
    driver.window = new
    driver.send("SetWindowRect", x=0, y=0, width=1440, height=900)
    return Window(driver, new)


class Window:
    """One window of a browser; whatever is done with it makes it the current one.

    :param driver: of the session that it belongs to.
    :ivar site: what precedes each path in its address.
    """

    def __init__(self, driver: Driver, handle: str, site: str = "") -> None:
        self._driver = driver
        self._handle = handle
        self.site = site

    def another(self, path: str) -> Window:
        """Open one more window of the same browser."""
        handle = self.send("NewWindow", type="window")["handle"]
        window = Window(self._driver, handle, self.site)
        window.go(path)
        return window

    def send(self, command: str, **parameters: Any) -> Any:
        """Carry out a command in this window; switching to it takes the focus, and ends a drag in progress."""
        if self._driver.window != self._handle:
            self._driver.send("SwitchToWindow", handle=self._handle)
            self._driver.window = self._handle
        return self._driver.send(command, **parameters)

    def go(self, path: str) -> None:
        self.send("Navigate", url=self.site + path)

    def reload(self) -> None:
        """Reload the page as F5 does; after WebDriver's own "Refresh" Firefox restores nothing in forms."""
        self.ask("window.isOld = true; location.reload()")
        self.wait("return !window.isOld && document.readyState === 'complete'")

    def back(self) -> None:
        self.send("Back")

    @property
    def path(self) -> str:
        """Its path on the site."""
        return str(self.send("GetCurrentURL")).removeprefix(self.site)

    def ask(self, script: str, *arguments: Any) -> Any:
        """Run a script in the page; return what it returns."""
        return self.send("ExecuteScript", script=script, args=list(arguments))

    def wait(self, script: str, *arguments: Any) -> Any:
        """Wait until a script returns something true, on this page or on the one that is coming."""
        what = f"{list(arguments) or script} in the page"
        try:
            return until(lambda: self._tried(script, arguments), seconds=SECONDS, what=what)
        except AssertionError as error:
            error.add_note(f"The page then: {self._tried(DESCRIBED, ())}")
            raise

    def see(self, selector: str, text: str = "") -> None:
        """Wait until something with a text is visible."""
        self.wait(SEEN, selector, text)

    def miss(self, selector: str, text: str = "") -> None:
        """Wait until nothing of the kind is visible."""
        self.wait(SEEN.replace("return Boolean", "return !Boolean"), selector, text)

    def find(self, selector: str, text: str = "") -> tuple[int, int]:
        """Wait until the pointer can reach something; return its middle."""
        x, y = self.wait(REACHED, selector, text)
        return x, y

    def click(self, selector: str, text: str = "") -> None:
        """Press and release the mouse on something."""
        x, y = self.find(selector, text)
        self._point(_move(x, y), {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0})

    def drag(self, selector: str, text: str, goal: str) -> None:
        """Drag something by its middle to the middle of something else, in one go: chromedriver drops it in between."""
        self._point(*self._carried(selector, text, goal), {"type": "pointerUp", "button": 0})

    def carry(self, selector: str, text: str, goal: str) -> tuple[int, int]:
        """Begin a drag; return where the pointer is then."""
        steps = self._carried(selector, text, goal)
        self._point(*steps)
        self.wait("return document.querySelector('[data-slot]')")
        self.ask("return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))")
        return steps[-1]["x"], steps[-1]["y"]

    def release(self) -> None:
        """Drop what is dragged."""
        self._point({"type": "pointerUp", "button": 0})

    def type(self, text: str) -> None:
        """Type letters, one after the other."""
        self.press_each(*text)

    def press_each(self, *keys: str) -> None:
        """Press and release each key."""
        strokes = [KEYS.get(key, key) for key in keys]
        self._keys(*({"type": kind, "value": key} for key in strokes for kind in ("keyDown", "keyUp")))

    def press(self, *keys: str) -> None:
        """Press keys together."""
        values = [KEYS.get(key, key) for key in keys]
        down = [{"type": "keyDown", "value": value} for value in values]
        self._keys(*down, *({"type": "keyUp", "value": value} for value in reversed(values)))

    def fill(self, selector: str, text: str) -> None:
        """Type into a field, replacing its text."""
        self.click(selector)
        self.press("Control", "a")
        self.type(text)

    def choose(self, selector: str, value: str) -> None:
        """Choose from a list; the browser's own popup is out of a test's reach."""
        self.see(selector)
        self.ask(
            "const list = document.querySelector(arguments[0]); list.value = arguments[1];"
            "for (const type of ['input', 'change']) list.dispatchEvent(new Event(type, { bubbles: true }));",
            selector,
            value,
        )

    def screenshot(self, path: Path) -> None:
        """Save a screenshot."""
        path.write_bytes(base64.b64decode(self.send("TakeScreenshot")))

    def _tried(self, script: str, arguments: tuple[Any, ...]) -> Any:
        try:
            return self.ask(script, *arguments)
        except DriverError:
            return None  # a page that is just being left

    def _carried(self, selector: str, text: str, goal: str) -> list[dict[str, Any]]:
        start, (x, y) = self.find(selector, text), self.find(goal)
        return [_move(*start), {"type": "pointerDown", "button": 0}, _move(x, y + 12, 100), _move(x, y, 100)]

    def _point(self, *steps: dict[str, Any]) -> None:
        mouse = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": list(steps)}
        self.send("PerformActions", actions=[mouse])

    def _keys(self, *steps: dict[str, Any]) -> None:
        self.send("PerformActions", actions=[{"type": "key", "id": "keyboard", "actions": list(steps)}])


def _move(x: int, y: int, duration: int = 0) -> dict[str, Any]:
    return {"type": "pointerMove", "x": x, "y": y, "duration": duration, "origin": "viewport"}


def sign_in(window: Window, site: str, username: str) -> Window:
    """Sign one of the cast in at a server."""
    window.site = site
    window.go("/login")
    window.fill("[name=username]", username)
    window.fill("[name=password]", PASSWORD)
    window.press("Enter")
    window.see("[data-connection=live]")
    return window
