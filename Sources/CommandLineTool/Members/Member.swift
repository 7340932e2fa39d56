#if CommandLine
    internal import ArgumentParser
    internal import ClusterFormation

    /// One node of a cluster, as far as it can be seen from outside.
    struct Member: Hashable, Sendable {
        enum State: String, CaseIterable, Sendable, Encodable, ExpressibleByArgument {
            /// Its session holds the lock by which the others see it: it lives and listens.
            case listening
            /// The same, and it asks for no new work.
            case draining
            /// It was heard, and its session shows no lock: the role may not take one.
            case announced
            /// A session with the cluster's name that shows no lock and was not heard: a node that has just begun, or whose
            /// role may not take locks, or one that finds its peers by a table.
            case connected
        }

        var state: State
        /// Nil where the session does not name it and nothing was heard.
        var endpoint: Endpoint?
        /// What the session calls itself.
        var name: String
        /// Nil where nothing was heard.
        var instance: InstanceID?
        var processID: Int32
        var user: String
        var clientAddress: String?
        var age: Duration?
        /// What it says of itself; nil where nothing was heard.
        var tags: [String: String]?
    }

    extension Member: Encodable {
        private enum CodingKeys: String, CodingKey {
            case state
            case endpoint
            case endpointFrom = "endpoint_from"
            case name
            case instance
            case processID = "process_id"
            case user
            case clientAddress = "client_address"
            case age = "age_seconds"
            case tags
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(self.state, forKey: .state)
            try container.encodeIfPresent(self.endpoint?.description, forKey: .endpoint)
            if self.endpoint != nil {
                try container.encode(self.instance == nil ? "application_name" : "announcement", forKey: .endpointFrom)
            }
            try container.encode(self.name, forKey: .name)
            try container.encodeIfPresent(self.instance?.description, forKey: .instance)
            try container.encode(self.processID, forKey: .processID)
            try container.encode(self.user, forKey: .user)
            try container.encodeIfPresent(self.clientAddress, forKey: .clientAddress)
            try container.encodeIfPresent(self.age.map { $0 / .seconds(1) }, forKey: .age)
            try container.encodeIfPresent(self.tags, forKey: .tags)
        }
    }
#endif
