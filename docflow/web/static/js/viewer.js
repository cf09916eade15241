import { each } from "./dom.js";

const STEP = 1.25;
const LEAST = 0.25;
const MOST = 6;

const middleOf = (stage) => {
  const frame = stage.getBoundingClientRect();
  return { x: frame.left + frame.width / 2, y: frame.top + frame.height / 2 };
};

const roomIn = (stage) => {
  const style = getComputedStyle(stage);
  return {
    width: stage.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight),
    height: stage.clientHeight - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom),
  };
};

// Gives the page a width and keeps what lies under a point of the window in its place.
const widen = (viewer, width, at) => {
  const stage = viewer.querySelector(".stage");
  const page = viewer.querySelector(".page");
  const room = roomIn(stage).width;
  const wanted = Math.min(Math.max(width, room * LEAST), room * MOST);
  const before = page.getBoundingClientRect();
  const point = at ?? middleOf(stage);
  const across = (point.x - before.left) / before.width;
  const down = (point.y - before.top) / before.height;
  page.style.inlineSize = `${wanted}px`;
  // A page wider than the stage is not centred: its beginning could not be reached by scrolling.
  page.style.justifySelf = wanted > room ? "start" : "center";
  const after = page.getBoundingClientRect();
  stage.scrollLeft += after.left + across * after.width - point.x;
  stage.scrollTop += after.top + down * after.height - point.y;
};

const fit = (viewer, what) => {
  const page = viewer.querySelector(".page");
  const room = roomIn(viewer.querySelector(".stage"));
  const { width, height } = page.getBoundingClientRect();
  widen(viewer, what === "width" ? room.width : Math.min(room.width, room.height * width / height));
};

const zoom = (viewer, factor, at) => widen(viewer, viewer.querySelector(".page").offsetWidth * factor, at);

const turn = (viewer) => {
  const page = viewer.querySelector(".page");
  const picture = page.querySelector("img");
  const degrees = (Number(page.dataset.turn ?? 0) + 90) % 360;
  page.dataset.turn = degrees;
  page.style.aspectRatio = degrees % 180 ? `${picture.height} / ${picture.width}` : "";
};

// Two fingers, or Ctrl with the wheel (which is what a touch pad sends for two fingers).
const installPinch = (viewer, stage) => {
  let apart = 0;
  const measure = ([one, other]) => ({
    apart: Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY),
    middle: { x: (one.clientX + other.clientX) / 2, y: (one.clientY + other.clientY) / 2 },
  });
  stage.addEventListener("touchstart", (event) => {
    if (event.touches.length === 2) apart = measure(event.touches).apart;
  }, { passive: true });
  stage.addEventListener("touchmove", (event) => {
    if (event.touches.length !== 2 || !apart) return;
    event.preventDefault();
    const now = measure(event.touches);
    zoom(viewer, now.apart / apart, now.middle);
    apart = now.apart;
  }, { passive: false });
  stage.addEventListener("touchend", () => { apart = 0; }, { passive: true });
  stage.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    zoom(viewer, Math.exp(-event.deltaY / 200), { x: event.clientX, y: event.clientY });
  }, { passive: false });
};

const KEYS = {
  "+": (viewer) => zoom(viewer, STEP),
  "-": (viewer) => zoom(viewer, 1 / STEP),
  0: (viewer) => fit(viewer, "width"),
  1: (viewer) => fit(viewer, "page"),
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
    const stage = viewer.querySelector(".stage");
    each(viewer, "[data-zoom]", (button) => button.addEventListener("click", () => {
      zoom(viewer, button.dataset.zoom === "1" ? STEP : 1 / STEP);
    }));
    each(viewer, "[data-fit]", (button) => button.addEventListener("click", () => fit(viewer, button.dataset.fit)));
    viewer.querySelector("button[data-turn]")?.addEventListener("click", () => turn(viewer));
    stage.addEventListener("keydown", (event) => {
      const act = KEYS[event.key];
      if (!act || event.target !== stage || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      act(viewer);
    });
    installPinch(viewer, stage);
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
