// OASISS: the lock of an open page. The node refuses a session that nobody has
// used for a while whether or not this file runs; here the page hides too, and
// what was being typed stays in it.
(() => {
  "use strict";
  const ready = document.getElementById("screen");
  if (!ready) return;
  const root = document.documentElement, tabs = new BroadcastChannel("oasiss-screen");
  const title = document.title;
  let until = 0, timer = 0, told = Date.now(), focused = null, pause = 60000;
  const cover = () => document.getElementById("screen-lock");

  // Everything but the cover is taken out of sight and out of what a screen
  // reader reads (the style sheet does it), and stays as it was.
  const lock = () => {
    if (cover()) return;
    focused = document.activeElement;
    document.body.append(ready.content.cloneNode(true));
    root.dataset.locked = "yes";
    document.title = ready.dataset.title;
    cover().querySelector("[role=heading]").focus();
  };
  const unlock = () => {
    if (!cover()) return;
    cover().remove();
    delete root.dataset.locked;
    document.title = title;
    if (focused?.isConnected) focused.focus();
  };
  const part = (name) => cover().querySelector("[data-" + name + "]");
  const only = (name) => ["asked", "offline", "over"].forEach((p) => { part(p).hidden = p !== name; });

  // What opens it comes from the node when it is needed: its question is answered once.
  const put = (html) => {
    const section = new DOMParser().parseFromString(html, "text/html").getElementById("lock");
    if (!section) return false;
    part("asked").replaceChildren(document.adoptNode(section));
    only("asked");
    part("asked").querySelector("h1").focus();
    return true;
  };
  const own = { "X-Oasiss-Screen": "yes", Accept: "text/html" };
  const fill = async () => {
    if (part("asked").querySelector("form")) return;
    put(await (await fetch("/locked", { headers: own })).text());
  };
  const arm = (seconds) => {
    until = Date.now() + 1000 * seconds;
    pause = Math.min(60000, 250 * seconds);
    clearTimeout(timer);
    timer = setTimeout(check, 1000 * seconds + 100);
  };
  const heed = async (answer) => {
    const [state, seconds, whose] = (await answer.text()).split(" ");
    if (state === "open" && whose !== ready.dataset.whose) { // somebody else signed in here: this page is not theirs
      lock();
      location.replace("/");
      return;
    }
    if (state === "open") {
      unlock();
      arm(Number(seconds));
      document.dispatchEvent(new CustomEvent("oasiss:opened")); // for what waits behind the lock
      return;
    }
    lock();
    if (state === "locked") await fill(); else only("over");
  };
  const check = async () => {
    if (Date.now() >= until) lock(); // hidden first, asked after
    try { await heed(await fetch("/screen")); } catch { if (cover()) only("offline"); }
  };

  const here = async () => {
    if (cover() || Date.now() - told < pause) return;
    told = Date.now();
    try { await heed(await fetch("/screen", { method: "POST" })); } catch { /* the line is cut: the time goes on */ }
  };
  ["keydown", "pointerdown", "input"].forEach((e) => document.addEventListener(e, here, { passive: true, capture: true }));
  document.addEventListener("visibilitychange", () => { if (!document.hidden && (cover() || Date.now() >= until)) check(); });
  document.addEventListener("htmx:responseError", (e) => { if (e.detail.xhr.status === 401) check(); });
  document.addEventListener("oasiss:shut", check);
  addEventListener("pageshow", (e) => { if (e.persisted) check(); });
  tabs.addEventListener("message", (e) => { // who logs out leaves no other page open
    if (e.data !== "out") { check(); return; }
    lock();
    setTimeout(check, 1000);
  });

  const open = async (form) => {
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      const answer = await fetch(form.action, { method: "POST", headers: own, body: new URLSearchParams(new FormData(form)) });
      if (answer.status === 204) { tabs.postMessage("open"); await check(); return; }
      if (!put(await answer.text())) await check();
    } catch { only("offline"); } finally { button.disabled = false; }
  };
  document.addEventListener("submit", (e) => { if (e.target.matches("[action='/sign-out']")) tabs.postMessage("out"); });
  document.addEventListener("submit", (e) => {
    if (!cover()?.contains(e.target) || e.target.matches("[data-passkey], [action='/sign-out']")) return;
    e.preventDefault();
    open(e.target);
  });
  document.addEventListener("oasiss:answered", (e) => open(e.target)); // by a passkey
  document.addEventListener("click", (e) => { if (e.target.closest("[data-again]")) check(); });
  arm(Number(ready.dataset.left));
})();
