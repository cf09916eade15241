import { each } from "./dom.js";

// A choice leads to what it needs: the PIN of an approval, the reason of a return. Choosing it again leads there too.
const leadOn = (event) => {
  const radio = event.target.closest?.("[data-then]");
  if (!radio) return;
  const next = document.getElementById(radio.dataset.then);
  if (next?.offsetParent) next.focus();
};

// A ready-made sentence is added to what was typed.
const fill = (event) => {
  const button = event.target.closest?.("[data-fill]");
  if (!button) return;
  const field = document.getElementById(button.dataset.fill);
  field.value = [field.value.trim(), button.textContent.trim()].filter(Boolean).join(" – ");
  field.focus();
};

// The notice that offers to undo goes when the server would refuse it.
const countDown = (notice) => {
  let left = Number(notice.dataset.countdown);
  const shown = notice.querySelector("[data-seconds]");
  const timer = setInterval(() => {
    left -= 1;
    if (left <= 0) { clearInterval(timer); notice.remove(); return; }
    shown.textContent = left;
  }, 1000);
};

export const installQueue = () => {
  document.addEventListener("click", leadOn);
  document.addEventListener("click", fill);
  each(document, "[data-countdown]", countDown);
};
