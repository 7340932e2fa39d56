#if Hummingbird
    internal import ClusterFormation
    internal import NIOCore

    /// A cluster's events as server-sent events, with a line that says nothing wherever they are silent for long.
    ///
    /// Who reads slowly holds up nobody: the cluster keeps a bounded number of events for it, and the next one that it gets
    /// is `missed`.
    struct EventFrames: AsyncSequence, Sendable {
        typealias Element = ByteBuffer

        private enum Turn: Sendable {
            case event(ClusterEvent)
            case silence
            case end
        }

        /// How long a browser waits before it comes again when the stream has ended.
        static let greeting = "retry: 2000\n\n"
        static let keepAlive = ":\n\n"

        let events: ClusterEvents
        let keepAliveInterval: Duration
        let clock: any Clock<Duration>

        func makeAsyncIterator() -> Iterator { Iterator(frames: self) }

        struct Iterator: AsyncIteratorProtocol {
            let frames: EventFrames
            private var hasBegun = false

            init(frames: EventFrames) {
                self.frames = frames
            }

            mutating func next() async throws -> ByteBuffer? {
                guard self.hasBegun else {
                    self.hasBegun = true
                    return ByteBuffer(string: EventFrames.greeting)
                }
                switch await self.frames.turn() {
                case .event(let event):
                    var buffer = ByteBuffer(string: "data: ")
                    buffer.writeBytes(try JSONResponse.bytes(of: event))
                    buffer.writeString("\n\n")
                    return buffer
                case .silence: return ByteBuffer(string: EventFrames.keepAlive)
                case .end: return nil
                }
            }
        }

        private func turn() async -> Turn {
            await withTaskGroup(of: Turn.self) { group in
                group.addTask {
                    var iterator = self.events.makeAsyncIterator()
                    return await iterator.next().map(Turn.event) ?? .end
                }
                group.addTask {
                    do {
                        try await self.clock.sleep(for: self.keepAliveInterval)
                        return .silence
                    } catch {
                        return .end
                    }
                }
                let first = await group.next() ?? .end
                group.cancelAll()
                // An event that has come together with the end of the silence is not lost.
                if case .event(let event) = await group.next() { return .event(event) }
                return first
            }
        }
    }
#endif
