import GRPCCore
import GRPCNIOTransportHTTP2
import ServiceLifecycle
import Synchronization

/// Calls without end, and tells once a second who has answered.
struct Callers: Service {
    /// Retries, as most clients have them: a call that a server could not take goes to another one.
    static let serviceConfig = ServiceConfig(
        methodConfig: [
            MethodConfig(
                names: [MethodConfig.Name(service: HelloService.method.service.fullyQualifiedService)],
                executionPolicy: .retry(
                    RetryPolicy(
                        maxAttempts: 5,
                        initialBackoff: .milliseconds(50),
                        maxBackoff: .seconds(1),
                        backoffMultiplier: 2,
                        retryableStatusCodes: [.unavailable]
                    )
                )
            )
        ]
    )

    let transport: HTTP2ClientTransport.Posix
    let count: Int
    let pause: Duration

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            try await withGRPCClient(transport: self.transport) { client in
                let tally = TallyBox()
                await withDiscardingTaskGroup { group in
                    for _ in 0..<self.count { group.addTask { await self.call(client, tally) } }
                    await self.report(tally)
                    group.cancelAll()
                }
            }
        }
    }

    private func call(_ client: GRPCClient<HTTP2ClientTransport.Posix>, _ tally: TallyBox) async {
        // Without one a call waits for ever while there is no server.
        var options = CallOptions.defaults
        options.timeout = .seconds(30)
        while !Task.isCancelled {
            do {
                let server = try await client.unary(
                    request: ClientRequest(message: "Hello?"),
                    descriptor: HelloService.method,
                    serializer: TextCodec(),
                    deserializer: TextCodec(),
                    options: options
                ) { try $0.message }
                tally.answered(by: server)
            } catch {
                // What the end of this program cuts off has not failed.
                if Task.isCancelled { return }
                tally.failed("\(error)")
            }
            try? await Task.sleep(for: self.pause)
        }
    }

    private func report(_ tally: TallyBox) async {
        var next = ContinuousClock.now
        for second in 1... {
            next = next.advanced(by: .seconds(1))
            // A cancelled sleep is the shutdown.
            guard (try? await Task.sleep(until: next)) != nil else { return }
            for line in tally.take().lines(second: second) { GRPCHello.say(line) }
        }
    }
}

/// The tally that callers share.
private final class TallyBox: Sendable {
    private let tally = Mutex(Tally())

    func answered(by server: String) { self.tally.withLock { $0.answers[server, default: 0] += 1 } }

    func failed(_ reason: String) {
        self.tally.withLock {
            $0.failures += 1
            $0.firstFailure = $0.firstFailure ?? reason
        }
    }

    /// What was counted since it was taken last.
    func take() -> Tally {
        self.tally.withLock { tally in
            defer { tally = Tally() }
            return tally
        }
    }
}
