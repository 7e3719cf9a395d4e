// The real program as a process of its own: started, stopped and killed by tests.
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const binary = process.env.OPORA_BIN ?? resolve(import.meta.dirname, '../../../bin/opora')
const patience = 120_000

/** A folder that lasts as long as a test. */
export function scratch() {
  const path = mkdtempSync(join(tmpdir(), 'opora-e2e-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

export class Program {
  address = ''
  private child: ChildProcess | undefined
  private ended: Promise<void> = Promise.resolve()
  private readonly log: string

  constructor(private readonly folder: string) {
    this.log = join(folder, 'opora.log')
  }

  get pid() {
    return this.child?.pid
  }

  /** Starts the program, at the address that it had before where it was started already, and waits until it is ready. */
  async start() {
    if (!existsSync(binary)) throw new Error(`${binary} is not there: run make build, or give its path in OPORA_BIN`)
    this.address ||= `http://127.0.0.1:${await freePort()}`
    const out = openSync(this.log, 'a')
    const listen = this.address.slice('http://'.length)
    const child = spawn(binary, ['up', '--demo', '--data', join(this.folder, 'data'), '--listen', listen], { stdio: ['ignore', out, out] })
    closeSync(out)
    this.child = child
    this.ended = new Promise((done) => child.once('exit', () => done()))
    await this.ready(child)
  }

  private async ready(child: ChildProcess) {
    const until = Date.now() + patience
    while (Date.now() < until && child.exitCode === null && child.signalCode === null) {
      try {
        if ((await fetch(`${this.address}/readyz`)).ok) return
      } catch {
        // not listening yet
      }
      await new Promise((wait) => setTimeout(wait, 100))
    }
    throw new Error(`${binary} did not become ready:\n${readFileSync(this.log, 'utf8').slice(-4000)}`)
  }

  /** Ends the program in good order, or at once as a crash would. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM') {
    if (this.child && this.child.exitCode === null && this.child.signalCode === null) this.child.kill(signal)
    await this.ended
  }
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer()
    probe.once('error', fail)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => (address !== null && typeof address === 'object' ? done(address.port) : fail(new Error('no port'))))
    })
  })
}
