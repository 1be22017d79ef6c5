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

/// What a control request asks for; the stage carries it out.
///
///     POST   /mockgem/reset                 forgets what is remembered (of the key shown, or all)
///     GET    /mockgem/faults                lists the orders
///     POST   /mockgem/faults                one line of text, or {"fault": "…"}: adds one
///     DELETE /mockgem/faults/order-1        takes one away; without a name, all
enum ControlRequest {
  case reset
  case listFaults
  case addFault(text: String, FaultPlan)
  case removeFaults(owner: String?)
  case refused(Response)

  /// Nil when the path is none of the control API's.
  init?(_ request: Request) {
    let words = request.pathWords
    guard words.first == "mockgem", words.count > 1 else { return nil }
    switch (request.method, words[1], words.count) {
    case ("POST", "reset", 2): self = .reset
    case ("GET", "faults", 2): self = .listFaults
    case ("POST", "faults", 2): self = ControlRequest.adding(request.body)
    case ("DELETE", "faults", 2): self = .removeFaults(owner: nil)
    case ("DELETE", "faults", 3): self = .removeFaults(owner: words[2])
    case (_, "reset", 2), (_, "faults", _):
      self = .refused(
        ControlRequest.error("\(request.method) means nothing here", status: 405))
    default: return nil
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
