import { Agent, request } from 'node:http'

const agent = new Agent({ keepAlive: true })

/** Posts JSON over kept connections and gives the answer: the measuring process shares the cores with the server. */
export function post<T>(url: string, body: object): Promise<T> {
  const text = JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
    const call = request(url, { method: 'POST', agent, headers }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('error', reject)
      response.on('end', () => {
        try {
          resolve(JSON.parse(Buffer.concat(parts).toString()) as T)
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)))
        }
      })
    })
    call.on('error', (error: NodeJS.ErrnoException) => {
      // The server has closed a connection that was not used for long.
      if (call.reusedSocket && (error.code === 'EPIPE' || error.code === 'ECONNRESET')) resolve(post(url, body))
      else reject(error)
    })
    call.end(text)
  })
}

/** @throws when the answer has errors, or is a problem. */
export async function askGraph<T extends object>(url: string, query: string, variables: object): Promise<T> {
  const { data, errors } = await post<{ data?: T; errors?: unknown }>(`${url}/graphql`, { query, variables })
  const parts = Object.values<{ readonly message?: string } | null>(data ?? {})
  const problem = parts.find((one) => one?.message !== undefined)
  if (!data || errors || problem) throw new Error(JSON.stringify(errors ?? problem ?? data))
  return data
}
