internal import CNotifyLoop
internal import Foundation

/// Which cores the client and the server run on.
///
/// Where the scheduler puts the two decides how long a wake-up takes, by more than what is measured: left to it, one
/// contestant may run beside the server and the other one on its core. So it is not left to it.
enum Placement: String, CaseIterable {
    case oneCore = "Client and server on one core"
    case twoCores = "Client and server on a core each"
    case free = "Client and server where the scheduler puts them"

    /// Whether the two run so from here on.
    func apply(server: Int32?) -> Bool {
        guard let server else { return false }
        let client = ProcessInfo.processInfo.processIdentifier
        let last = Int32(ProcessInfo.processInfo.processorCount - 1)
        switch self {
        case .oneCore: return Self.place(client, 0...0) && Self.place(server, 0...0)
        case .twoCores: return last > 0 && Self.place(client, 0...0) && Self.place(server, 1...1)
        case .free: return Self.place(client, 0...last) && Self.place(server, 0...last)
        }
    }

    private static func place(_ process: Int32, _ cores: ClosedRange<Int32>) -> Bool {
        notify_loop_place(process, cores.lowerBound, cores.upperBound) == 0
    }
}
