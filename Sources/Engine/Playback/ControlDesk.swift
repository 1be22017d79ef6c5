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

/// What a request to the control API asks for; the stage carries it out.
///
///     POST   /mockgem/reset                 forgets what is remembered (of the key shown, or all)
///     GET    /mockgem/faults                lists the orders
///     POST   /mockgem/faults                one line of text, or {"fault": "…"}: adds one
///     DELETE /mockgem/faults/order-1        takes one away; without a name, all
///     GET    /mockgem/journal               what came; JournalQuery says how to filter and wait
///     GET    /mockgem/journal/count         how much of it
///     DELETE /mockgem/journal               forgets it (of the key shown, or all)
///
/// `/mockgem/v1/…` is the same, for whoever wants to be told when it is not any more.
enum ControlRequest {
  case reset
  case listFaults
  case addFault(text: String, FaultPlan)
  case removeFaults(owner: String?)
  case readJournal(JournalQuery)
  case countJournal(JournalQuery)
  case forgetJournal(JournalQuery)
  case refused(Response)

  /// Of the paths and bodies.
  static let version = 1

  /// Nil when the path is none of the control API's. `key` is whose state it is about.
  init?(_ request: Request, key: String) {
    var words = request.pathWords
    guard words.first == "mockgem", words.count > 1 else { return nil }
    if let version = Self.version(words[1]) {
      guard version == Self.version, words.count > 2 else {
        self = .refused(
          Self.error("the control API has the version \(Self.version) only", status: 404))
        return
      }
      words.remove(at: 1)
    }
    switch (request.method, words[1], words.count) {
    case ("POST", "reset", 2): self = .reset
    case ("GET", "faults", 2): self = .listFaults
    case ("POST", "faults", 2): self = ControlRequest.adding(request.body)
    case ("DELETE", "faults", 2): self = .removeFaults(owner: nil)
    case ("DELETE", "faults", 3): self = .removeFaults(owner: words[2])
    case ("GET", "journal", 2): self = Self.asking(request, key) { .readJournal($0) }
    case ("DELETE", "journal", 2): self = Self.asking(request, key) { .forgetJournal($0) }
    case ("GET", "journal", 3) where words[2] == "count":
      self = Self.asking(request, key) { .countJournal($0) }
    case (_, "reset", 2), (_, "faults", _), (_, "journal", 2):
      self = .refused(
        ControlRequest.error("\(request.method) means nothing here", status: 405))
    default: return nil
    }
  }

  private static func version(_ word: String) -> Int? {
    word.first == "v" ? Int(word.dropFirst()) : nil
  }

  private static func asking(
    _ request: Request, _ key: String, _ make: (JournalQuery) -> ControlRequest
  ) -> ControlRequest {
    do throws(JournalQuery.Mistake) {
      return make(try JournalQuery(request, key: key))
    } catch {
      return .refused(self.error(error.message, status: 400))
    }
  }

  private static func adding(_ body: [UInt8]) -> ControlRequest {
    let json = try? JSONValue(parsing: body)
    let text =
      json?["fault"]?.string ?? json?.string ?? String(decoding: body, as: UTF8.self)
    do throws(FaultPhrase.Mistake) {
      return .addFault(text: text, try FaultPhrase.read(text))
    } catch {
      return .refused(
        self.error(error.message + (error.hint.map { "; \($0)" } ?? ""), status: 400))
    }
  }

  static func error(_ message: String, status: Int) -> Response {
    .json(["error": ["message": .string(message)]], status: status)
  }
}
