import Conformance
import Glibc
import Playback
import Processes
import Reports
import Scenarios
import Transport

/// Starts the driver of a client once for each requirement, some at the same time.
struct Drivers {
  let command: [String]
  let certificate: CertificateFiles?
  let limit: Duration
  let parallel: Int
  let isVerbose: Bool

  func run(_ trial: Trial, _ tell: (Judgement) -> Void) throws(Failure) {
    let folder = try Drivers.makeFolder()
    defer { Drivers.remove(folder) }
    var crew = ChildCrew()
    var starts: [Int: ContinuousClock.Instant] = [:]
    var next = 0
    while true {
      while next < trial.suite.cases.count, crew.count < parallel, !crew.isStopped {
        try start(next, trial, folder, &crew)
        starts[next] = ContinuousClock.now
        next += 1
      }
      guard let news = crew.next() else { return }
      if crew.isStopped { continue }
      let item = trial.suite.cases[news.number]
      let time = starts[news.number].map { ContinuousClock.now - $0 } ?? .zero
      let run = Judgement.Run(
        command: Reports.Command(
          words: command, ending: ending(of: news), seconds: time / .seconds(1)),
        report: DriverReport(output: (try? Files.read("\(folder)/\(news.number).out")) ?? []))
      let judgement = trial.judge(item, run)
      tell(judgement)
      if isVerbose || judgement.outcome == .failed { show("\(folder)/\(news.number).err", item) }
    }
  }

  private func start(_ number: Int, _ trial: Trial, _ folder: String, _ crew: inout ChildCrew)
    throws(Failure)
  {
    let item = trial.suite.cases[number]
    guard let script = trial.scripts[item.id] else { return }
    let environment = try DriverEnvironment(item, script, trial.server.addresses, certificate)
    do {
      try crew.start(
        command, environment: environment.all,
        streams: .init(output: "\(folder)/\(number).out", errors: "\(folder)/\(number).err"),
        number: number, limit: limit)
    } catch {
      throw Failure(
        .badInput, "cannot run '\(command[0])': \(error.reason)",
        hint: "the words behind '--' are a program and its arguments; for a shell: -- sh -c '…'")
    }
  }

  private func ending(of news: ChildCrew.News) -> Reports.Command.Ending {
    switch news.ending {
    case .exited(let code): .exited(Int(code))
    case .signalled(let number): .signalled(Int(number))
    case .timedOut: .timedOut(after: limit)
    }
  }

  /// The end of what a driver wrote to stderr, where its last words stand.
  private func show(_ path: String, _ item: ConformanceCase) {
    let bytes = (try? Files.read(path)) ?? []
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").suffix(6)
    for line in lines { Terminal.error("\(item.id): \(line)") }
  }

  // MARK: - A folder for what drivers write

  private static func makeFolder() throws(Failure) -> String {
    let parent = Environment.value("TMPDIR") ?? "/tmp"
    let path = "\(parent)/mockgem-conform-\(getpid())"
    try Files.makeDirectory(path, mode: 0o700)
    return path
  }

  private static func remove(_ folder: String) {
    for file in Files.all(below: folder, ending: "", passingOver: []) { unlink(file) }
    rmdir(folder)
  }
}
