/// One record of a message, as far as it matters here.
struct DNSRecord: Hashable, Sendable {
    enum Content: Hashable, Sendable {
        /// An address in text form.
        case address(String, RecordType)
        case service(ServiceRecord)
        /// The name stands for another one.
        case alias(String)
        /// Anything else.
        case other
    }

    /// Whose record it is: lower case, without a final dot.
    var owner: String
    /// For how many seconds it is good.
    var timeToLive: UInt32
    var content: Content
}

/// Where one instance of a service is (RFC 2782).
struct ServiceRecord: Hashable, Sendable {
    /// The host's name, lower case and without a final dot; empty when there is no such service.
    var target: String
    var port: UInt16
}
