import base from '../../playwright.config'

/** The pictures of the README: taken from the demo, one after another. */
export default {
  ...base,
  testDir: '.',
  testMatch: '*.pictures.ts',
  globalSetup: '../server.ts',
  fullyParallel: false,
  workers: 1,
  reporter: [['list']],
}
