import Conformance
import Reports

/// The table that grows while requirements are tried, in the order of the suite, and a line that
/// tells how far it is.
struct ConformanceTable {
  private let suite: ConformanceSuite
  private var judgements: [String: Judgement] = [:]
  private var shown = 0
  private let paint = Paint(isColored: Terminal.isOutputColored)

  init(_ suite: ConformanceSuite) { self.suite = suite }

  var isComplete: Bool { judgements.count == suite.cases.count }

  /// Of what has been judged.
  var result: ConformanceResult {
    ConformanceResult(suite.cases.compactMap { judgements[$0.id] })
  }

  mutating func add(_ judgement: Judgement) {
    judgements[judgement.item.id] = judgement
    Terminal.clearProgress()
    while shown < suite.cases.count, let next = judgements[suite.cases[shown].id] {
      Terminal.output(next.text(paint))
      shown += 1
    }
    Terminal.progress("\(judgements.count) of \(suite.cases.count)")
    if isComplete { Terminal.clearProgress() }
  }
}
