import ClusterFormationTesting
import Testing

@testable import ClusterFormation

@Suite struct MembershipTests {
    private func membership(maximum: Int = 100, policy: DeparturePolicy = .keepWhileLinked) throws -> Membership {
        Membership(local: try localNode(), maximumPeers: maximum, policy: policy)
    }

    // MARK: Found

    @Test("A peer is discovered once, however often it is found")
    func discovered() throws {
        var membership = try self.membership()
        let node = try peer(1)
        #expect(membership.found(node, by: 0, at: .start) == [.discovered(node)])
        #expect(membership.found(node, by: 0, at: .start).isEmpty)
        #expect(membership.found(node, by: 1, at: .start).isEmpty)
        #expect(membership[node.endpoint]?.vouchers == 0b11)
    }

    @Test("The same instance with other metadata is an update, another instance a restart")
    func updatedAndReplaced() throws {
        var membership = try self.membership()
        let (old, new) = (try peer(1), try peer(1, life: 2))
        let moved = try peer(1, metadata: ["zone": "b"])
        _ = membership.found(old, by: 0, at: .start)
        #expect(membership.found(moved, by: 0, at: .seconds(1)) == [.updated(moved)])
        #expect(membership[old.endpoint]?.since == .start)
        #expect(membership.found(new, by: 0, at: .seconds(2)) == [.replaced(new, previous: moved)])
        #expect(membership[old.endpoint]?.since == .seconds(2))
    }

    @Test("Who does not know the instance changes nothing, and learns it from who does")
    func unknownInstance() throws {
        var membership = try self.membership()
        let (known, unknown) = (try peer(1), try peer(1, life: nil))
        _ = membership.found(unknown, by: 0, at: .start)
        #expect(membership.found(known, by: 1, at: .start) == [.updated(known)])
        #expect(membership.found(unknown, by: 0, at: .start).isEmpty)
        #expect(membership[known.endpoint]?.node == known)
    }

    @Test("What was only heard of is confirmed once, by whoever finds it, and is hearsay again in its next life")
    func confirmed() throws {
        var membership = try self.membership()
        let (node, unknown, next) = (try peer(1), try peer(1, life: nil), try peer(1, life: 2))
        #expect(membership.found(node, isHearsay: true, by: 0, at: .start) == [.discovered(node)])
        #expect(membership.found(node, isHearsay: true, by: 0, at: .start).isEmpty)
        #expect(membership[node.endpoint]?.isHearsay == true)
        #expect(membership.found(unknown, by: 1, at: .start) == [.confirmed(node)])
        #expect(membership.found(node, isHearsay: true, by: 0, at: .start).isEmpty)
        #expect(membership.found(node, by: 0, at: .start).isEmpty)
        #expect(membership[node.endpoint]?.isHearsay == false)
        #expect(membership.found(next, isHearsay: true, by: 0, at: .start) == [.replaced(next, previous: node)])
        #expect(membership[node.endpoint]?.isHearsay == true)
        #expect(membership.found(next, by: 0, at: .start) == [.confirmed(next)])
    }

    // MARK: Lost

    @Test("A peer is forgotten only when the last strategy takes its word back")
    func lastVoucher() throws {
        var membership = try self.membership()
        let node = try peer(1)
        _ = membership.found(node, by: 0, at: .start)
        _ = membership.found(node, by: 1, at: .start)
        #expect(membership.lost(node, reason: .expired, by: 0).isEmpty)
        #expect(membership.lost(node, reason: .expired, by: 0).isEmpty)
        #expect(membership.lost(node, reason: .unlisted, by: 1) == [.forgotten(node, .unlisted)])
    }

    @Test("A late word about an old life removes no new one")
    func lateLoss() throws {
        var membership = try self.membership()
        _ = membership.found(try peer(1, life: 2), by: 0, at: .start)
        #expect(membership.lost(try peer(1, life: 1), reason: .left, by: 0).isEmpty)
        #expect(membership.peers.count == 1)
    }

