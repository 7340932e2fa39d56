import Foundation

/// The one place into which all leaders write what they do: a file that each of them appends whole lines to.
///
/// The system puts the lines of several processes into one order, which is the order in which a storage would have got
/// them.
package struct LeaderRecord: Sendable {
    private let file: FileHandle

    /// Opens it to append, and makes it where there is none.
    /// - Throws: `CocoaError` when the file can't be opened.
    package init(appendingTo path: String) throws {
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: path]) }
        self.file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    /// Writes one line.
    package func append(_ entry: LeaderEntry) {
        // One write a line: those of several processes do not mix.
        self.file.write(Data("\(entry.line)\n".utf8))
    }

    /// What is in it, in the order in which it was written, and the lines that are none.
    /// - Throws: `CocoaError` when the file can't be read.
    package static func read(_ path: String) throws -> (entries: [LeaderEntry], unreadable: [String]) {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        var entries: [LeaderEntry] = []
        var unreadable: [String] = []
        for line in text.split(separator: "\n") {
            if let entry = LeaderEntry(line) { entries.append(entry) } else { unreadable.append(String(line)) }
        }
        return (entries, unreadable)
    }
}
