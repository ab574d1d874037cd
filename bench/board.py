"""What a large board costs the server and the browser: ``python -m bench.board [CARDS …]``."""

from __future__ import annotations

import sys
import time
from contextlib import closing
from statistics import median

import httpx
import sqlalchemy as sa
from playwright.sync_api import Browser, CDPSession

from bench.browser import chromium, open_board, profile
from bench.figures import spread, verdict
from bench.instance import app_with, server_with
from punt.database import db
from tests.support.cast import signed_in
from tests.support.server import Server

BOARD = "/projects/HARB/board"
REQUESTS, LOADS, MOVES = 20, 5, 20
AIM, AIM_CARDS = 80, 1000
FRAME_AIM, SCRIPT_AIM = 50, 5
PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
FRAMES = """() => {
  let last
  window.frames = []
  const tick = (time) => {
    if (last) window.frames.push(time - last)
    last = time
    window.frame = requestAnimationFrame(tick)
  }
  window.frame = requestAnimationFrame(tick)
}"""
COSTS = {"ScriptDuration": "script", "RecalcStyleDuration": "style", "LayoutDuration": "layout"}


def main() -> None:
    """Print all figures for boards with so many cards."""
    print("== board: queries of the page")
    for few in (10, 100, 1000):
        print(f"  {few:5} cards: {count_queries(few)} queries", flush=True)
    for cards in [int(each) for each in sys.argv[1:]] or [AIM_CARDS, 5 * AIM_CARDS]:
        print(f"== board: {cards} cards, 2 workers", flush=True)
        with server_with(cards) as server:
            serve(server, cards)
            with chromium() as browser:
                paint(browser, server)
                drag(browser, server, cards)
                move(browser, server)


def count_queries(cards: int) -> int:
    """Count the statements that one request for the board sends to the database."""
    with app_with(cards) as app:
        statements: list[str] = []
        client = signed_in(app, "bob")
        with app.app_context():
            sa.event.listen(db.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
        assert client.get(BOARD).status_code == 200
        return sum(not statement.startswith(("BEGIN", "PRAGMA")) for statement in statements)


def serve(server: Server, cards: int) -> None:
    """Print how long the server takes for the page, and how large it is."""
    with closing(server.client("bob")) as client:
        page = client.get(BOARD)
        times = [_time(client) for _ in range(REQUESTS)]
    aim = f" ({verdict(median(times), AIM)})" if cards == AIM_CARDS else ""
    print(f"  server: {spread(times, 95)} over {REQUESTS} requests{aim}")
    print(f"  size: {len(page.content) / 1000:.0f} kB, {page.num_bytes_downloaded / 1000:.0f} kB transferred")


def paint(browser: Browser, server: Server) -> None:
    """Print when the board is first painted, from the beginning of the navigation."""
    page = profile(browser, server, "bob").new_page()
    times = []
    for _ in range(LOADS):
        page.goto(BOARD)
        times.append(float(page.wait_for_function(PAINT).json_value()))
    print(f"  first paint: {spread(times)} over {LOADS} loads, the server's time included")
    page.context.close()


def drag(browser: Browser, server: Server, cards: int) -> None:
    """Print how long the frames last while a card is dragged over the whole board and dropped."""
    page = profile(browser, server, "bob").new_page()
    open_board(page)
    box = page.locator("[data-ticket]").first.bounding_box()
    assert box
    page.mouse.move(box["x"] + 60, box["y"] + 30)
    page.mouse.down()
    page.evaluate(FRAMES)
    for x, y in ((400, 300), (800, 700), (1200, 300), (1200, 850), (500, 500)):
        page.mouse.move(x, y, steps=30)
    page.wait_for_timeout(500)
    page.mouse.up()
    page.wait_for_timeout(500)
    frames = [float(each) for each in page.evaluate("(cancelAnimationFrame(window.frame), window.frames)")]
    aim = f" ({verdict(max(frames), FRAME_AIM)})" if cards == AIM_CARDS else ""
    print(f"  drag: {spread(frames, 95)} over {len(frames)} frames, longest {max(frames):.1f} ms{aim}")
    page.context.close()


def move(browser: Browser, server: Server) -> None:
    """Print what one move by somebody else costs the browser."""
    page = profile(browser, server, "bob").new_page()
    open_board(page)
    moves = page.evaluate(
        """(count) => {
          const [from, , , to] = document.querySelectorAll('[data-column]')
          const cards = [...from.querySelectorAll('[data-ticket]')].slice(0, count)
          return cards.map((card) => [card.dataset.ticket, to.dataset.column])
        }""",
        MOVES,
    )
    session = page.context.new_cdp_session(page)
    session.send("Performance.setTimeDomain", {"timeDomain": "threadTicks"})  # other load on the machine does not count
    session.send("Performance.enable")
    before = _costs(session)
    with closing(server.client("alice")) as alice:
        for ticket, column in moves:
            answer = alice.patch(f"/api/projects/HARB/tickets/{ticket}", json={"columnId": column, "order": 5})
            assert answer.status_code == 200, answer.text
    page.evaluate("(moves) => Promise.all(moves.map(([ticket, column]) => window.whenSeen(ticket, column)))", moves)
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    spent = {name: (after - before[name]) / MOVES * 1000 for name, after in _costs(session).items()}
    parts = ", ".join(f"{COSTS[name]} {value:.1f} ms" for name, value in spent.items())
    print(f"  one remote move: {parts} (script {verdict(spent['ScriptDuration'], SCRIPT_AIM)})")
    page.context.close()


def _time(client: httpx.Client) -> float:
    begun = time.perf_counter()
    assert client.get(BOARD).status_code == 200
    return (time.perf_counter() - begun) * 1000


def _costs(session: CDPSession) -> dict[str, float]:
    """Read the seconds that a page has used so far."""
    metrics = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
    return {name: metrics[name] for name in COSTS}


if __name__ == "__main__":
    main()
