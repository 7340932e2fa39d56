internal import ClusterFormationTesting
internal import Foundation

extension TemporaryPostgres {
    /// The CPU time that the server and all its sessions have used so far, in seconds; Linux only.
    func cpuSeconds() async throws -> Double {
        guard let server = self.processID else { return 0 }
        var total = try ProcessFigures(server).cpuSeconds
        for entry in try FileManager.default.contentsOfDirectory(atPath: "/proc") {
            guard let process = Int32(entry), Self.parent(of: process) == server else { continue }
            // One that ends between the two looks is missing from both.
            total += (try? ProcessFigures(process).cpuSeconds) ?? 0
        }
        return total
    }

    private static func parent(of process: Int32) -> Int32? {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return nil }
        let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
        return fields.count > 2 ? Int32(fields[2]) : nil
    }
}
