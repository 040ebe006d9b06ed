/** What `/` shows. Nothing in it belongs to a tenant. */
export interface StatusPage {
  readonly version: string
  readonly phase: string
  readonly url: string
  readonly dataDirectory: string
  readonly stateStore: string
  readonly models: readonly {
    readonly name: string
    readonly version: string
    readonly task: string
    readonly state: string
  }[]
  readonly signIn: string
  readonly switchedOff: readonly string[]
  /** Operations to copy. */
  readonly examples: readonly { readonly title: string; readonly text: string }[]
}

/** Hosts that Apollo Sandbox loads from, where there is a network. */
export const SANDBOX_SOURCES = {
  script: 'https://embeddable-sandbox.cdn.apollographql.com',
  frame: 'https://sandbox.embed.apollographql.com',
}

const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

const STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #8882; --accent: #3b6ef6; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 60rem; font: 16px/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.6rem; } h2 { margin: 2rem 0 .5rem; font-size: 1.1rem; } h3 { margin: 1rem 0 .4rem; font-size: .95rem; font-weight: 600; }
.phase { margin-left: .6rem; padding: .1rem .6rem; border-radius: 1rem; background: var(--soft); font-size: .8rem; vertical-align: middle; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.25rem; margin: .75rem 0; }
dt { opacity: .7; } dd { margin: 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; } th, td { padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); text-align: left; }
pre { padding: .75rem 1rem; border-radius: .5rem; background: var(--soft); overflow-x: auto; font: 13px/1.5 ui-monospace, monospace; }
.example { position: relative; } .example button { position: absolute; top: .5rem; right: .5rem; }
button { padding: .2rem .7rem; border: 1px solid var(--line); border-radius: .4rem; background: Canvas; color: CanvasText; cursor: pointer; }
a { color: var(--accent); } #sandbox { height: 80vh; margin-top: 1rem; border: 1px solid var(--line); border-radius: .5rem; overflow: hidden; }
#sandbox:empty { display: none; }`

const SCRIPT = `
for (const button of document.querySelectorAll('[data-copy]')) {
  // Browsers give no clipboard to pages that come over plain HTTP from another machine.
  button.hidden = navigator.clipboard === undefined
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(button.nextElementSibling.textContent)
    button.textContent = 'Copied'
    setTimeout(() => { button.textContent = 'Copy' }, 1500)
  })
}
const note = document.getElementById('sandbox-note')
const script = document.createElement('script')
script.src = '${SANDBOX_SOURCES.script}/_latest/embeddable-sandbox.umd.production.min.js'
script.onload = () => {
  note.textContent = 'Apollo Sandbox, connected to this server:'
  new window.EmbeddedSandbox({
    target: '#sandbox',
    initialEndpoint: new URL('/graphql', location.href).href,
    initialSubscriptionEndpoint: new URL('/graphql', location.href).href.replace(/^http/, 'ws'),
    initialState: { includeCookies: false },
  })
}
script.onerror = () => { note.textContent = 'Apollo Sandbox needs a network and cannot be reached; everything above works without.' }
document.head.append(script)`

/** The page at `/`: useful without a network; with one, Apollo Sandbox is embedded in it. */
export function renderStatusPage(page: StatusPage, nonce: string): string {
  const rows = page.models.map(
    ({ name, version, task, state }) =>
      `<tr><td>${escape(name)}</td><td>${escape(version)}</td><td>${escape(task)}</td><td>${escape(state)}</td></tr>`,
  )
  const examples = page.examples.map(
    ({ title, text }) =>
      `<h3>${escape(title)}</h3><div class="example"><button type="button" data-copy>Copy</button><pre>${escape(text)}</pre></div>`,
  )
  const facts: [string, string][] = [
    ['Address', page.url],
    ['Data directory', page.dataDirectory],
    ['State store', page.stateStore],
    ['Sign in', page.signIn],
    ['Switched off', page.switchedOff.length === 0 ? 'nothing' : page.switchedOff.join('; ')],
  ]
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Graphloom</title>
<style nonce="${nonce}">${STYLE}</style>
</head>
<body>
<h1>Graphloom ${escape(page.version)}<span class="phase">${escape(page.phase)}</span></h1>
<dl>${facts.map(([name, value]) => `<dt>${escape(name)}</dt><dd>${escape(value)}</dd>`).join('')}</dl>
<h2>Models</h2>
<table><thead><tr><th>Name</th><th>Version</th><th>Task</th><th>State</th></tr></thead><tbody>${rows.join('')}</tbody></table>
<h2>First steps</h2>
${examples.join('\n')}
<h2>More</h2>
<ul>
<li><a href="/schema.graphql">The schema</a>, with a description of everything</li>
<li><a href="/health/ready">Readiness</a> and <a href="/health/live">liveness</a></li>
<li><a href="/metrics">Metrics</a> for Prometheus</li>
</ul>
<h2>Apollo Sandbox</h2>
<p id="sandbox-note">Looking for Apollo Sandbox on the network…</p>
<div id="sandbox"></div>
<script nonce="${nonce}">${SCRIPT}</script>
</body>
</html>
`
}
