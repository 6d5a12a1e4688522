// The link chart: what the node drew is laid out by cytoscape's fcose and can be
// moved. Without this file the chart stands as the node drew it. Cytoscape draws
// nothing: it runs headless, and the same accessible SVG is moved.
(() => {
  "use strict";
  const figure = document.querySelector("[data-links]");
  const svg = figure?.querySelector("svg.chart");
  if (!svg) return;
  const forced = matchMedia("(forced-colors: active)").matches;
  const things = new Map([...svg.querySelectorAll("[data-thing]")].map((g) => [g.dataset.thing, g]));
  const lines = [...svg.querySelectorAll("line")], says = [...svg.querySelectorAll("[data-says]")];
  const at = new Map();
  things.forEach((g, id) => {
    const [x, y] = g.getAttribute("transform").match(/-?[\d.]+/g).map(Number);
    at.set(id, { x, y });
  });

  // What one moved stays where it is while one goes on, in this tab alone.
  const key = "chart:" + figure.dataset.links;
  const kept = figure.hasAttribute("data-kept");
  const held = new Map(kept ? [] : Object.entries(JSON.parse(sessionStorage.getItem(key) || "{}")));
  const remember = () => sessionStorage.setItem(key, JSON.stringify(Object.fromEntries(at)));

  const place = (id) => {
    const p = at.get(id);
    things.get(id).setAttribute("transform", `translate(${p.x} ${p.y})`);
    lines.forEach((l, i) => {
      if (l.dataset.from !== id && l.dataset.to !== id) return;
      const a = at.get(l.dataset.from), b = at.get(l.dataset.to);
      for (const [name, value] of [["x1", a.x], ["y1", a.y], ["x2", b.x], ["y2", b.y]]) l.setAttribute(name, value);
      says[i].setAttribute("x", (a.x + b.x) / 2);
      says[i].setAttribute("y", (a.y + b.y) / 2);
    });
  };
  let zoom = 1, box = svg.viewBox.baseVal;
  const fit = () => {
    const xs = [...at.values()].map((p) => p.x), ys = [...at.values()].map((p) => p.y);
    const w = (Math.max(...xs) - Math.min(...xs) + 240), h = (Math.max(...ys) - Math.min(...ys) + 150);
    svg.setAttribute("viewBox", `${Math.min(...xs) - 120} ${Math.min(...ys) - 50} ${w} ${h}`);
    svg.setAttribute("width", Math.round(zoom * Math.max(svg.parentElement.clientWidth, Math.min(w, 3000) * 0.8)));
    svg.setAttribute("height", Math.round(svg.getAttribute("width") * h / w));
    svg.classList.add("sized");
    box = svg.viewBox.baseVal;
  };

  const load = (src) => new Promise((done, failed) => {
    const s = document.createElement("script");
    s.src = src;
    s.onload = done;
    s.onerror = failed;
    document.head.append(s);
  });
  const layOut = async (free) => {
    if (!window.cytoscape) {
      for (const name of ["base", "cose", "cytoscape", "fcose"]) await load(figure.dataset[name]);
    }
    const cy = window.cytoscape({
      headless: true, styleEnabled: true, layout: { name: "preset" }, style: [{ selector: "node", style: { width: 130, height: 80, shape: "rectangle" } }],
      elements: [...[...at].map(([id, p]) => ({ data: { id }, position: { ...p } })),
        ...lines.map((l, i) => ({ data: { id: "line" + i, source: l.dataset.from, target: l.dataset.to } }))],
    });
    cy.layout({
      name: "fcose", animate: false, randomize: false, quality: "proof", nodeDimensionsIncludeLabels: false, idealEdgeLength: 190, nodeRepulsion: 9000, nodeSeparation: 120, gravity: 0.2,
      fixedNodeConstraint: [...at].filter(([id]) => !free.has(id)).map(([nodeId, position]) => ({ nodeId, position })),
    }).run();
    cy.nodes().forEach((n) => {
      if (free.has(n.id())) at.set(n.id(), { x: Math.round(n.position("x")), y: Math.round(n.position("y")) });
    });
    cy.destroy();
    at.forEach((_, id) => place(id));
    fit();
  };

  // By hand: a pointer, or the arrow keys on whatever has the focus.
  const toChart = (e) => {
    const m = svg.getScreenCTM().inverse();
    return new DOMPoint(e.clientX, e.clientY).matrixTransform(m);
  };
  let drag = null, moved = false;
  svg.addEventListener("pointerdown", (e) => {
    const g = e.target.closest("[data-thing]");
    if (!g || e.button !== 0) return;
    const p = toChart(e), own = at.get(g.dataset.thing);
    drag = { id: g.dataset.thing, dx: own.x - p.x, dy: own.y - p.y, pointer: e.pointerId, x: e.clientX, y: e.clientY };
    moved = false;
  });
  svg.addEventListener("pointermove", (e) => {
    if (!drag || Math.hypot(e.clientX - drag.x, e.clientY - drag.y) < 5 && !moved) return;
    if (!moved) svg.setPointerCapture(drag.pointer);
    moved = true;
    const p = toChart(e);
    at.set(drag.id, { x: Math.round(p.x + drag.dx), y: Math.round(p.y + drag.dy) });
    place(drag.id);
  });
  const drop = () => {
    if (drag && moved) { fit(); remember(); }
    drag = null;
  };
  svg.addEventListener("pointerup", drop);
  svg.addEventListener("pointercancel", drop);
  svg.addEventListener("dragstart", (e) => e.preventDefault()); // a link is no picture to be carried away
  svg.addEventListener("click", (e) => { if (moved) { e.preventDefault(); moved = false; } }, true);
  const steps = { ArrowLeft: [-20, 0], ArrowRight: [20, 0], ArrowUp: [0, -20], ArrowDown: [0, 20] };
  svg.addEventListener("keydown", (e) => {
    const g = e.target.closest("[data-thing]"), step = steps[e.key];
    if (!g || !step) return;
    e.preventDefault();
    const p = at.get(g.dataset.thing);
    at.set(g.dataset.thing, { x: p.x + step[0], y: p.y + step[1] });
    place(g.dataset.thing);
    fit();
    remember();
  });
  svg.addEventListener("click", () => remember()); // whoever goes on finds it as it was

  // What a thing is joined with stands out, in the drawing and in the table.
  const rows = [...document.querySelectorAll("tr[data-from]")];
  const near = (id) => {
    lines.forEach((l, i) => {
      const off = id && l.dataset.from !== id && l.dataset.to !== id;
      l.classList.toggle("off", !!off);
      says[i].classList.toggle("off", !!off);
    });
    rows.forEach((r) => r.classList.toggle("sel", !!id && (r.dataset.from === id || r.dataset.to === id)));
  };
  for (const [on, off] of [["pointerover", "pointerout"], ["focusin", "focusout"]]) {
    svg.addEventListener(on, (e) => { const g = e.target.closest("[data-thing]"); if (g) near(g.dataset.thing); });
    svg.addEventListener(off, () => near(""));
  }

  // Time: what cases opened later say is taken away, in drawing and table alike.
  const slide = figure.querySelector("#slide");
  const days = [...figure.querySelectorAll("#slide-days option")];
  const until = () => {
    const last = days[Math.min(Number(slide.value), days.length - 1)];
    figure.querySelector("output").textContent = last.label;
    const later = (n) => n.classList.toggle("later", n.dataset.day > last.dataset.day);
    [...lines, ...says, ...rows].forEach(later);
    const joined = new Set(lines.filter((l) => !l.classList.contains("later")).flatMap((l) => [l.dataset.from, l.dataset.to]));
    things.forEach((g, id) => g.classList.toggle("later", !joined.has(id) && !g.querySelector(".start")));
  };
  if (slide && days.length > 1) {
    slide.max = days.length - 1;
    slide.value = days.length - 1;
    slide.addEventListener("input", until);
    until();
  }
  figure.querySelectorAll("[data-slide]").forEach((n) => { n.hidden = false; });
  if (days.length < 2) figure.querySelector("[data-slide] > .grow")?.remove();
  figure.querySelectorAll("[data-zoom]").forEach((b) => b.addEventListener("click", () => {
    zoom = Math.min(4, Math.max(0.5, zoom * (b.dataset.zoom === "in" ? 1.25 : 0.8)));
    fit();
  }));
  figure.querySelector("[data-anew]")?.addEventListener("click", async () => {
    sessionStorage.removeItem(key);
    await layOut(new Set(at.keys()));
    remember();
  });
  document.querySelector("[data-keeps]")?.addEventListener("submit", (e) => {
    e.target.elements.places.value = JSON.stringify(Object.fromEntries(at));
  });

  held.forEach((p, id) => { if (at.has(id)) at.set(id, p); });
  const free = new Set([...at.keys()].filter((id) => !held.has(id)));
  if (kept || forced || !free.size) {
    at.forEach((_, id) => place(id));
    fit();
  } else {
    layOut(free).then(() => { figure.dataset.laid = "yes"; }, () => { figure.dataset.laid = "no"; });
  }
})();
