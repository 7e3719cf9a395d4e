// Weighs the JavaScript of the first pages, gzipped, and refuses a build that has grown too heavy.
import { readFileSync, closeSync, openSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const dist = new URL('../dist/', import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('assets/manifest.json', dist)))
closeSync(openSync(new URL('.gitkeep', dist), 'a'))

/** Everything that the given sources load at once, without what they load later. */
function closure(sources) {
  const seen = new Set()
  const visit = (key) => {
    if (seen.has(key)) return
    seen.add(key)
    for (const next of manifest[key].imports ?? []) visit(next)
  }
  for (const source of sources) {
    if (!manifest[source]) throw new Error(`${source} is no chunk of the build`)
    visit(source)
  }
  return [...seen].map((key) => manifest[key].file).filter((file) => file.endsWith('.js'))
}

const budgets = [
  { name: "requester's first page", limit: 180, sources: ['index.html', 'src/pages/home/Home.tsx'] },
  { name: "requester's form", limit: 195, sources: ['index.html', 'src/pages/file/FilePage.tsx'] },
  { name: "agents' first page", limit: 300, sources: ['index.html', 'src/pages/desk/Desk.tsx'] },
  { name: "administrators' first page", limit: 260, sources: ['index.html', 'src/pages/admin/Admin.tsx', 'src/pages/admin/settings/General.tsx'] },
  { name: "a desk's figures", limit: 400, sources: ['index.html', 'src/pages/desk/Desk.tsx', 'src/pages/dashboard/Dashboard.tsx'] },
  { name: "operator's first page", limit: 240, sources: ['index.html', 'src/pages/operator/Operator.tsx', 'src/pages/operator/Installation.tsx'] },
]

let failed = false
for (const { name, limit, sources } of budgets) {
  const bytes = [...new Set(closure(sources))].reduce((sum, file) => sum + gzipSync(readFileSync(new URL(file, dist))).length, 0)
  const kilobytes = bytes / 1000
  console.log(`${name}: ${kilobytes.toFixed(1)} kB of JavaScript gzipped, limit ${limit} kB`)
  failed ||= kilobytes > limit
}
if (failed) {
  console.error('The screens are too heavy: load what a first page does not need later.')
  process.exit(1)
}
