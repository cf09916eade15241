// Only on the two pages that ask a security key: all others do without these bytes.
const csrfToken = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";
const showing = (form, selector, isShown) => form.querySelectorAll(selector).forEach((part) => { part.hidden = !isShown; });

// Bytes travel as Base64 for addresses, without padding (Web Authentication, section 5.1.8).
const toBytes = (text) => Uint8Array.from(
  atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const toText = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const described = (list) => (list ?? []).map((one) => ({ ...one, id: toBytes(one.id) }));

const asked = (kind, told) => kind === "create"
  ? { ...told, challenge: toBytes(told.challenge), user: { ...told.user, id: toBytes(told.user.id) },
    excludeCredentials: described(told.excludeCredentials) }
  : { ...told, challenge: toBytes(told.challenge), allowCredentials: described(told.allowCredentials) };

const answered = (credential) => {
  const { response } = credential;
  const given = { clientDataJSON: toText(response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) given[name] = toText(response[name]);
  }
  if (response.getTransports) given.transports = response.getTransports();
  return JSON.stringify({ id: credential.id, rawId: toText(credential.rawId), type: credential.type, response: given,
    clientExtensionResults: {} });
};

class Refused extends Error {}

const optionsOf = async (form) => {
  const sent = new FormData(form);
  sent.delete("answer");
  const answer = await fetch(form.dataset.keyOptions, {
    method: "POST", body: sent, headers: { "X-CSRFToken": csrfToken(), Accept: "application/json" },
  });
  const told = await answer.json();
  if (!answer.ok) throw new Refused(told.detail);
  return told;
};

const say = (form, text) => {
  const place = form.querySelector("[data-key-said]");
  place.textContent = text;
  place.hidden = !text;
};

const textOf = (form, error) => {
  if (error instanceof Refused) return error.message;
  return error.name === "InvalidStateError" ? form.dataset.keyHeld : form.dataset.keyFailed;
};

const askKey = async (form) => {
  if (form.hasAttribute("aria-busy")) return;
  form.setAttribute("aria-busy", "true");
  say(form, "");
  try {
    const kind = form.dataset.key;
    const publicKey = asked(kind, await optionsOf(form));
    form.elements.answer.value = answered(await navigator.credentials[kind]({ publicKey }));
    // What was typed is on its way; the browser need not ask whether the page may be left.
    form.dataset.sent = "1";
    form.submit();
  } catch (error) {
    form.removeAttribute("aria-busy");
    say(form, textOf(form, error));
  }
};

const canAsk = (form) => {
  if (!form.dataset.keyOrigin || !window.PublicKeyCredential) return false;
  if (location.origin === form.dataset.keyOrigin) return true;
  const there = document.createElement("bdi");
  there.textContent = form.dataset.keyOrigin;
  form.querySelector("[data-key-unable]")?.replaceChildren(`${form.dataset.keyElsewhere} `, there);
  return false;
};

document.querySelectorAll("form[data-key]").forEach((form) => {
  if (!canAsk(form)) return;
  showing(form, "[data-key-unable]", false);
  showing(form, "[data-key-able]", true);
  form.addEventListener("submit", (event) => {
    if (!form.hasAttribute("data-key-only") && !event.submitter?.matches("[data-key-button]")) return;
    event.preventDefault();
    event.stopPropagation();
    askKey(form);
  });
});
