#if CommandLine
    internal import ClusterAnnouncements
    internal import ClusterFormation

    /// What `members` says.
    struct MemberReport: Sendable {
        var cluster: String
        var channel: String
        var members: [Member]
        var view: ServerView
        var tally: ChannelTally?
        /// For how long the channel was listened to.
        var span: Duration

        /// What a reader must know of where this comes from, and of what is missing.
        var notes: [String] {
            var notes = [
                "States are the server's word: its sessions, and the locks by which nodes show that they live.",
                "Addresses without tags are what sessions call themselves (application_name): any role may, and nothing "
                    + "of it is authenticated.",
            ]
            if let tally {
                notes.append(
                    "Tags, and the addresses beside them, were heard on the channel within \(Span.words(self.span)): "
                        + "\(tally.messages) messages, \(tally.heard.count) nodes."
                )
                if let sealed = tally.rejections[.sealed] {
                    notes.append("\(sealed) messages are sealed: give the key to read their tags.")
                }
                let unreadable = (tally.rejections[.unknownKey] ?? 0) + (tally.rejections[.wrongSeal] ?? 0)
                if unreadable > 0 {
                    notes.append("\(unreadable) messages are sealed with another key than the given one.")
                }
                if let unsealed = tally.rejections[.unsealed] {
                    notes.append("\(unsealed) messages are not sealed, and a key is given: they are not believed.")
                }
            } else {
                notes.append("Tags are heard on the channel alone: give --listen 6s to hear them.")
            }
            if self.view.isTruncated { notes.append("Only the first \(ServerView.limit) sessions were looked at.") }
            return notes
        }

        func lines(_ style: Style) -> [String] {
            var lines: [String] = []
            if self.members.isEmpty {
                lines.append("No members.")
            } else {
                var table = TextTable(head: ["ADDRESS", "STATE", "PID", "USER", "FROM", "SESSION", "TAGS"])
                for member in self.members {
                    let tags = (member.tags ?? [:]).sorted { $0.key < $1.key }.map { "\($0)=\($1)" }
                    table.rows.append([
                        .init(member.endpoint?.description ?? "?", .strong),
                        .init(member.state.rawValue, Self.tint(of: member.state)),
                        .init("\(member.processID)"),
                        .init(member.user),
                        .init(member.clientAddress ?? "-"),
                        .init(member.age.map(Span.words) ?? "-"),
                        .init(member.tags == nil ? "-" : tags.joined(separator: " ")),
                    ])
                }
                lines += table.lines(style)
            }
            let count = self.members.count == 1 ? "1 member" : "\(self.members.count) members"
            lines.append("")
            lines.append("\(count) of \(PlainText.line(self.cluster)), channel \(PlainText.line(self.channel)).")
            lines += self.notes.map { style.paint($0, .faint) }
            return lines
        }

        private static func tint(of state: Member.State) -> Style.Tint? {
            switch state {
            case .listening: .good
            case .draining, .announced: .warning
            case .connected: nil
            }
        }
    }

    extension MemberReport: Encodable {
        private enum CodingKeys: String, CodingKey {
            case version
            case cluster
            case channel
            case serverTime = "server_time_seconds"
            case listened = "listened_seconds"
            case members
            case notes
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(JSONText.version, forKey: .version)
            try container.encode(self.cluster, forKey: .cluster)
            try container.encode(self.channel, forKey: .channel)
            try container.encode(Double(self.view.moment.microseconds) / 1e6, forKey: .serverTime)
            try container.encode(self.span / .seconds(1), forKey: .listened)
            try container.encode(self.members, forKey: .members)
            try container.encode(self.notes, forKey: .notes)
        }
    }
#endif
