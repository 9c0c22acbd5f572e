// A button that prints the page: `data-print`.
document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-print]")) window.print();
});
