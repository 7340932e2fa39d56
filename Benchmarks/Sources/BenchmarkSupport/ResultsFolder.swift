internal import Foundation

/// Where a run leaves its tables and plots.
package struct ResultsFolder: Sendable {
    private let url: URL

    /// Makes the folder where there is none: before a run of minutes, not after it.
    package init(_ path: String) throws {
        self.url = URL(filePath: path, directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: self.url, withIntermediateDirectories: true)
    }

    /// Writes a file, over one of that name.
    package func write(_ text: String, as name: String) throws {
        try text.write(to: self.url.appending(path: name), atomically: true, encoding: .utf8)
    }
}