    @Test("Who vouched for the old life does not vouch for the new one")
    func staleVoucher() throws {
        var membership = try self.membership()
        let (old, new) = (try peer(1), try peer(1, life: 2))
        _ = membership.found(old, by: 0, at: .start)
        _ = membership.found(new, by: 1, at: .start)
        #expect(membership.lost(old, reason: .expired, by: 0).isEmpty)
        #expect(membership.lost(new, reason: .expired, by: 1) == [.forgotten(new, .expired)])
    }

    @Test("Who vouches for the endpoint alone vouches for every life of it")
    func anonymousVoucher() throws {
        var membership = try self.membership()
        let new = try peer(1, life: 2)
        _ = membership.found(try peer(1, life: nil), by: 0, at: .start)
        _ = membership.found(try peer(1), by: 1, at: .start)
        _ = membership.found(new, by: 1, at: .start)
        #expect(membership.lost(new, reason: .expired, by: 1).isEmpty)
        #expect(membership[new.endpoint] != nil)
    }

    @Test("A peer that left is dropped at once, linked or not")
    func left() throws {
        var membership = try self.membership()
        let node = try peer(1)
        _ = membership.found(node, by: 0, at: .start)
        membership.linkUp(node)
        #expect(membership.lost(node, reason: .left, by: 0) == [.forgotten(node, .left)])
    }

    @Test("A goodbye counts for a peer that is only kept for its link, too")
    func leftAfterExpiry() throws {
        var membership = try self.membership()
        let node = try peer(1)
        _ = membership.found(node, by: 0, at: .start)
        membership.linkUp(node)
        _ = membership.lost(node, reason: .expired, by: 0)
        #expect(membership.lost(node, reason: .expired, by: 0).isEmpty)
        #expect(membership.lost(try peer(1, life: 2), reason: .left, by: 0).isEmpty)
        #expect(membership.lost(node, reason: .left, by: 0) == [.forgotten(node, .left)])
    }

    @Test("A peer that left but is listed elsewhere is linked anew, as whoever is there then")
    func leftButListed() throws {
        var membership = try self.membership()
        let node = try peer(1)
        _ = membership.found(node, by: 0, at: .start)
        _ = membership.found(try peer(1, life: nil), by: 1, at: .start)
        #expect(membership.lost(node, reason: .left, by: 0) == [.relink(try peer(1, life: nil))])
        let next = try peer(1, life: 2)
        #expect(membership.found(next, by: 0, at: .start) == [.updated(next)])
    }

    @Test("Who is missing from a whole list is lost, who is new is found")
    func wholeList() throws {
        var membership = try self.membership()
        let nodes = try (1...3).map { try peer($0, life: nil) }
        #expect(membership.replaceAll(with: Array(nodes[0...1]), by: 0, at: .start).count == 2)
        _ = membership.found(nodes[0], by: 1, at: .start)
        let changes = membership.replaceAll(with: [nodes[2]], by: 0, at: .start)
        #expect(changes == [.forgotten(nodes[1], .unlisted), .discovered(nodes[2])])
        #expect(Set(membership.peers.keys) == [nodes[0].endpoint, nodes[2].endpoint])
    }

    // MARK: Links

    @Test(
        "An expired peer is kept while its link is up, and forgotten for the same reason when it goes",
        arguments: [LossReason.expired, .sessionEnded, .unlisted]
    )
    func keptWhileLinked(reason: LossReason) throws {
        var membership = try self.membership()
        let node = try peer(1)
        _ = membership.found(node, by: 0, at: .start)
        membership.linkUp(node)
        #expect(membership.lost(node, reason: reason, by: 0) == [.unvouched(node, reason)])
        #expect(membership.linkDown(node.endpoint) == [.forgotten(node, reason)])
    }

