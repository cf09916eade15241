import { each } from "./dom.js";

// Says how many lines are chosen; all of them, on whichever page, when the box above the list is ticked.
export const installChoosing = () => each(document, "[data-choosing]", (form) => {
  const said = form.querySelector("[data-chosen]");
  const all = form.querySelector("[name=all]");
  const show = () => {
    const count = form.querySelectorAll("[name=document]:checked").length;
    said.textContent = all?.checked ? all.closest("label").textContent.trim() : said.dataset.chosen.replace("#", count);
  };
  form.addEventListener("change", show);
  // The browser brings ticks back when one comes back to the page.
  addEventListener("pageshow", show);
});
