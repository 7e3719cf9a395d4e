import { createTheme, type CSSVariablesResolver } from '@mantine/core'

export const theme = createTheme({
  primaryColor: 'blue',
  primaryShade: { light: 9, dark: 8 },
  fontFamily: 'system-ui, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif',
  headings: { fontFamily: 'inherit', fontWeight: '650' },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
})

/** Colours of Mantine that are too faint to read on their ground are replaced (WCAG 2.1, 1.4.3). */
export const variables: CSSVariablesResolver = (t) => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': t.colors.gray[7],
    '--mantine-color-placeholder': '#6b7280',
    '--mantine-color-error': t.colors.red[9],
    '--mantine-color-anchor': t.colors.blue[9],
    '--mantine-color-default-border': '#8a929a',
  },
  dark: {
    '--mantine-color-dimmed': t.colors.dark[1],
    '--mantine-color-placeholder': t.colors.dark[2],
    '--mantine-color-error': t.colors.red[4],
    '--mantine-color-anchor': t.colors.blue[3],
    '--mantine-color-default-border': '#767c84',
  },
})
