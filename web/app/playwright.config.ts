import { defineConfig, devices } from '@playwright/test'

/** The tests run against the real program, which e2e/server.ts starts with a scratch folder. */
export default defineConfig({
  testDir: 'e2e',
  testMatch: '*.spec.ts',
  outputDir: 'test-results',
  // Ample, so that a busy machine does not fail what is right; a quiet one never waits that long.
  timeout: 180_000,
  expect: { timeout: 30_000 },
  fullyParallel: true,
  workers: 2,
  retries: 0,
  forbidOnly: true,
  reporter: [['list'], ['./e2e/counts.ts']],
  globalSetup: './e2e/server.ts',
  // What people do, and how every page and state looks to axe: the second takes longer than all the rest.
  projects: [
    { name: 'flows', testIgnore: /(looks|pages)\.spec\.ts$/ },
    { name: 'looks', testMatch: /(looks|pages)\.spec\.ts$/ },
  ],
  use: {
    ...devices['Desktop Chrome'],
    channel: undefined,
    viewport: { width: 1280, height: 900 },
    locale: 'ru-RU',
    timezoneId: 'Europe/Moscow',
    screenshot: 'only-on-failure',
    trace: 'off',
    launchOptions: { executablePath: process.env.OPORA_CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'] },
  },
})
