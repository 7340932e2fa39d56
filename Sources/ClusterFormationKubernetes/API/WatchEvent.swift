#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// One line of a watch.
enum WatchEvent: Sendable, Hashable {
    /// The longest line that is read, in bytes: an object has 1.5 MB in etcd at most, and is longer as JSON.
    static let maximumBytes = 4 << 20

    /// An object is there, or has changed.
    case changed(APIObject)
    /// An object is gone; with the state of the world after that.
    case deleted(name: String, resourceVersion: String)
    /// Nothing has changed up to this state of the world.
    case bookmark(resourceVersion: String)
    case failed(APIFailure)
    /// A type that is not known here.
    case other

    private struct Kind: Decodable { var type: String }
    private struct Contents<Object: Decodable>: Decodable { var object: Object }
    private struct Marker: Decodable { var metadata: ObjectMetadata }

    /// Reads a line.
    init(json: [UInt8], of kind: APIKind) throws(APIFailure) {
        guard json.count <= Self.maximumBytes else { throw .unreadable("An event is too long.") }
        let data = Data(json)
        do {
            let type = try JSONDecoder().decode(Kind.self, from: data).type
            switch type {
            case "ADDED", "MODIFIED", "DELETED":
                let object: APIObject? =
                    switch kind {
                    case .endpointSlices:
                        try JSONDecoder().decode(Contents<EndpointSlice>.self, from: data).object.object
                    case .pods: try JSONDecoder().decode(Contents<Pod>.self, from: data).object.object
                    }
                guard let object else { throw APIFailure.unreadable("An event has an object without a name.") }
                self =
                    type == "DELETED"
                    ? .deleted(name: object.name, resourceVersion: object.resourceVersion) : .changed(object)
            case "BOOKMARK":
                let marker = try JSONDecoder().decode(Contents<Marker>.self, from: data).object
                self = .bookmark(resourceVersion: marker.metadata.resourceVersion ?? "")
            case "ERROR":
                self = .failed(APIFailure(try JSONDecoder().decode(Contents<APIStatus>.self, from: data).object))
            default:
                self = .other
            }
        } catch let failure as APIFailure {
            throw failure
        } catch {
            throw .unreadable("An event can't be read: \(error.briefly).")
        }
    }
}
