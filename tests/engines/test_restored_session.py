"""Firefox fills the forms of a restored session with their former values, whatever the server's current ones are."""

from __future__ import annotations

from tests.engines.window import Window, only_window, sign_in
from tests.support.server import Server
from tests.support.webdriver import Marionette

TICKETS = "/api/projects/HARB/tickets"
LIVE = "[data-connection=live]"
MARK = "return document.querySelector('[data-ticket-form] [data-draft-mark]').textContent"
LOAD = "const load = (name) => ChromeUtils.importESModule(`resource:///modules/sessionstore/${name}.sys.mjs`)[name];"
KEEP = f"""{LOAD}
  return load("TabStateFlusher").flushWindow(window).then(() => load("SessionStore").getTabState(gBrowser.selectedTab));
"""
RESTORE = f"""{LOAD}
  Services.cache2.clear();
  const tab = gBrowser.selectedTab;
  const restored = new Promise((done) => tab.addEventListener("SSTabRestored", () => done("restored")));
  load("SessionStore").setTabState(tab, arguments[0]);
  return restored;
"""


class Sessions:
    """Firefox's session restore, controlled from its own window."""

    def __init__(self, firefox: Marionette) -> None:
        self._firefox = firefox

    def keep(self) -> str:
        """Return what Firefox stores about the tab, for the next start."""
        return str(self._run(KEEP))

    def restore(self, kept: str) -> None:
        """Restore the tab, and wait until all values are filled in."""
        assert self._run(RESTORE, kept) == "restored"

    def _run(self, script: str, *arguments: str) -> object:
        self._firefox.send("Marionette:SetContext", value="chrome")
        try:
            return self._firefox.send("ExecuteScript", script=script, args=list(arguments))
        finally:
            self._firefox.send("Marionette:SetContext", value="content")


def test_a_restored_session_writes_nothing_old_into_a_ticket(server: Server, firefox: Marionette) -> None:
    bob, sessions = server.client("bob"), Sessions(firefox)
    bob.post(TICKETS, json={"title": "Paint the pier"})
    window = sign_in(only_window(firefox), server.url, "alice")
    open_and_choose(window, "Low")
    kept = sessions.keep()
    window.ask("localStorage.clear()")  # as in a crash: what was typed last is not on the disk yet
    assert '"value":"Low"' in kept
    bob.patch(f"{TICKETS}/1", json={"priority": "Critical"})

    sessions.restore(kept)

    window.see(LIVE)
    window.wait("return document.querySelector('[name=priority]').value === 'Critical'")
    assert window.ask(MARK) == ""


def test_what_was_typed_and_what_another_person_changed_are_both_shown_in_a_restored_session(
    server: Server, firefox: Marionette
) -> None:
    bob, sessions = server.client("bob"), Sessions(firefox)
    bob.post(TICKETS, json={"title": "Paint the pier"})
    window = sign_in(only_window(firefox), server.url, "alice")
    open_and_choose(window, "Low")
    kept = sessions.keep()
    window.go("/projects/new")
    bob.patch(f"{TICKETS}/1", json={"priority": "Critical"})

    sessions.restore(kept)

    window.see("[data-ticket-notice]", "changed the same fields as you")
    window.see("[data-ticket-notice]", "Critical")
    window.see("[data-draft-mark]", "Not saved yet")


def open_and_choose(window: Window, priority: str) -> None:
    window.go("/projects/HARB/tickets/1")
    window.see(LIVE)
    window.choose("[name=priority]", priority)
    window.see("[data-draft-mark]", "Not saved yet")
