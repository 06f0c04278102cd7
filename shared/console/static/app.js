// The day keeps itself up to date, unless somebody is in the middle of something on it.
(() => {
  const day = () => document.querySelector("[data-live]");
  const isBusy = (list) =>
    list.querySelector("details.drawer[open]") ||
    (list.contains(document.activeElement) && document.activeElement.matches("input, textarea, select"));

  let isWaiting = false;
  const refresh = () => {
    const list = day();
    if (!list || document.hidden) return;
    isWaiting = Boolean(isBusy(list));
    if (!isWaiting) htmx.trigger(list, "refresh");
  };

  document.addEventListener("day", refresh); // said by the stream
  document.addEventListener("toggle", () => isWaiting && refresh(), true);
  setInterval(refresh, 60_000); // the time that is left
  document.addEventListener("visibilitychange", refresh);

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
