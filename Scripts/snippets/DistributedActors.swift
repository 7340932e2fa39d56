let strategy = LocalStrategy()
let logger = Logger(label: "snippet")
