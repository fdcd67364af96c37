// Tables are sorted by the head that is clicked, stably; a row of class "below" stays under the one before it.
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0], heads = [...table.tHead.rows[0].cells];
  const groups = [];
  for (const row of body.rows) row.classList.contains("below") && groups.length ? groups.at(-1).push(row) : groups.push([row]);
  const value = (group, column) => {
    const cell = group[0].cells[column], text = cell.textContent.trim();
    return cell.dataset.value !== undefined ? Number(cell.dataset.value) : text === "-" || text === "" ? null : text;
  };
  const compare = (a, b) => typeof a === "number" && typeof b === "number" ? a - b
    : typeof a === "number" ? -1 : typeof b === "number" ? 1 : a.localeCompare(b, undefined, {numeric: true});
  heads.forEach((head, column) => head.querySelector("button").addEventListener("click", () => {
    const first = head.dataset.first || "ascending", now = head.getAttribute("aria-sort");
    const next = now === "none" ? first : now === "ascending" ? "descending" : "ascending";
    for (const other of heads) other.setAttribute("aria-sort", other === head ? next : "none");
    const sign = next === "ascending" ? 1 : -1;
    groups.sort((one, other) => {
      const a = value(one, column), b = value(other, column);
      // What is not there stands last, whichever way.
      return a === null || b === null ? (a === null) - (b === null) : sign * compare(a, b);
    });
    body.append(...groups.flat());
  }));
}
