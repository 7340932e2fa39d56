#if Multicast
    internal import ClusterAnnouncements

    extension Medium {
        /// A local network: nobody tells the time, names senders, or says who is there; what is sent may be lost, come twice or
        /// in another order; and a node hears itself whether or not anybody else does.
        static func network(_ configuration: MulticastConfiguration) -> Medium {
            var medium = Medium(
                maximumPayloadBytes: Datagram.longestPayload,
                freshnessWindow: configuration.clockTolerance
            )
            medium.hasClock = false
            medium.namesSenders = false
            medium.showsSessions = false
            medium.isReliable = false
            medium.echoProvesReach = false
            // Each listener opens and reads its own: a part of a roster takes about as long.
            medium.deliveryCost = DeliveryCost(
                first: .microseconds(200),
                further: .microseconds(200),
                isForEachListener: false
            )
            medium.terms = MediumTerms(configuration)
            return medium
        }
    }

    extension MediumTerms {
        fileprivate init(_ configuration: MulticastConfiguration) {
            self.init()
            let port = configuration.port
            self.access = "send on the network"
            self.counterpart = "network"
            self.clockOwner = "machine"
            self.reachability = "an interface of this machine is up and may use UDP port \(port)"
            self.silence = "a firewall of this machine holds back UDP port \(port), or its interfaces are down"
            self.undelivered = "Let UDP port \(port) through this machine's own firewall, in and out."
            self.staleness =
                "The clocks of two machines differ by more than clockTolerance (\(configuration.clockTolerance)): set them by "
                + "NTP; or somebody repeats what was recorded."
            self.isolation =
                "Either this machine is cut off, or all others are gone. See its cable and whether UDP port \(port) passes "
                + "between the machines; most clouds and overlay networks carry no \(configuration.transport): choose another "
                + "strategy there."
        }
    }
#endif
