#if CommandLine
    internal import Foundation

    /// JSON in one line, its fields in the order of their names.
    enum JSONText {
        /// The version of the documents; raised only when a reader of the one before would misunderstand the new one.
        static let version = 1

        static func line(_ document: some Encodable) throws -> String {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(document), as: UTF8.self)
        }
    }
#endif
