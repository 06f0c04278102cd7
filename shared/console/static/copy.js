// Buttons that copy a field. Without scripts they stay hidden, and the field can be selected.
(() => {
  for (const button of document.querySelectorAll("[data-copy]")) {
    const field = document.getElementById(button.dataset.copy);
    const words = button.firstChild;
    const usual = words.data;
    button.hidden = !navigator.clipboard;
    field.addEventListener("focus", () => field.select());
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(field.value);
      words.data = button.dataset.done;
      setTimeout(() => (words.data = usual), 2_000);
    });
  }
})();
