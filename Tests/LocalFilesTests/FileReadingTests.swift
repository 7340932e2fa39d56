import ClusterFormationTesting
import LocalFiles
import Testing

@Suite struct FileReadingTests {
    @Test func `A file is read whole, through symbolic links`() throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0) }
        try directory.write(bytes, to: "file")
        try directory.link("file", to: "link")
        #expect(try FileReading.read(directory.path("link"), limit: 200_000) == bytes)
        try directory.write([], to: "empty")
        #expect(try FileReading.read(directory.path("empty"), limit: 0) == [])
    }

    @Test func `What is no file, not there or too large is a flaw of its own kind`() throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        try directory.write([1, 2, 3], to: "file")
        try directory.link("nowhere", to: "dangling")
        try directory.makePipe("pipe")
        let expected: [(String, FileReading.Flaw)] = [
            ("none", .missing), ("file/below", .missing), ("dangling", .missing), ("file", .tooLarge),
            ("pipe", .notAFile),
            (".", .notAFile),
        ]
        for (name, flaw) in expected {
            #expect(throws: flaw) { try FileReading.read(directory.path(name), limit: 2) }
        }
    }

    @Test func `The system's numbers have words`() {
        #expect(SystemError.text(28).contains("space"))
        #expect(!SystemError.text(99_999).isEmpty)
    }
}
