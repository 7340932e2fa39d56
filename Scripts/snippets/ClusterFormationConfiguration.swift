let logger = Logger(label: "snippet")
let connector = ClosureConnector(connect: { _, _ in }, disconnect: { _, _ in })
let config = ConfigReader(provider: EnvironmentVariablesProvider())
