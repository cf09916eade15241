import { installChoosing } from "./choose.js";
import { installDates, installTyping } from "./dates.js";
import { announce, each } from "./dom.js";
import { installForms } from "./forms.js";
import { installHits } from "./hits.js";
import { installKeys } from "./keys.js";
import { installLive, installLiveAgain } from "./live.js";
import { installPicks } from "./pick.js";
import { installProofs } from "./proof.js";
import { installQueue } from "./queue.js";
import { installSuggestions } from "./suggest.js";
import { installUploads } from "./upload.js";
import { installFieldFocus, installViewers } from "./viewer.js";

// A part that was swapped says what was done, and takes the focus that its predecessor had when that is gone.
const settleFocus = (root) => each(root, "[data-focus]", (part) => {
  if (part.dataset.announce) announce(part.dataset.announce);
  if (document.activeElement === document.body) document.getElementById(part.dataset.focus)?.focus();
});

// What arrives later (htmx, live regions) is installed as what was there from the start.
const installParts = (root) => {
  installDates(root);
  installViewers(root);
  installHits(root);
  installUploads(root);
  installLive(root);
};

installForms();
installKeys();
installFieldFocus();
installTyping();
installLiveAgain();
installParts(document);
installPicks(document);
installProofs(document);
installQueue();
installChoosing();
installSuggestions(document);
document.addEventListener("htmx:load", (event) => {
  if (event.detail.elt === document.body) return;
  installParts(event.detail.elt);
  settleFocus(event.detail.elt);
});
document.addEventListener("docflow:replaced", (event) => installParts(event.target));
