extension HTMLScript {
  /// Fills the page, and shows what was clicked.
  static let showing = #"""
    const panel = document.getElementById("detail");
    let opener = null;

    function openPanel(title, ...content) {
      opener = document.activeElement;
      const close = make("button", { type: "button" }, "Close");
      close.addEventListener("click", closePanel);
      panel.replaceChildren(
        make("div", { "class": "bar" }, make("b", {}, title), close), ...content);
      panel.hidden = false;
    }

    function closePanel() {
      panel.hidden = true;
      stop();
      if (opener && opener.focus) opener.focus();
    }

    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !panel.hidden) closePanel();
    });

    // The JSON of lines; of very many the first ones.
    function detail(title, lines, note) {
      const shown = lines.slice(0, 50).map((line) => JSON.stringify(line, null, 2)).join("\n");
      const more = lines.length > 50 ? "\n… " + (lines.length - 50) + " more" : "";
      openPanel(
        title, ...(note ? [make("p", {}, note)] : []), make("pre", {}, shown + more));
    }

    function tell(note) {
      const parts = [make("p", {}, note.text)];
      if (note.hint) parts.push(make("p", { "class": "hint" }, note.hint));
      if (note.place) parts.push(make("p", {}, make("code", {}, note.place)));
      openPanel(note.kind, ...parts);
    }

    const rowsMax = 200;

    function list(events, notes) {
      const groups = grouped(events);
      const notable = notes.filter((note) => note.kind !== "opened").map((note) => ({ note }));
      const rows = [...groups, ...notable].map((row, index) => ({ row, index }))
        .sort((a, b) =>
          (a.row.note || a.row).at - (b.row.note || b.row).at || a.index - b.index)
        .map(({ row }) => row);
      const box = make("div", { "class": "events" });
      const add = (from) => {
        for (const row of rows.slice(from, from + rowsMax)) {
          box.append(row.note ? noteRow(row.note) : eventRow(row));
        }
        if (rows.length <= from + rowsMax) return;
        const more = make("button", { type: "button" }, "Show more");
        more.addEventListener("click", () => {
          more.remove();
          add(from + rowsMax);
        });
        box.append(more);
      };
      add(0);
      return box;
    }

    function rowOf(at, kind, name, words, action) {
      const button = make("button", { type: "button" },
        make("span", { "class": "at" }, at.toFixed(3)),
        make("span", { "class": "name " + kind }, name),
        make("span", { "class": "words" }, words));
      button.addEventListener("click", action);
      return button;
    }

    function eventRow(group) {
      const arrow = group.side === "client" ? "→ " : "← ";
      const count = group.lines.length > 1 ? " ×" + group.lines.length : "";
      return rowOf(
        group.at, group.isError ? "bad" : group.side, arrow + group.name + count,
        group.words.slice(0, 200), () => detail(group.name, group.lines));
    }

    function noteRow(note) {
      const [sign, kind] = signs[note.kind] || (note.fail ? ["✗", "bad"] : ["•", "step"]);
      const [name, words] = note.kind === "played" ? [note.text, ""] : [note.kind, note.text];
      const row = rowOf(note.at, kind, sign + " " + name, words, () => tell(note));
      row.classList.add("note");
      return row;
    }

    function fill(connection, box) {
      const events = connection.lines.map(read);
      let zoom = 1;
      const scroll = make("div", { "class": "scroll" });
      const redraw = () => {
        stop();
        scroll.replaceChildren(timeline(connection, events, scroll.clientWidth - 2, zoom));
      };
      const bar = make("div", { "class": "bar" });
      for (const [label, factor] of [["Zoom in", 2], ["Zoom out", 0.5]]) {
        const button = make("button", { type: "button" }, label);
        button.addEventListener("click", () => {
          zoom = Math.min(64, Math.max(1, zoom * factor));
          redraw();
        });
        bar.append(button);
      }
      box.append(bar, scroll);
      // Where all would be pressed together, a narrow screen scrolls.
      zoom = scroll.clientWidth < 600 ? 2 : 1;
      redraw();
      box.append(list(events, connection.notes));
    }

    function section(connection, isOpen) {
      const sign = connection.pass
        ? make("i", { "class": "good" }, "✓") : make("i", { "class": "bad" }, "✗");
      const box = make("div", {});
      const node = make("details", { "class": "connection" },
        make("summary", {}, sign, " ", make("b", {}, connection.title), " ",
          make("small", {}, connection.scenario + " · " + connection.summary)), box);
      let isFilled = false;
      node.addEventListener("toggle", () => {
        if (!node.open || isFilled) return;
        isFilled = true;
        fill(connection, box);
      });
      node.open = isOpen;
      return node;
    }

    const root = document.getElementById("connections");
    const failed = data.connections.filter((connection) => !connection.pass);
    // What is looked at first: the failures, or all where they are few.
    const first = new Set((failed.length > 0 ? failed : data.connections).slice(0, 3));
    const nodes = data.connections.map((connection) => section(connection, first.has(connection)));
    root.replaceChildren(...nodes);
    if (failed.length > 0 && failed.length < data.connections.length) {
      const button = make("button", { type: "button", "aria-pressed": "false" }, "Failed only");
      button.addEventListener("click", () => {
        const isOn = button.getAttribute("aria-pressed") !== "true";
        button.setAttribute("aria-pressed", String(isOn));
        data.connections.forEach((connection, index) => {
          nodes[index].hidden = isOn && connection.pass;
        });
      });
      root.before(make("div", { "class": "bar" }, button));
    }
    document.documentElement.dataset.ready = "true";

    """#
}
