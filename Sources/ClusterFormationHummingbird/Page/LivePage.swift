#if Hummingbird
    internal import HTTPTypes
    internal import Hummingbird

    /// The live page: one answer without any other asset, that reads the status and the events beside it.
    ///
    /// Nothing that a peer says of itself is in it: the script sets each text as text, and the browser is told to run no
    /// other script, to load nothing, and to let no script turn text into markup.
    enum LivePage {
        static func response() -> Response {
            let nonce = self.nonce()
            let headers: HTTPFields = [
                .contentType: "text/html; charset=utf-8",
                .cacheControl: "no-store",
                .contentSecurityPolicy: self.policy(nonce: nonce),
                .xContentTypeOptions: "nosniff",
                HTTPField.Name("Referrer-Policy")!: "no-referrer",
            ]
            return Response(
                status: .ok,
                headers: headers,
                body: ResponseBody(byteBuffer: ByteBuffer(string: self.html(nonce: nonce)))
            )
        }

        static func policy(nonce: String) -> String {
            [
                "default-src 'none'", "script-src 'nonce-\(nonce)'", "style-src 'nonce-\(nonce)'", "connect-src 'self'",
                "img-src data:", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
                "require-trusted-types-for 'script'",
            ].joined(separator: "; ")
        }

        static func html(nonce: String) -> String {
            """
            <!doctype html>
            <html lang="en">
            <head>
            \(self.head)
            <style nonce="\(nonce)">
            \(self.style)
            </style>
            </head>
            <body>
            \(self.markup)
            <script nonce="\(nonce)">
            "use strict";
            \(self.wordsScript)
            \(self.peersScript)
            \(self.eventsScript)
            \(self.readingScript)
            </script>
            </body>
            </html>

            """
        }

        /// 128 bits that nobody can guess, new for each answer.
        private static func nonce() -> String {
            (1...2).map { _ in String(UInt64.random(in: .min ... .max), radix: 16) }.joined()
        }
    }
#endif
