import { announce, csrfToken, each } from "./dom.js";
import { openDialog } from "./keys.js";

const WARNING_S = 120;

// A second click on the same form must not send it twice; coming back with the browser's button opens it again.
const blockDoubleSubmit = () => {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-once]")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    form.setAttribute("aria-busy", "true");
  });
  addEventListener("pageshow", () => each(document, "[data-once]", (form) => {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
  }));
};

// What was typed and refused is in the fields as if it had been there from the start.
const isChanged = (form) => form.querySelector("[data-error-summary]") || [...form.elements].some((field) =>
  field.matches("select") ? !([...field.options].find((option) => option.defaultSelected) ?? field.options[0]).selected
    : field.matches("[type=checkbox], [type=radio]") ? field.checked !== field.defaultChecked
      : field.matches("textarea, input:not([type=hidden], [data-calendar])") && field.value !== field.defaultValue);

// The browser asks before a page is left whose main form holds something that was not sent.
const guardUnsent = () => addEventListener("beforeunload", (event) => {
  const forms = [...document.querySelectorAll("form[data-main][data-once]:not([data-sent])")];
  if (forms.some(isChanged)) event.preventDefault();
});

const onClick = async (event) => {
  const button = event.target.closest?.("[data-opens], [data-closes], [data-copy]");
  if (!button) return;
  if (button.dataset.opens) openDialog(button.dataset.opens);
  if (button.hasAttribute("data-closes")) button.closest("dialog")?.close();
  if (button.dataset.copy) {
    await navigator.clipboard.writeText(button.dataset.copy);
    announce(document.body.dataset.copied);
  }
};

const warnOfSessionEnd = () => {
  const { sessionIdle, sessionStay } = document.body.dataset;
  const dialog = document.getElementById("session-warning");
  if (!sessionIdle || !dialog) return;
  let timer = 0;
  const start = () => {
    clearTimeout(timer);
    timer = setTimeout(() => dialog.open || dialog.showModal(), (sessionIdle - WARNING_S) * 1000);
  };
  each(dialog, "[data-stay]", (button) => button.addEventListener("click", async () => {
    const answer = await fetch(sessionStay, { method: "POST", headers: { "X-CSRFToken": csrfToken() } });
    if (answer.status !== 204) return location.reload();
    dialog.close();
    start();
  }));
  document.addEventListener("htmx:afterRequest", start);
  start();
};

const closeMenus = () => {
  document.addEventListener("click", (event) => each(document, "details[data-menu][open]", (menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  }));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") each(document, "details[data-menu][open]", (menu) => {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });
};

const tellOffline = () => {
  const show = () => {
    const shown = document.querySelector(".banner[data-offline]");
    if (navigator.onLine) return shown?.remove();
    if (shown) return;
    const banner = document.getElementById("offline-banner").content.firstElementChild.cloneNode(true);
    banner.dataset.offline = "";
    document.getElementById("main").prepend(banner);
  };
  addEventListener("online", show);
  addEventListener("offline", show);
};

export const installForms = () => {
  blockDoubleSubmit();
  guardUnsent();
  document.addEventListener("click", onClick);
  document.body.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRFToken"] = csrfToken();
  });
  warnOfSessionEnd();
  closeMenus();
  if (document.getElementById("offline-banner")) tellOffline();
  if (matchMedia("(max-width: 48rem)").matches) {
    each(document, "[data-open-wide]", (box) => { box.open = false; });
  }
  document.querySelector("[data-error-summary]")?.focus();
};
