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

  private let options: LiveOptions
  private var stage = Stage.connecting
  private var endpoint = Endpoint.standard
  private var credential: Credential?
  private var scrutiny: Scrutiny
  /// There while the stage is `live`.
  private var live: LiveSession?
  private var dice = Dice(seed: 0)

  package init(settings: SessionSettings) {
    options = LiveOptions(settings)
    scrutiny = Scrutiny(isStrict: settings.isStrict)
  }

  package var deadline: Instant? { live?.deadline }

  package mutating func receive(
    _ input: Input, at now: Instant, in namespace: inout Namespace
  ) -> [Output] {
    switch (stage, input) {
    case (.connecting, .opened(let request)):
      dice = namespace.openConnection()
      stage = .awaitingSetup
      let upgrade = Output.upgrade(subprotocol: nil)
      do throws(Refused) {
        endpoint = Endpoint(path: request.path) ?? .standard
        credential = try Admission.check(request, at: endpoint, options, &scrutiny)
        return [upgrade] + explainWarnings()
      } catch {
        return [upgrade] + refuse(error, at: now, in: &namespace)
      }
    case (.awaitingSetup, .message(let message)):
      do throws(Refused) {
        try setUp(message, at: now, in: &namespace)
        return drain(into: &namespace)
      } catch {
        return refuse(error, at: now, in: &namespace)
      }
    case (.live, .message(let message)):
      do throws(Refused) {
        let fields = try ProtoReader.read(message, as: "ClientMessage", &scrutiny)
        try live?.receive(fields, at: now)
        return drain(into: &namespace)
      } catch {
        return refuse(error, at: now, in: &namespace)
      }
    case (.live, .due):
      do throws(Refused) {
        try live?.advance(to: now)
        return drain(into: &namespace)
      } catch {
        return refuse(error, at: now, in: &namespace)
      }
    case (.live, .direction(.hangUp(let code, let reason))):
      let rest = drain(into: &namespace)
      finish(at: now, in: &namespace)
      return rest + [.close(code, reason.cutToCloseReason)]
    case (.live, .direction(let action)):
      do throws(Refused) {
        try live?.perform(action, at: now)
        return drain(into: &namespace)
      } catch {
        return refuse(error, at: now, in: &namespace)
      }
    case (_, .closed):
      finish(at: now, in: &namespace)
      return []
    case (.connecting, .message), (.connecting, .due), (.connecting, .direction),
      (.awaitingSetup, .opened), (.awaitingSetup, .due), (.awaitingSetup, .direction),
      (.live, .opened), (.over, .opened), (.over, .message), (.over, .due), (.over, .direction):
      return []
    }
  }

  private mutating func setUp(
    _ message: Message, at now: Instant, in namespace: inout Namespace
  ) throws(Refused) {
    let fields = try ProtoReader.read(message, as: "ClientMessage", &scrutiny)
    guard var setup = fields["setup"]?.object, fields.members.count == 1 else {
      let names = fields.names.joined(separator: "', '")
      throw .invalidArgument("the first message must be 'setup', and it was '\(names)'")
    }
    let tokenExpiry = try useToken(on: &setup, at: now, in: &namespace)
    let configuration = try SetupConfiguration(setup, at: endpoint, options, &scrutiny)
    try checkModel(configuration.model)
    let checkpoint = try resume(configuration, at: now, in: &namespace)
    let session =
      configuration.wantsResumption
      ? checkpoint?.session
        ?? namespace[ResumableSessions.self, default: ResumableSessions()].begin() : nil
    live = LiveSession(
      configuration, options,
      LiveSession.Beginning(
        dice: dice, scrutiny: scrutiny, tokenExpiry: tokenExpiry, session: session,
        checkpoint: checkpoint), at: now)
    scrutiny = Scrutiny(isStrict: scrutiny.isStrict)
    stage = .live
    try live?.advance(to: now)
  }

  private mutating func checkModel(_ model: String) throws(Refused) {
    guard let models = options.settings.models else { return }
    let isKnown = models.contains { $0.bareModelName == model.bareModelName }
    try scrutiny.require(
      isKnown,
      or: Refused(
        .policyViolation,
        "models/\(model.bareModelName) is not found for API version \(endpoint.version), or is not "
          + "supported for bidiGenerateContent. Call ModelService.ListModels to see the list of "
          + "available models and their supported methods.",
        explanation: "the scenario has the models \(models.joined(separator: ", "))"))
  }

  /// What an ephemeral token decides about `setup`; the instant at which it ends the session.
  private mutating func useToken(
    on setup: inout JSONObject, at now: Instant, in namespace: inout Namespace
  ) throws(Refused) -> Instant? {
    guard let credential, credential.isToken else { return nil }
    let unixTime = namespace.unixMilliseconds(at: now)
    let isResuming = setup["sessionResumption"]?["handle"]?.string?.isEmpty == false
    do throws(Refused) {
      let token = try namespace[TokenShelf.self, default: TokenShelf()].use(
        credential.text, resuming: isResuming, atUnixMilliseconds: unixTime)
      if let constraints = token.constraints { setup = constraints.applied(to: setup) }
      return now + .milliseconds(token.expires - unixTime)
    } catch {
      try scrutiny.require(false, or: error)
      return nil
    }
  }

  private func resume(
    _ configuration: SetupConfiguration, at now: Instant, in namespace: inout Namespace
  ) throws(Refused) -> ResumableSessions.Checkpoint? {
    guard configuration.wantsResumption, let handle = configuration.resumptionHandle else {
      return nil
    }
    return try namespace[ResumableSessions.self, default: ResumableSessions()]
      .resume(handle, model: configuration.model, at: now)
  }

  /// What the session has said, after its newest handle was filed.
  private mutating func drain(into namespace: inout Namespace) -> [Output] {
    if let checkpoint = live?.takeCheckpoint() {
      namespace[ResumableSessions.self, default: ResumableSessions()].save(checkpoint)
    }
    return (live?.drain() ?? []) + explainWarnings()
  }

  private mutating func explainWarnings() -> [Output] {
    scrutiny.drain().map { .explain(LogLine(.warning, $0)) }
  }

  /// What was said before the refusal still goes out.
  private mutating func refuse(
    _ refused: Refused, at now: Instant, in namespace: inout Namespace
  ) -> [Output] {
    let rest = drain(into: &namespace)
    finish(at: now, in: &namespace)
    return rest + [
      .explain(LogLine(.warning, "refused: \(refused.explanation)")),
      .close(refused.code, refused.reason.cutToCloseReason),
    ]
  }

  private mutating func finish(at now: Instant, in namespace: inout Namespace) {
    if let session = live?.resumption.session {
      namespace[ResumableSessions.self, default: ResumableSessions()]
        .close(session, at: now, lifetime: options.limit(options.handleLifetime))
    }
    stage = .over
    live = nil
  }
}
