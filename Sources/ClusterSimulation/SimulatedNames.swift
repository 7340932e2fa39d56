internal import ClusterAnnouncements
internal import ClusterFormation

extension Endpoint {
    /// The address of the node with that number, counted from 0.
    static func simulated(_ number: Int) -> Endpoint {
        do {
            return try Endpoint(host: "10.\(number / 62_500).\(number / 250 % 250).\(number % 250 + 1)", port: 7337)
        } catch {
            preconditionFailure("There are addresses for fifteen million nodes: \(error)")
        }
    }
}

extension ClusterKey {
    /// A key that is the same in every run and protects nothing.
    static var simulated: ClusterKey {
        do {
            return try ClusterKey(bytes: (0..<32).map { UInt8($0) })
        } catch {
            preconditionFailure("Thirty-two bytes are a key: \(error)")
        }
    }
}
