"""Prints how fast the workspace is in a true Chromium, on a long article with many spans.

    python tests/bench/workspace.py [WORDS SPANS]...      default: 10000 1000 100000 5000

`usable` is from the start of a navigation until the page is loaded and its keys work; `painted` from the
keydown of a label to the first frame that shows the mark; `saved` to the server's answer in place; `long`
are script tasks over 50 ms while tagging and moving about.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parent.parent))

from browser_help import PASSWORD, sign_in
from live import ARGS, Server, chromium_path

LABELS = ("claim", "denial", "quote", "figure")
TAGS = 30
WATCH = """() => {
  window.long = [];
  new PerformanceObserver((list) => list.getEntries().forEach((task) => long.push(Math.round(task.duration))))
    .observe({ type: "longtask" });
  window.painted = [];
  document.addEventListener("keydown", () => {
    const begin = performance.now();
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => painted.push(performance.now() - begin);
      channel.port2.postMessage(0);
    });
  }, true);
}"""
SELECT = """(number) => {
  const blocks = document.querySelectorAll("#article > p");
  const block = blocks[(number * 7 + 3) % blocks.length];
  const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
  const nodes = [];
  while (walker.nextNode()) nodes.push(walker.currentNode);
  const node = nodes.sort((a, b) => b.length - a.length)[0];
  block.scrollIntoView({ block: "center" });
  getSelection().setBaseAndExtent(node, 2, node, Math.min(12, node.length));
}"""


def article(words: int, spans: int, seed: int = 7) -> dict[str, object]:
    """Paragraphs of about 60 invented words, an emoji now and then, and spans of 3 to 40 words."""
    rng = random.Random(seed)
    pool = ["".join(rng.choices("aeioulmnrst", k=rng.randint(2, 10))) for _ in range(2000)]
    text, starts = "", []
    for number in range(words):
        if number % 60 == 0 and number:
            text = text.rstrip() + ".\n\n"
        starts.append(len(text))
        text += ("🗞️ " if number % 211 == 0 else "") + rng.choice(pool) + " "
    text = text.rstrip()
    made = set()
    while len(made) < spans:
        first = rng.randrange(words - 41)
        start, end = starts[first], starts[first + rng.randint(3, 40)]
        made.add((start, end - len(text[start:end]) + len(text[start:end].rstrip()), rng.choice(LABELS)))
    listed = [{"start": s, "end": e, "label": name, "reviewer": "ana"} for s, e, name in sorted(made)]
    return {"key": f"{words}-{spans}", "title": f"{words} words, {spans} spans", "text": text, "spans": listed}


def quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def measure(page, server: Server, address: str) -> None:
    usable = []
    for _ in range(5):
        begin = time.perf_counter()
        page.goto(address)
        page.wait_for_selector("html.js")
        usable.append((time.perf_counter() - begin) * 1000)
    page.evaluate(WATCH)
    saved = []
    for number in range(TAGS):
        before = page.locator("#span-count").inner_text()
        page.evaluate(SELECT, number)
        page.wait_for_timeout(60)
        begin = time.perf_counter()
        page.keyboard.press("1")
        while page.locator("#span-count").inner_text() == before and time.perf_counter() - begin < 10:
            page.wait_for_timeout(5)
        saved.append((time.perf_counter() - begin) * 1000)
        page.wait_for_timeout(120)
    for key in "nnnpp":
        page.keyboard.press(key)
        page.wait_for_timeout(80)
    painted, long = page.evaluate("[painted, long]")
    print(f"  usable  median {statistics.median(usable):7.0f} ms   worst {max(usable):7.0f} ms")
    print(f"  painted median {statistics.median(painted):7.1f} ms   p95 {quantile(painted, 0.95):7.1f} ms")
    print(f"  saved   median {statistics.median(saved):7.1f} ms   p95 {quantile(saved, 0.95):7.1f} ms")
    print(f"  script tasks over 50 ms: {len(long)} in {TAGS} tags and 5 moves {sorted(long)[-8:]}")


def main() -> None:
    given = [int(word) for word in sys.argv[1:]] or [10_000, 1_000, 100_000, 5_000]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder) / "instance")
        server.command("project", "add", "bench")
        server.command(
            "user", "add", "ana", "--project", "bench", "--role", "reviewer", "--password-stdin", stdin=PASSWORD + "\n"
        )
        file = Path(folder) / "articles.jsonl"
        file.write_text(
            "".join(json.dumps(article(w, s)) + "\n" for w, s in zip(given[::2], given[1::2], strict=True)),
            encoding="utf-8",
        )
        server.command("load", str(file), "--project", "bench")
        server.start()
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=ARGS)
        try:
            page = browser.new_page(viewport={"width": 1440, "height": 960})
            sign_in(page, server, "ana")
            page.goto(server.url + "/projects/bench")
            for address, title in page.evaluate(
                "[...document.querySelectorAll('a[href^=\"/articles/\"]')].map((a) => [a.href, a.textContent.trim()])"
            ):
                page.goto(address)
                page.click("text=Re-open")
                page.wait_for_selector("#submit")
                print(title)
                measure(page, server, address)
        finally:
            browser.close()
            server.stop()


if __name__ == "__main__":
    main()
