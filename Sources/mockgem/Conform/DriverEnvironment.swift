import Conformance
import JSON
import Playback
import Scenarios
import Transport

/// What a driver finds in its environment beside the variables of `mockgem run`: the requirement
/// and what the client is to do.
struct DriverEnvironment {
  let all: [String]

  init(
    _ item: ConformanceCase, _ script: Script, _ addresses: [String],
    _ certificate: CertificateFiles?
  ) throws(Failure) {
    let environment = try RunEnvironment(addresses, certificate, Repertoire(script))
    all =
      environment.all.filter { entry in
        !["MOCKGEM_REQUIREMENT=", "MOCKGEM_TASK="].contains { entry.hasPrefix($0) }
      } + [
        "MOCKGEM_REQUIREMENT=\(item.id)", "MOCKGEM_TASK=\(DriverEnvironment.task(of: item))",
      ]
  }

  /// The task in JSON, with recordings by their whole paths.
  static func task(of item: ConformanceCase) -> JSONValue {
    let folder = Files.absolute(Paths.folder(of: item.scenario.file))
    return item.requirement.errand.json { Files.absolute(Paths.join(folder, $0.path)) }
  }
}
