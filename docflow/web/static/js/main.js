import { installForms } from "./forms.js";
import { installKeys } from "./keys.js";
import { installLive, installLiveAgain } from "./live.js";
import { installProofs } from "./proof.js";
import { installUploads } from "./upload.js";
import { installFieldFocus, installViewers } from "./viewer.js";

// What arrives later (htmx, live regions) is installed as what was there from the start.
const installParts = (root) => {
  installViewers(root);
  installUploads(root);
  installLive(root);
};

installForms();
installKeys();
installFieldFocus();
installLiveAgain();
installParts(document);
installProofs(document);
document.addEventListener("htmx:load", (event) => {
  if (event.detail.elt !== document.body) installParts(event.detail.elt);
});
document.addEventListener("docflow:replaced", (event) => installParts(event.target));
