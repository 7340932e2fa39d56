#if CommandLine
    internal import ClusterFormation

    /// An event in a word and a line for people.
    struct EventLine: Hashable, Sendable {
        static let longestWord = 9

        var word: String
        var text: String
        var tint: Style.Tint?

        init(_ event: ClusterEvent) {
            switch event {
            case .peerDiscovered(let node): self.init("joined", Self.words(for: node), .good)
            case .peerUpdated(let node): self.init("changed", Self.words(for: node), nil)
            case .peerVouchersChanged(let node, let strategies):
                self.init("vouched", "\(node.endpoint) by \(strategies.joined(separator: ", "))", nil)
            case .peerReplaced(let node, _): self.init("restarted", Self.words(for: node), .warning)
            case .peerUnvouched(let node, let reason):
                self.init("unvouched", "\(node.endpoint) (\(Self.words(for: reason)))", .warning)
            case .peerForgotten(let node, .left): self.init("left", "\(node.endpoint)", nil)
            case .peerForgotten(let node, let reason):
                self.init("lost", "\(node.endpoint) (\(Self.words(for: reason)))", .bad)
            case .strategyChanged(let name, let condition):
                let cause = [condition.code, condition.message].compactMap { $0 }.joined(separator: ": ")
                let text = "\(name): \(condition.state.rawValue)\(cause.isEmpty ? "" : ", \(cause)")"
                self.init("database", text, condition.state == .active ? .good : .warning)
            case .endpointConflict(let endpoint, _): self.init("conflict", "two nodes claim \(endpoint)", .bad)
            case .missed(let count): self.init("missed", "\(count) events", .warning)
            // An observer makes no links.
            case .peerConnected(let node), .peerDisconnected(let node, _), .connectFailed(let node, _, _, _),
                .connectRefused(let node, _):
                self.init("link", "\(node.endpoint)", nil)
            }
        }

        private init(_ word: String, _ text: String, _ tint: Style.Tint?) {
            self.word = word
            self.text = text
            self.tint = tint
        }

        /// `session ended` for `sessionEnded`.
        private static func words(for reason: LossReason) -> String {
            reason.description.reduce(into: "") { words, character in
                words += character.isUppercase ? " \(character.lowercased())" : String(character)
            }
        }

        private static func words(for node: Node) -> String {
            let tags = node.metadata.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }
            return "\(node.endpoint)\(tags.joined())"
        }
    }
#endif
