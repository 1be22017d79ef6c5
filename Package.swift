// swift-tools-version: 6.2
import PackageDescription

// This table is the architecture: Core <- Protocols, Core <- Engine, Core <- Platform, all <- mockgem.
// Undeclared imports are build errors (see the Makefile), and TidyTests pins the arrows.

/// One idea for every target: the strictest checks the compiler has, and no warning survives.
let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// A target above the platform: pure values, so memory safety is checked as well.
func pure(_ ring: String, _ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(
    name: name, dependencies: dependencies, path: "Sources/\(ring)/\(name)",
    swiftSettings: strict + [.strictMemorySafety()])
}

/// A protocol: all of them see the same of Core.
func wireProtocol(_ name: String) -> Target {
  pure(
    "Protocols", name, ["Audio", "Conversation", "JSON", "OpenAPI", "VirtualTime", "Wire"])
}

func platform(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(
    name: name, dependencies: dependencies, path: "Sources/Platform/\(name)",
    swiftSettings: strict)
}

func library(_ name: String, pkgConfig: String, apt: String) -> Target {
  .systemLibrary(
    name: name, path: "Sources/Platform/\(name)", pkgConfig: pkgConfig, providers: [.apt([apt])])
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = [])
  -> Target
{
  .testTarget(
    name: name, dependencies: dependencies, path: "Tests/\(name)", resources: resources,
    swiftSettings: strict)
}

