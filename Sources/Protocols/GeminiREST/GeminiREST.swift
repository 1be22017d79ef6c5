package import Audio
package import Conversation
import Wire

/// The REST family of the Gemini API: models, tuned models and their operations and permissions,
/// files, cached contents, and content that is generated over HTTP.
package enum GeminiREST {
  package static let wireProtocol = WireProtocol(
    name: "gemini-rest", accepts: accepts, credential: Admission.credential, model: model,
    chunkings: [chunking],
    abilities: [.say, .think, .call, .execute, .show, .fail, .send, .close],
    options: Options.declared, isExchange: true, guidance: guidance,
    description: { description }, client: { GenerateClient(key: $0) }, keepsBody: keepsBody,
    furnish: { GeminiRESTSession.furnish(&$1, $0) },
    open: { GeminiRESTSession(settings: $0) })

  /// What the API's documentation asks of a client, by what a scenario awaits.
  private static let guidance = Guidance(
    endpoints: [
      "POST /v1beta/models/{model}:generateContent",
      "POST /v1beta/models/{model}:streamGenerateContent", "GET /v1beta/models",
    ],
    awaits: [
      "user": "send the conversation so far in 'contents', with the next turn of role 'user'",
      "tool_result":
        "send 'contents' with the model's call and a 'functionResponse' part of the same name "
        + "behind it (Gemini API, \"Function calling\")",
    ])

  /// How streamed speech is cut.
  package static let chunking = Chunking(milliseconds: [400], repeatingFrom: 0)

  /// Any version and any prefix. `/v1/models` and `/v1/files` are OpenAI's too, whose clients show
  /// a bearer token and no key of Google's.
  private static func accepts(_ request: Request) -> Bool {
    guard !request.asksForWebSocket, let match = Route.match(request) else { return false }
    switch match {
    case .nothing(let path): return !isShared(path) || !isOpenAI(request)
    case .found(let route):
      let isShared =
        route.version == "v1" && ["models", "files"].contains(route.words[0])
        && shared.contains(route.endpoint)
      return !isShared || !isOpenAI(request)
    }
  }

  private static let shared: [Endpoint] = [
    .resource(.listModels), .resource(.getModel), .resource(.createFile), .resource(.listFiles),
    .resource(.getFile), .resource(.deleteFile),
  ]

  /// Files API: up to 2 GB, in one request or in chunks. What begins an upload is JSON, and a body
  /// of several parts must be taken apart.
  private static func keepsBody(_ head: Request) -> Bool {
    guard head.pathWords.contains("upload"), case .found(let route) = Route.match(head),
      route.endpoint == .resource(.upload)
    else { return false }
    let isStart = head.header("X-Goog-Upload-Command")?.lowercased().contains("start") == true
    let isMultipart = head.header("Content-Type")?.lowercased().hasPrefix("multipart/") == true
    return !isStart && !isMultipart
  }

  private static func isShared(_ path: String) -> Bool {
    path.contains("/v1/models") || path.contains("/v1/files")
  }

  private static func isOpenAI(_ request: Request) -> Bool {
    request.header("Authorization") != nil && request.header("x-goog-api-key") == nil
      && request.header("x-goog-api-client") == nil && request.query("key") == nil
  }

  /// The model in the path.
  private static func model(_ request: Request) -> String? {
    guard case .found(let route) = Route.match(request), route.words.count > 1 else { return nil }
    switch route.words[0] {
    case "models": return route.words[1]
    case "tunedModels", "dynamic": return route.name(2)
    default: return nil
    }
  }
}
