import Conformance
import Diagnostics
import Playback
import Processes
import Reports
import Scenarios
import Transport

/// `mockgem conform SUITE… -- COMMAND…`: tries a client against what the protocols demand of it.
enum ConformCommand: Command {
  static let name = "conform"
  static let summary = "Tries a client against everything a protocol demands of it."
  static let usage = "[SUITE...] [--option value] -- COMMAND [ARGUMENT...]"
  static let words = 0...1000
  static let takesCommand = true
  static let options = [
    OptionRule("list", "shows the requirements, as a specification has them"),
    OptionRule("strict", "tries what a client should do, beside what it must"),
    OptionRule("parallel", "N", "how many requirements are tried at once (default 1)"),
    OptionRule("baseline", "FILE", "the requirements that are known to fail, one name a line"),
    OptionRule("time-limit", "TIME", "ends a driver after so long (default 30s)"),
    OptionRule("attach", "tries a client that runs already, and connects again and again"),
    OptionRule("port", "N", "the port; 0 takes any free one (default 0, with --attach 8080)"),
    OptionRule("catalogue", "DIR", "the folder of requirements (default scenarios/conformance)"),
    OptionRule("root", "DIR", "the folder that no file of a scenario may lie outside of"),
    ReportRule.option,
    OptionRule("no-tls", "serves plain HTTP and ws:// only"),
    OptionRule("verbose", "shows the server's log, and what drivers write to stderr"),
  ]

  static func run(_ arguments: Arguments) throws(Failure) {
    let folder = try RequirementFolder(arguments)
    let isListing = arguments.has("list")
    let all = try folder.read(arguments.words, root: arguments.text("root"))
    let suite = all.suite.selection(of: [], isStrict: isListing || arguments.has("strict"))
    if isListing { return Terminal.output(suite.text) }
    guard arguments.command.isEmpty == arguments.has("attach") else {
      throw arguments.usage(
        arguments.command.isEmpty ? "the command is missing" : "'--attach' starts no command",
        hint: "a driver stands behind '--'; a client that runs already needs '--attach'")
    }
    guard !suite.cases.isEmpty else {
      throw arguments.usage("there is no MUST among them", hint: "'--strict' tries the SHOULDs too")
    }
    let reports = try ReportRule.read(arguments)
    let limit = try arguments.duration("time-limit") ?? .seconds(30)
    let parallel = try arguments.integer("parallel", in: 1...64) ?? 1
    let baseline = try baseline(arguments, folder)
    let certificate = try ServeCommand.certificate(arguments)
    let docket = Docket(isVerbose: arguments.has("verbose"))
    ChildProcess.prepare()
    let scripts = suite.cases.compactMap { all.scripts[$0.id] }
    let server = try start(scripts, docket, certificate, arguments)
    let trial = Trial(
      suite: suite, scripts: all.scripts, baseline: baseline, docket: docket, server: server)
    var table = ConformanceTable(suite)
    do {
      if arguments.has("attach") {
        AttachedClient.run(trial, limit: limit) { table.add($0) }
      } else {
        let drivers = Drivers(
          command: arguments.command, certificate: certificate, limit: limit, parallel: parallel,
          isVerbose: arguments.has("verbose"))
        try drivers.run(trial) { table.add($0) }
      }
    } catch {
      server.stop()
      throw error
    }
    server.stop()
    try conclude(table, reports, arguments)
  }

  private static func baseline(_ arguments: Arguments, _ folder: RequirementFolder)
    throws(Failure) -> Baseline
  {
    guard let path = arguments.text("baseline") else { return Baseline() }
    let text = String(decoding: try Files.read(path), as: UTF8.self)
    let baseline = Baseline(text: text, file: path)
    let unknown = baseline.unknown(among: Set(folder.ids))
    if !unknown.isEmpty { throw .badInput(unknown) }
    return baseline
  }

  private static func start(
    _ scripts: [Script], _ docket: Docket, _ certificate: CertificateFiles?,
    _ arguments: Arguments
  ) throws(Failure) -> Server {
    let settings = Stage.Settings(
      Repertoire(scripts, standard: scripts[0]), protocols: Catalogue.protocols,
      epoch: Clock.epoch, isRecording: true)
    var configuration = Server.Configuration(makeApplication: { Stage(settings) })
    let port = arguments.has("attach") ? 8080 : 0
    configuration.port = UInt16(try arguments.integer("port", in: 0...65_535) ?? port)
    configuration.certificate = certificate
    configuration.log = docket.log
    configuration.record = docket.record
    return try ServeCommand.start(configuration)
  }

  private static func conclude(
    _ table: ConformanceTable, _ reports: [ReportRule], _ arguments: Arguments
  ) throws(Failure) {
    let result = table.result
    Terminal.finishLog()
    Terminal.output("\n\(result.summary)")
    let verdict = result.verdict(of: nil)
    for report in reports { try report.write(verdict, RunRecord(files: [])) }
    if result.isVoid {
      throw Failure(
        .internalError,
        "mockgem broke the rules of a protocol: the requirements called VOID say "
          + "nothing about the client", hint: "please report this as a bug of mockgem")
    }
    if !table.isComplete {
      throw Failure(.subjectFailed, "the run was ended before its end", hint: nil)
    }
    if !result.isPass { throw .subjectFailed }
  }
}
