import ChildProcesses
import Foundation
import Synchronization

/// A name server for the demonstration alone: dnsmasq on a port of 127.0.0.1.
final class NameServer: Sendable {
    private static let programs = ["/usr/sbin/dnsmasq", "/opt/homebrew/sbin/dnsmasq", "/usr/local/sbin/dnsmasq"]

    /// Ends the server when its input ends, and so with the demonstration, however suddenly.
    private static let keeper = """
        "$@" & server=$!
        while read -r _; do :; done
        kill -KILL $server
        """

    let port: Int
    private let program: String
    private let process = Mutex<NodeProcess?>(nil)

    /// Nil where it is not installed, or there is no free port.
    init?() {
        guard let program = Self.programs.first(where: { FileManager.default.isExecutableFile(atPath: $0) }),
            let port = Self.boundPort(0)
        else { return nil }
        self.program = program
        self.port = port
    }

    /// Starts it with the records of one service.
    func start(service: String, target: String, ports: [Int]) async throws {
        let options =
            [
                "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--port=\(self.port)",
                "--listen-address=127.0.0.1", "--bind-interfaces", "--local-ttl=1", "--user=\(NSUserName())",
                "--log-facility=/dev/null", "--pid-file=", "--host-record=\(target),127.0.0.1",
            ] + ports.map { "--srv-host=\(service),\(target),\($0)" }
        let process = try await NodeProcess.start(
            "/bin/sh",
            arguments: ["-c", Self.keeper, "keeper", self.program] + options,
            environment: ProcessInfo.processInfo.environment,
            logPath: "/dev/null",
            onLine: { _ in },
            onExit: { _ in }
        )
        self.process.withLock { $0 = process }
    }

    /// Stops it, and waits until its port is free.
    func stopAndWait() async {
        self.stop()
        for _ in 0..<1_000 where !self.isPortFree { try? await Task.sleep(for: .milliseconds(2)) }
    }

    private var isPortFree: Bool { Self.boundPort(self.port) != nil }

    func stop() {
        self.process.withLock { process in
            process?.endInput()
            process = nil
        }
    }

    /// A port that nobody has at this moment: this one, or any if it is 0.
    private static func boundPort(_ port: Int) -> Int? {
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, length) == 0 && getsockname(descriptor, pointer, &length) == 0
            }
        }
        return isBound ? Int(UInt16(bigEndian: address.sin_port)) : nil
    }
}
