internal import ClusterFormation

/// Where the known fields of one JSON object are, and how to read them.
struct MessageFields {
    private var reader: JSONReader

    /// A position in the text for each field, by the field's number; 0, where no value can be, for one that is missing.
    ///
    /// Numbers side by side, so that an object costs no allocation.
    private let positions: SIMD32<UInt32>

    /// Where the object ends.
    let end: Int

    /// Goes through a whole text that is one object and nothing else.
    init(_ reader: JSONReader) throws(Rejection) {
        self = try MessageFields(reader, as: nil)
        var rest = self.reader
        rest.position = self.end
        try rest.finish()
    }

    /// Goes through an object that is part of a text.
    init(_ reader: JSONReader, as field: WireField?) throws(Rejection) {
        var reader = reader
        var positions = SIMD32<UInt32>()
        try reader.enterObject(as: field)
        var isFirst = true
        while let name = try reader.nextName(isFirst: &isFirst) {
            if let field = try reader.field(name) { positions[field.rawValue] = UInt32(reader.position) }
            try reader.skip(depth: 1)
        }
        self.end = reader.position
        self.reader = reader
        self.positions = positions
    }

    // MARK: Values

    func has(_ field: WireField) -> Bool {
        self.positions[field.rawValue] != 0
    }

    mutating func string(_ field: WireField) throws(Rejection) -> String {
        try self.move(to: field)
        return try self.reader.string(as: field)
    }

    mutating func boolean(_ field: WireField) throws(Rejection) -> Bool {
        try self.move(to: field)
        return try self.reader.boolean(as: field)
    }

    mutating func integer(_ field: WireField, within range: ClosedRange<UInt64>) throws(Rejection) -> UInt64 {
        try self.move(to: field)
        return try self.reader.integer(as: field, within: range)
    }

    mutating func instance(_ field: WireField) throws(Rejection) -> InstanceID {
        try self.move(to: field)
        return try self.reader.instance(as: field)
    }

    mutating func milliseconds(_ field: WireField, within range: ClosedRange<Duration>) throws(Rejection) -> Duration {
        let value = Duration.milliseconds(try self.integer(field, within: 0...WireFormat.largestInteger))
        guard range.contains(value) else { throw .invalidField(field) }
        return value
    }

    mutating func elements<Element>(
        _ field: WireField,
        _ read: (inout JSONReader) throws(Rejection) -> Element
    ) throws(Rejection) -> [Element] {
        try self.move(to: field)
        try self.reader.enterArray(as: field)
        var elements: [Element] = []
        var isFirst = true
        while try self.reader.nextElement(isFirst: &isFirst) {
            elements.append(try read(&self.reader))
        }
        return elements
    }

    mutating func endpoint() throws(Rejection) -> Endpoint {
        let host = try self.string(.host)
        let port = try self.integer(.port, within: 1...65_535)
        do {
            return try Endpoint(host: host, port: Int(port))
        } catch {
            throw .invalidField(.host)
        }
    }

    mutating func moment(_ field: WireField) throws(Rejection) -> Moment {
        Moment(microseconds: Int64(try self.integer(field, within: WireFormat.moment)))
    }

    mutating func processID() throws(Rejection) -> Int32 {
        Int32(try self.integer(.processID, within: 0...UInt64(Int32.max)))
    }

    /// Which part of how many.
    mutating func part() throws(Rejection) -> (part: Int, of: Int) {
        let numbers = try self.elements(.part) { reader throws(Rejection) in
            try reader.integer(as: .part, within: WireFormat.parts)
        }
        guard numbers.count == 2, numbers[0] <= numbers[1] else { throw .invalidField(.part) }
        return (Int(numbers[0]), Int(numbers[1]))
    }

    mutating func metadata() throws(Rejection) -> [String: String] {
        try self.move(to: .metadata)
        try self.reader.enterObject(as: .metadata)
        var metadata: [String: String] = [:]
        var isFirst = true
        while let name = try self.reader.nextName(isFirst: &isFirst) {
            let key = try self.reader.text(of: name)
            metadata[key] = try self.reader.string(as: .metadata)
        }
        guard NodeMetadata.flaw(in: metadata) == nil else { throw .invalidField(.metadata) }
        return metadata
    }

    private mutating func move(to field: WireField) throws(Rejection) {
        guard self.has(field) else { throw .invalidField(field) }
        self.reader.position = Int(self.positions[field.rawValue])
    }
}

extension JSONReader {
    mutating func integer(as field: WireField, within range: ClosedRange<UInt64>) throws(Rejection) -> UInt64 {
        let value = try self.integer(as: field)
        guard range.contains(value) else { throw .invalidField(field) }
        return value
    }

    mutating func instance(as field: WireField) throws(Rejection) -> InstanceID {
        guard let instance = InstanceID(hexadecimal: try self.rawString(as: field)) else { throw .invalidField(field) }
        return instance
    }
}
