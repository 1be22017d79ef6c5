import Conversation
import Wire

/// Who may connect at all.
enum Admission {
  /// The credential of `request`; the service looks at it after the upgrade.
  static func check(
    _ request: Request, at endpoint: Endpoint, _ options: LiveOptions,
    _ scrutiny: inout Scrutiny
  ) throws(Refused) -> Credential {
    guard let credential = Credential(request) else { throw .noCredential }
    if credential.isToken {
      try scrutiny.require(
        endpoint.method == .constrained,
        or: Refused(
          .unauthenticated,
          explanation: "an ephemeral token is good only for …BidiGenerateContentConstrained"))
      try scrutiny.require(
        credential.place == .query || options.allowsTokenHeader,
        or: Refused(
          .unauthenticated,
          explanation: "'token_header: refuse': send the token as '?access_token=…'"))
      return credential
    }
    try scrutiny.require(
      !options.expiredKeys.contains(credential.text),
      or: Refused(.keyExpired, explanation: "the key is one of the scenario's 'auth.expired'"))
    try scrutiny.require(
      options.settings.keys?.contains(credential.text) ?? true,
      or: Refused(.keyInvalid, explanation: "the key is none of the scenario's 'auth.keys'"))
    return credential
  }
}
