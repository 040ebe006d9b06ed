import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { WebSocket } from 'ws'
import { createTemporaryFolder } from './temporary.js'

const PROGRAM = 'chromium'
export const hasBrowser = spawnSync(PROGRAM, ['--version']).status === 0

interface Request {
  readonly id: number
  readonly method: string
  readonly sessionId?: string
  readonly params: object
}

interface Answer {
  readonly id?: number
  readonly result?: Record<string, unknown>
  readonly error?: { readonly message: string }
}

interface Evaluated {
  readonly result: { readonly value?: unknown }
  readonly exceptionDetails?: { readonly text: string; readonly exception?: { readonly description?: string } }
}

/** A page in a real browser that finds this machine and no other, driven by the DevTools protocol. */
export class BrowserPage implements AsyncDisposable {
  readonly #socket: WebSocket
  readonly #session: string
  readonly #stack: AsyncDisposableStack
  #nextId = 0

  private constructor(socket: WebSocket, session: string, stack: AsyncDisposableStack) {
    this.#socket = socket
    this.#session = session
    this.#stack = stack
  }

  static async open(url: string): Promise<BrowserPage> {
    await using stack = new AsyncDisposableStack()
    const profile = stack.use(await createTemporaryFolder('browser'))
    const child = spawn(
      PROGRAM,
      [
        ...['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run'],
        ...['--remote-debugging-port=0', `--user-data-dir=${profile.path}`],
        '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
        'about:blank',
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    )
    const exited = once(child, 'exit')
    stack.defer(async () => {
      child.kill('SIGKILL')
      await exited
    })
    const socket = new WebSocket(await addressOf(child.stderr))
    await once(socket, 'open')
    const { targetId } = await call(socket, { id: -1, method: 'Target.createTarget', params: { url: 'about:blank' } })
    const { sessionId } = await call(socket, {
      ...{ id: -2, method: 'Target.attachToTarget', params: { targetId, flatten: true } },
    })
    const permissions = ['clipboardReadWrite', 'clipboardSanitizedWrite']
    await call(socket, { id: -3, method: 'Browser.grantPermissions', params: { permissions } })
    const page = new BrowserPage(socket, sessionId as string, stack.move())
    await page.visit(url)
    return page
  }

  async visit(url: string): Promise<void> {
    const { errorText } = await this.#call('Page.navigate', { url })
    if (errorText !== undefined) throw new Error(`${url} is not shown: ${JSON.stringify(errorText)}`)
    await this.evaluate(`new Promise((resolve) => {
      if (document.readyState === 'complete') resolve()
      else addEventListener('load', () => resolve())
    })`)
  }

  /** The value of an expression in the page, awaited. */
  async evaluate(expression: string): Promise<unknown> {
    const parameters = { expression, awaitPromise: true, returnByValue: true, userGesture: true }
    const { result, exceptionDetails } = (await this.#call('Runtime.evaluate', parameters)) as unknown as Evaluated
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
    return result.value
  }

  #call(method: string, params: object): Promise<Record<string, unknown>> {
    return call(this.#socket, { id: this.#nextId++, sessionId: this.#session, method, params })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.terminate()
    await this.#stack.disposeAsync()
  }
}

async function addressOf(output: NodeJS.ReadableStream): Promise<string> {
  const said: string[] = []
  for await (const line of createInterface({ input: output })) {
    const address = /DevTools listening on (\S+)/.exec(line)?.[1]
    if (address !== undefined) {
      output.resume()
      return address
    }
    said.push(line)
  }
  throw new Error(`The browser did not start: ${said.join('\n')}`)
}

function call(socket: WebSocket, request: Request): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const take = (data: Buffer): void => {
      const { id, result, error } = JSON.parse(data.toString()) as Answer
      if (id !== request.id) return
      socket.off('message', take)
      if (error) reject(new Error(`${request.method}: ${error.message}`))
      else resolve(result ?? {})
    }
    socket.on('message', take)
    socket.once('close', () => reject(new Error('The browser has gone.')))
    socket.send(JSON.stringify(request))
  })
}
