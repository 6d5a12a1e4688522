// What is to be blacked out can be drawn on a page; each mark becomes a line
// that can be written and put right by hand as well.
(() => {
  "use strict";
  const areas = document.querySelector("textarea[name=areas]");
  if (!areas) return;
  const lines = () => areas.value.split("\n").map((l) => l.trim().split(/\s+/)).filter((w) => w.length === 6);
  const show = () => document.querySelectorAll(".page[data-page]").forEach((page) => {
    page.classList.add("marked");
    page.querySelectorAll(".black").forEach((b) => b.remove());
    const img = page.querySelector("img");
    for (const [n, left, top, width, height] of lines()) {
      if (n !== page.dataset.page) continue;
      const b = Object.assign(document.createElement("span"), { className: "black" }), w = img.clientWidth / 100, h = img.clientHeight / 100;
      const at = { left: img.offsetLeft + left * w, top: img.offsetTop + top * h, width: width * w, height: height * h };
      for (const [side, pixels] of Object.entries(at)) b.style.setProperty(side, pixels + "px");
      page.append(b);
    }
  });
  areas.addEventListener("input", show);
  addEventListener("resize", show);
  document.querySelectorAll(".page[data-page] img").forEach((img) => {
    img.addEventListener("load", show);
    img.draggable = false;
    let from = null;
    const at = (e) => { const r = img.getBoundingClientRect(); return [100 * (e.clientX - r.left) / r.width, 100 * (e.clientY - r.top) / r.height].map((v) => Math.min(100, Math.max(0, v))); };
    img.addEventListener("pointerdown", (e) => { from = at(e); img.setPointerCapture(e.pointerId); });
    img.addEventListener("pointerup", (e) => {
      if (!from) return;
      const to = at(e), [left, top] = [0, 1].map((i) => Math.min(from[i], to[i])), [width, height] = [0, 1].map((i) => Math.abs(from[i] - to[i]));
      from = null;
      if (width < .3 || height < .3) return;
      const reason = document.querySelector("select[name=reason]").value || "identity";
      areas.value = (areas.value.trim() + "\n" + [img.closest(".page").dataset.page, ...[left, top, width, height].map((v) => v.toFixed(2)), reason].join(" ")).trim() + "\n";
      show();
    });
  });
  show();
})();
