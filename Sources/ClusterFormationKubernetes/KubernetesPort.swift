/// At which of its ports a peer is reached.
public struct KubernetesPort: Hashable, Sendable, CustomStringConvertible {
    enum Wrapped: Hashable, Sendable {
        case onlyOne
        case named(String)
        case number(Int)
    }

    let wrapped: Wrapped

    /// The only TCP port that is declared.
    public static let onlyOne = KubernetesPort(wrapped: .onlyOne)

    /// The TCP port that is declared with this name.
    public static func named(_ name: String) -> KubernetesPort { KubernetesPort(wrapped: .named(name)) }

    /// This one, declared or not; 1 to 65535.
    public static func number(_ number: Int) -> KubernetesPort { KubernetesPort(wrapped: .number(number)) }

    /// The choice in words.
    public var description: String {
        switch self.wrapped {
        case .onlyOne: "the only port"
        case .named(let name): "the port \(name)"
        case .number(let number): "port \(number)"
        }
    }

    /// What is wrong with it, or nil.
    var flaw: String? {
        switch self.wrapped {
        case .onlyOne: nil
        case .named(let name):
            (1...63).contains(name.utf8.count) ? nil : "The name of a port has 1 to 63 characters."
        case .number(let number):
            (1...65_535).contains(number) ? nil : "\(number) is not a port; give a number from 1 to 65535."
        }
    }

    /// The number among the ports that are declared; nil where it can't be told.
    func number(among ports: [EndpointRecord.Port]) -> Int? {
        switch self.wrapped {
        case .number(let number): return number
        case .named(let name): return ports.first { $0.name == name }?.number
        case .onlyOne:
            let numbers = Set(ports.map(\.number))
            return numbers.count == 1 ? numbers.first : nil
        }
    }
}
