#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif
#if HTTP
    internal import NIOPosix
#endif

/// Files of a few kilobytes, such as a token or a certificate.
package enum SmallFile {
    /// The longest file that is read, in bytes.
    package static let maximumBytes = 1_048_576

    /// The bytes of a file; it may block, so it is for initialisers.
    ///
    /// - Throws: ``HTTPFailure`` of the kind `unprepared`.
    package static func read(_ path: String) throws -> [UInt8] {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        if let size = attributes?[.size] as? Int, size > self.maximumBytes {
            throw HTTPFailure(.unprepared, "The file \(path) has more than \(self.maximumBytes) bytes.")
        }
        guard let data = FileManager.default.contents(atPath: path), data.count <= self.maximumBytes else {
            throw HTTPFailure(.unprepared, "The file \(path) can't be read.")
        }
        return [UInt8](data)
    }

    #if HTTP
        /// The bytes of a file, read on a thread that may block.
        package static func readInBackground(_ path: String) async throws -> [UInt8] {
            try await NIOThreadPool.singleton.runIfActive { try self.read(path) }
        }
    #endif
}
