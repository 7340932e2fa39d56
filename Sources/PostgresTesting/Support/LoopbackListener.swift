internal import ClusterFormationTesting

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// A TCP port on the loopback interface that nobody listens on just now, and that nobody is given by chance later.
enum FreePort {
    static func find() throws -> Int {
        let listener = try KeptPort.bind { try LoopbackListener(port: $0) }
        defer { listener.close() }
        return listener.port
    }
}

/// A TCP socket that listens on 127.0.0.1.
struct LoopbackListener: Sendable {
    let descriptor: Int32
    let port: Int

    init(port: Int) throws {
        let descriptor = StreamSocket.make(AF_INET)
        guard descriptor >= 0 else { throw SocketError(operation: "socket") }
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 && listen(descriptor, 128) == 0
                    && getsockname(descriptor, address, &length) == 0
            }
        }
        guard isBound else {
            let error = SocketError(operation: "bind")
            StreamSocket.close(descriptor)
            throw error
        }
        self.descriptor = descriptor
        self.port = Int(UInt16(bigEndian: address.sin_port))
    }

    /// The next connection, if it is still there.
    func accept() -> Int32? {
        let descriptor = systemAccept(self.descriptor)
        return descriptor < 0 ? nil : descriptor
    }

    func close() { StreamSocket.close(self.descriptor) }
}

private func systemAccept(_ listener: Int32) -> Int32 { accept(listener, nil, nil) }

/// A call of the socket interface failed.
struct SocketError: Error, CustomStringConvertible {
    var operation: String
    var number: Int32

    /// Takes the number of the last failure.
    init(operation: String) {
        self.operation = operation
        self.number = errno
    }

    var description: String { "\(self.operation) failed: error \(self.number)" }
}
