#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// The API's `Status` object: what went wrong.
struct APIStatus: Decodable, Sendable, Hashable {
    struct Details: Decodable, Sendable, Hashable {
        var retryAfterSeconds: Int?
    }

    /// The longest body that is looked at for a status, in bytes.
    static let maximumBytes = 65_536

    var code: Int?
    var reason: String?
    var message: String?
    var details: Details?

    /// For how long the server asks to be left alone; at most five minutes.
    var retryAfter: Duration? {
        self.details?.retryAfterSeconds.flatMap { $0 >= 0 ? .seconds(min($0, 300)) : nil }
    }

    init(json: [UInt8]) throws(APIFailure) {
        guard json.count <= Self.maximumBytes else { throw .unreadable("The status is too long.") }
        do {
            self = try JSONDecoder().decode(APIStatus.self, from: Data(json))
        } catch {
            throw .unreadable("The status is not one.")
        }
        // What is a list or an object can be decoded too: everything is optional.
        guard self.code != nil || self.message != nil || self.reason != nil else {
            throw .unreadable("The status is empty.")
        }
    }
}
