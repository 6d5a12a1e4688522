// Recomputes, in the reader's own browser, the way from one entry of the journal
// to the root that the checkpoint names (RFC 6962, 2.1.1): what the page says of
// it need not be believed. The signatures are checked by oasiss-verify.
(() => {
  "use strict";
  const box = document.querySelector("[data-prove]");
  if (!box || !window.crypto?.subtle) return;
  const button = box.querySelector("button"), said = box.querySelector("output");
  const hash = async (...parts) => {
    const all = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
    let at = 0;
    for (const p of parts) { all.set(p, at); at += p.length; }
    return new Uint8Array(await crypto.subtle.digest("SHA-256", all));
  };
  const bytes = (hex) => Uint8Array.from(hex.match(/../g) || [], (b) => parseInt(b, 16));
  const root = async (proof, size) => {
    let node = await hash([0], bytes(proof.digest)), index = proof.index, last = size - 1;
    if (index > last) throw new Error("behind the checkpoint");
    for (const step of proof.path || []) {
      if (last === 0) throw new Error("too long");
      if (index % 2 === 1 || index === last) {
        node = await hash([1], bytes(step), node);
        while (index % 2 === 0 && index !== 0) { index /= 2; last = Math.floor(last / 2); }
      } else {
        node = await hash([1], node, bytes(step));
      }
      index = Math.floor(index / 2);
      last = Math.floor(last / 2);
    }
    if (last !== 0) throw new Error("too short");
    return btoa(String.fromCharCode(...node));
  };
  const check = async () => {
    const answer = await fetch(box.dataset.prove);
    if (!answer.ok) throw new Error("no proof");
    const proof = await answer.json(), note = proof.checkpoint.split("\n");
    return proof.digest === box.dataset.digest && await root(proof, Number(note[1])) === note[2];
  };
  box.hidden = false;
  button.addEventListener("click", async () => {
    let holds = false;
    try { holds = await check(); } catch { holds = false; }
    said.textContent = holds ? box.dataset.holds : box.dataset.broken;
    said.className = "st " + (holds ? "ok" : "over");
    box.dataset.checked = holds ? "yes" : "no";
  });
})();
