import { each } from "./dom.js";

const SWITCH = "docflow-keys";
const areOn = () => localStorage.getItem(SWITCH) !== "off";

const isTyping = (target) =>
  target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName) ||
  (target.tagName === "INPUT" && !/^(checkbox|radio|button|submit)$/.test(target.type));

// An Arabic layout gives Arabic letters in `key`: the place of the key on the keyboard then says the letter.
const letterOf = (event) =>
  /^[\x20-\x7e]$/.test(event.key) ? event.key.toUpperCase()
    : event.key.length > 1 ? event.key
    : event.code === "Slash" ? "/" : event.code.replace(/^Key/, "");

const move = (step) => {
  const rows = [...document.querySelectorAll("[data-row]")];
  if (!rows.length) return false;
  const now = rows.findIndex((row) => row.contains(document.activeElement) || row.hasAttribute("aria-current"));
  const next = rows[Math.min(Math.max(now + step, 0), rows.length - 1)];
  next.scrollIntoView({ block: "nearest" });
  (next.matches("a, button, [tabindex]") ? next : next.querySelector("a, button, input"))?.focus();
  return true;
};

const currentRow = () =>
  document.activeElement.closest("[data-row]") ?? document.querySelector("[data-row][aria-current]");

const press = (selector) => {
  const found = document.querySelector(selector);
  if (!found) return false;
  if (found.matches("input:not([type=radio]):not([type=checkbox]), textarea")) found.focus();
  else found.click();
  return true;
};

// Keys of the line that is looked at, then of the group that it stands in.
const pressHere = (letter) => {
  const row = currentRow();
  const wanted = `[data-row-key="${letter}"]`;
  const found = row?.querySelector(wanted) ?? row?.closest("[data-group]")?.querySelector(wanted);
  found?.click();
  return Boolean(found);
};

export const openDialog = (id) => {
  const dialog = document.getElementById(id);
  if (!dialog || dialog.open) return false;
  dialog.showModal();
  return true;
};

const focusSearch = () => {
  const box = [...document.querySelectorAll("[data-search]")].find((one) => one.offsetParent);
  // Who may not search letters finds places and people in a dialog instead.
  if (!box) return openDialog("palette") || press(".bar a.mobile-only");
  box.focus();
  box.select();
  return true;
};

const ACTIONS = {
  J: () => move(1),
  K: () => move(-1),
  X: () => {
    const box = currentRow()?.querySelector("input[type=checkbox]");
    box?.click();
    return Boolean(box);
  },
  "/": focusSearch,
  "?": () => openDialog("keys-help"),
  PageUp: () => press("[data-page-previous]"),
  PageDown: () => press("[data-page-next]"),
};

const onKey = (event) => {
  if (event.defaultPrevented || event.isComposing || event.altKey) return;
  const letter = letterOf(event);
  const withControl = event.ctrlKey || event.metaKey;
  if (withControl && letter === "Enter") {
    const form = event.target.form ?? event.target.closest?.("form") ?? document.querySelector("form[data-main]");
    if (form) { event.preventDefault(); form.requestSubmit(); }
    return;
  }
  if (withControl && letter === "K") {
    if (focusSearch()) event.preventDefault();
    return;
  }
  if (withControl || isTyping(event.target) || !areOn() || document.querySelector("dialog[open]")) return;
  const done = ACTIONS[letter] ? ACTIONS[letter]() : /^[A-Z]$/.test(letter) && (pressHere(letter) || press(`[data-key="${letter}"]`));
  if (done) event.preventDefault();
};

// To the next one of a list or the one before, also from a field; what was typed is asked about on the way.
const onListKey = (event) => {
  if (event.key !== "Enter" || !event.altKey || event.ctrlKey || event.metaKey) return;
  const link = document.querySelector(event.shiftKey ? "[data-list-previous]" : "[data-list-next]");
  if (!link) return;
  event.preventDefault();
  link.click();
};

export const installKeys = () => {
  document.addEventListener("keydown", onKey);
  document.addEventListener("keydown", onListKey);
  each(document, "[data-keys-switch]", (button) => {
    const show = () => { button.textContent = areOn() ? button.dataset.off : button.dataset.on; };
    button.addEventListener("click", () => { localStorage.setItem(SWITCH, areOn() ? "off" : "on"); show(); });
    show();
  });
};