    @Test("A peer that is kept is an ordinary one again when it is found")
    func vouchedAgain() throws {
        var membership = try self.membership()
        let node = try peer(1)
        _ = membership.found(node, by: 0, at: .start)
        membership.linkUp(node)
        _ = membership.lost(node, reason: .expired, by: 0)
        #expect(membership.found(node, by: 0, at: .start) == [.vouchedAgain(node)])
        #expect(membership.linkDown(node.endpoint).isEmpty)
        #expect(membership[node.endpoint] != nil)
    }

    @Test("The stricter policy forgets it at once")
    func strictPolicy() throws {
        var membership = try self.membership(policy: .dropWhenUnvouched)
        let node = try peer(1)
        _ = membership.found(node, by: 0, at: .start)
        membership.linkUp(node)
        #expect(membership.lost(node, reason: .expired, by: 0) == [.forgotten(node, .expired)])
    }

    // MARK: Self

    @Test("The local node is never a peer, whatever name it is heard by")
    func selfIsNoPeer() throws {
        var membership = try self.membership()
        let local = try localNode()
        var otherName = try peer(1)
        otherName.instance = local.instance
        var anonymous = local
        anonymous.instance = nil
        for node in [local, otherName, anonymous] {
            #expect(membership.found(node, by: 0, at: .start).isEmpty)
        }
    }

    @Test("Another instance with this node's endpoint is a conflict, and no peer")
    func conflict() throws {
        var membership = try self.membership()
        var node = try localNode()
        node.instance = InstanceID(high: 9, low: 9)
        #expect(membership.found(node, by: 0, at: .start) == [.conflict(node)])
        #expect(membership.peers.isEmpty)
    }

    @Test("Another name of the local node is not taken up again, another node at that address is")
    func alias() throws {
        var membership = try self.membership()
        let alias = try peer(1, life: nil)
        _ = membership.found(alias, by: 0, at: .start)
        #expect(membership.isLocal(alias.endpoint) == [.forgotten(alias, .localNode)])
        #expect(membership.found(alias, by: 0, at: .start).isEmpty)
        let other = try peer(1)
        #expect(membership.found(other, by: 0, at: .start) == [.discovered(other)])
    }

    // MARK: Bounds

    @Test("In a full table the oldest that was never connected makes room")
    func eviction() throws {
        var membership = try self.membership(maximum: 3)
        let nodes = try (1...5).map { try peer($0) }
        for node in nodes[0..<3] { _ = membership.found(node, by: 0, at: .start) }
        membership.linkUp(nodes[0])
        #expect(
            membership.found(nodes[3], by: 0, at: .start) == [.forgotten(nodes[1], .evicted), .discovered(nodes[3])]
        )
        #expect(membership.peers.count == 3)
        #expect(membership[nodes[0].endpoint] != nil)
    }

    @Test("When all have been connected, the newcomer is refused")
    func refusal() throws {
        var membership = try self.membership(maximum: 2)
        let nodes = try (1...3).map { try peer($0) }
        for node in nodes[0..<2] {
            _ = membership.found(node, by: 0, at: .start)
            membership.linkUp(node)
        }
        _ = membership.linkDown(nodes[0].endpoint)
        #expect(membership.found(nodes[2], by: 0, at: .start) == [.refused(nodes[2])])
        _ = membership.lost(nodes[0], reason: .expired, by: 0)
        #expect(membership.found(nodes[2], by: 0, at: .start) == [.discovered(nodes[2])])
    }

    @Test("A flood of newcomers stays within the bound and spares who was connected")
    func flood() throws {
        var membership = try self.membership(maximum: 50)
        let friends = try (0..<10).map { try peer($0) }
        for node in friends {
            _ = membership.found(node, by: 0, at: .start)
            membership.linkUp(node)
        }
        for number in 100..<20_000 { _ = membership.found(try peer(number), by: 0, at: .start) }
        #expect(membership.peers.count == 50)
        #expect(friends.hasOnly { membership[$0.endpoint] != nil })
    }
}
