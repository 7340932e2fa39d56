#if Configuration
    internal import ClusterFormation

    extension ValueForm where Value == [String] {
        /// The longest list, in bytes of all its items together.
        private static var maximumBytes: Int { 65_536 }

        /// A list with something in it; blanks around the items, and items that are empty, such as behind a final comma, are
        /// passed over.
        static func list(upTo limit: Int) -> ValueForm {
            ValueForm(question: .list, name: "list") { raw in
                guard case .list(let items) = raw else { throw ValueFlaw("give a list") }
                let kept = items.map { String($0.trimmingBlanks) }.filter { !$0.isEmpty }
                guard !kept.isEmpty else { throw ValueFlaw("it is empty; give it a value, or leave the key out") }
                guard kept.count <= limit else {
                    throw ValueFlaw("it has \(kept.count) items; \(limit) are allowed")
                }
                guard kept.reduce(0, { $0 + $1.utf8.count }) <= Self.maximumBytes else {
                    throw ValueFlaw("it has more than \(Self.maximumBytes) bytes")
                }
                return kept
            } text: {
                $0.joined(separator: ",")
            }
        }
    }

    extension ValueForm where Value == [Endpoint] {
        /// A list of `host:port`.
        static func endpoints(upTo limit: Int) -> ValueForm {
            ValueForm<[String]>.list(upTo: limit).map("list of host:port") { items in
                try items.map { try Endpoint(parsing: $0) }
            } text: {
                $0.map(\.description).joined(separator: ",")
            }
        }
    }

    extension ValueForm where Value == [String: String] {
        /// A list of `name=value`, of which no name comes twice.
        ///
        /// - Parameters:
        ///   - limit: How many there may be.
        ///   - separator: What stands between name and value.
        ///   - isSecret: Whether an error may not name anything of it.
        /// - Returns: The form.
        static func pairs(upTo limit: Int, separator: Character = "=", isSecret: Bool = false) -> ValueForm {
            let example = "name\(separator)value"
            return ValueForm<[String]>.list(upTo: limit).map("list of \(example)") { items in
                var pairs: [String: String] = [:]
                for item in items {
                    guard let index = item.firstIndex(of: separator), index > item.startIndex else {
                        let shown = isSecret ? "an item" : RawValue.quoted(item)
                        throw ValueFlaw("\(shown) is not of the form \(example)")
                    }
                    let name = String(item[..<index].trimmingBlanks)
                    let value = String(item[item.index(after: index)...].trimmingBlanks)
                    guard pairs.updateValue(value, forKey: name) == nil else {
                        throw ValueFlaw("\(isSecret ? "a name" : RawValue.quoted(name)) is there twice")
                    }
                }
                return pairs
            } text: { pairs in
                pairs.map { "\($0.key)\(separator)\($0.value)" }.sorted().joined(separator: ",")
            }
        }
    }

    extension StringProtocol {
        /// Without white space at both ends.
        var trimmingBlanks: SubSequence {
            guard let first = self.firstIndex(where: { !$0.isWhitespace }),
                let last = self.lastIndex(where: { !$0.isWhitespace })
            else { return self[self.endIndex...] }
            return self[first...last]
        }
    }
#endif
