internal import Foundation
internal import PostgresTesting

extension TemporaryPostgres {
    /// The CPU time that the server and all its sessions have used so far, in seconds; Linux only.
    func cpuSeconds() async throws -> Double {
        guard let server = self.processID else { return 0 }
        var total = try Self.cpuSeconds(of: server)
        for entry in try FileManager.default.contentsOfDirectory(atPath: "/proc") {
            guard let process = Int32(entry), Self.parent(of: process) == server else { continue }
            // One that ends between the two looks is missing from both.
            total += (try? Self.cpuSeconds(of: process)) ?? 0
        }
        return total
    }

    /// From the scheduler, in nanoseconds: the ticks of `stat` would hide what hundreds of sessions use that are woken for
    /// some microseconds each.
    private static func cpuSeconds(of process: Int32) throws -> Double {
        let text = try String(contentsOfFile: "/proc/\(process)/schedstat", encoding: .utf8)
        guard let nanoseconds = text.split(separator: " ").first.flatMap({ Double($0) }) else {
            throw CocoaError(.fileReadCorruptFile)
        }
        return nanoseconds / 1e9
    }

    private static func parent(of process: Int32) -> Int32? {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return nil }
        let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
        return fields.count > 2 ? Int32(fields[2]) : nil
    }
}
