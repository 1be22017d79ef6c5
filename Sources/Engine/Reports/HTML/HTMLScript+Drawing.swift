extension HTMLScript {
  /// Draws the time line of one connection: the client above, the server below, the scenario's
  /// steps and what was expected between them.
  static let drawing = #"""
    function draw(name, attributes, ...children) {
      const node = document.createElementNS("http://www.w3.org/2000/svg", name);
      for (const key of Object.keys(attributes)) node.setAttribute(key, attributes[key]);
      node.append(...children);
      return node;
    }

    function make(name, attributes, ...children) {
      const node = document.createElement(name);
      for (const key of Object.keys(attributes)) node.setAttribute(key, attributes[key]);
      node.append(...children);
      return node;
    }

    const height = 224;
    const margin = 14;
    const lanes = {
      client: { labels: 34, marks: 40, wave: 60 },
      steps: 116,
      server: { labels: 152, marks: 158, wave: 178 },
    };
    const waveHeight = 36;

    function clickable(node, label, action) {
      node.setAttribute("tabindex", "0");
      node.setAttribute("role", "button");
      node.setAttribute("aria-label", label);
      node.append(draw("title", {}, label));
      node.addEventListener("click", action);
      node.addEventListener("keydown", (event) => {
        if (event.key === "Enter" || event.key === " ") {
          event.preventDefault();
          action();
        }
      });
      return node;
    }

    function secondsText(seconds) {
      return seconds < 10 ? seconds.toFixed(2) + " s" : seconds.toFixed(1) + " s";
    }

    // A round step that leaves about 90 pixels between two numbers of the axis.
    function stepOf(scale) {
      return [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600]
        .find((step) => step * scale >= 80) || 7200;
    }

    function timeline(connection, events, available, zoom) {
      const parts = stretches(events);
      const end = Math.max(
        0.2, connection.seconds, ...parts.map((part) => part.at + part.ms / 1000));
      const width = Math.min(30000, Math.max(320, available) * zoom);
      const scale = (width - 2 * margin - 40) / end;
      const place = (at) => margin + at * scale;
      const svg = draw("svg", {
        width, height, viewBox: "0 0 " + width + " " + height, role: "group",
        "aria-label": "time line of " + connection.title,
      });
      svg.append(draw("defs", {}, draw("pattern", {
        id: "hatch", width: 6, height: 6, patternUnits: "userSpaceOnUse",
        patternTransform: "rotate(45)",
      }, draw("line", { x1: 0, y1: 0, x2: 0, y2: 6, "class": "axis" }))));
      for (const y of [20, 138]) {
        svg.append(draw("rect", { x: 0, y, width, height: 84, "class": "lane" }));
      }
      drawAxis(svg, end, scale, place);
      drawGaps(svg, events, place);
      for (const [index, part] of parts.entries()) {
        const next = parts.slice(index + 1).find((other) => other.side === part.side);
        drawStretch(svg, part, place, scale, next ? next.at : Infinity);
      }
      drawMarks(svg, events, place);
      drawNotes(svg, connection.notes, place);
      svg.append(draw("text", { x: 4, y: 31 }, "client"), draw("text", { x: 4, y: 149 }, "server"));
      return svg;
    }

    function drawAxis(svg, end, scale, place) {
      const step = stepOf(scale);
      for (let at = 0; at <= end + 1e-9 && at / step < 2000; at += step) {
        const x = place(at);
        svg.append(draw("line", { x1: x, x2: x, y1: 14, y2: 222, "class": "axis" }));
        svg.append(draw("text", { x: x + 2, y: 11 }, Number(at.toFixed(2)) + " s"));
      }
    }

    // Where for long nothing happens on either side.
    function drawGaps(svg, events, place) {
      for (let index = 1; index < events.length; index += 1) {
        const from = events[index - 1].at;
        const gap = events[index].at - from;
        if (gap < 1) continue;
        const width = place(events[index].at) - place(from);
        svg.append(draw("rect", { x: place(from), y: 122, width, height: 14, "class": "gap" }));
        if (width > 60) {
          svg.append(draw("text", {
            x: place(from) + width / 2, y: 133, "text-anchor": "middle",
          }, secondsText(gap)));
        }
      }
    }

    function drawStretch(svg, part, place, scale, until) {
      const x = place(part.at);
      const y = lanes[part.side].wave;
      const width = Math.max(2, Math.min(part.ms / 1000 * scale, place(until) - x - 1));
      const label = part.side + " audio, " + secondsText(part.ms / 1000) + ", "
        + part.pieces[0].rate + " Hz";
      const show = () => detail(label, part.lines, part.pieces.length + " pieces");
      const bed = draw("rect", {
        x, y, width, height: waveHeight, rx: 3, "class": "bed " + part.side,
      });
      const count = Math.max(1, Math.min(2000, Math.floor(width / 2)));
      const loud = peaks(samplesOfStretch(part), count);
      const middle = y + waveHeight / 2;
      const points = loud.map((peak, index) =>
        [x + (index + 0.5) * width / count, Math.max(0.5, peak * waveHeight / 2)]);
      const outline = points.map(([px, size]) => px.toFixed(1) + "," + (middle - size).toFixed(1))
        .concat(points.reverse().map(([px, size]) =>
          px.toFixed(1) + "," + (middle + size).toFixed(1)));
      const wave = draw("polygon", {
        points: outline.join(" "), "class": "wave " + part.side, "pointer-events": "none",
      });
      svg.append(clickable(bed, label, show), wave);
      if (part.pieces.some((piece) => samplesOf(piece.digest))) {
        const button = draw("g", { "class": "play " + part.side },
          draw("circle", { cx: x + 10, cy: middle, r: 9 }),
          draw("path", { d: `M${x + 7} ${middle - 5} l9 5 l-9 5 z` }));
        svg.append(clickable(button, "play " + label, () => play(part, svg, x, scale)));
      }
    }

    function drawMarks(svg, events, place) {
      const last = { client: null, server: null };
      const labelled = { client: 44, server: 44 };
      const groups = [];
      for (const event of events) {
        if (event.audio.length > 0) continue;
        const x = place(event.at);
        const open = last[event.side];
        if (open && x - open.x < 5 && !event.isError) {
          open.events.push(event);
          continue;
        }
        last[event.side] = { x, events: [event], side: event.side, isError: event.isError };
        groups.push(last[event.side]);
      }
      for (const group of groups) {
        const lane = lanes[group.side];
        const names = group.events.map((event) => event.name);
        const label = names.slice(0, 8).join("\n") + (names.length > 8 ? "\n…" : "");
        const width = Math.min(5, 2.5 + Math.log2(names.length));
        const mark = draw("rect", {
          x: group.x - width / 2, y: lane.marks, width, height: 16, rx: 2,
          "class": "mark " + (group.isError ? "error" : group.side),
        });
        svg.append(clickable(mark, label, () =>
          detail(names.length > 1 ? names.length + " events" : names[0],
            group.events.map((event) => event.line))));
        const text = names[0] + (names.length > 1 ? " +" + (names.length - 1) : "");
        if (group.x >= labelled[group.side]) {
          svg.append(draw("text", { x: group.x - 1, y: lane.labels }, text));
          labelled[group.side] = group.x + text.length * 6.2 + 10;
        }
      }
    }

    const signs = {
      played: ["•", "step"], opened: ["", "step"], met: ["✓", "good"], fault: ["⚡", "warn"],
      tolerated: ["!", "warn"],
    };

    function drawNotes(svg, notes, place) {
      let free = 0;
      for (const note of notes) {
        const [sign, kind] = signs[note.kind] || (note.fail ? ["✗", "bad"] : ["•", "step"]);
        if (!sign) continue;
        const x = Math.max(place(note.at), free);
        const words = note.kind === "played" ? note.text : note.kind;
        const text = draw(
          "text", { x, y: lanes.steps, "class": "mark " + kind }, sign + " " + words);
        svg.append(clickable(text, note.kind + ": " + note.text, () => tell(note)));
        free = x + (words.length + 3) * 6.4;
      }
    }

    """#
}
