package import Conversation
import JSON
package import VirtualTime
import Wire

/// `POST …/auth_tokens`: one HTTP exchange that makes an ephemeral token.
package struct TokenExchange: Session {
  private let settings: SessionSettings

  init(settings: SessionSettings) { self.settings = settings }

  package var deadline: Instant? { nil }

  package mutating func receive(
    _ input: Input, at now: Instant, in namespace: inout Namespace
  ) -> [Output] {
    switch input {
    case .opened(let request): return answer(request, at: now, in: &namespace)
    case .message, .due, .direction, .closed: return []
    }
  }

  static func accepts(_ request: Request) -> Bool {
    let words = request.pathWords
    guard let place = words.firstIndex(of: "auth_tokens"), place > 0 else { return false }
    return versions.contains(String(words[place - 1])) && words.count - place <= 2
  }

  private func answer(_ request: Request, at now: Instant, in namespace: inout Namespace)
    -> [Output]
  {
    do throws(HTTPRefusal) {
      guard request.method == "POST", request.path.hasSuffix("/auth_tokens") else {
        // Observed: tokens can neither be listed nor fetched.
        throw HTTPRefusal(404, "NOT_FOUND", "Requested entity was not found.")
      }
      try checkKey(request)
      var token = try Self.token(
        request.body, at: namespace.unixMilliseconds(at: now), isStrict: settings.isStrict)
      var dice = namespace.openConnection()
      token.name = EphemeralToken.name(in: Credential.namespace(of: request) ?? "", &dice)
      namespace[TokenShelf.self, default: TokenShelf()].add(token)
      return [.respond(.json(["name": .string(token.name)]))]
    } catch {
      return [
        .explain(LogLine(.warning, "refused with \(error.status): \(error.message)")),
        .respond(error.response),
      ]
    }
  }

  private func checkKey(_ request: Request) throws(HTTPRefusal) {
    guard let credential = Credential(request) else {
      throw HTTPRefusal(403, "PERMISSION_DENIED", CloseRow.unauthenticated.reason)
    }
    if settings.expiredKeys.contains(credential.text), settings.isStrict {
      throw HTTPRefusal(
        400, "INVALID_ARGUMENT", CloseRow.keyExpired.reason, detail: "API_KEY_INVALID")
    }
    let isKnown = settings.keys?.contains(credential.text) ?? true
    if credential.isToken || (!isKnown && settings.isStrict) {
      throw HTTPRefusal(
        400, "INVALID_ARGUMENT", CloseRow.keyInvalid.reason, detail: "API_KEY_INVALID")
    }
  }

  /// A token without a name. Defaults and limits: Live API, "Ephemeral tokens".
  private static func token(_ body: [UInt8], at now: Int64, isStrict: Bool) throws(HTTPRefusal)
    -> EphemeralToken
  {
    let fields = try read(body, isStrict: isStrict)
    let expires = try time(fields["expireTime"]) ?? now + 30 * 60_000
    let newSession = try time(fields["newSessionExpireTime"]) ?? now + 60_000
    let longest = now + 20 * 3_600_000
    for (name, time) in [("expire_time", expires), ("new_session_expire_time", newSession)] {
      guard time <= longest else {
        throw .invalid("\(name) is too far in the future. Maximum lifetime is 20h")
      }
      guard time > now else { throw .invalid("\(name) must be in the future.") }
    }
    let uses = fields["uses"]?.integer ?? 1
    guard uses >= 0 else { throw .invalid("uses must not be negative.") }
    let mask = fields["fieldMask"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    let constraints = fields["bidiGenerateContentSetup"]?.object.map { setup in
      TokenConstraints(
        setup: setup, mask: mask?.split(separator: ",").map { $0.trimmingSpaces() })
    }
    return EphemeralToken(
      name: "", usesLeft: uses == 0 ? nil : uses, expires: expires,
      newSessionExpires: newSession, constraints: constraints)
  }

  private static func read(_ body: [UInt8], isStrict: Bool) throws(HTTPRefusal) -> JSONObject {
    let json: JSONValue
    do throws(JSONError) {
      json = body.isEmpty ? [:] : try JSONValue(parsing: body)
    } catch {
      throw .invalid("Invalid JSON payload received. \(error.description)")
    }
    var reader = ProtoReader(isStrict: isStrict)
    do throws(ProtoReader.Refusal) {
      return try reader.read(json, as: "AuthToken", at: "auth_token")
    } catch {
      throw .invalid(error.reason)
    }
  }

  private static func time(_ value: JSONValue?) throws(HTTPRefusal) -> Int64? {
    guard let text = value?.string else { return nil }
    guard let time = Timestamp(text) else {
      throw .invalid(
        "Invalid value at 'auth_token' (type.googleapis.com/google.protobuf.Timestamp)")
    }
    return time.milliseconds
  }
}

/// An error of the REST API, as google.rpc.Status (AIP-193, "HTTP/1.1+JSON representation").
struct HTTPRefusal: Error, Hashable {
  let status: Int
  let name: String
  let message: String
  var detail: String?

  init(_ status: Int, _ name: String, _ message: String, detail: String? = nil) {
    self.status = status
    self.name = name
    self.message = message
    self.detail = detail
  }

  static func invalid(_ message: String) -> HTTPRefusal {
    HTTPRefusal(400, "INVALID_ARGUMENT", message)
  }

  var response: Response {
    var error: JSONObject = [
      "code": .int(status), "message": .string(message), "status": .string(name),
    ]
    if let detail {
      error["details"] = [
        [
          "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": .string(detail),
          "domain": "googleapis.com",
        ]
      ]
    }
    return .json(["error": .object(error)], status: status)
  }
}

extension Namespace {
  /// The Unix time in milliseconds.
  func unixMilliseconds(at now: Instant) -> Int64 {
    epoch * 1000 + now.nanoseconds / 1_000_000
  }
}
