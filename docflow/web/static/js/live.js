import { each, replaceHtml } from "./dom.js";

const POLL_MS = 3000;
const FAILURES = 3;

// What is followed now, by the region's id, with how to stop: a region that replaces itself must not be followed twice.
const followed = new Map();

// Lines that only this page knows (files being sent, files refused) stay when the region is replaced.
const replaceRegion = (region, fresh) => {
  const own = [...region.querySelectorAll("[data-own-line]")];
  replaceHtml(region.id, fresh.outerHTML);
  own.forEach((line) => document.getElementById(line.dataset.ownLine)?.append(line));
};

// Without a stream, the page itself is asked for again and the region taken out of it.
const poll = (id) => {
  let isAsking = false;
  let shown = "";
  const timer = setInterval(async () => {
    const region = document.getElementById(id);
    if (!region?.hasAttribute("data-live")) return stop();
    if (document.hidden || isAsking) return;
    isAsking = true;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (!answer.ok || answer.redirected) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(id);
      if (fresh && fresh.outerHTML !== shown) {
        shown = fresh.outerHTML;
        replaceRegion(region, fresh);
      }
    } catch { /* The network is away: the next turn tries again. */ } finally { isAsking = false; }
  }, POLL_MS);
  const stop = () => { clearInterval(timer); followed.delete(id); };
  followed.set(id, stop);
};

const stream = (region) => {
  const source = new EventSource(region.dataset.live);
  let failures = 0;
  const stop = () => {
    source.close();
    removeEventListener("pagehide", stop);
    followed.delete(region.id);
  };
  followed.set(region.id, stop);
  source.addEventListener("open", () => { failures = 0; });
  source.addEventListener("message", (event) => {
    const message = JSON.parse(event.data);
    if (message.done) {
      region.removeAttribute("aria-busy");
      stop();
    }
    if (message.target) replaceHtml(message.target, message.html, message.after);
    if (message.reload) location.reload();
  });
  source.addEventListener("error", () => {
    if (source.readyState !== EventSource.CLOSED && ++failures < FAILURES) return;
    stop();
    poll(region.id);
  });
  addEventListener("pagehide", stop);
};

const follow = (region) => {
  if (region.dataset.live && "EventSource" in window) stream(region);
  else poll(region.id);
};

// Something was sent from this page: what had come to rest moves again. When all is sent the stream is opened anew, so
// that the server tells the state of every line, also of those that moved before they were on the page.
const onSent = (event) => each(document, "[data-live], [data-live-later]", (region) => {
  if (followed.has(region.id) && !event.detail.isLast) return;
  followed.get(region.id)?.();
  if (region.dataset.liveLater) {
    region.dataset.live = region.dataset.liveLater;
    delete region.dataset.liveLater;
  }
  region.setAttribute("aria-busy", "true");
  follow(region);
});

export const installLive = (root) => {
  each(root, "[data-live]", (region) => { if (!followed.has(region.id)) follow(region); });
};

export const installLiveAgain = () => document.addEventListener("docflow:sent", onSent);
