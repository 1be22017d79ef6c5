import Conversation
import Interactions
import JSON
import Testing
import VirtualTime
import Wire

/// Files that another protocol keeps.
@Suite("Interactions: files") struct FileTests {
  private func driver(strict: Bool = true) -> Driver {
    var driver = Driver(SessionSettings(pace: .fast, isStrict: strict))
    var files = FileDirectory()
    files["files/cat"] = FileDirectory.Entry(
      ready: .start + .seconds(5), isFailing: false, expires: .start + .seconds(100))
    files["files/bad"] = FileDirectory.Entry(
      ready: .start, isFailing: true, expires: .start + .seconds(100))
    driver.namespace.files = files
    return driver
  }

  private func ask(_ driver: inout Driver, _ uri: String) -> (Int?, JSONValue?) {
    let number = driver.create(
      [
        "model": model,
        "input": [
          ["type": "text", "text": "?"],
          ["type": "image", "uri": .string(uri), "mime_type": "image/png"],
        ],
      ], [say("A cat.")])
    return (driver.exchanges[number].status, driver.json(number)["error"])
  }

  private static let denied = "You do not have permission to access the File "

  @Test func `a file can be used from when it is ready until it is gone`() {
    let uri = "https://host/v1beta/files/cat"
    var driver = driver()
    let early = ask(&driver, uri)
    #expect(early.0 == 400)
    #expect(early.1?["code"] == "failed_precondition")
    driver.now = .start + .seconds(5)
    #expect(ask(&driver, uri).0 == 200)
    driver.now = .start + .seconds(100)
    let late = ask(&driver, uri)
    #expect(late.0 == 403)
    #expect(late.1?["message"] == .string(Self.denied + "cat or it may not exist."))
  }

  @Test(arguments: [
    ("https://host/v1beta/files/dog", 403, "permission_denied"),
    ("files/dog", 403, "permission_denied"),
    ("https://host/v1/files/bad", 400, "failed_precondition"),
  ])
  func `a file that is not there is refused`(uri: String, status: Int, code: String) {
    var driver = driver()
    let (found, error) = ask(&driver, uri)
    #expect(found == status)
    #expect(error?["code"] == .string(code))
  }

  @Test(arguments: ["https://www.youtube.com/watch?v=1", "gs://bucket/cat.png", "cat.png"])
  func `what is no file is not looked up`(uri: String) {
    var driver = driver()
    #expect(ask(&driver, uri).0 == 200)
  }

  @Test func `a lenient service takes any file, and so does one that keeps none`() {
    var lenient = driver(strict: false)
    #expect(ask(&lenient, "https://host/v1beta/files/dog").0 == 200)
    var keeperless = Driver()
    #expect(ask(&keeperless, "https://host/v1beta/files/dog").0 == 200)
  }
}
