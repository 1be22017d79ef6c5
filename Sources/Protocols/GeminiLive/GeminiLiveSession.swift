package import Conversation
import JSON
package import VirtualTime
import Wire

/// The server side of one Live API connection.
///
///     connecting --opened--> awaiting setup --setup--> live --close or closed--> over
///              '--no key--> over         '--anything else--> over (1007)
///
/// The upgrade is answered with 101 whatever is wrong; a refusal is a close frame, never a message.
///
/// Rules not in this module do not exist: framing belongs to the transport, and what the model
/// says to the scenario.
package struct GeminiLiveSession: Session {
  private enum Stage: Sendable {
    case connecting
    /// The first message must be `setup`; the server says nothing before it.
    case awaitingSetup
    case live
    case over
  }

  private let settings: SessionSettings
  private var stage = Stage.connecting
  /// There while the stage is `live`.
  private var live: LiveSession?
  private var dice = Dice(seed: 0)

  package init(settings: SessionSettings) { self.settings = settings }

  package var deadline: Instant? { live?.deadline }

  package mutating func receive(
    _ input: Input, at now: Instant, in namespace: inout Namespace
  ) -> [Output] {
    switch (stage, input) {
    case (.connecting, .opened(let request)):
      dice = namespace.openConnection()
      stage = .awaitingSetup
      let upgrade = Output.upgrade(subprotocol: nil)
      if GeminiLive.credential(request)?.isEmpty != false {
        return [upgrade] + refuse(.noCredential)
      }
      return [upgrade]
    case (.awaitingSetup, .message(let message)): return setUp(message, at: now)
    case (.live, .message(let message)): return handle(message, at: now)
    case (.live, .due):
      live?.advance(to: now)
      return live?.drain() ?? []
    case (.live, .direction(.hangUp(let code, let reason))):
      let rest = live?.drain() ?? []
      finish()
      return rest + [.close(code, reason)]
    case (.live, .direction(let action)):
      do throws(Refused) {
        try live?.perform(action, at: now)
        return live?.drain() ?? []
      } catch {
        return refuse(error)
      }
    case (_, .closed):
      finish()
      return []
    case (.connecting, .message), (.connecting, .due), (.connecting, .direction),
      (.awaitingSetup, .opened), (.awaitingSetup, .due), (.awaitingSetup, .direction),
      (.live, .opened), (.over, .opened), (.over, .message), (.over, .due), (.over, .direction):
      return []
    }
  }

  private mutating func setUp(_ message: Message, at now: Instant) -> [Output] {
    do throws(Refused) {
      let fields = try Self.read(message)
      guard let setup = fields["setup"]?.object, fields.members.count == 1 else {
        let names = fields.names.joined(separator: "', '")
        throw .invalidArgument("the first message must be 'setup', and it was '\(names)'")
      }
      let configuration = try SetupConfiguration(setup)
      live = LiveSession(configuration, pace: settings.pace, dice: dice, at: now)
      stage = .live
      live?.advance(to: now)
      return live?.drain() ?? []
    } catch {
      return refuse(error)
    }
  }

  private mutating func handle(_ message: Message, at now: Instant) -> [Output] {
    do throws(Refused) {
      try live?.receive(try Self.read(message), at: now)
      return live?.drain() ?? []
    } catch {
      return refuse(error)
    }
  }

  /// What was said before the refusal still goes out.
  private mutating func refuse(_ refused: Refused) -> [Output] {
    let rest = live?.drain() ?? []
    finish()
    return rest + [
      .explain(LogLine(.warning, "refused: \(refused.explanation)")),
      .close(refused.code, refused.reason),
    ]
  }

  private mutating func finish() {
    stage = .over
    live = nil
  }

  private static func read(_ message: Message) throws(Refused) -> JSONObject {
    switch message.content {
    case .json(let json):
      do throws(ProtoReader.Refusal) {
        return try ProtoReader.read(json)
      } catch {
        throw .unreadable(error.reason)
      }
    case .bytes(let bytes):
      var reason = "not JSON"
      do throws(JSONError) {
        _ = try JSONValue(parsing: bytes)
      } catch {
        reason = error.description
      }
      throw .unreadable("Invalid JSON payload received. \(reason)")
    }
  }
}
