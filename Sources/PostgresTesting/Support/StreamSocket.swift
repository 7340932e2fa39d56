#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// The few calls on stream sockets that a proxy needs.
enum StreamSocket {
    enum Reading {
        case bytes([UInt8])
        case nothingYet
        case ended
    }

    static func make(_ family: Int32) -> Int32 {
        #if canImport(Glibc)
            let descriptor = socket(family, Int32(SOCK_STREAM.rawValue), 0)
        #else
            let descriptor = socket(family, SOCK_STREAM, 0)
        #endif
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        #if canImport(Darwin)
            var yes: Int32 = 1
            setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &yes, socklen_t(MemoryLayout<Int32>.size))
        #endif
        return descriptor
    }

    static func connect(to upstream: FaultProxy.Upstream) -> Int32? {
        let descriptor: Int32
        let isConnected: Bool
        switch upstream.wrapped {
        case .tcp(let port):
            descriptor = self.make(AF_INET)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = UInt16(port).bigEndian
            address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
            isConnected = self.connect(descriptor, to: &address)
        case .unixSocket(let path):
            descriptor = self.make(AF_UNIX)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            isConnected =
                withUnsafeMutableBytes(of: &address.sun_path) { bytes in
                    guard path.utf8.count < bytes.count else { return false }
                    bytes.copyBytes(from: path.utf8)
                    return true
                } && self.connect(descriptor, to: &address)
        }
        if isConnected { return descriptor }
        self.close(descriptor)
        return nil
    }

    private static func connect<Address>(_ descriptor: Int32, to address: inout Address) -> Bool {
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                systemConnect(descriptor, address, socklen_t(MemoryLayout<Address>.size)) == 0
            }
        }
    }

    static func makeNonblocking(_ descriptor: Int32) {
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }

    static func read(_ descriptor: Int32) -> Reading {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count > 0 { return .bytes(Array(buffer[..<count])) }
        return count < 0 && (errno == EAGAIN || errno == EINTR) ? .nothingYet : .ended
    }

    /// How many bytes the kernel has taken; nil when nobody will ever read them.
    static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int? {
        #if canImport(Darwin)
            let flags: Int32 = 0
        #else
            let flags = Int32(MSG_NOSIGNAL)
        #endif
        let count = send(descriptor, bytes, bytes.count, flags)
        if count >= 0 { return count }
        return errno == EAGAIN || errno == EINTR ? 0 : nil
    }

    /// Closes so that the other side is told of a reset, not of an end.
    static func reset(_ descriptor: Int32) {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        self.close(descriptor)
    }

    static func close(_ descriptor: Int32) { _ = systemClose(descriptor) }
}

private func systemConnect(_ descriptor: Int32, _ address: UnsafePointer<sockaddr>, _ length: socklen_t) -> Int32 {
    connect(descriptor, address, length)
}

private func systemClose(_ descriptor: Int32) -> Int32 { close(descriptor) }
