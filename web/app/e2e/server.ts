// Starts the real program with the demo tenants in a scratch folder, and ends it when the tests are over.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const binary = process.env.OPORA_BIN ?? resolve(import.meta.dirname, '../../../bin/opora')
const patience = 120_000

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

async function ready(address: string, child: ChildProcess, log: string) {
  const until = Date.now() + patience
  while (Date.now() < until) {
    if (child.exitCode !== null) break
    try {
      if ((await fetch(`${address}/readyz`)).ok) return
    } catch {
      // not listening yet
    }
    await new Promise((wait) => setTimeout(wait, 200))
  }
  throw new Error(`opora did not become ready:\n${readFileSync(log, 'utf8').slice(-4000)}`)
}

export default async function start() {
  // A program that runs already may be tested instead, while pages are being written.
  if (process.env.OPORA_ADDRESS) return undefined
  const folder = mkdtempSync(join(tmpdir(), 'opora-e2e-'))
  const log = join(folder, 'opora.log')
  const out = openSync(log, 'a')
  const address = `http://127.0.0.1:${await freePort()}`
  const child = spawn(binary, ['up', '--demo', '--data', join(folder, 'data'), '--listen', address.slice('http://'.length)], {
    stdio: ['ignore', out, out],
  })
  const ended = new Promise<void>((done) => child.once('exit', () => done()))
  const stop = async () => {
    if (child.exitCode === null) child.kill('SIGTERM')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
  process.env.OPORA_ADDRESS = address
  process.env.OPORA_PID = String(child.pid)
  try {
    await ready(address, child, log)
  } catch (err) {
    await stop()
    throw err
  }
  return stop
}
