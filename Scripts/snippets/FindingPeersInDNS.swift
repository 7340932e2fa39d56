/// A server of the reader's.
struct Server: Service {
    func run() async throws {}
}

let server = Server()
let logger = Logger(label: "snippet")
let connector = ClosureConnector(connect: { _, _ in }, disconnect: { _, _ in })
let flyPrivateIP = "fdaa::1"
