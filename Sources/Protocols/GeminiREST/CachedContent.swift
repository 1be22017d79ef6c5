import JSON
import VirtualTime

/// A prompt that is kept for later ones.
struct CachedContent: Sendable {
  let name: String
  let model: String
  let displayName: String
  let tokens: Int
  let created: Timestamp
  var updated: Timestamp
  var expires: Timestamp

  /// Context caching, "ttl": one hour when nothing is said.
  private static let lifetime = Duration.seconds(3600)

  var json: JSONValue {
    var json: JSONObject = ["name": .string(name), "model": .string(model)]
    if !displayName.isEmpty { json["displayName"] = .string(displayName) }
    json["createTime"] = .string(created.text)
    json["updateTime"] = .string(updated.text)
    json["expireTime"] = .string(expires.text(digits: 9))
    if tokens > 0 { json["usageMetadata"] = ["totalTokenCount": .int(tokens)] }
    return .object(json)
  }

  /// The `expiration` of a request: `ttl` or `expireTime`; nil when it names neither.
  static func expiry(_ body: JSONObject, at now: Timestamp) throws(Refusal) -> Timestamp? {
    let expiry: Timestamp?
    if let ttl = body["ttl"]?.string {
      expiry = ttl.hasSuffix("s") ? Duration(text: ttl).map { now + $0 } : nil
    } else if let time = body["expireTime"]?.string {
      expiry = Timestamp(time)
    } else {
      return nil
    }
    guard let expiry, expiry > now else {
      throw .badField("cached_content.expiration", of: "CachedContent", "must be in the future")
    }
    return expiry
  }

  /// What is there at the start.
  init(document: JSONValue, at start: Timestamp) throws(Refusal) {
    let body = try MessageReader.read(document, as: "CachedContent")
    guard let name = body["name"]?.string, name.hasPrefix("cachedContents/"), name.count > 15 else {
      throw Refusal(.invalidArgument, "'name' must be cachedContents/ID")
    }
    let tokens = body["usageMetadata"]?["totalTokenCount"]?.integer ?? 0
    try self.init(body, name: name, tokens: tokens, at: start)
  }

  init(_ body: JSONObject, name: String, tokens: Int, at now: Timestamp) throws(Refusal) {
    guard let model = body["model"]?.string, model.hasPrefix("models/") else {
      throw .badField("cached_content.model", of: "CreateCachedContentRequest", "is required")
    }
    self.name = name
    self.model = model
    self.tokens = tokens
    displayName = body["displayName"]?.string ?? ""
    if displayName.count > 128 {
      throw .badField(
        "cached_content.display_name", of: "CreateCachedContentRequest",
        "must be at most 128 characters")
    }
    created = now
    updated = now
    expires = try Self.expiry(body, at: now) ?? now + Self.lifetime
  }
}

/// CacheService.
extension Shelf {
  mutating func createCachedContent(_ call: inout Call) throws(Refusal) -> Answer {
    let body = try call.body(at: "cached_content")
    var tokens = TokenCount()
    let instruction = body["systemInstruction"]?.object
    for content in (body["contents"]?.array ?? []).compactMap(\.object) + [instruction ?? [:]] {
      tokens += try self.tokens(of: content, in: &call)
    }
    if let tools = body["tools"] { tokens.text += TokenCount.text(tools.description) }
    let cached = try CachedContent(
      body, name: "cachedContents/\(call.randomID(16))", tokens: tokens.total, at: call.now)
    guard call.models.contains(cached.model) else {
      throw Refusal(
        .notFound,
        "\(cached.model) is not found for API version \(call.route.version), or is not supported "
          + "for createCachedContent. Call ListModels to see the list of available models and "
          + "their supported methods.")
    }
    let least = call.options.cachedTokensMin
    guard tokens.total >= least else {
      throw Refusal(
        .invalidArgument,
        "Cached content is too small. total_token_count=\(tokens.total), "
          + "min_total_token_count=\(least)")
    }
    try cachedContents.insert(cached, as: cached.name)
    return .message(cached.json)
  }

  mutating func listCachedContents(_ call: inout Call) throws(Refusal) -> Answer {
    let page = try Page(of: call, sizeDefault: 50, sizeMax: 1000)
    let now = call.now
    let items = cachedContents.all.filter { $0.expires > now }.map(\.json)
    return .message(page.cut(items, as: "cachedContents"))
  }

  mutating func getCachedContent(_ call: inout Call) throws(Refusal) -> Answer {
    .message(try cachedContent(call.route.name(), call).json)
  }

  /// CachedContent: nothing but its expiration can be changed. google-genai sends no mask.
  mutating func patchCachedContent(_ call: inout Call) throws(Refusal) -> Answer {
    var cached = try cachedContent(call.route.name(), call)
    let body = try call.body(at: "cached_content")
    let mask = call.updateMask() ?? []
    if let field = mask.first(where: { !["ttl", "expireTime", "expiration"].contains($0) }) {
      throw .badField(
        "update_mask", of: "UpdateCachedContentRequest",
        "\(MessageTable.snakeCase(field)) cannot be updated")
    }
    if let expiry = try CachedContent.expiry(body, at: call.now) { cached.expires = expiry }
    cached.updated = call.now
    cachedContents.replace(cached.name, by: cached)
    return .message(cached.json)
  }

  mutating func deleteCachedContent(_ call: inout Call) throws(Refusal) -> Answer {
    cachedContents.remove(try cachedContent(call.route.name(), call).name)
    return .empty
  }

  private func cachedContent(_ name: String, _ call: Call) throws(Refusal) -> CachedContent {
    guard let cached = cachedContents[name], cached.expires > call.now else {
      throw Refusal(
        .permissionDenied, "CachedContent not found (or permission denied)",
        explanation: cachedContents[name] == nil
          ? "there is no \(name)" : "\(name) has expired")
    }
    return cached
  }

  /// The cached content a prompt goes on from; the models must agree.
  func usableCachedContent(_ name: String, _ call: Call) throws(Refusal) -> CachedContent {
    let cached = try cachedContent(name, call)
    let model = call.route.name()
    guard ModelCatalogue.id(cached.model) == ModelCatalogue.id(model) else {
      throw Refusal(
        .invalidArgument,
        "Model used by GenerateContent request (\(model)) and CachedContent (\(cached.model)) "
          + "has to be the same.")
    }
    return cached
  }
}
