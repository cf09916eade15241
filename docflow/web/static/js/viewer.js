import { each } from "./dom.js";

const STEPS = [0.5, 0.75, 1, 1.25, 1.5, 2, 2.5, 3, 4];

const show = (page, zoom, turn) => {
  const picture = page.querySelector("img");
  const isOnSide = turn % 180 !== 0;
  page.dataset.turn = turn;
  const fit = Math.min(page.parentElement.clientWidth - 32, 896);
  page.style.inlineSize = zoom === 1 ? "" : `${fit * zoom}px`;
  page.style.aspectRatio = isOnSide ? `${picture.height} / ${picture.width}` : "";
  // A page wider than the stage is not centred: its beginning could not be reached by scrolling.
  page.style.justifySelf = zoom > 1 ? "start" : "";
};

const pick = (viewer, field) => {
  let chosen = null;
  each(viewer, "[data-field]", (zone) => {
    const isOn = zone.dataset.field === field;
    zone.classList.toggle("b--on", isOn);
    if (isOn) chosen = zone;
  });
  if (chosen) bring(viewer, chosen);
};

// Scrolls the stage, and nothing else, to what lies outside of it.
export const bring = (viewer, zoneShown) => {
  const stage = viewer.querySelector(".stage");
  if (!stage) return;
  const zone = zoneShown.getBoundingClientRect();
  const frame = stage.getBoundingClientRect();
  const top = zone.top - frame.top;
  const side = zone.left - frame.left;
  if (top < 0 || zone.bottom > frame.bottom) stage.scrollTop += top - frame.height / 3;
  if (side < 0 || zone.right > frame.right) stage.scrollLeft += side - frame.width / 4;
};

export const installViewers = (root) => {
  each(root, "[data-viewer]", (viewer) => {
    const page = viewer.querySelector(".page");
    let step = 2;
    let turn = 0;
    each(viewer, "[data-zoom]", (button) => button.addEventListener("click", () => {
      const change = Number(button.dataset.zoom);
      step = change ? Math.min(Math.max(step + change, 0), STEPS.length - 1) : 2;
      show(page, STEPS[step], turn);
    }));
    viewer.querySelector("[data-turn]:not(.page)")?.addEventListener("click", () => {
      turn = (turn + 90) % 360;
      show(page, STEPS[step], turn);
    });
  });
};

export const installFieldFocus = () => {
  document.addEventListener("focusin", (event) => {
    const field = event.target.id;
    if (field) each(document, "[data-viewer]", (viewer) => {
      if (viewer.querySelector(`[data-field="${CSS.escape(field)}"]`)) pick(viewer, field);
    });
  });
};
