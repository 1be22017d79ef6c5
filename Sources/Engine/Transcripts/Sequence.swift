package import JSON

/// A transcript for people: who sent what when, with equal messages in a row drawn together.
///
///      0.480s  <- response.output_audio.delta x12  3.1 s of audio
package struct Sequence: CustomStringConvertible {
  private struct Entry {
    let time: Double
    let arrow: String
    let what: String
    /// Its words; those of a stream are put together.
    var detail: String
    var count = 1
    var audio = 0.0
  }

  private var entries: [Entry] = []

  /// `kind` is the protocol's name for a message.
  package init(_ transcript: Transcript, kind: (JSONValue) -> String?) {
    for line in transcript.lines { add(line, kind) }
  }

  package var description: String {
    entries.map { entry in
      var text = "\(Sequence.padded(entry.time)) \(entry.arrow) \(entry.what)"
      if entry.count > 1 { text += " x\(entry.count)" }
      if entry.audio > 0 { text += "  \(Sequence.seconds(entry.audio)) s of audio" }
      return entry.detail.isEmpty ? text : "\(text)  \(entry.detail.prefix(100))"
    }.joined(separator: "\n")
  }

  private mutating func add(_ line: JSONValue, _ kind: (JSONValue) -> String?) {
    let arrow = line["from"] == "client" ? "->" : "<-"
    let time = line["at"]?.double ?? 0
    if let open = line["open"] {
      return append(
        Entry(
          time: time, arrow: arrow, what: open["method"]?.string ?? "open",
          detail: open["target"]?.string ?? ""))
    }
    if let close = line["close"] {
      let code = close["code"]?.integer.map { String($0) } ?? "without a status"
      return append(
        Entry(
          time: time, arrow: arrow, what: "close",
          detail: "\(code) \(close["reason"]?.string ?? "")"))
    }
    if let end = line["end"]?.string {
      return append(Entry(time: time, arrow: arrow, what: end, detail: ""))
    }
    if line["raw"] != nil {
      return append(Entry(time: time, arrow: arrow, what: "raw bytes", detail: ""))
    }
    if let answer = line["answer"] {
      let status = answer["status"]?.integer.map { String($0) } ?? ""
      let words = answer["body"].map { "  \(Sequence.words(in: $0))" } ?? ""
      return append(Entry(time: time, arrow: arrow, what: "answer", detail: status + words))
    }
    if let events = line["events"]?.array ?? line["event"].map({ [$0] }) {
      for event in events {
        let data = event["data"] ?? .null
        append(
          Entry(
            time: time, arrow: arrow,
            what: kind(data) ?? event["name"]?.string ?? Sequence.word(of: data),
            detail: Sequence.words(in: data)))
      }
      return
    }
    guard let message = line["message"] ?? line["binary"] ?? line["stream"] else { return }
    var entry = Entry(
      time: time, arrow: arrow, what: Sequence.name(of: message, kind(message)),
      detail: Sequence.words(in: message))
    entry.audio = Sequence.audio(in: message)
    append(entry)
  }

  private mutating func append(_ entry: Entry) {
    if let last = entries.last, last.what == entry.what, last.arrow == entry.arrow {
      entries[entries.count - 1].count += 1
      entries[entries.count - 1].audio += entry.audio
      entries[entries.count - 1].detail += entry.detail
    } else {
      entries.append(entry)
    }
  }

  /// With what is inside, where the kind is the name of a member.
  private static func name(of message: JSONValue, _ kind: String?) -> String {
    guard let kind else { return word(of: message) }
    let inner = message[kind]?.object?.names ?? []
    return inner.isEmpty || inner.count > 3 ? kind : "\(kind): \(inner.joined(separator: ", "))"
  }

  private static func word(of message: JSONValue) -> String {
    message.object?.names.first ?? message.string.map { String($0.prefix(60)) } ?? message.kind
  }

  /// The text a person looks for.
  private static func words(in message: JSONValue) -> String {
    for name in ["transcript", "delta", "text", "message", "arguments", "name"] {
      if let text = find(name, in: message) { return text }
    }
    return ""
  }

  private static func find(_ name: String, in value: JSONValue) -> String? {
    guard let object = value.object else {
      return value.array?.lazy.compactMap { find(name, in: $0) }.first
    }
    if let text = object[name]?.string { return text }
    let isSession = object["session"] != nil || object["delta"]?.string != nil
    return isSession ? nil : object.members.lazy.compactMap { find(name, in: $0.value) }.first
  }

  private static func audio(in value: JSONValue) -> Double {
    if let object = value.object {
      if object["digest"] != nil, let milliseconds = object["ms"]?.double {
        return milliseconds / 1000
      }
      return object.members.reduce(0) { $0 + audio(in: $1.value) }
    }
    return value.array?.reduce(0) { $0 + audio(in: $1) } ?? 0
  }

  private static func padded(_ seconds: Double) -> String {
    let milliseconds = Int((seconds * 1000).rounded())
    let fraction = String(milliseconds % 1000)
    let text =
      "\(milliseconds / 1000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction)s"
    return String(repeating: " ", count: max(0, 9 - text.count)) + text
  }

  private static func seconds(_ seconds: Double) -> String {
    let tenths = Int((seconds * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }
}
