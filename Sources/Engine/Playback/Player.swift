import Conversation
import Scenarios
import Transcripts
import VirtualTime
import Wire

/// Plays a script over one connection: it joins the session, the cursor and the recorder.
///
/// The same value runs in virtual time on paper and in real time behind a socket.
struct Player: Sendable {
  private var session: any Session
  private var cursor: Cursor
  private let protocolName: String
  private let recording: Recording?
  /// The namespace the connection belongs to.
  let namespace: String
  private var isOpen = true

  /// Where this connection is written down.
  struct Recording: Sendable {
    let recorder: Recorder
    let file: String
  }

  init(
    _ script: Script, over wireProtocol: WireProtocol, in namespace: String, recording: Recording?
  ) {
    session = wireProtocol.open(SessionSettings(pace: script.scenario.pace))
    cursor = Cursor(script)
    protocolName = wireProtocol.name
    self.namespace = namespace
    self.recording = recording
  }

  var deadline: Instant? { session.deadline }

  mutating func receive(_ event: PeerEvent, at now: Instant, in namespace: inout Namespace)
    -> [PeerCommand]
  {
    var commands: [PeerCommand] = []
    var inputs = [input(for: event, at: now, recordingInto: &commands)]
    var index = 0
    while index < inputs.count {
      let outputs = session.receive(inputs[index], at: now, in: &namespace)
      index += 1
      for output in outputs {
        if let direction = carryOut(output, at: now, into: &commands) {
          inputs.append(.direction(direction))
        }
      }
    }
    return commands
  }

  private mutating func input(
    for event: PeerEvent, at now: Instant, recordingInto commands: inout [PeerCommand]
  ) -> Input {
    switch event {
    case .opened(let request):
      record(into: &commands) { $0.line(opening: request, protocolName: protocolName, at: now) }
      return .opened(request)
    case .message(let opcode, let bytes):
      let message = Message(received: bytes, as: opcode)
      record(into: &commands) { $0.line(.client, message, at: now) }
      return .message(message)
    case .due: return .due
    case .closed(let code, let reason):
      if isOpen {
        record(into: &commands) { $0.line(.client, closing: code, reason: reason, at: now) }
      }
      isOpen = false
      return .closed(code, reason)
    }
  }

  private mutating func carryOut(
    _ output: Output, at now: Instant, into commands: inout [PeerCommand]
  ) -> ServerAction? {
    switch output {
    case .upgrade(let subprotocol): commands.append(.upgrade(subprotocol: subprotocol))
    case .respond(let response): commands.append(.respond(response))
    case .begin(let response): commands.append(.begin(response))
    case .stream(let payload): commands.append(.stream(payload))
    case .finish: commands.append(.finish)
    case .converse, .remember: break
    case .send(let message):
      record(into: &commands) { $0.line(.server, message, at: now) }
      commands.append(.send(message.opcode, message.payload))
    case .close(let code, let reason):
      isOpen = false
      record(into: &commands) { $0.line(.server, closing: code, reason: reason, at: now) }
      commands.append(.close(code, reason))
    case .heard(let event): return react(cursor.hear(event), into: &commands)
    case .performed: return react(cursor.performed(), into: &commands)
    case .explain(let line): commands.append(.log(line))
    }
    return nil
  }

  private func react(_ reaction: Reaction, into commands: inout [PeerCommand]) -> ServerAction? {
    for line in reaction.lines { commands.append(.log(line)) }
    return reaction.direction
  }

  private func record(into commands: inout [PeerCommand], _ line: (Recorder) -> [UInt8]) {
    guard let recording else { return }
    commands.append(.record(line: line(recording.recorder), file: recording.file))
  }
}
