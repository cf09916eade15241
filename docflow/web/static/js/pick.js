import { each } from "./dom.js";

// As one compares names by eye: without accents, vowel signs, forms of hamza, or capitals.
const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

// Typing leaves of a long list what it names, and whatever is ticked.
export const installPicks = (root) => each(root, "[data-pick]", (list) => {
  const filter = list.querySelector("input[type=search]");
  filter.parentElement.hidden = false;
  // Enter would send the whole form.
  filter.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  filter.addEventListener("input", () => {
    const wanted = folded(filter.value.trim());
    list.querySelectorAll(".field").forEach((line) => {
      line.hidden = !folded(line.textContent).includes(wanted) && !line.querySelector(":checked");
    });
  });
});
