import JSON
import VirtualTime

/// The resources of one namespace: what one scenario and one API key have.
struct Shelf: Sendable {
  var tunedModels = Drawer<TunedModel>()
  var files = Drawer<StoredFile>()
  var uploads = Drawer<Upload>()
  var cachedContents = Drawer<CachedContent>()
  var corpora = Drawer<Corpus>()
  var jobs = Drawer<Job>()
  /// What could not be used of the scenario's documents; told to the first caller.
  private(set) var problems: [String]

  /// What there is at the start.
  init(_ options: Options, at start: Timestamp) {
    problems = options.problems
    read("tuned_models", of: options) { shelf, document throws(Refusal) in
      let model = try TunedModel(document: document, options, at: start)
      try shelf.tunedModels.insert(model, as: model.name)
    }
    read("files", of: options) { shelf, document throws(Refusal) in
      let file = try StoredFile(document: document, at: start)
      try shelf.files.insert(file, as: file.name)
    }
    read("cached_contents", of: options) { shelf, document throws(Refusal) in
      let cached = try CachedContent(document: document, at: start)
      try shelf.cachedContents.insert(cached, as: cached.name)
    }
    read("corpora", of: options) { shelf, document throws(Refusal) in
      let corpus = try Corpus(document: document, options, at: start)
      try shelf.corpora.insert(corpus, as: corpus.name)
    }
    read("operations", of: options) { shelf, document throws(Refusal) in
      let job = try Job(document: document, at: start)
      try shelf.jobs.insert(job, as: job.name)
    }
  }

  private mutating func read(
    _ key: String, of options: Options,
    _ keep: (inout Shelf, JSONValue) throws(Refusal) -> Void
  ) {
    for (index, document) in options.listed(key).enumerated() {
      do throws(Refusal) {
        try keep(&self, document)
      } catch {
        problems.append("gemini-rest.\(key)[\(index)]: \(error.explanation)")
      }
    }
  }

  mutating func takeProblems() -> [String] {
    defer { problems = [] }
    return problems
  }
}

/// Resources by name, in the order they were made.
struct Drawer<Item: Sendable>: Sendable {
  /// A client that makes more has lost its brakes.
  static var countMax: Int { 10_000 }

  private(set) var names: [String] = []
  private var items: [String: Item] = [:]

  subscript(name: String) -> Item? { items[name] }

  var all: [Item] { names.compactMap { items[$0] } }

  mutating func insert(_ item: Item, as name: String) throws(Refusal) {
    if items[name] != nil {
      throw Refusal(.alreadyExists, "Resource '\(name)' already exists.")
    }
    guard names.count < Self.countMax else {
      throw Refusal(
        .resourceExhausted, "Resource has been exhausted (e.g. check quota).",
        explanation: "there are \(names.count) resources of this kind already; delete some")
    }
    names.append(name)
    items[name] = item
  }

  /// Puts a changed item in the place of the old one.
  mutating func replace(_ name: String, by item: Item) {
    if items[name] != nil { items[name] = item }
  }

  @discardableResult mutating func remove(_ name: String) -> Item? {
    guard let item = items.removeValue(forKey: name) else { return nil }
    names.removeAll { $0 == name }
    return item
  }
}
