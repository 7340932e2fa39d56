/// A middleware of the reader's.
struct AdminsOnly: RouterMiddleware {
    typealias Context = BasicRequestContext

    func handle(
        _ request: Request,
        context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response { try await next(request, context) }
}

var router: Router<BasicRequestContext> { Router() }
let logger = Logger(label: "snippet")
let cluster = try! Cluster(
    name: "orders",
    localNode: Node(host: "10.0.3.7", port: 7337),
    strategy: [] as StaticStrategy,
    connector: ClosureConnector { _, _ in },
    logger: logger
)
