#if Multicast
    public import ClusterAnnouncements
    internal import ClusterFormation

    /// How nodes find each other on a local network; each option has a default, and all nodes of a cluster have the same
    /// ``transport``, ``port`` and ``families``.
    public struct MulticastConfiguration: Sendable, Hashable {
        /// How a datagram reaches all others.
        public struct Transport: Sendable, Hashable, CustomStringConvertible {
            private enum Wrapped: String { case multicast, broadcast }
            private var wrapped: Wrapped

            /// To a multicast group that is derived from the cluster's name: only machines that have joined it are woken.
            public static let multicast = Transport(wrapped: .multicast)
            /// To everybody on each network: IPv4 alone, and for networks that carry no multicast.
            public static let broadcast = Transport(wrapped: .broadcast)

            /// The transport's name.
            public var description: String { self.wrapped.rawValue }
        }

        /// Which versions of IP are used.
        public struct Families: Sendable, Hashable, OptionSet {
            /// One bit for each version.
            public let rawValue: UInt8

            /// Makes a set from its bits.
            public init(rawValue: UInt8) {
                self.rawValue = rawValue
            }

            /// IP version 4.
            public static let ipv4 = Families(rawValue: 1)
            /// IP version 6.
            public static let ipv6 = Families(rawValue: 2)
            /// Both, as far as the machine has them.
            public static let all: Families = [.ipv4, .ipv6]
        }

        /// How a datagram reaches all others.
        ///
        /// Default: multicast.
        public var transport = Transport.multicast

        /// Which versions of IP are used; broadcasts exist in version 4 alone.
        ///
        /// Default: both, as far as the machine has them.
        public var families = Families.all

        /// The UDP port, which all clusters and all processes of a machine can share.
        ///
        /// Default: 17,337. It must be free of other programs, and firewalls must let it in.
        public var port = 17_337

        /// The names of the interfaces to use, such as `eth0`; nil for all that there are, those that come later included.
        ///
        /// Default: nil. At most 20 interfaces are used (Linux lets a socket join as many groups).
        public var interfaces: Set<String>?

        /// How many routers a multicast may pass.
        ///
        /// Default: 1, none: it stays on its network. 1 to 255; routers pass multicasts only where they are told to, and
        /// those of IPv6 never leave the link here.
        public var hops = 1

        /// By how much the clocks of two nodes may differ.
        ///
        /// Default: 300 s, as for TSIG (RFC 8945, section 10); 1 s to 1 day. It is also for how long a recorded message can
        /// introduce a node that is gone to one that has never heard of it.
        public var clockTolerance = Duration.seconds(300)

        /// How often it is looked for interfaces that have come or gone.
        ///
        /// Default: 3 s; 100 ms to 1 h.
        public var interfaceScanInterval = Duration.seconds(3)

        /// Heartbeat, time-to-live and limits.
        ///
        /// Default: as everywhere, every 5 s and four intervals. Where many datagrams are lost, raise
        /// `timeToLiveIntervals`.
        public var announcements = AnnouncementConfiguration()

        /// How long the goodbye of a graceful shutdown may take.
        ///
        /// Default: 2 s. It is sent three times within 100 ms.
        public var farewellTimeout = Duration.seconds(2)

        /// The defaults.
        public init() {}

        /// Refuses what can't work, before anything runs.
        func validate() throws {
            func require(_ holds: Bool, _ message: String) throws {
                guard holds else { throw ClusterError(code: .invalidConfiguration, message: message) }
            }
            try require(
                (1...65_535).contains(self.port),
                "port is \(self.port); choose 1 to 65,535 (the default is 17,337)."
            )
            try require((1...255).contains(self.hops), "hops is \(self.hops); choose 1 to 255 (the default is 1).")
            try require(
                self.clockTolerance >= .seconds(1) && self.clockTolerance <= .seconds(86_400),
                "clockTolerance is \(self.clockTolerance); choose 1 s to 1 day (the default is 300 s)."
            )
            try require(
                self.interfaceScanInterval >= .milliseconds(100) && self.interfaceScanInterval <= .seconds(3_600),
                "interfaceScanInterval is \(self.interfaceScanInterval); choose 100 ms to 1 h (the default is 3 s)."
            )
            try require(
                self.interfaces.map { !$0.isEmpty } ?? true,
                "interfaces is an empty set; name at least one, or set it to nil for all."
            )
            try require(
                !self.families.isDisjoint(with: .all),
                "families is empty; choose ipv4, ipv6, or both (the default)."
            )
            try require(
                self.transport == .multicast || self.families.contains(.ipv4),
                "A broadcast exists in IPv4 alone; add it to families, or choose multicast."
            )
        }
    }
#endif
