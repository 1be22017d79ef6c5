/// The script of the report, in the order of its parts.
enum HTMLScript {
  static let text =
    "\"use strict\";\n(() => {\n" + reading + sound + drawing + showing + "})();\n"

  /// Turns the lines of a transcript into what is drawn: marks, and stretches of audio.
  static let reading = #"""
    const data = JSON.parse(document.getElementById("data").textContent);

    // What a line says, under its only key besides `at` and `from`.
    function read(line) {
      const kind = Object.keys(line).find((key) => key !== "at" && key !== "from");
      const body = line[kind];
      return {
        at: line.at || 0, side: line.from, line, name: nameOf(kind, body), words: wordsOf(body),
        audio: audioOf(body), isEnd: ["close", "reset", "answer"].includes(kind),
        isError: kind === "reset" || isError(body),
      };
    }

    function isError(body) {
      if (!body || typeof body !== "object") return false;
      return body.type === "error" || "error" in body || body.status >= 400
        || (typeof body.code === "number" && body.code !== 1000);
    }

    function nameOf(kind, body) {
      if (kind === "open") return body.method ? body.method + " " + body.target : "open";
      if (kind === "close") return "close " + (body.code === null ? "" : body.code);
      if (kind === "answer") return "answer " + body.status;
      if (kind === "reset") return "reset";
      if (!body || typeof body !== "object") return kind;
      if (body.type || body.event_type) return body.type || body.event_type;
      const key = Object.keys(body)[0] || kind;
      const inner = body[key] && typeof body[key] === "object" && !Array.isArray(body[key])
        ? Object.keys(body[key]) : [];
      return inner.length > 0 && inner.length < 4 ? key + ": " + inner.join(", ") : key;
    }

    // The first text a person looks for.
    function wordsOf(body) {
      if (typeof body === "string") return body.slice(0, 200);
      let found = "";
      const search = (value, depth) => {
        if (found || depth > 6 || !value || typeof value !== "object") return;
        for (const key of ["transcript", "delta", "text", "message", "arguments", "reason"]) {
          if (typeof value[key] === "string" && value[key]) found = found || value[key];
        }
        for (const key of Object.keys(value)) {
          if (key !== "session" && key !== "headers") search(value[key], depth + 1);
        }
      };
      search(body, 0);
      return found;
    }

    function audioOf(body) {
      const pieces = [];
      const search = (value) => {
        if (!value || typeof value !== "object") return;
        if (value.digest && value.rate) pieces.push(value);
        else for (const key of Object.keys(value)) search(value[key]);
      };
      search(body);
      return pieces;
    }

    // Audio of one side in a row is one stretch, as long as no second lies between.
    function stretches(events) {
      const found = [];
      const last = {};
      for (const event of events) {
        if (event.audio.length === 0) continue;
        const ms = event.audio.reduce((sum, piece) => sum + piece.ms, 0);
        const open = last[event.side];
        if (open && event.at - open.until < 1) {
          open.pieces.push(...event.audio);
          open.ms += ms;
          open.until = event.at;
          open.lines.push(event.line);
        } else {
          last[event.side] = {
            side: event.side, at: event.at, until: event.at, ms, pieces: [...event.audio],
            lines: [event.line],
          };
          found.push(last[event.side]);
        }
      }
      return found;
    }

    // Equal events in a row are one line of the list.
    function grouped(events) {
      const groups = [];
      for (const event of events) {
        const open = groups[groups.length - 1];
        if (open && open.name === event.name && open.side === event.side) {
          open.lines.push(event.line);
          open.words += event.words;
        } else {
          groups.push({ ...event, lines: [event.line] });
        }
      }
      return groups;
    }

    """#

  /// Decodes and plays audio.
  static let sound = #"""
    const decoded = new Map();

    // Signed 16-bit samples, as floats; null where the report does not hold the piece.
    function samplesOf(digest) {
      if (!decoded.has(digest)) {
        const piece = data.audio[digest];
        let samples = null;
        if (piece) {
          const text = atob(piece.base64.replace(/-/g, "+").replace(/_/g, "/"));
          samples = new Float32Array(text.length >> 1);
          for (let index = 0; index < samples.length; index += 1) {
            const low = text.charCodeAt(2 * index);
            const high = text.charCodeAt(2 * index + 1);
            samples[index] = (((high << 8 | low) << 16) >> 16) / 32768;
          }
        }
        decoded.set(digest, samples);
      }
      return decoded.get(digest);
    }

    function samplesOfStretch(stretch) {
      const parts = stretch.pieces.map((piece) =>
        samplesOf(piece.digest) || new Float32Array(Math.round(piece.ms * piece.rate / 1000)));
      const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
      let place = 0;
      for (const part of parts) {
        whole.set(part, place);
        place += part.length;
      }
      return whole;
    }

    // The loudest sample of each of `count` equal parts.
    function peaks(samples, count) {
      const found = [];
      const size = samples.length / count;
      for (let part = 0; part < count; part += 1) {
        let peak = 0;
        const end = Math.min(samples.length, Math.ceil((part + 1) * size));
        // Every eighth sample shows the same picture.
        const step = Math.max(1, Math.floor(size / 64));
        for (let index = Math.floor(part * size); index < end; index += step) {
          peak = Math.max(peak, Math.abs(samples[index]));
        }
        found.push(peak);
      }
      return found;
    }

    let context = null;
    let playing = null;

    function stop() {
      if (!playing) return;
      playing.source.onended = null;
      playing.source.stop();
      cancelAnimationFrame(playing.frame);
      playing.head.remove();
      playing = null;
    }

    function play(stretch, svg, x, scale) {
      const isSame = playing && playing.stretch === stretch;
      stop();
      if (isSame) return;
      context = context || new AudioContext();
      const samples = samplesOfStretch(stretch);
      if (samples.length === 0) return;
      const buffer = context.createBuffer(1, samples.length, stretch.pieces[0].rate);
      buffer.copyToChannel(samples, 0);
      const source = context.createBufferSource();
      source.buffer = buffer;
      source.connect(context.destination);
      const head = draw("line", { x1: x, x2: x, y1: 18, y2: 218, "class": "head" });
      svg.append(head);
      const start = context.currentTime;
      playing = { stretch, source, head, frame: 0 };
      const move = () => {
        const place = x + (context.currentTime - start) * scale;
        head.setAttribute("x1", place);
        head.setAttribute("x2", place);
        playing.frame = requestAnimationFrame(move);
      };
      source.onended = stop;
      source.start();
      move();
    }

    """#
}
