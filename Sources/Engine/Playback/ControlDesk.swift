import Diagnostics
package import Faults
import JSON
import Scenarios
import Wire

/// A fault that was ordered while the server ran, or on its command line.
package struct FaultOrder: Sendable {
  /// What it is taken away by.
  package let owner: String
  /// As it was written.
  package let text: String
  package let plan: FaultPlan

  /// `text` is a line as `FaultPhrase` reads it.
  package init(_ text: String, plan: FaultPlan, number: Int) {
    owner = "order-\(number)"
    self.text = text
    self.plan = plan
  }
}

/// What a request to the control API asks for; the stage carries it out. `ControlRule` lists what
/// there is.
///
/// `/mockgem/v1/…` is the same, for whoever wants to be told when it is not any more.
enum ControlRequest {
  case describe
  case reset
  case listFaults
  case addFault(text: String, FaultPlan)
  case removeFaults(owner: String?)
  case readJournal(JournalQuery)
  case countJournal(JournalQuery)
  case forgetJournal(JournalQuery)
  case refused(Response)

  /// What its paths begin with.
  static let root = "mockgem"
  /// Of the paths and bodies.
  static let version = 1

  /// Nil when the path is none of the control API's. `key` is whose state it is about.
  init?(_ request: Request, key: String) {
    guard let words = Self.words(of: request) else {
      self = .refused(
        Self.error("the control API has the version \(Self.version) only", status: 404))
      return
    }
    switch ControlRule.match(request.method, words) {
    case nil: return nil
    case .wrongMethod(let allowed):
      let others = allowed.joined(separator: " and ")
      self = .refused(
        Self.error("\(request.method) means nothing here; known: \(others)", status: 405))
    case .found(let order, let captures):
      switch order {
      case .about: return nil
      case .describe: self = .describe
      case .reset: self = .reset
      case .listFaults: self = .listFaults
      case .addFault: self = ControlRequest.adding(request.body)
      case .removeFaults: self = .removeFaults(owner: nil)
      case .removeFault: self = .removeFaults(owner: captures["fault"])
      case .readJournal: self = Self.asking(request, key) { .readJournal($0) }
      case .countJournal: self = Self.asking(request, key, mayWait: false) { .countJournal($0) }
      case .forgetJournal: self = Self.asking(request, key, mayWait: false) { .forgetJournal($0) }
      }
    }
  }

  /// Those of the path without the version; nil for one that is not served.
  private static func words(of request: Request) -> [String]? {
    let words = request.pathWords
    guard words.count > 1, words[0] == root, words[1].first == "v",
      let version = Int(words[1].dropFirst())
    else { return words }
    return version == Self.version && words.count > 2 ? [words[0]] + words[2...] : nil
  }

  private static func asking(
    _ request: Request, _ key: String, mayWait: Bool = true,
    _ make: (JournalQuery) -> ControlRequest
  ) -> ControlRequest {
    if !mayWait, let word = JournalQuery.waitingWords.first(where: { request.query($0) != nil }) {
      return .refused(error("'\(word)' is of GET /mockgem/journal alone", status: 400))
    }
    do throws(JournalQuery.Mistake) {
      return make(try JournalQuery(request, key: key))
    } catch {
      return .refused(self.error(error.message, status: 400))
    }
  }

  private static func adding(_ body: [UInt8]) -> ControlRequest {
    let json = try? JSONValue(parsing: body)
    if json?.object != nil, json?["fault"]?.string == nil {
      return .refused(
        error("JSON is written {\"fault\": \"reset after 2 messages\"}", status: 400))
    }
    let text =
      json?["fault"]?.string ?? json?.string ?? String(decoding: body, as: UTF8.self)
    do throws(FaultPhrase.Mistake) {
      return .addFault(text: text, try FaultPhrase.read(text))
    } catch {
      return .refused(
        self.error(error.message + (error.hint.map { "; \($0)" } ?? ""), status: 400))
    }
  }

  /// What is answered where neither the control API nor a route has the path.
  static func unknown(_ request: Request) -> Response {
    let name = request.pathWords.dropFirst().joined(separator: "/")
    let hint = Spelling.hint(for: name, among: ControlRule.names) ?? ""
    return error("the control API has no '\(name)'; \(hint)", status: 404)
  }

  /// Why a request is not served: it comes from a page of somebody else's. Its browser says whose
  /// (Fetch standard, "Origin header"), or reaches this machine by a name of theirs.
  static func objection(to request: Request, isOpen: Bool) -> String? {
    let host = request.header("Host") ?? ""
    if let origin = request.header("Origin"), !origin.hasSuffix("://" + host) {
      return "the control API is not for pages of other origins, such as \(origin)"
    }
    var name = host[...]
    if let colon = name.lastIndex(of: ":"), name.last != "]" { name = name[..<colon] }
    let isAddress = name.first == "[" || name.allSatisfy { $0.isNumber || $0 == "." }
    if isOpen || isAddress || name == "localhost" || name.hasSuffix(".localhost") { return nil }
    return "the control API is at this machine's own addresses, and not at \(name); "
      + "'serve --control' serves it under any name"
  }

  static func error(_ message: String, status: Int) -> Response {
    .json(["error": ["message": .string(message)]], status: status)
  }
}
