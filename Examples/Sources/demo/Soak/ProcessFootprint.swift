import Foundation

/// What a process holds of the machine.
struct ProcessFootprint {
    var descriptors: Int
    var kilobytes: Int

    /// Nil where the system does not tell: there is no /proc, or the process has ended.
    static func read(_ processID: Int32) -> ProcessFootprint? {
        guard let descriptors = try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(processID)/fd"),
            let status = try? String(contentsOfFile: "/proc/\(processID)/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") }),
            let kilobytes = Int(line.filter(\.isNumber))
        else { return nil }
        return ProcessFootprint(descriptors: descriptors.count, kilobytes: kilobytes)
    }
}
