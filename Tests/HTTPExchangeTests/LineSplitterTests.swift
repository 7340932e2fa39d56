import HTTPExchange
import Testing

@Suite struct LineSplitterTests {
    @Test("Lines are the same wherever the stream is cut", arguments: 1...12)
    func cuts(size: Int) throws {
        let bytes = Array("one\ntwo\r\n\nthree\nrest".utf8)
        var splitter = LineSplitter(limit: 100)
        var lines: [String] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            let piece = Array(bytes[start..<min(start + size, bytes.count)])
            lines += try splitter.take(piece).map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(lines == ["one", "two", "three"])
    }

    @Test("A line without an end is not kept for ever")
    func limit() throws {
        var splitter = LineSplitter(limit: 10)
        #expect(try splitter.take(Array("12345".utf8)).isEmpty)
        #expect(throws: HTTPFailure.self) { try splitter.take(Array("678901".utf8)) }
    }
}
