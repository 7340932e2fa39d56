internal import CNotifyLoop
internal import Foundation

/// Which cores the client and the server run on.
///
/// Where the scheduler puts the two decides how long a wake-up takes, by more than what is measured: left to it, one
/// contestant may run beside the server and the other one on its core. Only Linux lets a program say where.
enum Placement: String, CaseIterable {
    case oneCore = "Client and server on one core"
    case twoCores = "Client and server on a core each"
    case free = "Client and server where the scheduler puts them"

    /// Whether the two run so from here on.
    func apply(server: Int32?) -> Bool {
        guard let server else { return self == .free }
        let client = [ProcessInfo.processInfo.processIdentifier]
        // The server's helpers as well: each notification wakes one.
        let servers = [server] + Self.children(of: server)
        let last = Int32(ProcessInfo.processInfo.processorCount - 1)
        switch self {
        case .oneCore: return Self.place(client + servers, 0...0)
        case .twoCores: return last > 0 && Self.place(client, 0...0) && Self.place(servers, 1...1)
        case .free:
            #if os(Linux)
                return Self.place(client + servers, 0...last)
            #else
                return true
            #endif
        }
    }

    private static func children(of process: Int32) -> [Int32] {
        let list = try? String(contentsOfFile: "/proc/\(process)/task/\(process)/children", encoding: .utf8)
        return (list ?? "").split(separator: " ").compactMap { Int32($0) }
    }

    private static func place(_ processes: [Int32], _ cores: ClosedRange<Int32>) -> Bool {
        processes.allSatisfy { notify_loop_place($0, cores.lowerBound, cores.upperBound) == 0 }
    }
}
