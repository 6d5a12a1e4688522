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

  // Changing the language keeps what was typed, and so does sending it to a node
  // that does not answer: it waits in this tab only, never a password or a code
  // to sign in, and is gone with the next page that the node gives. The one-time id of what was sent is
  // kept too: sent again it is the same act.
  const key = "kept:" + location.pathname;
  const kept = () => [...document.querySelectorAll("form[data-keep] [name]")]
    .filter((f) => !["password", "file", "hidden", "submit"].includes(f.type) && f.autocomplete !== "one-time-code");
  document.addEventListener("submit", (e) => {
    if (!e.target.matches("form[data-language], form[data-keep]")) return;
    const sent = e.target.dataset.language === undefined ? [e.target.getAttribute("action"), e.target.elements._token?.value] : [];
    sessionStorage.setItem(key, JSON.stringify({ sent, typed: kept().map((f) => [f.name, f.value, f.checked]) }));
  });
  const saved = sessionStorage.getItem(key);
  Object.keys(sessionStorage).filter((k) => k.startsWith("kept:")).forEach((k) => sessionStorage.removeItem(k));
  const answered = document.documentElement.dataset.answers !== undefined; // what was sent has arrived, and the form holds what became of it
  if (saved && !answered && !/[?&]done=/.test(location.search)) {
    const { sent: [action, token], typed } = JSON.parse(saved);
    kept().forEach((f, i) => {
      const [name, value, checked] = typed[i] || [];
      if (name !== f.name) return;
      if (f.type === "checkbox" || f.type === "radio") f.checked = checked; else f.value = value;
    });
    const back = token && [...document.querySelectorAll("form[data-keep]")].find((f) => f.getAttribute("action") === action);
    if (back) back.elements._token.value = token;
    for (let d = back?.closest("details"); d; d = d.parentElement.closest("details")) d.open = true;
  }

  // A table of a form grows: another row comes as the last one is typed in, or
  // by its button, which without this script asks the node for it.
  const rowsOf = (table) => table.querySelectorAll("tbody > tr");
  const grow = (table) => {
    const next = rowsOf(table).length + 1, row = table.querySelector("template").content.firstElementChild.cloneNode(true);
    const number = (text) => text.replaceAll("ROW", next);
    for (const e of [row, ...row.querySelectorAll("*")]) for (const a of e.attributes) if (a.value.includes("ROW")) a.value = number(a.value);
    const texts = document.createTreeWalker(row, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) texts.currentNode.data = number(texts.currentNode.data);
    table.querySelector("tbody").append(row);
    if (window.htmx) window.htmx.process(row);
    return row;
  };
  document.addEventListener("input", (e) => {
    const row = e.target.closest("[data-grows] tbody > tr");
    if (row && !row.nextElementSibling) grow(row.closest("[data-grows]"));
  });
  document.addEventListener("click", (e) => {
    const b = e.target.closest("button[data-row]");
    if (!b) return;
    e.preventDefault();
    grow(b.closest("[data-grows]")).querySelector("select, input").focus();
  });
  const growTo = (form, name) => {
    const [, table, row] = /^([a-z_]+)\.(\d+)\./.exec(name) || [], grows = table && form.querySelector(`[data-grows="${table}"]`);
    while (grows && rowsOf(grows).length < Number(row)) grow(grows);
  };

  // A half-filled form that says so is kept by the node on every change. What it
  // does not have yet is kept in this tab only, so that a lost connection costs
  // nothing; the one-time ids are kept too: what is sent again is the same act.
  const draft = "draft:";
  const drafts = () => Object.keys(sessionStorage).filter((k) => k.startsWith(draft));
  const ticked = (f) => f.type === "checkbox" || f.type === "radio";
  const typed = (form) => [...form.elements].filter((f) => f.name && !["password", "file", "submit"].includes(f.type) &&
    (f.type !== "hidden" || f.name === "opening" || f.name === "draft" || f.name.endsWith("_token")));
  const hold = (form) => typed(form).map((f) => [f.name, f.value, ticked(f) ? f.checked : null]);
  const giveBack = (form, held) => {
    const left = new Map(), ticks = new Set();
    held.forEach(([name, value, tick]) => {
      if (tick ?? value) growTo(form, name);
      if (tick === null) left.set(name, [...left.get(name) || [], value]); else if (tick) ticks.add(name + "=" + value);
    });
    typed(form).forEach((f) => {
      if (ticked(f)) f.checked = ticks.has(f.name + "=" + f.value);
      else if (left.get(f.name)?.length) f.value = left.get(f.name).shift();
    });
    form.querySelectorAll("[data-draft-back]").forEach((n) => { n.hidden = false; });
    for (let d = form.closest("details"); d; d = d.parentElement.closest("details")) d.open = true;
  };
  const sent = sessionStorage.getItem("sent"); // the draft that this page may be the answer to
  sessionStorage.removeItem("sent");
  if (sent && (/[?&]done=/.test(location.search) || location.pathname.includes("/acts/") || location.pathname.startsWith("/intake/"))) sessionStorage.removeItem(sent);
  document.querySelectorAll("form[data-draft]").forEach((form) => {
    const key = draft + form.dataset.draft, own = draft + form.dataset.draft.split("/")[0] + "/";
    drafts().filter((k) => !k.startsWith(own)).forEach((k) => sessionStorage.removeItem(k));
    const held = sessionStorage.getItem(key);
    if (held) giveBack(form, JSON.parse(held));
    const said = form.querySelector("[data-draft-said]");
    let last = held, wait = 0, going = false, gone = false; // gone: the form itself is on its way, and no draft may come after it
    const send = async () => {
      clearTimeout(wait);
      wait = 0;
      const now = last;
      if (going || gone || now === null) return;
      going = true;
      let kept = false;
      try {
        kept = (await fetch(form.dataset.draftAt, { method: "POST", body: new URLSearchParams(new FormData(form)), keepalive: true })).status === 204;
      } catch { kept = false; }
      going = false;
      if (gone) return;
      if (kept && last === now) { last = null; sessionStorage.removeItem(key); }
      said.textContent = kept ? said.dataset.kept : said.dataset.waits;
      if (last !== null) wait = setTimeout(send, kept ? 300 : 5000);
    };
    const keep = () => {
      last = JSON.stringify(hold(form));
      sessionStorage.setItem(key, last);
      if (!wait) wait = setTimeout(send, 300);
    };
    if (held) send();
    form.addEventListener("input", keep);
    form.addEventListener("change", keep);
    addEventListener("online", send);
    addEventListener("pagehide", send);
    addEventListener("pageshow", () => { gone = false; });
    form.addEventListener("submit", () => { gone = true; clearTimeout(wait); sessionStorage.setItem(key, JSON.stringify(hold(form))); sessionStorage.setItem("sent", key); });
  });
  document.addEventListener("submit", (e) => {
    if (e.target.matches('form[action="/sign-out"]')) drafts().forEach((k) => sessionStorage.removeItem(k));
  });

  // A list never moves under a finger: it says that something new came.
  document.addEventListener("htmx:sseMessage", (e) => {
    document.querySelectorAll(".fresh[hidden]").forEach((f) => { f.hidden = false; });
    if (e.detail.data) renew(e.detail.data);
  });

  // With the word that something changed come the parts of the page: those that
  // differ are put in place. What can be done was drawn before the other side's
  // act: it says so, and what is being typed stays.
  const renew = (html) => {
    const parts = document.createElement("template");
    parts.innerHTML = html;
    for (const next of [...parts.content.children]) {
      const now = document.getElementById(next.id);
      if (now && !now.isEqualNode(next)) now.replaceWith(next);
    }
    const said = document.getElementById("turns");
    if (said) document.querySelectorAll(".stale").forEach((s) => { s.hidden = said.dataset.turns === s.dataset.turns; });
  };

  // Copy a digest.
  document.addEventListener("click", (e) => {
    const b = e.target.closest("[data-copy]");
    const said = b?.parentElement.querySelector("[data-copied]");
    if (b && navigator.clipboard) navigator.clipboard.writeText(b.dataset.copy).then(() => { if (said) said.textContent = said.dataset.copied; });
  });

  // A passkey answers what the form says it is asked: to sign in or to sign, or
  // for a new one. The form then goes with the answer, as any form does.
  const raw = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const url64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const answer = async ({ passkey, challenge, party, user, login, exclude }) => {
    if (passkey === "get") {
      const c = await navigator.credentials.get({ publicKey: { challenge: raw(challenge), rpId: party, userVerification: "required", timeout: 120000 } });
      return { credential: c.id, client_data: c.response.clientDataJSON, auth_data: c.response.authenticatorData, sig: c.response.signature };
    }
    const c = await navigator.credentials.create({ publicKey: {
      challenge: raw(challenge), rp: { id: party, name: "OASISS" }, user: { id: new TextEncoder().encode(user), name: login, displayName: login },
      pubKeyCredParams: [{ type: "public-key", alg: -7 }, { type: "public-key", alg: -8 }], timeout: 120000, attestation: "none",
      authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
      excludeCredentials: exclude.split(" ").filter(Boolean).map((id) => ({ type: "public-key", id: raw(id) })),
    } });
    return { client_data: c.response.clientDataJSON, attestation: c.response.attestationObject };
  };
  document.addEventListener("submit", async (e) => {
    const form = e.target;
    if (!form.matches("form[data-passkey]")) return;
    e.preventDefault();
    const button = form.querySelector("button"), failed = form.querySelector("[data-passkey-failed]");
    button.disabled = true;
    failed.hidden = true;
    try {
      for (const [name, value] of Object.entries(await answer(form.dataset))) form.elements[name].value = typeof value === "string" ? value : url64(value);
      if (form.closest("#screen-lock")) form.dispatchEvent(new CustomEvent("oasiss:answered", { bubbles: true }));
      else if (form.closest("#signing")) await leads(form); // it stands as it is until the node has it
      else form.submit();
    } catch {
      failed.hidden = false;
      button.disabled = false;
    }
  });

  // A form that goes by script is told where its act leads, and what the node says
  // instead (a refusal) is shown as the page that it is. Where the screen is locked or
  // the session over, the page hides with all that was typed, as it does by itself. An
  // answer is read and signed beside the packet: what its own page would show comes
  // into the place of the form, which waits behind it.
  const paged = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html");
  const post = async (url, values) => {
    const answer = await fetch(url, { method: "POST", body: new URLSearchParams(values), headers: { Accept: "text/html", "X-Oasiss-Script": "yes" } });
    return { answer, to: answer.headers.get("X-Oasiss-To") ?? (answer.redirected ? answer.url : "") };
  };
  const led = async (form) => {
    const { answer, to } = await post(form.action, new FormData(form));
    if (answer.status === 401) {
      form.querySelectorAll("button").forEach((b) => { b.disabled = false; });
      shut();
      return;
    }
    const place = document.getElementById("signs"), signs = place && to.startsWith("/sign/");
    const page = to && !signs ? null : await paged(signs ? await fetch(to) : answer);
    const signing = place && page?.getElementById("signing"), main = page?.getElementById("main");
    if (signing) {
      place.replaceChildren(signing, page.querySelector("[data-unsign]"));
      shown(place, signing.querySelector("#refusal") ?? signing.querySelector("h2"));
    } else if (main) {
      document.getElementById("main").replaceWith(main);
      shown(main, main.querySelector("#refusal") ?? main);
    } else location.assign(to || answer.url);
  };
  const shut = () => document.dispatchEvent(new CustomEvent("oasiss:shut"));
  const leads = (form) => {
    form.setAttribute("aria-busy", "true");
    const button = form.querySelector("button"), unsent = form.querySelector("[data-unsent]");
    if (unsent) unsent.hidden = true;
    return led(form).catch(() => { // nobody answers: what was signed can be sent again, of the rest the browser says it
      if (unsent) unsent.hidden = button.disabled = false; else form.submit();
    }).finally(() => form.removeAttribute("aria-busy"));
  };
  const shown = (part, focus) => {
    window.htmx?.process(part);
    focus?.focus();
    document.dispatchEvent(new CustomEvent("oasiss:shown"));
  };
  document.addEventListener("submit", async (e) => {
    const form = e.target, place = document.getElementById("signs");
    if (!place || e.defaultPrevented || !form.parentElement.matches("[data-in-place]")) return;
    e.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    await leads(form);
    button.disabled = false;
  });
  document.addEventListener("click", (e) => {
    const back = e.target.closest("#signs [data-unsign]");
    if (!back) return;
    e.preventDefault();
    document.getElementById("signs").replaceChildren();
    document.querySelector("#answer details[open] > summary")?.focus();
  });

  // Something is added to a case beside what is read: the form of its own page
  // comes into the panel. What is refused is shown there, too.
  const panel = document.getElementById("panel");
  const beside = (page, title) => {
    const form = page.querySelector("#main form[method=post]");
    if (!form) return false;
    const body = panel.querySelector("[data-body]"), head = panel.querySelector("h2");
    body.replaceChildren(...[...form.parentElement.children].filter((e) => !e.matches("h1, h2, .crumb, [role=status]") && !e.querySelector("a[href]:only-child")));
    if (title) head.textContent = title;
    panel.hidden = false;
    panel.scrollIntoView({ block: "nearest" });
    (body.querySelector("#refusal") ?? body.querySelector("input:not([type=hidden]), select, textarea") ?? head).focus();
    document.dispatchEvent(new CustomEvent("oasiss:shown"));
    return true;
  };
  if (panel) {
    let from = null;
    document.addEventListener("click", async (e) => {
      const a = e.target.closest("a[data-panel]");
      if (e.target.closest("#panel [data-close]")) { panel.hidden = true; from?.focus(); return; }
      if (!a || e.ctrlKey || e.metaKey || e.shiftKey || e.button) return;
      e.preventDefault();
      from = a;
      try { if (!beside(await paged(await fetch(a.href)), a.textContent.trim())) location.assign(a.href); } catch { location.assign(a.href); }
    });
    panel.addEventListener("keydown", (e) => { if (e.key === "Escape") { panel.hidden = true; from?.focus(); } });
    panel.addEventListener("submit", async (e) => {
      const form = e.target;
      if (form.method !== "post" || form.enctype.startsWith("multipart")) return;
      e.preventDefault();
      try {
        const { answer, to } = await post(form.action, new FormData(form));
        if (answer.status === 401) shut();
        else if (to || !beside(await paged(answer))) location.assign(to || answer.url);
      } catch { form.submit(); }
    });
  }

  // A file is sent by pieces, so that a cut costs nothing: what was begun is
  // begun by the same act as without this script, what stands is asked of the
  // node, and the same file chosen again goes on where it stopped.
  const tus = (src) => window.tus ? Promise.resolve() : new Promise((done, fail) => {
    const s = Object.assign(document.createElement("script"), { src, onload: done, onerror: fail });
    document.head.append(s);
  });
  const begun = async (form, file) => {
    const stands = [...document.querySelectorAll("[data-pending]")].find((p) => (!p.dataset.name || p.dataset.name === file.name) && Number(p.dataset.size) === file.size);
    if (stands) return stands.dataset.pending;
    const { to } = await post(form.dataset.begin, { _token: form.elements._token.value, case: form.dataset.case, name: file.name, size: file.size, person: form.elements.person?.value ?? "" });
    return new URL(to, location).searchParams.get("upload");
  };
  const send = (form, file, id) => new Promise((done, fail) => {
    const box = form.querySelector("[data-progress]"), bar = box.querySelector("progress"), says = box.querySelector("p");
    box.hidden = false;
    const going = new window.tus.Upload(file, {
      uploadUrl: form.dataset.to + id, storeFingerprintForResuming: false, retryDelays: [0, 1000, 3000, 5000, 10000, 20000, 40000, 60000],
      onShouldRetry: (e) => { says.textContent = form.dataset.cut; const s = e.originalResponse?.getStatus() ?? 0; return s === 0 || s >= 500 || s === 409 || s === 423; },
      onProgress: (sent, all) => { bar.value = 100 * sent / all; says.textContent = form.dataset.going + " " + Math.floor(100 * sent / all) + " %"; },
      onSuccess: done,
      onError: (e) => { if (e.originalResponse?.getStatus() === 401) opened().then(() => going.start()); else fail(e); },
    });
    going.start();
  });
  // What met a locked screen waits until its person opens it, and goes on.
  const opened = () => new Promise((go) => {
    document.addEventListener("oasiss:opened", go, { once: true });
    shut();
  });
  document.addEventListener("submit", async (e) => {
    const form = e.target;
    if (!form.matches("form[data-upload]") || !form.elements.file.files.length || form.dataset.plain) return;
    e.preventDefault();
    const button = form.querySelector("button"), file = form.elements.file.files[0];
    button.disabled = true;
    let id = null;
    try {
      await tus(form.dataset.script);
      id = await begun(form, file);
    } catch { id = null; }
    if (!id) { // without the script's help the form goes as it is, and says what was refused
      form.dataset.plain = "yes"; button.disabled = false; form.requestSubmit();
      return;
    }
    try {
      await send(form, file, id);
      const add = () => post(form.dataset.add, { _token: form.elements._token.value + ".add", upload: id });
      let added = await add();
      for (; added.answer.status === 401; added = await add()) await opened();
      location.assign(added.to || added.answer.url);
    } catch {
      form.querySelector("[data-progress] p").textContent = form.dataset.failed;
      button.disabled = false;
    }
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
