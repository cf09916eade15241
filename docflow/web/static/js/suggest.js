import { each } from "./dom.js";

const PAUSE_MS = 150;

// A list under a search box (WAI-ARIA combobox): arrows choose, Enter opens, Escape closes; without a choice, Enter sends
// the form as it would without scripts. The server gives the options; an answer to what was typed before is given up.
const installBox = (input) => {
  const list = document.getElementById(input.dataset.list);
  let timer = 0;
  let asking = null;
  let asked = null;
  let chosen = -1;

  const options = () => [...list.querySelectorAll("[role=option]")];

  const choose = (place) => {
    const all = options();
    chosen = all.length ? (place + all.length) % all.length : -1;
    all.forEach((option, at) => option.setAttribute("aria-selected", at === chosen));
    if (chosen < 0) return input.removeAttribute("aria-activedescendant");
    all[chosen].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", all[chosen].id);
  };

  const unchoose = () => {
    chosen = -1;
    options().forEach((option) => option.setAttribute("aria-selected", "false"));
    input.removeAttribute("aria-activedescendant");
  };

  const open = (isOpen) => {
    list.hidden = !isOpen;
    input.setAttribute("aria-expanded", isOpen);
    if (!isOpen) unchoose();
  };

  const giveUp = () => {
    clearTimeout(timer);
    asking?.abort();
    asking = null;
  };

  const ask = async () => {
    giveUp();
    const own = asking = new AbortController();
    const typed = input.value;
    try {
      const address = `${input.dataset.suggest}?q=${encodeURIComponent(typed)}`;
      const answer = await fetch(address, { signal: own.signal, headers: { "HX-Request": "true" } });
      const html = answer.status === 200 ? await answer.text() : "";
      if (own !== asking || document.activeElement !== input) return;
      list.innerHTML = html;
      asked = typed;
      options().forEach((option, at) => { option.id = `${list.id}-${at}`; });
      unchoose();
      open(options().length > 0);
    } catch { /* Given up, or the network is away: the box is still a form. */ }
  };

  const onKey = (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (list.hidden) return void ask();
      choose(chosen < 0 && step < 0 ? -1 : chosen + step);
    } else if (event.key === "Enter") {
      const exact = asked === input.value ? list.querySelector("[data-exact]") : null;
      const option = list.hidden ? null : options()[chosen] ?? exact;
      giveUp();
      if (!option) return open(false);
      event.preventDefault();
      option.click();
    } else if (event.key === "Escape" && !list.hidden) {
      // The first Escape closes the list, the next one empties the box.
      event.preventDefault();
      giveUp();
      open(false);
    }
  };

  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" })) input.setAttribute(name, value);
  input.addEventListener("input", () => { giveUp(); timer = setTimeout(ask, PAUSE_MS); });
  input.addEventListener("focus", () => { if (!input.value) ask(); });
  input.addEventListener("keydown", onKey);
  input.addEventListener("blur", () => { giveUp(); open(false); });
  // A press on an option must not take the focus first, which would close the list under the pointer.
  list.addEventListener("mousedown", (event) => event.preventDefault());
};

export const installSuggestions = (root) => each(root, "[data-suggest]", installBox);
