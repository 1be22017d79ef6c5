import Conversation
import JSON
import Wire

/// The control of calls (API reference, "Calls"). Which calls there are the scenario says.
struct CallControl {
  /// Calls that were hung up or rejected.
  struct Ended: Sendable {
    private static let countMax = 10_000
    private var calls: [String] = []

    mutating func add(_ call: String) {
      if calls.count >= Self.countMax { calls.removeFirst() }
      calls.append(call)
    }

    func contains(_ call: String) -> Bool { calls.contains(call) }
  }

  /// What can be done to a call.
  enum Verb: String, CaseIterable, Sendable {
    case accept, reject, refer, hangup

    var summary: String {
      switch self {
      case .accept: "Takes a call, with the session it gets."
      case .reject: "Refuses a call."
      case .refer: "Sends a call on."
      case .hangup: "Ends a call."
      }
    }

    /// What the body must be; nil where none is looked at.
    func rule(isAzure: Bool) -> ParameterRule? {
      switch self {
      case .accept: .requiring(["type"], Parameters.session(.realtime, isAzure: isAzure))
      case .reject: .object(["status_code": .integer(300...699)])
      case .refer: .requiring(["target_uri"], .object(["target_uri": .text]))
      case .hangup: nil
      }
    }

    var needsBody: Bool {
      switch self {
      case .accept, .refer: true
      case .reject, .hangup: false
      }
    }
  }

  private let knobs: Knobs

  init(_ knobs: Knobs) { self.knobs = knobs }

  /// An SDP offer. This mock has no media to answer it with, and says so.
  func create(_ request: Request) throws(RESTError) -> Response {
    let body = String(decoding: request.body, as: UTF8.self)
    guard body.contains("v=0"), body.contains("m=audio") || body.contains("m=application") else {
      throw RESTError(
        400, "invalid_offer",
        "Invalid SDP offer. Please try again with a WHIP-compliant offer.",
        hint: "send the offer as application/sdp, or as the field 'sdp' of a form")
    }
    throw RESTError(
      501, "webrtc_not_supported", "mockgem does not answer WebRTC offers; connect by WebSocket.",
      hint: "connect to …/realtime?model=… by WebSocket")
  }

  func control(
    _ call: String, _ verb: Verb, _ request: Request, _ ended: inout Ended
  ) throws(RESTError) -> Response {
    let isKnown = knobs.calls?.contains(call) ?? call.hasPrefix("rtc_")
    guard isKnown, !ended.contains(call) else {
      throw RESTError(
        404, "call_id_not_found", "No session found for the provided call_id.", param: "",
        hint: "'openai-realtime: {calls: […]}' lists the calls that exist")
    }
    let body = request.body.isEmpty ? [:] : try? JSONValue(parsing: request.body)
    guard let body else {
      throw RESTError(400, nil, "We could not parse the JSON body of your request.")
    }
    let rule = verb.rule(isAzure: request.path.hasPrefix("/openai/")) ?? .anything
    try check(rule.refusal(of: body, at: ""))
    if verb == .hangup || verb == .reject { ended.add(call) }
    return Response(status: 200)
  }

  private func check(_ refusal: Refusal?) throws(RESTError) {
    if let refusal, knobs.isStrict { throw RESTError(refusal) }
  }
}
