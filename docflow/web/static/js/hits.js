import { announce, each } from "./dom.js";
import { bring } from "./viewer.js";

// From hit to hit on the picture of a page; behind the last one the link leads to the next page that has one.
export const installHits = (root) => each(root, "[data-hits]", (way) => {
  const viewer = way.closest("[data-viewer]");
  const zones = [...viewer.querySelectorAll(".b--hit")];
  const said = way.querySelector("[data-hit-now]");
  let now = -1;

  const show = (place) => {
    now = place;
    zones.forEach((zone, at) => zone.classList.toggle("b--now", at === now));
    bring(viewer, zones[now]);
    said.textContent = way.dataset.text.replace("#", now + 1);
    announce(said.textContent);
  };

  way.addEventListener("click", (event) => {
    const link = event.target.closest("[data-hit]");
    if (!link) return;
    const next = now + Number(link.dataset.hit);
    const isOnPage = next >= 0 && next < zones.length;
    if (!isOnPage && !link.hasAttribute("data-stays")) return;
    event.preventDefault();
    if (zones.length) show(isOnPage ? next : (next + zones.length) % zones.length);
  });
  if (zones.length) show("last" in way.dataset ? zones.length - 1 : 0);
});
