// The editor of a policy: numbers beside the lines, each fault at its line, and a copy of what is
// being written, so that neither an error nor an ended session loses it.
(() => {
  const form = document.getElementById("editor");
  if (!form) return;
  const text = document.getElementById("text");
  const gutter = document.getElementById("gutter");
  const marks = document.getElementById("marks");
  const code = document.getElementById("code");
  const at_first = text.value;
  const ROOM = 3;

  const lines = () => text.value.split("\n");

  const number = () => {
    const wanted = lines().length + ROOM;
    text.rows = wanted;
    if (gutter.textContent.split("\n").length === wanted) return;
    gutter.textContent = Array.from({ length: wanted }, (_, place) => place + 1).join("\n");
  };

  // --- faults at their lines ---

  const mark = () => {
    const written = lines();
    const taken = new Map();
    marks.replaceChildren();
    for (const fault of document.querySelectorAll("#check [data-line]")) {
      const line = Number(fault.dataset.line);
      const before = taken.get(line);
      if (before) {
        before.textContent += " · " + fault.querySelector(".message").textContent;
        continue;
      }
      const row = document.createElement("div");
      row.className = "mark " + fault.className;
      row.style.top = `calc(${line - 1} * 1lh)`;
      const said = document.createElement("span");
      said.textContent = fault.querySelector(".message").textContent;
      said.style.marginInlineStart = `${(written[line - 1] || "").length + 3}ch`;
      row.append(said);
      marks.append(row);
      taken.set(line, said);
    }
    text.setAttribute("aria-invalid", document.querySelector("#check .is-error") ? "true" : "false");
  };

  const go_to = (line, column) => {
    const before = lines().slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
    const place = before + Math.max(0, column - 1);
    text.focus({ preventScroll: true });
    text.setSelectionRange(place, place);
    const height = text.clientHeight / text.rows;
    code.scrollTo({ top: (line - 1) * height - code.clientHeight / 3, left: 0 });
    code.scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("click", (event) => {
    const place = event.target.closest("#check a.place");
    if (!place) return;
    event.preventDefault();
    const fault = place.closest("[data-line]");
    go_to(Number(fault.dataset.line), Number(fault.dataset.column));
  });
  const failed = document.getElementById("check-failed");
  const say_failed = (event) => {
    if (event.target === text || event.detail?.ctx?.sourceElement === text) failed.hidden = false;
  };
  document.addEventListener("htmx:response:error", say_failed);
  document.addEventListener("htmx:error", say_failed);
  new MutationObserver(() => {
    failed.hidden = true;
    mark();
  }).observe(form.querySelector(".editor-side"), { childList: true });

  // --- what is being written is kept in this browser until it is saved ---

  const name = form.dataset.keep;
  const kept = () => {
    try {
      return localStorage.getItem(name);
    } catch {
      return null;
    }
  };
  const keep = () => {
    try {
      if (text.value === at_first && !form.dataset.changed) localStorage.removeItem(name);
      else localStorage.setItem(name, text.value);
    } catch {
      // A browser that keeps nothing: the text is on the page alone.
    }
  };
  const drop = () => {
    try {
      localStorage.removeItem(name);
    } catch {
      // nothing is kept
    }
  };
  const offer = document.getElementById("kept");
  const before = kept();
  if (before !== null && before === at_first) drop();
  else if (before !== null && before.trim()) offer.hidden = false;

  const put = (value) => {
    text.value = value;
    form.dataset.changed = "yes";
    number();
    mark();
    keep();
    text.dispatchEvent(new Event("check", { bubbles: true }));
  };
  document.getElementById("kept-take").addEventListener("click", () => {
    offer.hidden = true;
    put(before);
    text.focus();
  });
  document.getElementById("kept-drop").addEventListener("click", () => {
    offer.hidden = true;
    drop();
    text.focus();
  });

  text.addEventListener("input", () => {
    form.dataset.changed = "yes";
    offer.hidden = true;
    number();
    keep();
  });

  // --- a file of one's own ---

  document.getElementById("open-file").hidden = true; // it is opened at once, and nothing is sent
  document.getElementById("file").addEventListener("change", async (event) => {
    const file = event.target.files[0];
    if (file) put((await file.text()).replace(/\r\n?/g, "\n"));
  });

  number();
  mark();
})();
