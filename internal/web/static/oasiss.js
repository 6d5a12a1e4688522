// OASISS: small conveniences. Every page works without this file.
(() => {
  "use strict";

  // "/" goes to search, unless the person is writing or turned shortcuts off.
  document.addEventListener("keydown", (e) => {
    if (e.key !== "/" || e.ctrlKey || e.metaKey || e.altKey) return;
    if (document.documentElement.dataset.shortcuts === "off") return;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName) || e.target.isContentEditable) return;
    const search = document.querySelector("[data-search]");
    if (search) { e.preventDefault(); search.tagName === "INPUT" ? search.focus() : search.click(); }
  });

  // Changing the language keeps what was typed: it waits in this tab only,
  // never a password, and is gone once put back.
  const key = "kept:" + location.pathname;
  const kept = () => [...document.querySelectorAll("form[data-keep] [name]")]
    .filter((f) => !["password", "file", "hidden", "submit"].includes(f.type));
  document.addEventListener("submit", (e) => {
    if (!e.target.matches("form[data-language]")) return;
    sessionStorage.setItem(key, JSON.stringify(kept().map((f) => [f.name, f.value, f.checked])));
  });
  const saved = sessionStorage.getItem(key);
  if (saved) {
    sessionStorage.removeItem(key);
    const values = JSON.parse(saved);
    kept().forEach((f, i) => {
      const [name, value, checked] = values[i] || [];
      if (name !== f.name) return;
      if (f.type === "checkbox" || f.type === "radio") f.checked = checked; else f.value = value;
    });
  }

  // A list never moves under a finger: it says that something new came.
  document.addEventListener("sse:changed", () => fresh());
  document.addEventListener("htmx:sseMessage", () => fresh());
  const fresh = () => document.querySelectorAll(".fresh[hidden]").forEach((f) => { f.hidden = false; });

  // What can be done was drawn before the other side's act: it says so, and
  // what is being typed stays.
  document.addEventListener("htmx:afterSettle", () => {
    const said = document.getElementById("conversation"), acts = document.getElementById("acts");
    if (said && acts && said.dataset.turns !== acts.dataset.turns) acts.querySelectorAll(".stale").forEach((s) => { s.hidden = false; });
  });

  // Copy a digest.
  document.addEventListener("click", (e) => {
    const b = e.target.closest("[data-copy]");
    if (b && navigator.clipboard) navigator.clipboard.writeText(b.dataset.copy);
  });

  // Print the page as its print style has it.
  document.addEventListener("click", (e) => { if (e.target.closest("[data-print]")) window.print(); });

  // An open menu closes with Escape and by a click elsewhere.
  document.addEventListener("keydown", (e) => {
    if (e.key !== "Escape") return;
    const open = document.querySelector("details.menu[open]");
    if (open) { open.open = false; open.querySelector("summary").focus(); }
  });
  document.addEventListener("click", (e) => document.querySelectorAll("details.menu[open]").forEach((m) => { if (!m.contains(e.target)) m.open = false; }));
})();
