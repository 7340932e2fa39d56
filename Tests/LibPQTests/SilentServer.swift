import Threads

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A TCP port that takes connections and then says nothing, or a few bytes and then nothing, or ends there.
final class SilentServer: Sendable {
    let port: Int
    private let descriptor: Int32

    /// Listens on a free port, or on the one that is given; `answer` is what the first client gets for its first bytes.
    init(
        answering answer: [UInt8] = [],
        thenCloses: Bool = false,
        address host: UInt32 = 0x7f00_0001,
        port: Int = 0
    ) {
        #if canImport(Glibc)
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(host).bigEndian
        address.sin_port = in_port_t(port).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(descriptor, $0, length)
                _ = listen(descriptor, 16)
                _ = getsockname(descriptor, $0, &length)
            }
        }
        self.port = Int(UInt16(bigEndian: address.sin_port))
        self.descriptor = descriptor
        guard !answer.isEmpty else { return }
        BackgroundThread.start {
            let client = accept(descriptor, nil, nil)
            var bytes = [UInt8](repeating: 0, count: 1024)
            _ = read(client, &bytes, bytes.count)
            _ = write(client, answer, answer.count)
            if thenCloses { close(client) }
        }
    }

    convenience init(answering answer: UInt8, thenCloses: Bool = false) {
        self.init(answering: [answer], thenCloses: thenCloses)
    }

    deinit {
        close(self.descriptor)
    }
}
