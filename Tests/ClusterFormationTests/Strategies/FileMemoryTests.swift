import LocalFiles
import Testing

@testable import ClusterFormation

@Suite struct FileMemoryTests {
    private var memory = FileMemory(path: "/etc/peers", defaultPort: 7337)

    /// The hosts of a whole answer, or the code of a failure.
    private mutating func take(_ reading: FileMemory.Reading) -> [String] {
        switch self.memory.take(reading) {
        case .whole(let nodes): nodes.map(\.endpoint.host)
        case .partial: ["partial"]
        case .failed(let error): ["failed", error.code]
        }
    }

    private mutating func take(_ text: String) -> [String] { self.take(.success(Array(text.utf8))) }

    @Test("The first reading counts at once, each other one when it repeats itself")
    mutating func settles() {
        #expect(self.take("a") == ["a"])
        #expect(self.take("a\nb") == ["a"])
        #expect(self.take("a\nb") == ["a", "b"])
        #expect(self.take("") == ["a", "b"])
        #expect(self.take("a\nb") == ["a", "b"])
        #expect(self.take("") == ["a", "b"])
        #expect(self.take("") == [])
    }

    @Test("A file that is seen half written changes nothing")
    mutating func halfWritten() {
        #expect(self.take("aa:11") == ["aa"])
        for half in ["", "aa", "aa:1", "aa:11\nb", "aa:11\nbb:2"] { #expect(self.take(half) == ["aa"]) }
        #expect(self.take("aa:11\nbb:22") == ["aa"])
        #expect(self.take("aa:11\nbb:22") == ["aa", "bb"])
    }

    @Test("A file that never rests counts as it is in the end")
    mutating func restless() {
        #expect(self.take("a") == ["a"])
        let last = (0..<10).map { self.take("b\n#\($0)") }.last
        #expect(last == ["b"])
    }

    @Test("What can't be read is a failure with a code, once it repeats itself")
    mutating func failures() {
        #expect(self.take(.failure(.missing)) == ["failed", "file_missing"])
        #expect(self.take("a") == ["failed", "file_missing"])
        #expect(self.take("a") == ["a"])
        for (flaw, code) in [
            (FileReading.Flaw.missing, "file_missing"), (.notAFile, "file_unreadable"), (.tooLarge, "file_too_large"),
            (.notPermitted, "file_unreadable"), (.failed(5), "file_unreadable"),
        ] {
            _ = self.take(.failure(flaw))
            #expect(self.take(.failure(flaw)) == ["failed", code])
        }
    }

    @Test("A broken line is named with its number")
    mutating func broken() {
        guard case .failed(let error) = self.memory.take(.success(Array("a\nb:0".utf8))) else {
            Issue.record("taken")
            return
        }
        #expect(error.code == "file_broken")
        #expect(error.message.hasPrefix("Line 2: "))
        #expect(error.message.hasSuffix(": /etc/peers"))
    }
}
