/// The kinds of message, by their names on the wire.
enum WireKind: String {
    case announce, observe, leave, roster, absent
}
