package import Conversation
import JSON
import Transcripts
import Wire

/// A recording as a scenario: its text, and the sound that goes beside it.
package struct Skeleton: Sendable {
  /// A recording the scenario refers to: 16-bit PCM with one channel.
  package struct Clip: Hashable, Sendable {
    /// Relative to the scenario.
    package let path: String
    package let audio: [UInt8]
    package let rate: Int
  }

  package let text: String
  package private(set) var clips: [Clip] = []

  /// A conversation over `protocolName`.
  package init(_ retold: Retold, name: String, protocolName: String) {
    var lines = Skeleton.head(name) + ["protocols: [\(protocolName)]"]
    if !retold.options.isEmpty {
      lines.append("\(protocolName): \(Skeleton.escaped(.object(retold.options)))")
    }
    lines.append("steps:")
    for step in retold.steps { lines += Skeleton.lines(step, name, &clips) }
    if retold.steps.isEmpty { lines += ["- await: close"] }
    text = lines.joined(separator: "\n") + "\n"
  }

  /// Requests and answers, each as a route of its own.
  package init(_ exchanges: [Cassette.Exchange], name: String) {
    var lines = Skeleton.head(name) + ["routes:"]
    var seen: [String] = []
    for exchange in exchanges {
      let path = exchange.request.path
      let key = "\(exchange.request.method) \(path)"
      if seen.contains(key) { continue }
      seen.append(key)
      lines += ["- path: \(Skeleton.quoted(path))", "  method: \(exchange.request.method)"]
      // The answers to equal requests come one after the other.
      let answers = exchanges.filter {
        $0.request.path == path && $0.request.method == exchange.request.method
      }
      lines.append("  respond:")
      for answer in answers { lines += Skeleton.lines(answer.response) }
    }
    text = lines.joined(separator: "\n") + "\n"
  }

  private static func head(_ name: String) -> [String] {
    ["# Made out of a recording by 'mockgem import'.", "mockgem: 1", "name: \(quoted(name))"]
  }

  private static func lines(_ step: RetoldStep, _ name: String, _ clips: inout [Clip]) -> [String] {
    switch step {
    case .user(let heard):
      return ["- await: user"] + (heard.map { ["  heard: \(quoted($0))"] } ?? [])
    case .toolResult: return ["- await: tool_result"]
    case .interruption: return ["- await: interruption"]
    case .think(let text): return ["- think: \(quoted(text))"]
    case .say(let text, let audio, let rate):
      var lines = ["- say: \(quoted(text))"]
      if !audio.isEmpty {
        let path = "audio/\(name)-\(clips.count + 1).wav"
        clips.append(Clip(path: path, audio: audio, rate: rate))
        // Words are not needed where the recording had none.
        if text.isEmpty {
          lines = ["- say:", "    audio: \(quoted(path))"]
        } else {
          lines.append("  audio: \(quoted(path))")
        }
      }
      return lines
    case .call(let calls):
      return ["- call:"]
        + calls.flatMap { call in
          ["  - name: \(quoted(call.name))"]
            + (call.arguments.isEmpty
              ? [] : ["    args: \(escaped(JSONValue.object(call.arguments)))"])
            + (call.id.map { ["    id: \(quoted($0))"] } ?? [])
        }
    }
  }

  private static func lines(_ response: Response) -> [String] {
    var lines = ["  - status: \(response.status)"]
    // What belongs to the connection is made anew for each answer.
    let headers = Redaction.headers(response.headers).filter { header in
      !["content-encoding", "date", "alt-svc"].contains(header.name.lowercased())
    }
    if !headers.isEmpty {
      lines.append("    headers:")
      var names: Set<String> = []
      for header in headers where names.insert(header.name.lowercased()).inserted {
        lines.append("      \(quoted(header.name)): \(quoted(header.value))")
      }
    }
    let body = Scrubber.scrubbed(response.body)
    if body.isEmpty { return lines }
    if let json = try? JSONValue(parsing: body) {
      lines.append("    json: \(escaped(json))")
    } else {
      lines.append("    text: \(quoted(String(decoding: body, as: UTF8.self)))")
    }
    return lines
  }

  /// JSON's quotes are YAML's too (YAML 1.2.2, 1.3); `${` is written so that it stands for itself.
  private static func quoted(_ text: String) -> String { escaped(.string(text)) }

  private static func escaped(_ value: JSONValue) -> String {
    value.description.replacing("${", with: "$${")
  }
}
