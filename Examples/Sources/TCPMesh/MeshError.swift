/// Why a connection of the mesh failed or ended.
enum MeshError: Error, Hashable, CustomStringConvertible {
    case frameTooLong
    case notAFrame
    case unexpectedFrame
    case handshakeTimeout
    case silent(Duration)
    case closedByPeer
    case superseded
    case slow
    case stopped
    case network(String)

    var description: String {
        switch self {
        case .frameTooLong: "a frame is longer than \(MeshFrameDecoder.longestFrame) bytes"
        case .notAFrame: "a line is no frame of the mesh"
        case .unexpectedFrame: "a frame came out of turn"
        case .handshakeTimeout: "the handshake took too long"
        case .silent(let limit): "the peer was silent for \(limit)"
        case .closedByPeer: "the peer closed the connection"
        case .superseded: "the peer has made a newer connection"
        case .slow: "the peer did not take what was said to it"
        case .stopped: "this side closed the connection"
        case .network(let message): message
        }
    }
}
