import Foundation

/// The repository's own files, as text.
enum RepositoryFiles {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        .standardized

    static func text(_ path: String) throws -> String {
        try String(contentsOf: self.root.appending(path: path), encoding: .utf8)
    }

    /// The files below a folder whose names end so, by their paths.
    static func texts(under folder: String, ending suffix: String) throws -> [String: String] {
        let paths = try FileManager.default.subpathsOfDirectory(atPath: self.root.appending(path: folder).path)
        let chosen = paths.filter { $0.hasSuffix(suffix) && !$0.contains(".build") }.map { "\(folder)/\($0)" }
        return try Dictionary(uniqueKeysWithValues: chosen.map { ($0, try self.text($0)) })
    }
}
