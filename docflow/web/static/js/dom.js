// Small words shared by the modules.
export const each = (root, selector, work) => {
  if (root.matches?.(selector)) work(root);
  root.querySelectorAll(selector).forEach(work);
};

export const csrfToken = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";

export const announce = (text) => {
  const live = document.getElementById("live");
  if (live) live.textContent = text;
};

// Replaces the element named `target`: whole when the HTML brings the same id, else what is inside it. One that is not
// there yet is placed behind the element named `after`.
export const replaceHtml = (target, html, after) => {
  if (after && !document.getElementById(target)) {
    const place = document.createElement("li");
    place.id = target;
    document.getElementById(after)?.after(place);
  }
  const old = document.getElementById(target);
  if (!old) return;
  const template = document.createElement("template");
  template.innerHTML = html;
  const fresh = template.content.firstElementChild;
  if (fresh && fresh.id === target) old.replaceWith(fresh);
  else old.replaceChildren(template.content);
  const placed = document.getElementById(target);
  window.htmx?.process(placed);
  placed.dispatchEvent(new CustomEvent("docflow:replaced", { bubbles: true }));
};
