// The changes that have words of their own; another one stands under its key.
const known = [
  'settings_changed',
  'plugin_settings_changed',
  'list_changed',
  'list_imported',
  'member_changed',
  'member_removed',
  'membership_added',
  'person_created',
  'person_changed',
  'password_set',
  'person_erased',
  'view_saved',
  'view_deleted',
  'template_created',
  'template_changed',
  'template_deleted',
  'tenant_created',
  'tenant_changed',
  'desk_created',
  'release_activated',
] as const

export type Known = (typeof known)[number]

export const isKnown = (action: string): action is Known => (known as readonly string[]).includes(action)
