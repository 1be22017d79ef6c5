import Diagnostics
import Playback
import Processes
import Reports
import Scenarios
import Transport
import VirtualTime
import Wire

/// `mockgem run SCENARIO… -- COMMAND…`: serves, runs a command, and says what it came to.
enum RunCommand: Command {
  static let name = "run"
  static let summary = "Runs a command against scenarios, and verifies what they expect."
  static let usage = "FILE|FOLDER... [--option value] -- COMMAND [ARGUMENT...]"
  static let words = 1...1000
  static let takesCommand = true
  static let options = [
    OptionRule("port", "N", "the port; 0 takes any free one (default 0)"),
    OptionRule("host", "ADDRESS", "where to listen (default localhost: 127.0.0.1 and ::1)"),
    OptionRule(
      "env-file", "FILE", "writes the command's variables into FILE, one NAME=value a line"),
    OptionRule("time-limit", "TIME", "ends the command after so long, such as 90s or 5m"),
    OptionRule("record", "DIR", "writes transcripts, findings and the log into DIR"),
    OptionRule("keep", "DIR", "the same and an HTML report, but only when the run fails"),
    OptionRule("golden", "DIR", "compares with DIR/SCENARIO.PROTOCOL.jsonl"),
    OptionRule(
      "update", "writes those goldens; MOCKGEM_GOLDEN=update does the same, CI never does"),
    ReportRule.option,
    OptionRule("no-tls", "serves plain HTTP and ws:// only"),
    OptionRule("default", "NAME", "the scenario of clients that choose none (default the first)"),
    OptionRule("root", "DIR", "the folder that no file of a scenario may lie outside of"),
    OptionRule("verbose", "shows the server's log"),
  ]

  static func run(_ arguments: Arguments) throws(Failure) {
    guard !arguments.command.isEmpty else {
      throw arguments.usage("the command is missing", hint: "write it behind '--'")
    }
    let reports = try ReportRule.read(arguments)
    let goldens = try GoldenFolder(arguments)
    let limit = try arguments.duration("time-limit")
    let scenarios = ServedScenarios(
      words: arguments.words, standard: arguments.text("default"), root: arguments.text("root"))
    let repertoire = try ServeCommand.repertoire(of: scenarios)
    let collector = Collector(isVerbose: arguments.has("verbose"))
    let isKeepingAudio = arguments.has("keep") || reports.contains { $0.format == .html }
    var settings = Stage.Settings(
      repertoire, protocols: Catalogue.protocols, epoch: Clock.epoch, isRecording: true,
      isKeepingAudio: isKeepingAudio)
    settings.isControlled = ServeCommand.isControlled(arguments)
    let certificate = try ServeCommand.certificate(arguments)
    ChildProcess.prepare()
    let server = try start(settings, collector, certificate, arguments)
    let command: Reports.Command
    do {
      let environment = try RunEnvironment(server.addresses, certificate, repertoire)
      if let path = arguments.text("env-file") {
        try Files.write(Array(environment.file.utf8), to: path)
      }
      command = try run(arguments.command, environment, limit)
    } catch {
      server.stop()
      throw error
    }
    Drain.wait(for: server)
    ServeCommand.conclude(server, collector.record)
    server.stop()
    try judge(
      RunRecord(files: collector.files), command, repertoire, goldens, reports, collector,
      arguments)
  }

  private static func start(
    _ settings: Stage.Settings, _ collector: Collector, _ certificate: CertificateFiles?,
    _ arguments: Arguments
  ) throws(Failure) -> Server {
    var configuration = Server.Configuration(makeApplication: { Stage(settings) })
    configuration.port = UInt16(try arguments.integer("port", in: 0...65_535) ?? 0)
    configuration.host = arguments.text("host") ?? "localhost"
    configuration.certificate = certificate
    configuration.log = collector.log
    configuration.record = collector.record
    return try ServeCommand.start(configuration)
  }

  private static func run(
    _ words: [String], _ environment: RunEnvironment, _ limit: Duration?
  ) throws(Failure) -> Reports.Command {
    let start = Clock.now()
    let child: ChildProcess
    do {
      child = try ChildProcess(words, environment: environment.all)
    } catch {
      throw Failure(
        .badInput, "cannot run '\(words[0])': \(error.reason)",
        hint: "the words behind '--' are a program and its arguments; for a shell: -- sh -c '…'")
    }
    let ending: Reports.Command.Ending =
      switch child.wait(atMost: limit) {
      case .exited(let code): .exited(Int(code))
      case .signalled(let number): .signalled(Int(number))
      case .timedOut: .timedOut(after: limit ?? .zero)
      }
    return Reports.Command(
      words: words, ending: ending, seconds: (Clock.now() - start) / .seconds(1))
  }

  /// Compares, reports, and ends in the exit code.
  private static func judge(
    _ record: RunRecord, _ command: Reports.Command, _ repertoire: Repertoire,
    _ goldens: GoldenFolder?, _ reports: [ReportRule], _ collector: Collector,
    _ arguments: Arguments
  ) throws(Failure) {
    let planned = repertoire.scripts.map(\.scenario.planned)
    var verdict = Verdict(record, scenarios: planned, command: command)
    if let goldens {
      let results = try goldens.compare(record, repertoire, mayWrite: verdict.isPass)
      verdict = Verdict(record, scenarios: planned, goldens: results, command: command)
    }
    Terminal.finishLog()
    Terminal.error(verdict.text(isColored: Terminal.isColored))
    for report in reports { try report.write(verdict, record) }
    if let folder = arguments.text("record") { try collector.write(into: folder) }
    if verdict.isPass { return }
    if let folder = arguments.text("keep") {
      try collector.write(into: folder)
      try ReportRule(format: .html, path: "\(folder)/report.html").write(verdict, record)
      Terminal.error("mockgem: transcripts, log and report.html are in \(folder)")
    }
    throw .subjectFailed
  }
}

extension Scenario {
  /// What a run must play of it: its own steps, without branches and rules.
  var planned: PlannedScenario {
    PlannedScenario(
      name: name, file: file,
      steps: steps.filter(\.isMissed).map { step in
        PlannedScenario.Step(words: step.words, location: step.location)
      })
  }
}

extension Step {
  /// Whether somebody misses it when it is not played.
  fileprivate var isMissed: Bool {
    if case .await(let awaiting) = action {
      return awaiting.what == .user || awaiting.what == .toolResult
    }
    return ability != nil
  }
}
