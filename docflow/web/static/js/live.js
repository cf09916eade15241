import { each, replaceHtml } from "./dom.js";

const POLL_MS = 3000;
const FAILURES = 3;

// A region that replaces itself must not be followed twice.
const watched = new Set();

// Without a stream, the page itself is asked for again and the region taken out of it.
const poll = (id) => {
  let isAsking = false;
  const timer = setInterval(async () => {
    const region = document.getElementById(id);
    if (!region?.hasAttribute("data-live")) { watched.delete(id); return clearInterval(timer); }
    if (document.hidden || isAsking) return;
    isAsking = true;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (!answer.ok || answer.redirected) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(id);
      if (fresh && fresh.outerHTML !== region.outerHTML) replaceHtml(id, fresh.outerHTML);
    } catch { /* The network is away: the next turn tries again. */ } finally { isAsking = false; }
  }, POLL_MS);
};

const follow = (region) => {
  const source = new EventSource(region.dataset.live);
  let failures = 0;
  const stop = () => { source.close(); removeEventListener("pagehide", stop); };
  source.addEventListener("open", () => { failures = 0; });
  source.addEventListener("message", (event) => {
    const message = JSON.parse(event.data);
    if (message.done) {
      region.removeAttribute("aria-busy");
      stop();
    }
    if (message.target) replaceHtml(message.target, message.html);
    if (message.reload) location.reload();
  });
  source.addEventListener("error", () => {
    if (source.readyState !== EventSource.CLOSED && ++failures < FAILURES) return;
    stop();
    poll(region.id);
  });
  addEventListener("pagehide", stop);
};

export const installLive = (root) => {
  each(root, "[data-live]", (region) => {
    if (watched.has(region.id)) return;
    watched.add(region.id);
    if (region.dataset.live && "EventSource" in window) follow(region);
    else poll(region.id);
  });
};
