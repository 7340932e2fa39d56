#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// One page of a list.
struct APIPage: Sendable, Hashable {
    /// The longest body that is read, in bytes: the greatest page that is asked for has a hundred slices of a thousand
    /// endpoints each, at some 300 bytes.
    static let maximumBytes = 32 << 20

    /// How many objects are asked for at once.
    static let size = 100

    var objects: [APIObject]

    /// The state of the world that the list shows, to be watched from.
    var resourceVersion: String

    /// Where the next page begins; nil for the last one.
    var continuation: String?

    init(objects: [APIObject], resourceVersion: String, continuation: String? = nil) {
        self.objects = objects
        self.resourceVersion = resourceVersion
        self.continuation = continuation
    }

    private struct Contents<Resource: APIResource>: Decodable {
        var metadata: ObjectMetadata
        var items: [Resource]?
    }

    /// Reads a page; an object without a name spoils it, for then it can't be a list of this API.
    init(json: [UInt8], of kind: APIKind) throws(APIFailure) {
        guard json.count <= Self.maximumBytes else { throw .unreadable("The list is too long.") }
        switch kind {
        case .endpointSlices: try self.init(json: json, decoding: EndpointSlice.self)
        case .pods: try self.init(json: json, decoding: Pod.self)
        }
    }

    private init<Resource: APIResource>(json: [UInt8], decoding: Resource.Type) throws(APIFailure) {
        let contents: Contents<Resource>
        do {
            contents = try JSONDecoder().decode(Contents<Resource>.self, from: Data(json))
        } catch {
            throw .unreadable("The list can't be read: \(error.briefly).")
        }
        guard let resourceVersion = contents.metadata.resourceVersion, !resourceVersion.isEmpty else {
            throw .unreadable("The list has no resourceVersion.")
        }
        self.resourceVersion = resourceVersion
        self.continuation = contents.metadata.continue.flatMap { $0.isEmpty ? nil : $0 }
        self.objects = []
        for item in contents.items ?? [] {
            guard let object = item.object else { throw .unreadable("The list has an object without a name.") }
            self.objects.append(object)
        }
    }
}

extension Error {
    /// What is wrong with a JSON text, without the text.
    var briefly: String {
        guard let error = self as? DecodingError else { return "it is not what was expected" }
        func place(_ context: DecodingError.Context) -> String {
            let path = context.codingPath.prefix(8).map { $0.intValue.map(String.init) ?? $0.stringValue }
            return path.isEmpty ? "" : " at \(path.joined(separator: "."))"
        }
        switch error {
        case .dataCorrupted(let context): return "it is not JSON\(place(context))"
        case .keyNotFound(let key, let context): return "\(key.stringValue) is missing\(place(context))"
        case .typeMismatch(_, let context): return "a value has another type\(place(context))"
        case .valueNotFound(_, let context): return "a value is missing\(place(context))"
        @unknown default: return "it is not what was expected"
        }
    }
}
