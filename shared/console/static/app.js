// A page keeps itself up to date, unless somebody is in the middle of something on it.
(() => {
  const live = () => document.querySelector("[data-live]");
  const isBusy = (list) => list.querySelector("details[open], :focus-visible") || !getSelection().isCollapsed;

  let isWaiting = false;
  const refresh = () => {
    const list = live();
    if (!list || document.hidden) return;
    isWaiting = Boolean(isBusy(list));
    if (!isWaiting) htmx.trigger(list, "refresh");
  };

  // How many leads wait for an answer: beside the way to the day, and before its title.
  const count = (waiting) => {
    if (waiting === undefined) return;
    for (const number of document.querySelectorAll("[data-waits]")) {
      number.textContent = waiting;
      number.parentElement.hidden = !Number(waiting);
    }
    if (!live()?.dataset.waiting) return;
    document.title = (Number(waiting) ? `(${waiting}) ` : "") + document.title.replace(/^\(\d+\) /, "");
  };
  count(document.querySelector("#live")?.dataset.waiting);

  document.addEventListener("day", (event) => {
    count(event.detail.data || undefined);
    refresh();
  }); // said by the stream
  document.addEventListener("toggle", () => isWaiting && refresh(), true);
  document.addEventListener("focusout", () => isWaiting && setTimeout(refresh, 500));
  setInterval(refresh, 60_000); // the time that is left
  document.addEventListener("visibilitychange", refresh);

  // Who goes by keyboard stays where they were, or comes to the beginning of what changed.
  const name = (one) => one.getAttribute("aria-label") || one.getAttribute("href");
  let focused = null;
  document.addEventListener("htmx:before:swap", () => {
    const at = document.activeElement;
    focused = live()?.contains(at) ? name(at) || "" : null;
  });
  document.addEventListener("htmx:after:swap", () => {
    const list = live();
    if (!list) return;
    count(list.dataset.waiting);
    const faulty = list.querySelector("[aria-invalid]");
    if (faulty) return requestAnimationFrame(() => faulty.focus()); // after the scroll to the top
    if (focused === null || document.activeElement !== document.body) return;
    const same = focused && [...list.querySelectorAll("a, summary, button")].find((one) => name(one) === focused);
    (same || document.getElementById("main")).focus({ preventScroll: true });
  });

  // One drawer at a time; the menu closes when somebody goes on.
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.me[open], details.ways[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
    const opened = event.target.closest("details.drawer > summary");
    if (!opened) return;
    for (const drawer of document.querySelectorAll("details.drawer[open]")) {
      if (drawer !== opened.parentElement) drawer.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const open of document.querySelectorAll("details.me[open], details.ways[open], details.drawer[open]")) {
      open.open = false;
      open.querySelector("summary").focus();
    }
  });
})();