let package = Package(
  name: "mockgem",
  products: [.executable(name: "mockgem", targets: ["mockgem"])],
  targets: [
    // Core: values and rules that every ring shares.
    pure("Core", "VirtualTime"),
    pure("Core", "JSON"),
    pure("Core", "Diagnostics"),
    pure("Core", "Documents", ["Diagnostics"]),
    pure("Core", "Audio", ["JSON"]),
    pure("Core", "Wire", ["JSON", "VirtualTime"]),
    pure("Core", "OpenAPI", ["JSON"]),
    pure("Core", "Conversation", ["Audio", "JSON", "OpenAPI", "VirtualTime", "Wire"]),

    // Protocols: one pure state machine each; never each other.
    wireProtocol("OpenAIRealtime"),
    wireProtocol("GeminiLive"),
    wireProtocol("Interactions"),
    wireProtocol("GeminiREST"),

    // Engine: scenarios, faults, transcripts and the player that joins them to a protocol.
    pure("Engine", "Faults", ["Conversation", "JSON", "VirtualTime", "Wire"]),
    pure("Engine", "Scenarios", ["Conversation", "Diagnostics", "Documents", "Faults", "JSON"]),
    pure("Engine", "Transcripts", ["JSON", "VirtualTime", "Wire"]),
    pure("Engine", "Reports", ["Diagnostics", "JSON", "Transcripts"]),
    pure(
      "Engine", "Cassettes", ["Conversation", "JSON", "Transcripts", "VirtualTime", "Wire"]),
    pure(
      "Engine", "Conformance",
      ["Conversation", "Diagnostics", "JSON", "Reports", "Scenarios", "Transcripts"]),
    pure(
      "Engine", "Playback",
      [
        "Audio", "Conversation", "Diagnostics", "Faults", "JSON", "OpenAPI", "Scenarios",
        "Transcripts", "VirtualTime", "Wire",
      ]),

    // Platform: the only home of pointers, threads, sockets, files and clocks.
    platform(
      "Transport",
      ["CLibwebsockets", "CMicrohttpd", "COpenSSL", "CSystem", "VirtualTime", "Wire"]),
    platform("Processes", []),
    platform("AudioFiles", ["CSamplerate", "CSndfile"]),
    platform("YAMLFiles", ["CFyaml", "Diagnostics", "Documents"]),
    .target(name: "CSystem", path: "Sources/Platform/CSystem"),
    library("CLibwebsockets", pkgConfig: "libwebsockets", apt: "libwebsockets-dev"),
    library("CMicrohttpd", pkgConfig: "libmicrohttpd", apt: "libmicrohttpd-dev"),
    library("COpenSSL", pkgConfig: "openssl", apt: "libssl-dev"),
    library("CSndfile", pkgConfig: "sndfile", apt: "libsndfile1-dev"),
    library("CSamplerate", pkgConfig: "samplerate", apt: "libsamplerate0-dev"),
    library("CFyaml", pkgConfig: "libfyaml", apt: "libfyaml-dev"),

    // The executable: wires the rings; one command per file.
    .executableTarget(
      name: "mockgem",
      dependencies: [
        "Audio", "AudioFiles", "Cassettes", "Conformance", "Conversation", "Diagnostics",
        "Documents", "Faults", "GeminiLive", "GeminiREST", "Interactions", "JSON",
        "OpenAIRealtime", "Playback", "Processes", "Reports",
        "Scenarios", "Transcripts", "Transport", "VirtualTime", "Wire", "YAMLFiles",
      ],
      path: "Sources/mockgem", swiftSettings: strict),

    // How fast the paths are that every byte takes; `make bench` runs it.
    .executableTarget(
      name: "MicroBenchmarks",
      dependencies: [
        "Audio", "Conversation", "GeminiREST", "Interactions", "JSON", "OpenAIRealtime", "Playback",
        "Scenarios", "VirtualTime", "Wire", "YAMLFiles",
      ],
      path: "Tests/Benchmarks/Micro", swiftSettings: strict,
      linkerSettings: [.linkedLibrary("m")]),

    // One test target for each module that has rules of its own.
    tests("VirtualTimeTests", ["VirtualTime"]),
    tests("JSONTests", ["JSON"]),
    tests("DiagnosticsTests", ["Diagnostics"]),
    tests("AudioTests", ["Audio", "JSON"]),
    tests("WireTests", ["JSON", "Wire"]),
    tests("OpenAPITests", ["JSON", "OpenAPI"]),
    tests(
      "OpenAIRealtimeTests",
      ["Audio", "Conversation", "JSON", "OpenAIRealtime", "VirtualTime", "Wire"]),
    tests(
      "GeminiLiveTests", ["Audio", "Conversation", "GeminiLive", "JSON", "VirtualTime", "Wire"]),
    tests(
      "InteractionsTests",
      ["Audio", "Conversation", "Interactions", "JSON", "VirtualTime", "Wire"]),
    tests(
      "GeminiRESTTests", ["Audio", "Conversation", "GeminiREST", "JSON", "VirtualTime", "Wire"]),
    tests("FaultsTests", ["Conversation", "Faults", "JSON", "VirtualTime", "Wire"]),
    tests(
      "ScenariosTests",
      [
        "Conversation", "Diagnostics", "Documents", "GeminiLive", "JSON", "OpenAIRealtime",
        "Scenarios", "YAMLFiles",
      ]),
    tests("CassettesTests", ["Cassettes", "Conversation", "JSON", "Transcripts", "Wire"]),
    tests(
      "ConformanceTests",
      [
        "Conformance", "Conversation", "Diagnostics", "JSON", "OpenAIRealtime", "Reports",
        "Scenarios", "YAMLFiles",
      ]),
    tests("ReportsTests", ["Diagnostics", "JSON", "Reports", "Transcripts"]),
    tests("TranscriptsTests", ["JSON", "Transcripts", "VirtualTime", "Wire"]),
    tests(
      "PlaybackTests",
      [
        "Audio", "Conversation", "Diagnostics", "JSON", "OpenAIRealtime", "Playback", "Scenarios",
        "VirtualTime", "Wire", "YAMLFiles",
      ]),
    tests("YAMLFilesTests", ["Diagnostics", "Documents", "YAMLFiles"]),
    tests("AudioFilesTests", ["AudioFiles"]),
    tests("TransportTests", ["COpenSSL", "Transport", "VirtualTime", "Wire"]),
    tests(
      "GoldenTests",
      [
        "Audio", "AudioFiles", "Conversation", "GeminiLive", "GeminiREST", "Interactions", "JSON",
        "OpenAIRealtime", "Playback", "Scenarios", "Transcripts", "VirtualTime", "Wire",
        "YAMLFiles",
      ]),
    tests(
      "DescriptionTests",
      [
        "Conversation", "Diagnostics", "GeminiLive", "GeminiREST", "Interactions", "JSON",
        "OpenAIRealtime", "OpenAPI", "Playback", "Scenarios", "VirtualTime", "Wire", "YAMLFiles",
      ]),
    tests("TidyTests", []),
  ],
  swiftLanguageModes: [.v6]
)
