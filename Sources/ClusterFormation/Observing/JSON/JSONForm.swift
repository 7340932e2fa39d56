/// What the JSON forms of this module have in common; the page `StatusJSON` tells each of them field by field.
///
/// They are conformances to `Encodable` that name each field themselves, so that every encoder writes the same.
enum JSONForm {
    /// Raised only when a reader of the form before would misunderstand this one; a field that is added raises nothing.
    static let version = 1

    /// A duration as a number of seconds.
    static func seconds(_ duration: Duration) -> Double { Double(duration.inNanoseconds) / 1e9 }

    /// A number of seconds as a duration; nil when it is none that fits.
    static func duration(seconds: Double) -> Duration? {
        Int64(exactly: (seconds * 1e9).rounded()).map(Duration.init(inNanoseconds:))
    }

    /// The snake case of a word that the code writes in camel case.
    static func word(_ name: String) -> String {
        name.reduce(into: "") { word, character in
            if character.isUppercase { word += "_" }
            word += character.lowercased()
        }
    }
}

extension KeyedDecodingContainer {
    /// Refuses a document of another version, whose fields could mean something else.
    func checkVersion(forKey key: Key) throws {
        let version = try self.decode(Int.self, forKey: key)
        guard version == JSONForm.version else {
            throw DecodingError.dataCorruptedError(
                forKey: key,
                in: self,
                debugDescription: "The document has version \(version), and this program reads \(JSONForm.version)."
            )
        }
    }

    func decodeDuration(forKey key: Key) throws -> Duration {
        guard let duration = JSONForm.duration(seconds: try self.decode(Double.self, forKey: key)) else {
            throw DecodingError.dataCorruptedError(
                forKey: key,
                in: self,
                debugDescription: "That is not a number of seconds."
            )
        }
        return duration
    }
}
