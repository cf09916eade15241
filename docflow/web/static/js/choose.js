import { each } from "./dom.js";

// The box above a list ticks its lines, and says with a dash that some are ticked; it stands for all that were found, on
// whichever page. Lines that only come close to what was asked for are none of those. Says how many lines are chosen.
export const installChoosing = () => each(document, "[data-choosing]", (form) => {
  const said = form.querySelector("[data-chosen]");
  const all = form.querySelector("[name=all]");
  const boxes = [...form.querySelectorAll("[name=document]")];
  const found = boxes.filter((box) => box.closest("[data-found]"));
  const close = boxes.filter((box) => !found.includes(box));
  const isTicked = (box) => box.checked;
  const tickFound = () => found.forEach((box) => { box.checked = all.checked; });
  const showAll = () => {
    const isWhole = found.length === Number(all.dataset.total);
    all.checked = found.every(isTicked) && (all.checked || isWhole);
    all.indeterminate = !all.checked && found.some(isTicked);
    close.forEach((box) => {
      box.disabled = all.checked;
      box.checked &&= !all.checked;
    });
  };
  const show = () => {
    if (all) showAll();
    const count = boxes.filter(isTicked).length;
    said.textContent = all?.checked ? all.closest("label").textContent.trim() : said.dataset.chosen.replace("#", count);
  };
  form.addEventListener("change", (event) => {
    if (event.target === all) tickFound();
    show();
  });
  // The browser brings ticks back when one comes back to the page.
  addEventListener("pageshow", () => {
    if (all?.checked) tickFound();
    show();
  });
});
