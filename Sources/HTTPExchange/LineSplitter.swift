/// Cuts a stream of bytes into lines.
package struct LineSplitter: Sendable {
    private let limit: Int
    private var rest: [UInt8] = []

    /// Lines of at most so many bytes.
    package init(limit: Int) {
        self.limit = limit
    }

    /// Takes the next piece of the stream.
    ///
    /// - Returns: The lines that it completes, without their ends; empty ones are left out.
    /// - Throws: ``HTTPFailure`` when a line is too long; nothing more can be read of this stream then.
    package mutating func take(_ piece: [UInt8]) throws -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var start = piece.startIndex
        while let end = piece[start...].firstIndex(of: UInt8(ascii: "\n")) {
            try self.append(piece[start..<end])
            if self.rest.last == UInt8(ascii: "\r") { self.rest.removeLast() }
            if !self.rest.isEmpty { lines.append(self.rest) }
            self.rest.removeAll(keepingCapacity: false)
            start = piece.index(after: end)
        }
        try self.append(piece[start...])
        return lines
    }

    private mutating func append(_ bytes: ArraySlice<UInt8>) throws {
        guard self.rest.count + bytes.count <= self.limit else {
            throw HTTPFailure(.tooLong, "A line has more than \(self.limit) bytes.")
        }
        self.rest += bytes
    }
}
