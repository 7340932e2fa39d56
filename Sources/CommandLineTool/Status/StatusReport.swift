#if CommandLine
    internal import ClusterFormation

    /// A node's status for people.
    struct StatusReport: Sendable {
        let status: ClusterStatus

        func lines(_ style: Style) -> [String] {
            let status = self.status
            let name = style.paint(PlainText.line(status.clusterName), .strong)
            var lines = [
                "Cluster \(name), seen from \(status.localNode.endpoint): \(status.phase.rawValue) for "
                    + Span.words(status.uptime)
            ]
            var strategies = TextTable(head: ["STRATEGY", "STATE", "CODE", "MESSAGE"])
            for strategy in status.strategies {
                let condition = strategy.condition
                strategies.rows.append([
                    .init(strategy.name, .strong), .init(condition.state.rawValue, Self.tint(of: condition.state)),
                    .init(condition.code ?? ""), "",
                ])
                // A table cuts what is long, and this is what an operator came for.
                strategies.rows[strategies.rows.count - 1][3].text = PlainText.line(condition.message ?? "")
            }
            lines += [""] + strategies.lines(style)
            if status.peers.isEmpty {
                lines += ["", "No peers."]
            } else {
                var peers = TextTable(head: ["PEER", "LINK", "VOUCHED FOR BY", "TAGS"])
                for peer in status.peers {
                    let tags = peer.node.metadata.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }
                    let (words, tint) = self.words(for: peer.link)
                    peers.rows.append([
                        .init(peer.node.endpoint.description, .strong), .init(words, tint),
                        .init(peer.strategies.joined(separator: ", ")), .init(tags.joined(separator: " ")),
                    ])
                }
                lines += [""] + peers.lines(style)
            }
            let linked = status.linksPeers ? ", \(status.connectedPeers.count) of them linked" : ""
            lines += ["", "\(status.peers.count) known\(linked)."]
            if status.refusedPeers > 0 { lines.append("\(status.refusedPeers) newcomers found no room in the table.") }
            return lines
        }

        private static func tint(of state: StrategyCondition.State) -> Style.Tint {
            switch state {
            case .active: .good
            case .impaired: .bad
            case .starting, .stopped: .warning
            }
        }

        private func words(for link: ClusterStatus.Peer.LinkState) -> (String, Style.Tint?) {
            switch link {
            case .notWanted: (self.status.linksPeers ? "not wanted" : "-", nil)
            case .notAllowed: ("not allowed", .warning)
            case .queued: ("queued", .warning)
            case .connecting(let isOverdue): (isOverdue ? "connecting, overdue" : "connecting", .warning)
            case .connected: ("connected", .good)
            case .retrying(let failures, let delay, let lastError):
                ("\(failures) failed, next in \(Span.words(delay)): \(lastError)", .bad)
            case .refused(let reason): ("refused: \(reason)", .bad)
            case .disconnecting: ("disconnecting", .warning)
            }
        }
    }
#endif
