// Starts the real program with the demo tenants in a scratch folder, and ends it when the tests are over.
import { Program, scratch } from './program'

export default async function start() {
  // A program that runs already may be tested instead, while pages are being written.
  if (process.env.OPORA_ADDRESS) return undefined
  const folder = scratch()
  const program = new Program(folder.path)
  try {
    await program.start()
  } catch (err) {
    await program.stop()
    folder.remove()
    throw err
  }
  process.env.OPORA_ADDRESS = program.address
  process.env.OPORA_PID = String(program.pid)
  return async () => {
    await program.stop()
    folder.remove()
  }
}
