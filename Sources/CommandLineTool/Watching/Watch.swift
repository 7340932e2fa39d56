#if CommandLine
    internal import ClusterFormation
    internal import Foundation
    internal import ServiceLifecycle

    /// Observes a cluster and writes down what happens, until it is shut down.
    struct Watch: Service {
        let cluster: Cluster
        let isJSON: Bool
        let surroundings: Surroundings

        func run() async throws {
            let events = self.cluster.events
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await self.cluster.run() }
                // It ends with the cluster.
                for await event in events { try self.tell(event) }
                try await group.waitForAll()
            }
        }

        private func tell(_ event: ClusterEvent) throws {
            let moment = Date().formatted(.iso8601)
            if self.isJSON {
                self.surroundings.print(try JSONText.line(TimedEvent(event: event, moment: moment)))
            } else {
                let line = EventLine(event)
                let word = line.word + String(repeating: " ", count: max(0, EventLine.longestWord - line.word.count))
                let painted = self.surroundings.style.paint(word, line.tint)
                self.surroundings.print("\(moment)  \(painted)  \(PlainText.line(line.text))")
            }
        }
    }

    /// An event's own fields, and when it came.
    private struct TimedEvent: Encodable {
        var event: ClusterEvent
        var moment: String

        private enum CodingKeys: String, CodingKey {
            case moment = "at"
        }

        func encode(to encoder: any Encoder) throws {
            try self.event.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(self.moment, forKey: .moment)
        }
    }
#endif
