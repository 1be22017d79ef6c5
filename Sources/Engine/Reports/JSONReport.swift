import Diagnostics
package import JSON

extension Verdict {
  /// Everything for programs.
  package var json: JSONValue {
    var members: JSONObject = [
      "pass": .bool(isPass), "passed": .int(passedCount), "failed": .int(failedCount),
    ]
    if let command { members["command"] = command.json }
    members["suites"] = .array(suites.map(\.json))
    members["connections"] = .array(connections.map(\.json))
    return .object(members)
  }
}

extension Command {
  var json: JSONValue {
    var members: JSONObject = ["words": .array(words.map { .string($0) })]
    switch ending {
    case .exited(let code): members["exit"] = .int(code)
    case .signalled(let number): members["signal"] = .int(number)
    case .timedOut: members["timed_out"] = true
    }
    members["seconds"] = .double(seconds)
    return .object(members)
  }
}

extension Verdict.Suite {
  fileprivate var json: JSONValue {
    [
      "name": .string(name), "file": .optional(file), "pass": .bool(isPass),
      "checks": .array(
        checks.map { check in
          check.json
        }),
    ]
  }
}

extension Verdict.Check {
  fileprivate var json: JSONValue {
    var members: JSONObject = [
      "name": .string(name), "pass": .bool(isPass),
      "seconds": seconds.map { .double($0) } ?? .null,
      "problems": .array(problems.map(\.json)),
    ]
    if !waived.isEmpty { members["waived"] = .array(waived.map(\.json)) }
    return .object(members)
  }
}

extension Verdict.Problem {
  var json: JSONValue {
    var members: JSONObject = ["kind": .string(kind), "text": .string(text)]
    if let hint { members["hint"] = .string(hint) }
    if let location {
      members["file"] = .string(location.file)
      members["line"] = .int(location.line)
      members["column"] = .int(location.column)
    }
    return .object(members)
  }
}

extension Connection {
  var json: JSONValue {
    [
      "transcript": .string(name), "scenario": .string(scenario),
      "protocol": .string(summary.protocolName), "target": .string(summary.target),
      "seconds": .double(summary.seconds), "client_messages": .int(summary.clientMessages),
      "server_messages": .int(summary.serverMessages),
      "client_audio_ms": .int(summary.clientAudio), "server_audio_ms": .int(summary.serverAudio),
      "ending": .string(summary.ending),
    ]
  }
}
