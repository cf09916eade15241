import { each } from "./dom.js";

// The word in its line follows what is typed for it; a line that is opened later begins with what was typed so far.
const showWord = (input) => {
  const mark = document.querySelector(`[data-mark="${CSS.escape(input.id)}"]`);
  if (mark) mark.textContent = input.value;
  input.toggleAttribute("data-changed", input.value !== input.dataset.read);
};

const fieldsOf = (form) => [...form.querySelectorAll("[data-doubt]")];

const goTo = (form, input, step) => {
  const fields = fieldsOf(form);
  const next = fields[fields.indexOf(input) + step];
  if (next) next.select();
  (next ?? form.querySelector(".foot .btn--primary")).focus();
};

const onProofKey = (form, event) => {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const input = event.target;
  const isWord = input.matches("[data-doubt]");
  if (event.key === "Enter" && isWord) {
    event.preventDefault();
    goTo(form, input, event.shiftKey ? -1 : 1);
  } else if (event.key === "Escape" && (isWord || input.matches("textarea"))) {
    event.preventDefault();
    input.value = isWord ? input.dataset.read : input.defaultValue;
    if (isWord) { showWord(input); input.select(); }
  }
};

export const installProofs = (root) => {
  each(root, "form[data-proof]", (form) => {
    form.addEventListener("keydown", (event) => onProofKey(form, event));
    form.addEventListener("input", (event) => { if (event.target.matches("[data-doubt]")) showWord(event.target); });
    each(form, "details", (details) => details.addEventListener("toggle", () => {
      if (!details.open || !details.contains(document.activeElement)) return;
      const line = details.querySelector("textarea");
      const read = details.querySelector("[data-read-line]");
      if (read && line.value === line.defaultValue) line.value = read.textContent.trim();
      line.focus();
    }));
    const first = fieldsOf(form)[0];
    if (first && !document.querySelector("[data-error-summary]")) {
      first.focus({ preventScroll: true });
      first.select();
      // Where the picture stays above the lines, the whole line stands under it, and none half behind it.
      first.closest("li").scrollIntoView({ block: matchMedia("(max-width: 48rem)").matches ? "start" : "nearest" });
    }
  });
};
