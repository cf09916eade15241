import { each } from "./dom.js";

// The text of a date field and the browser's own calendar say the same day: 04/12/2026 is 2026-12-04.
const western = (text) => text.replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => digit.charCodeAt(0) & 15);

const isoOf = (text) => {
  const parts = western(text).match(/^\s*(\d{1,2})[/.\s-]+(\d{1,2})[/.\s-]+(\d{4})\s*$/);
  return parts ? `${parts[3]}-${parts[2].padStart(2, "0")}-${parts[1].padStart(2, "0")}` : "";
};

const openCalendar = (box, calendar) => {
  calendar.value = isoOf(box.querySelector("[data-date]").value);
  try { calendar.showPicker(); } catch { calendar.focus(); calendar.click(); }
};

const takeDay = (box, calendar) => {
  if (!calendar.value) return;
  const field = box.querySelector("[data-date]");
  field.value = calendar.value.split("-").reverse().join("/");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
  field.focus();
};

// Eight digits, which a telephone's pad of digits can type, are shown as the day that they mean.
const separate = (event) => {
  const field = event.target;
  if (!field.matches?.("[data-date]") || event.inputType?.startsWith("delete")) return;
  const parts = western(field.value).match(/^(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])(\d{4})$/);
  if (parts) field.value = parts.slice(1).join("/");
};

export const installDates = (root) => each(root, "[data-dated]", (box) => {
  const calendar = box.querySelector("[data-calendar]");
  const button = box.querySelector("[data-opens-calendar]");
  if (!button.hidden) return;
  calendar.hidden = button.hidden = false;
  button.addEventListener("click", () => openCalendar(box, calendar));
  calendar.addEventListener("change", () => takeDay(box, calendar));
});

export const installTyping = () => document.addEventListener("input", separate);
