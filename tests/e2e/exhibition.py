"""A real browser that looks at documents as a careless reader would, and tells what in them does something.

Each document is opened in a frame of its own, without any policy that would stop it; then the same text is put into
that document once more as `innerHTML`, which other parsers' tricks aim at. Every handler that an element has gets its
event, every `javascript:` link its click. What is seen:

* *ran*: `alert`, `confirm`, `prompt` or `print` was called, in the document or in a frame within it, at any depth;
* *reported*: a strict policy that only reports names a script, a handler, a style, a frame or an object.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message

from tests.e2e.world import Answer, Loopback
from tests.web.browser import Browser, a_browser

HIDES = "a text that hides the one after it"
AT_ONCE = 80  # documents in one page of the browser
TOGETHER = 12  # texts in one document, where nothing is expected of them
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' http: https:; media-src http: https:; base-uri 'none'; "
    "form-action 'self'"
)
"""Pictures and sounds of other hosts are no attack; nothing else has a place in what we publish."""

FLAGS = (
    "--disable-popup-blocking",
    "--disable-site-isolation-trials",  # all frames in one process, so that the detector is in each of them
    "--disable-features=IsolateSandboxedIframes",
)

DETECTOR = """(() => {
  const tell = what => { try { window.top.postMessage({ seen: what }, "*") } catch { } };
  for (const name of ["alert", "confirm", "prompt", "print"])
    Object.defineProperty(window, name, { value: () => tell("ran"), writable: false, configurable: false });
  addEventListener("securitypolicyviolation", event =>
    tell(`${event.effectiveDirective}: ${event.blockedURI} ${event.sample}`));
})()"""

PAGE = """<!doctype html><meta charset=utf-8><script>
const first = %d, texts = %s, seen = {};
const hides = %s;
addEventListener("message", event => {
  if (!event.data || !event.data.seen) return;
  let at = event.source;
  while (at && at !== window && at.parent !== window) at = at.parent;
  const number = Array.from(frames).indexOf(at);
  (seen[number < 0 ? -1 : first + number] ??= []).push(event.data.seen);
});
const pause = time => new Promise(done => setTimeout(done, time));
const loaded = frame => Promise.race([new Promise(done => frame.onload = done), pause(3000)]);
function provoke(page) {
  for (const one of page.querySelectorAll("*")) {
    for (const { name } of [...one.attributes])
      if (/^on/i.test(name)) one.dispatchEvent(new Event(name.slice(2).toLowerCase()));
    const goal = [one.href?.baseVal ?? one.href, one.action, one.formAction, one.getAttribute("xlink:href")];
    if (goal.some(url => /^javascript:/i.test(url)))
      one.requestSubmit ? one.requestSubmit() : one.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  }
}
const within = (frame, act) => { try { act(frame.contentDocument) } catch { } };  // it went elsewhere
async function look() {
  const all = texts.map((text, at) => {
    const frame = document.createElement("iframe");
    frame.sandbox = "allow-scripts allow-same-origin allow-forms allow-modals";
    frame.src = `/document/${first + at}`;
    return frame;
  });
  const waiting = all.map(loaded);
  document.body.append(...all);
  await Promise.all(waiting);
  all.forEach(frame => within(frame, provoke));
  all.forEach((frame, at) => within(frame, page => {
    const sections = page.querySelectorAll("body > section[data-alone]");
    if (sections.length && sections.length !== texts[at].split("<section data-alone>").length - 1)
      (seen[first + at] ??= []).push(hides);
  }));
  all.forEach((frame, at) => within(frame, page => {
    const box = page.createElement("div");
    page.body.append(box);
    box.innerHTML = texts[at];
    provoke(page);
  }));
  await pause(%d);
  return seen;
}
</script><body>"""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a browser saw, by the number of the document; -1 for what belongs to none."""

    ran: frozenset[int] = frozenset()
    reported: dict[int, tuple[str, ...]] = field(default_factory=dict)


class _Exhibition(Loopback):
    """/page/N shows some documents from the Nth on, /document/N is one."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        super().__init__()

    def answer(self, method: str, path: str, headers: Message) -> Answer:
        """A page, a document, or nothing."""
        _, kind, number = [*path.split("/"), "", ""][:3]
        if kind not in ("page", "document") or not number.isdigit():
            return Answer(404, {})
        html = self._page(int(number)) if kind == "page" else self._texts[int(number)]
        policy = {"Content-Security-Policy-Report-Only": POLICY} if kind == "document" else {}
        return Answer(200, {"Content-Type": "text/html; charset=utf-8", **policy}, html.encode("utf-8", "replace"))

    def _page(self, first: int) -> str:
        texts = json.dumps(self._texts[first : first + AT_ONCE]).replace("<", "\\u003c")
        return PAGE % (first, texts, json.dumps(HIDES), 250)

    def pages(self) -> Iterator[str]:
        """Their addresses."""
        return (f"{self.base}/page/{at}" for at in range(0, len(self._texts), AT_ONCE))


@contextmanager
def a_detector() -> Iterator[Browser]:
    """A browser that can look at documents."""
    with a_browser(*FLAGS) as browser:
        browser.before(DETECTOR)
        yield browser


def look_at(browser: Browser, texts: Sequence[str]) -> Seen:
    """What these documents do."""
    ran: set[int] = set()
    reported: dict[int, tuple[str, ...]] = {}
    with _Exhibition(texts) as exhibition:
        for page in exhibition.pages():
            browser.open(page)
            for number, seen in browser.run("return look()").items():
                if "ran" in seen:
                    ran.add(int(number))
                if said := tuple(dict.fromkeys(one for one in seen if one != "ran")):
                    reported[int(number)] = said
    return Seen(frozenset(ran), reported)


def look_at_all(browser: Browser, texts: Sequence[str]) -> Seen:
    """The same for texts of which nothing is expected: many in one document, and alone those in which something is."""
    groups = [range(at, min(at + TOGETHER, len(texts))) for at in range(0, len(texts), TOGETHER)]
    together = ["".join(f"<section data-alone>{texts[at]}</section>" for at in group) for group in groups]
    seen = look_at(browser, together)
    dirty = sorted(seen.ran | seen.reported.keys())
    if not dirty or dirty[0] < 0:
        return seen
    suspects = [at for group in dirty for at in groups[group]]
    alone = look_at(browser, [texts[at] for at in suspects])
    does = seen.ran or {said for all_said in seen.reported.values() for said in all_said} - {HIDES}
    assert alone.ran or alone.reported or not does, f"only together do they do something: {seen}"
    reported = {suspects[at]: said for at, said in alone.reported.items() if at >= 0}
    return Seen(frozenset(suspects[at] for at in alone.ran if at >= 0), reported)
