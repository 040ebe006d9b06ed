import { WebServer, type Answer } from './web-server.js'

/** Servers at one port of the allowed address, which gives the answer, and of both loopback ones, which say "private". */
export async function listenEverywhere(answer: Answer): Promise<WebServer[]> {
  for (;;) {
    const servers = [await WebServer.start(answer)]
    try {
      for (const host of ['127.0.0.1', '::1'])
        servers.push(
          await WebServer.start((_request, response) => response.end('private'), { host, port: servers[0]!.port }),
        )
      return servers
    } catch {
      for (const server of servers) await server[Symbol.asyncDispose]()
    }
  }
}
