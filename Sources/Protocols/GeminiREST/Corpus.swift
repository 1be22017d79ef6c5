import JSON
import VirtualTime

/// A corpus of semantic retrieval: its name, and who may use it. Documents are not simulated, since
/// the service has given them up.
struct Corpus: Sendable {
  let name: String
  var displayName: String
  let created: Timestamp
  var updated: Timestamp
  var permissions = Drawer<Permission>()

  var json: JSONValue {
    var json: JSONObject = ["name": .string(name)]
    if !displayName.isEmpty { json["displayName"] = .string(displayName) }
    json["createTime"] = .string(created.text)
    json["updateTime"] = .string(updated.text)
    return .object(json)
  }

  init(name: String, displayName: String, at now: Timestamp, _ options: Options) throws(Refusal) {
    self.name = name
    self.displayName = displayName
    created = now
    updated = now
    try permissions.insert(Permission(role: .owner, grantee: .user(options.user)), as: "owner")
  }

  /// A corpus that is there at the start.
  init(document: JSONValue, _ options: Options, at start: Timestamp) throws(Refusal) {
    let body = try MessageReader.read(document, as: "Corpus")
    guard let name = body["name"]?.string, Self.isName(name) else {
      throw Refusal(.invalidArgument, "'name' must be corpora/ID")
    }
    try self.init(
      name: name, displayName: try Self.displayName(body), at: start, options)
  }

  /// Corpus, "name": at most 40 small letters, digits and inner dashes.
  static func isName(_ name: String) -> Bool {
    name.hasPrefix("corpora/") && StoredFile.isName("files/" + name.dropFirst(8))
  }

  /// Corpus, "display_name": at most 512 characters.
  static func displayName(_ body: JSONObject) throws(Refusal) -> String {
    let name = body["displayName"]?.string ?? ""
    if name.count > 512 {
      throw .badField("corpus.display_name", of: "Corpus", "must be at most 512 characters")
    }
    return name
  }
}

/// RetrieverService, on the corpora themselves.
extension Shelf {
  mutating func createCorpus(_ call: inout Call) throws(Refusal) -> Answer {
    let body = try call.body(at: "corpus")
    let name = body["name"]?.string ?? "corpora/\(call.randomID())"
    guard Corpus.isName(name) else {
      throw .badField("corpus.name", of: "CreateCorpusRequest", "must be corpora/ID")
    }
    let corpus = try Corpus(
      name: name, displayName: try Corpus.displayName(body), at: call.now, call.options)
    try corpora.insert(corpus, as: name)
    return .message(corpus.json)
  }

  mutating func listCorpora(_ call: inout Call) throws(Refusal) -> Answer {
    let page = try Page(of: call, sizeDefault: 10, sizeMax: 20)
    return .message(page.cut(corpora.all.map(\.json), as: "corpora"))
  }

  mutating func getCorpus(_ call: inout Call) throws(Refusal) -> Answer {
    .message(try corpus(call.route.name(), call).json)
  }

  /// UpdateCorpusRequest, "update_mask": only the display name can be changed.
  mutating func patchCorpus(_ call: inout Call) throws(Refusal) -> Answer {
    var corpus = try corpus(call.route.name(), call)
    let body = try call.body(at: "corpus")
    guard call.updateMask() == ["displayName"] else {
      throw .badField("update_mask", of: "UpdateCorpusRequest", "must be \"display_name\"")
    }
    corpus.displayName = try Corpus.displayName(body)
    corpus.updated = call.now
    corpora.replace(corpus.name, by: corpus)
    return .message(corpus.json)
  }

  mutating func deleteCorpus(_ call: inout Call) throws(Refusal) -> Answer {
    corpora.remove(try corpus(call.route.name(), call).name)
    return .empty
  }

  func corpus(_ name: String, _ call: Call) throws(Refusal) -> Corpus {
    guard let corpus = corpora[name] else {
      throw Refusal(
        .notFound, "Corpus \(name) does not exist.",
        explanation: "create it, or list it under 'gemini-rest: corpora:'")
    }
    return corpus
  }
}
