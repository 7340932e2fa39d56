import ClusterFormation
import Testing

@testable import ClusterAnnouncements

@Suite struct ProtocolIdentityTests {
    private func announcement(
        of number: Int,
        host: String? = nil,
        sequence: UInt64 = 1,
        uptime: Duration = .zero,
        acknowledgement: Acknowledgement? = nil
    ) -> Envelope {
        Envelope(
            sender: ProtocolNetwork.instance(number),
            sequence: sequence,
            message: .announce(
                Announcement(
                    endpoint: ProtocolNetwork.node(number, host: host).endpoint,
                    timeToLive: .seconds(20),
                    uptime: uptime,
                    acknowledgement: acknowledgement
                )
            )
        )
    }

    @Test func aRestartOnTheSameEndpointReplacesTheOldInstance() {
        var network = ProtocolNetwork()
        network.form([1, 2])
        let node = ProtocolNetwork.node(3, host: "10.0.0.2")
        network.hear(self.announcement(of: 3, host: "10.0.0.2"), processID: 77, at: 0)
        #expect(network.members[0].actions == [.found(node)])
        #expect(network.known(at: 0) == [ProtocolNetwork.instance(3)])
    }

    @Test func twoLivingNodesOnOneEndpointAreReportedOnceAndDoNotFlap() {
        var network = ProtocolNetwork()
        network.form([1, 2])
        let endpoint = ProtocolNetwork.node(2).endpoint
        network.advance(by: .seconds(3))
        network.open(network.add(3, host: "10.0.0.2"))
        network.advance(by: .seconds(100))
        let founds = network.members[0].actions.filter { if case .found = $0 { true } else { false } }
        #expect(founds == [.found(ProtocolNetwork.node(3, host: "10.0.0.2"))])
        let conflicts = network.members[0].actions.filter { if case .endpointConflict = $0 { true } else { false } }
        #expect(conflicts == [.endpointConflict(endpoint, isLocal: false)])
        #expect(network.members[2].actions.contains(.endpointConflict(endpoint, isLocal: true)))
    }

    @Test func anotherNodeOnThisNodesOwnEndpointIsReportedAndNeverFound() {
        var network = ProtocolNetwork()
        network.form([1])
        for sequence in 1...3 {
            network.hear(self.announcement(of: 3, host: "10.0.0.1", sequence: UInt64(sequence)), processID: 7, at: 0)
        }
        #expect(network.known(at: 0).isEmpty)
        let own = ProtocolNetwork.node(1).endpoint
        #expect(network.members[0].actions.filter { $0 == .endpointConflict(own, isLocal: true) }.count == 1)
    }

    @Test func whatANodeSaysOfItselfIsPassedOnWhenItChanges() {
        var network = ProtocolNetwork()
        network.form([1, 2])
        let actions = network.members[1].machine.setMetadata(["zone": "b"], at: network.now)
        network.perform(actions, of: 1)
        var node = ProtocolNetwork.node(2)
        node.metadata = ["zone": "b"]
        #expect(network.members[0].actions == [.found(node)])
    }

    @Test func oneSessionThatAnnouncesManyNodesIsNoNode() {
        var network = ProtocolNetwork()
        network.form([1])
        for number in 10..<200 { network.hear(self.announcement(of: number), processID: 5, at: 0) }
        #expect(network.known(at: 0).count == network.configuration.maximumInstancesPerSession)
        #expect(network.drops(at: 0).allSatisfy { $0 == .crowdedSession })
    }

    @Test func aFloodStaysWithinTheTableAndLeavesEstablishedPeersAlone() {
        var configuration = AnnouncementConfiguration()
        configuration.maximumPeers = 50
        var network = ProtocolNetwork(configuration: configuration)
        network.form([1, 2, 3])
        network.advance(by: .seconds(12))
        for number in 0..<5_000 {
            let envelope = self.announcement(of: 100 + number, host: "10.1.\(number / 250).\(number % 250 + 1)")
            network.hear(envelope, processID: Int32(1_000 + number), at: 0)
        }
        #expect(network.known(at: 0).count == 50)
        #expect(network.known(at: 0).isSuperset(of: [2, 3].map(ProtocolNetwork.instance)))
    }

    // MARK: With a key

    @Test func withAKeyARecordingOfADeadNodeIsNotTakenUpByAFreshOne() {
        var network = ProtocolNetwork(requiresProof: true)
        network.form([1, 2])
        network.advance(by: .seconds(60))
        let recordings = network.sent
        let fresh = network.add(9)
        network.members[0].isListening = false
        network.members[1].isListening = false
        network.open(fresh)
        for recording in recordings { network.hear(recording.envelope, processID: recording.processID, at: fresh) }
        network.advance(by: .seconds(1))
        for recording in recordings { network.hear(recording.envelope, processID: recording.processID, at: fresh) }
        #expect(network.known(at: fresh).isEmpty)
    }

    @Test func withAKeyRecordingsChangeNothingForThoseWhoWereThere() {
        var network = ProtocolNetwork(requiresProof: true)
        network.form([1, 2, 3])
        network.advance(by: .seconds(20))
        network.leave(2)
        let recordings = network.sent
        network.members[0].actions = []
        for recording in recordings { network.hear(recording.envelope, processID: 1, at: 0) }
        #expect(network.known(at: 0) == [ProtocolNetwork.instance(2)])
        #expect(network.losses(at: 0).isEmpty)
    }

    @Test func withAKeyAnExpiredNodesRecordingsDoNotBringItBack() {
        var network = ProtocolNetwork(requiresProof: true)
        network.form([1, 2])
        network.advance(by: .seconds(10))
        network.lose(1)
        network.advance(by: .seconds(60))
        #expect(network.known(at: 0).isEmpty)
        for recording in network.sent { network.hear(recording.envelope, processID: recording.processID, at: 0) }
        #expect(network.known(at: 0).isEmpty)
    }

    @Test func withAKeyAFrozenNodeComesBackByItself() {
        var network = ProtocolNetwork(requiresProof: true)
        network.form([1, 2])
        network.advance(by: .seconds(10))
        network.lose(1)
        network.advance(by: .seconds(120))
        #expect(network.known(at: 0).isEmpty)
        network.open(1)
        network.advance(by: .seconds(1))
        #expect(network.known(at: 0).count == 1)
        #expect(network.known(at: 1).count == 1)
    }

    @Test func withoutAKeyAForgedHighNumberDoesNotSilenceANode() {
        var network = ProtocolNetwork()
        network.form([1, 2])
        network.hear(self.announcement(of: 2, sequence: 1 << 50), processID: 3, at: 0)
        network.advance(by: .seconds(60))
        #expect(network.known(at: 0).count == 1)
    }
}
