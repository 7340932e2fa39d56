#if Hummingbird
    internal import ClusterFormation
    internal import HTTPTypes
    internal import Hummingbird
    internal import HummingbirdCore
    internal import ServiceLifecycle

    /// The streams of one page's events, of which there is a bounded number.
    struct EventStreams: Sendable {
        /// What a client is told that finds no room.
        private struct Full: Encodable {
            private enum CodingKeys: String, CodingKey { case version, error, message }

            func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: CodingKeys.self)
                try container.encode(1, forKey: .version)
                try container.encode("too_many_streams", forKey: .error)
                try container.encode(
                    "As many streams as maximumStreams allows are open; read the status instead.",
                    forKey: .message
                )
            }
        }

        private static let headers: HTTPFields = [
            .contentType: "text/event-stream",
            .cacheControl: "no-store",
            // nginx would keep the events until it has some kilobytes of them.
            HTTPField.Name("X-Accel-Buffering")!: "no",
        ]

        let cluster: Cluster
        let configuration: ClusterPageConfiguration
        let clock: any Clock<Duration>
        let slots: StreamSlots

        init(
            cluster: Cluster,
            configuration: ClusterPageConfiguration,
            clock: any Clock<Duration> = ContinuousClock()
        ) {
            self.cluster = cluster
            self.configuration = configuration
            self.clock = clock
            self.slots = StreamSlots(limit: configuration.maximumStreams)
        }

        func response(to request: Request) throws -> Response {
            guard !self.slots.isFull else {
                return try JSONResponse.make(Full(), status: .serviceUnavailable, headers: [.retryAfter: "30"])
            }
            // It begins before the answer does, so that a status that is read from then on leaves no gap.
            let frames = EventFrames(
                events: self.cluster.events,
                keepAliveInterval: self.configuration.keepAliveInterval,
                clock: self.clock
            )
            let slots = self.slots
            let body = ResponseBody { writer in
                // Taken here and not before: an answer that is never sent would keep it.
                guard slots.take() else { return try await writer.finish(nil) }
                defer { slots.giveBack() }
                try await request.body.consumeWithCancellationOnInboundClose { _ in
                    for try await frame in frames.cancelOnGracefulShutdown() { try await writer.write(frame) }
                    try await writer.finish(nil)
                }
            }
            return Response(status: .ok, headers: Self.headers, body: body)
        }
    }
#endif
