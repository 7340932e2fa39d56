internal import ClusterFormation
internal import ClusterFormationTesting
internal import Foundation

/// A TCP proxy on the loopback interface that swallows, delays or cuts what goes through it.
///
/// It stands between a client and a ``TemporaryPostgres``, and makes the half-open connections that a real network makes.
/// It runs on one thread of its own.
///
/// ```swift
/// try await FaultProxy.withProxy(to: server) { proxy in
///     let address = server.connectionString(throughPort: proxy.port)
///     ...
///     proxy.setFaults { $0.swallowsServerToClient = true }
/// }
/// ```
public final class FaultProxy: Sendable {
    /// What goes wrong.
    ///
    /// The default is nothing.
    public struct Faults: Sendable {
        /// Whether what clients send vanishes, their closing included; false unless set.
        public var swallowsClientToServer = false
        /// Whether what the server sends vanishes, its closing included; false unless set.
        public var swallowsServerToClient = false
        /// Whether notifications vanish and all else that the server sends arrives, as behind a relay that knows nothing of
        /// LISTEN; false unless set.
        ///
        /// It has no effect on encrypted connections.
        public var dropsNotifications = false
        /// How long what is sent takes, in either direction; zero unless set.
        public var delay: Duration = .zero
        /// Whether new connections are reset at once; false unless set.
        public var refusesNew = false
        /// Whether new connections get no further than the kernel's queue; false unless set.
        public var stallsAccept = false

        /// Makes faults that are none.
        public init() {}
    }

    /// Where the proxy leads to.
    public struct Upstream: Sendable {
        enum Wrapped: Sendable {
            case tcp(Int)
            case unixSocket(String)
        }
        let wrapped: Wrapped

        /// A TCP port on the loopback interface.
        public static func tcp(port: Int) -> Upstream { Upstream(wrapped: .tcp(port)) }
        /// A Unix-domain socket.
        public static func unixSocket(_ path: String) -> Upstream { Upstream(wrapped: .unixSocket(path)) }
    }

    struct State: Sendable {
        var faults = Faults()
        var cuts = 0
        var isStopped = false
        var connections = 0
        var hasEnded = false
    }

    /// The port on 127.0.0.1 that the proxy listens on.
    public let port: Int

    private let state: Observed<State>
    private let wakeUp: WakeUpPipe

    private init(port: Int, state: Observed<State>, wakeUp: WakeUpPipe) {
        self.port = port
        self.state = state
        self.wakeUp = wakeUp
    }

    /// Runs a body with a proxy to a server's socket, and ends the proxy and its connections afterwards.
    ///
    /// - Throws: What the body throws, or the error of a system without a free port.
    public static func withProxy<Result>(
        to server: TemporaryPostgres,
        _ body: (FaultProxy) async throws -> Result
    ) async throws -> Result {
        try await self.withProxy(to: .unixSocket("\(server.socketDirectory)/.s.PGSQL.\(server.port)"), body)
    }

    /// Runs a body with a proxy, and ends the proxy and its connections afterwards.
    ///
    /// - Throws: What the body throws, or the error of a system without a free port.
    public static func withProxy<Result>(
        to upstream: Upstream,
        _ body: (FaultProxy) async throws -> Result
    ) async throws -> Result {
        let listener = try LoopbackListener(port: 0)
        let state = Observed(State())
        let wakeUp: WakeUpPipe
        do {
            wakeUp = try WakeUpPipe()
        } catch {
            listener.close()
            throw error
        }
        Thread.detachNewThread {
            var loop = ProxyLoop(listener: listener, upstream: upstream, wakeUp: wakeUp, state: state)
            loop.run()
            state.update { $0.hasEnded = true }
        }
        let proxy = FaultProxy(port: listener.port, state: state, wakeUp: wakeUp)
        do {
            let result = try await body(proxy)
            await proxy.stop()
            return result
        } catch {
            await proxy.stop()
            throw error
        }
    }

    private func stop() async {
        self.change { $0.isStopped = true }
        await self.state.waitUncancelled { $0.hasEnded }
        self.wakeUp.close()
    }

    /// Changes what goes wrong from now on.
    public func setFaults(_ change: @Sendable (inout Faults) -> Void) {
        self.change { change(&$0.faults) }
    }

    /// Resets every connection, on both sides.
    public func cutAll() {
        self.change { $0.cuts += 1 }
    }

    /// How many connections go through the proxy.
    public var connectionCount: Int { self.state.value.connections }

    /// Waits until so many connections go through the proxy.
    ///
    /// - Throws: `WaitTimeout` when that takes longer than the limit, a minute unless told otherwise.
    public func waitForConnections(count: Int, within limit: Duration = .seconds(60)) async throws {
        try await self.state.wait(within: limit) { state in
            "\(count) connections; there are \(state.connections)"
        } until: { state in
            state.connections == count
        }
    }

    private func change(_ body: (inout State) -> Void) {
        self.state.update(body)
        self.wakeUp.ring()
    }
}

extension TemporaryPostgres {
    /// A connection string that leads through a proxy's port on the loopback interface.
    public func connectionString(
        role: String? = nil,
        database: String = "postgres",
        password: String? = nil,
        throughPort port: Int
    ) -> String {
        self.connectionString(role: role, database: database, password: password, address: "127.0.0.1:\(port)")
    }
}
