import { announce, csrfToken, each, replaceHtml } from "./dom.js";

let lineCount = 0;

// The server keeps one document for one key: a file sent again after a lost answer is not deposited twice. Not
// crypto.randomUUID, which browsers offer on encrypted sites only, and a district's own network may have none.
const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

const tellSent = (isLast) => document.dispatchEvent(new CustomEvent("docflow:sent", { detail: { isLast } }));

// U+202E and its like could show another extension than the file has.
const shownName = (name) => name.replace(/[\p{Cc}\p{Cf}]/gu, "");

const makeLine = (list, file) => {
  const line = document.createElement("li");
  line.id = `${list.id}-line-${++lineCount}`;
  line.dataset.ownLine = list.id;
  const name = Object.assign(document.createElement("span"), { className: "name" });
  name.append(Object.assign(document.createElement("bdi"), { textContent: shownName(file.name) }));
  const state = Object.assign(document.createElement("span"), { className: "state" });
  line.append(name, state);
  list.append(line);
  return { line, state, key: newKey() };
};

const fail = ({ line, state }, text, retry, form) => {
  line.dataset.state = "failed";
  const message = Object.assign(document.createElement("span"), { className: "err", textContent: text });
  state.replaceChildren(message);
  if (retry) {
    const again = Object.assign(document.createElement("button"), {
      type: "button", className: "btn btn--small", textContent: form.dataset.textRetry,
    });
    again.addEventListener("click", retry, { once: true });
    state.append(again);
  }
  announce(`${line.firstChild.textContent}: ${text}`);
};

const answerOf = (request) => {
  try { return JSON.parse(request.responseText); } catch { return {}; }
};

// The server's line takes the place of ours; where its line is there already, ours only goes.
const place = (line, html) => {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  const { id } = holder.content.firstElementChild;
  if (document.getElementById(id)) return line.remove();
  line.id = id;
  replaceHtml(id, html);
};

const send = (form, shown, file) => new Promise((resolve) => {
  const { line, state, key } = shown;
  const bar = Object.assign(document.createElement("progress"), { max: 100, value: 0 });
  bar.setAttribute("aria-label", form.dataset.textSending);
  const share = Object.assign(document.createElement("bdi"), { textContent: "0%" });
  delete line.dataset.state;
  state.replaceChildren(form.dataset.textSending, bar, share);
  const body = new FormData(form);
  body.delete("files");
  body.append("key", key);
  body.append("file", file, file.name);
  const request = new XMLHttpRequest();
  request.open("POST", form.dataset.upload);
  request.setRequestHeader("Accept", "application/json");
  request.setRequestHeader("X-CSRFToken", csrfToken());
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    bar.value = (100 * event.loaded) / event.total;
    share.textContent = `${Math.floor(bar.value)}%`;
  });
  const again = async () => { await send(form, shown, file); tellSent(true); };
  request.addEventListener("load", () => {
    const answer = answerOf(request);
    if (request.status >= 200 && request.status < 300) {
      if (answer.html) place(line, answer.html);
      else state.replaceChildren(form.dataset.textSent);
      tellSent(false);
    } else fail(shown, answer.detail ?? form.dataset.textFailed, request.status >= 500 || request.status === 429 ? again : null, form);
    resolve();
  });
  request.addEventListener("error", () => { fail(shown, form.dataset.textFailed, again, form); resolve(); });
  request.send(body);
});

const sendAll = async (form, files) => {
  const list = document.getElementById(form.dataset.list);
  const limit = Number(form.dataset.maxBytes);
  const waiting = [];
  for (const file of files) {
    const shown = makeLine(list, file);
    if (limit && file.size > limit) fail(shown, form.dataset.textLarge, null, form);
    else waiting.push([shown, file]);
  }
  // One after the other: the batch keeps the order in which they were chosen, fronts before their backs.
  for (const job of waiting) await send(form, ...job);
  tellSent(true);
  announce(form.dataset.textDone);
};

export const installUploads = (root) => {
  each(root, "form[data-upload]", (form) => {
    const input = form.querySelector("input[type=file]");
    const take = (files) => { sendAll(form, [...files]); input.value = ""; };
    form.dataset.ready = "";
    form.querySelector("[data-upload-send]")?.setAttribute("hidden", "");
    input.addEventListener("change", () => take(input.files));
    // Files may have been chosen before this script was there.
    if (input.files.length) take(input.files);
    form.addEventListener("dragover", (event) => { event.preventDefault(); form.dataset.over = ""; });
    form.addEventListener("dragleave", () => delete form.dataset.over);
    form.addEventListener("drop", (event) => {
      event.preventDefault();
      delete form.dataset.over;
      take(event.dataTransfer.files);
    });
  });
};
