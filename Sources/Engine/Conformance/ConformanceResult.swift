package import Reports
import Scenarios

/// What all requirements came to.
package struct ConformanceResult: Sendable {
  /// In the order of the suite.
  package let judgements: [Judgement]

  package init(_ judgements: [Judgement]) { self.judgements = judgements }

  package func count(_ outcome: Judgement.Outcome) -> Int {
    judgements.count { $0.outcome == outcome }
  }

  package var isPass: Bool { count(.failed) + count(.void) + count(.stale) == 0 }
  /// Whether mockgem broke the rules of a protocol: then the run says nothing.
  package var isVoid: Bool { count(.void) > 0 }

  /// For every report there is: a suite for each section, a check for each requirement.
  package func verdict(of command: Command?) -> Verdict {
    var suites: [Verdict.Suite] = []
    for judgement in judgements {
      if suites.last?.name != judgement.item.section {
        suites.append(Verdict.Suite(name: judgement.item.section, file: nil))
      }
      suites[suites.count - 1].checks.append(judgement.check)
    }
    return Verdict(
      suites: suites, connections: judgements.flatMap(\.connections), command: command)
  }

  /// One line for each section, and one for all.
  package var summary: String {
    var names: [String] = []
    for judgement in judgements where names.last != judgement.item.section {
      names.append(judgement.item.section)
    }
    let width = (names + ["all"]).map(\.count).max() ?? 0
    let rows = names.map { name in
      ConformanceResult.row(
        name, judgements.filter { $0.item.section == name }, width: width)
    }
    return (rows + [ConformanceResult.row("all", judgements, width: width)])
      .joined(separator: "\n")
  }

  private static func row(_ name: String, _ judgements: [Judgement], width: Int) -> String {
    let outcomes: [(Judgement.Outcome, String)] = [
      (.passed, "passed"), (.failed, "failed"), (.expected, "failed as expected"),
      (.stale, "stale in the baseline"), (.void, "void: mockgem's own fault"),
    ]
    let words = outcomes.compactMap { outcome, word -> String? in
      let count = judgements.count { $0.outcome == outcome }
      return count > 0 || outcome == .passed ? "\(count) \(word)" : nil
    }
    let space = String(repeating: " ", count: width - name.count + 2)
    return "\(name)\(space)\(words.joined(separator: ", "))"
  }
}

extension Judgement {
  /// A row of the table that is shown while it runs, with what is wrong below it.
  package func text(_ paint: Paint) -> String {
    let word =
      switch outcome {
      case .passed: paint.green("pass ")
      case .failed: paint.red("FAIL ")
      case .void: paint.red("VOID ")
      case .expected: paint.yellow("xfail")
      case .stale: paint.red("STALE")
      }
    let level = item.requirement.level.rawValue.uppercased()
    let space = String(repeating: " ", count: 6 - level.count)
    let head = "\(word) \(level)\(space) \(item.id)"
    if outcome == .passed || outcome == .expected { return head }
    return
      ([
        head, "      \(item.requirement.text)", "      \(item.requirement.source)",
      ]
      + problems.flatMap { problem in
        ["      \(problem.location.map { "\($0): " } ?? "")\(problem.kind): \(problem.text)"]
          + (problem.hint.map { ["      hint: \($0)"] } ?? [])
      }).joined(separator: "\n")
  }
}
