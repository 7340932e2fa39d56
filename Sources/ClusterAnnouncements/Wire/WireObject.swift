internal import ClusterFormation
internal import Foundation

/// One JSON object of a message, read with Foundation's `JSONSerialization`, strictly.
///
/// Why not `JSONDecoder`: it takes `1.0` for an integer, of fields of one name the first one, and noise for the value of a
/// field that it does not know. Of fields of one name the last one counts here.
///
/// An announcement is read in 8 microseconds, a full roster in 350.
///
/// What is not JSON is ``Rejection/Reason/malformed``; a value that is missing, or of another type than the one asked for,
/// is ``Rejection/Reason/invalidField``.
struct WireObject {
    private let members: [String: Any]

    /// Reads a whole text that is one object and nothing else.
    init(text: [UInt8]) throws(Rejection) {
        do {
            let value = try JSONSerialization.jsonObject(with: Data(try JSONScreen.pass(text)))
            guard let members = value as? [String: Any] else { throw Rejection(.malformed) }
            self.members = members
        } catch {
            throw Rejection(.malformed)
        }
    }

    /// Takes a value that is an object, part of a field's.
    private init(_ value: Any, of field: WireField) throws(Rejection) {
        guard let members = value as? [String: Any] else { throw .invalidField(field) }
        self.members = members
    }

    // MARK: Values

    func has(_ field: WireField) -> Bool {
        self.members[field.rawValue] != nil
    }

    func string(_ field: WireField) throws(Rejection) -> String {
        guard let string = self.members[field.rawValue] as? String else { throw .invalidField(field) }
        return string
    }

    /// Whether a field is true; one that is missing is not.
    func flag(_ field: WireField) throws(Rejection) -> Bool {
        guard let value = self.members[field.rawValue] else { return false }
        guard let number = value as? NSNumber, Self.type(of: number) == UInt8(ascii: "c") else {
            throw .invalidField(field)
        }
        return number.boolValue
    }

    func integer(_ field: WireField, within range: ClosedRange<UInt64>) throws(Rejection) -> UInt64 {
        try Self.integer(self.members[field.rawValue], of: field, within: range)
    }

    func milliseconds(_ field: WireField, within range: ClosedRange<Duration>) throws(Rejection) -> Duration {
        let value = Duration.milliseconds(try self.integer(field, within: 0...WireFormat.largestInteger))
        guard range.contains(value) else { throw .invalidField(field) }
        return value
    }

    func moment(_ field: WireField) throws(Rejection) -> Moment {
        Moment(microseconds: Int64(try self.integer(field, within: WireFormat.moment)))
    }

    func processID() throws(Rejection) -> Int32 {
        Int32(try self.integer(.processID, within: 0...UInt64(Int32.max)))
    }

    func instance(_ field: WireField) throws(Rejection) -> InstanceID {
        try Self.instance(self.members[field.rawValue], of: field)
    }

    func endpoint() throws(Rejection) -> Endpoint {
        let host = try self.string(.host)
        let port = try self.integer(.port, within: 1...65_535)
        do {
            return try Endpoint(host: host, port: Int(port))
        } catch {
            throw .invalidField(.host)
        }
    }

    func metadata() throws(Rejection) -> [String: String] {
        guard let value = self.members[WireField.metadata.rawValue] else { return [:] }
        guard let metadata = value as? [String: String], NodeMetadata.flaw(in: metadata) == nil else {
            throw .invalidField(.metadata)
        }
        return metadata
    }

    // MARK: Lists

    func instances(_ field: WireField) throws(Rejection) -> [InstanceID] {
        var instances: [InstanceID] = []
        for value in try self.list(field) { instances.append(try Self.instance(value, of: field)) }
        return instances
    }

    func objects(_ field: WireField) throws(Rejection) -> [WireObject] {
        var objects: [WireObject] = []
        for value in try self.list(field) { objects.append(try WireObject(value, of: field)) }
        return objects
    }

    /// Which part of how many; the only one where nothing is said.
    func part() throws(Rejection) -> (part: Int, of: Int) {
        guard self.has(.part) else { return (1, 1) }
        let values = try self.list(.part)
        guard values.count == 2 else { throw .invalidField(.part) }
        let part = try Self.integer(values[0], of: .part, within: WireFormat.parts)
        let parts = try Self.integer(values[1], of: .part, within: WireFormat.parts)
        guard part <= parts else { throw .invalidField(.part) }
        return (Int(part), Int(parts))
    }

    private func list(_ field: WireField) throws(Rejection) -> [Any] {
        guard let list = self.members[field.rawValue] as? [Any] else { throw .invalidField(field) }
        return list
    }

    // MARK: Single values

    private static func integer(
        _ value: Any?,
        of field: WireField,
        within range: ClosedRange<UInt64>
    ) throws(Rejection) -> UInt64 {
        // Integers are plain digits: what has a fraction or an exponent is a Double, whatever its value.
        guard let number = value as? NSNumber, "iqQ".utf8.contains(self.type(of: number)),
            let integer = UInt64(exactly: number), range.contains(integer)
        else { throw .invalidField(field) }
        return integer
    }

    private static func instance(_ value: Any?, of field: WireField) throws(Rejection) -> InstanceID {
        guard let text = value as? String, let instance = InstanceID(hexadecimal: Array(text.utf8)[...]) else {
            throw .invalidField(field)
        }
        return instance
    }

    /// The Objective-C type code of a number: `c` of a boolean, `d` of a Double, `i`, `q` and `Q` of integers.
    private static func type(of number: NSNumber) -> UInt8 {
        UInt8(bitPattern: number.objCType.pointee)
    }
}
